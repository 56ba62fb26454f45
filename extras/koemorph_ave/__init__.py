"""The audio pipeline of SyncTalk_2D, for whoever drives 2D digital humans; the engine needs none of it.

`features/ave.py` has its numbers, PORTS.md the specification for other languages.
"""

from __future__ import annotations

from .encoder import Encoder, load_encoder
from .reference import write_prepared, write_reference
from .validation import Comparison, compare

__all__ = ["Comparison", "Encoder", "compare", "load_encoder", "write_prepared", "write_reference"]
