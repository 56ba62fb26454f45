"""How far the face moves: gains for its parts, and lips a little more open or more closed throughout."""

from __future__ import annotations

from typing import Final

import numpy as np

from .. import arkit, lips
from ..settings import Settings
from ..take import Curves
from .seal import draw_together

JAW: Final = (*arkit.JAW, "mouthClose")
"""mouthClose undoes an open jaw, so it grows and shrinks with it."""
LIPS: Final = tuple(name for name in arkit.LOWER_FACE if name not in JAW)
UPPER: Final = tuple(name for name in arkit.UPPER_FACE if not name.startswith(("eyeBlink", "eyeLook")))
"""Blinks and gaze have a strength of their own."""
REST: Final = tuple(name for name in arkit.UPPER_FACE if name not in UPPER)

TAKES_PART: Final = ((0.05, 0.2, 0.5), (0.5, 1.0, 1.8))
"""Temperatures, and how far the upper face goes along with them beside what the network makes of it."""

_PARTING: Final = ("mouthLowerDown", "mouthUpperUp")


def takes_part(settings: Settings) -> float:
    """How far the face beyond the mouth goes along: less where the temperature is low, more where it is high."""
    return float(np.interp(settings.temperature, *TAKES_PART))


def strengthen(curves: Curves, settings: Settings) -> None:
    """Multiply each part of the face by its strength, in place."""
    whole = settings.face_strength
    for names, strength in (
        (JAW, whole * settings.jaw_strength),
        (LIPS, whole * settings.lip_strength),
        (UPPER, whole * settings.upper_face_strength * takes_part(settings)),
        (REST, whole),
    ):
        if strength != 1.0:
            for column in arkit.indices(names):
                curves[:, column] *= np.float32(strength)


def part_lips(curves: Curves, settings: Settings) -> None:
    """Widen the gap between the lips by the offset, in units of jawOpen; or narrow it, never beyond closed."""
    offset = settings.lip_open_offset
    if offset > 0.0:
        raised = np.float32(offset / sum(lips.OPENING[name] for name in _PARTING))
        for column in arkit.indices(tuple(side for name in _PARTING for side in arkit.sides(name))):
            curves[:, column] += raised
    elif offset < 0.0:
        opening = lips.weighted(curves, arkit.SHAPES, lips.OPENING)
        parted = np.maximum(opening, 0.0)
        draw_together(curves, np.minimum(-offset, parted) / np.maximum(parted, np.finfo(np.float32).tiny))
