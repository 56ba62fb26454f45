"""python -m koemorph.face.making: builds the head and replaces face.npz."""

from __future__ import annotations

from pathlib import Path

from . import build
from .store import write

write(build(), Path(__file__).parents[1] / "face.npz")
