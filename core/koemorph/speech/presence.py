"""Whether what sounds is speech at all: music and noise leave the face still, and that must be said."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from .symbols import classes

SOUNDING_DB: Final = -45.0
"""dBFS from which on a frame counts as sound; speech is at -23."""
LEAST_SOUND: Final = 50
"""Features (50 a second) of sound, from which on it can be told what it is."""
MOST_PAUSE: Final = 0.5
"""Share of the sound that is heard as no phone. Speech has at most 0.05, noise, hum, beats and tunes 0.6 to 1."""

_PIECE: Final = 4096
"""Features looked at together: those of hours are not copied at once."""


def absence_of_speech(phones: NDArray[Any], level: NDArray[np.float32]) -> str | None:
    """A sentence if most of the sound is no speech: phones (n, classes) at 50 Hz, level (T,) in dBFS at 60 Hz."""
    moments = np.arange(len(phones)) * 6 // 5
    sounding = level[np.minimum(moments, len(level) - 1)] > SOUNDING_DB
    if sounding.sum() < LEAST_SOUND:
        return None
    pause, silent = classes().index(""), 0
    for first in range(0, len(phones), _PIECE):
        heard = phones[first : first + _PIECE][sounding[first : first + _PIECE]]
        silent += int((heard.argmax(axis=1) == pause).sum())
    share = silent / int(sounding.sum())
    if share < MOST_PAUSE:
        return None
    return f"{share:.0%} of the sound is not heard as speech (is it music or noise?), and the mouth rests there."
