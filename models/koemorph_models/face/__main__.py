"""python -m koemorph_models.face: builds the head and replaces face.npz."""

from __future__ import annotations

from pathlib import Path

import koemorph.face

from . import build
from .store import write

write(build(), Path(koemorph.face.__file__).with_name("face.npz"))
