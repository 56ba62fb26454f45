"""Left and right: a face that is not quite even, and the whole face the other way round."""

from __future__ import annotations

from typing import Final

import numpy as np

from .. import arkit
from ..settings import Settings
from ..take import Curves
from .chance import chance

UNEVEN: Final = 0.20
"""Standard deviation of how much one side does more than the mean of both, at full asymmetry."""
_COMMON: Final = 0.6
"""How much of it leans the same way in all shapes."""
_ALIKE: Final = ("eyeBlink", "eyeLook", "jaw", "mouthLeft", "mouthRight")
"""Eyes move together, and what goes to one side has no other side."""

_PAIRS = [
    (name, arkit.mirrored(name)) for name in arkit.SHAPES if name.endswith("Left") and not name.startswith(_ALIKE)
]
_MIRRORED = arkit.indices(tuple(arkit.mirrored(name) for name in arkit.SHAPES))


def lean(curves: Curves, settings: Settings) -> None:
    """Give one side a little more and the other as much less, in place; a character's lean, the same in every line."""
    if not settings.asymmetry:
        return
    random = chance("sides", settings.seed)
    common, own = random.normal(), random.normal(size=len(_PAIRS))
    lean = UNEVEN * (_COMMON * common + np.sqrt(1 - _COMMON**2) * own)
    for (left, right), more in zip(_PAIRS, settings.asymmetry * np.clip(lean, -0.5, 0.5), strict=True):
        curves[:, arkit.INDEX[left]] *= np.float32(1.0 + more)
        curves[:, arkit.INDEX[right]] *= np.float32(1.0 - more)


def mirror(curves: Curves, head: Curves, settings: Settings) -> None:
    """Swap left and right of the face, and of the head's turns as far as there are any, in place."""
    if settings.mirror:
        curves[:] = curves[:, _MIRRORED]
        head[:, ::2] *= -1.0  # yaw and roll
