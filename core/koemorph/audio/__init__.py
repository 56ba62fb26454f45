"""Any recording to a `Clip`: exact 16 kHz mono, decoded once, readable from anywhere in flat memory."""

from __future__ import annotations

from koemorph.audio.clip import Clip, open_clip
from koemorph.audio.resample import SAMPLE_RATE

__all__ = ["SAMPLE_RATE", "Clip", "open_clip"]
