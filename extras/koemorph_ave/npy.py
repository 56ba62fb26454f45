"""Arrays from other people's programs: read without trust, refused with a sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from koemorph.errors import AudioError


def load_array(path: Path) -> NDArray[Any]:
    """A .npy file of numbers."""
    try:
        array = np.load(path, allow_pickle=False)
    except (ValueError, OSError, EOFError) as err:
        reason = getattr(err, "strerror", None) or "it is damaged, or of another kind"
        raise AudioError(f"{path} cannot be read as a .npy file ({reason}); write it anew.") from err
    if not isinstance(array, np.ndarray) or array.dtype.kind not in "fiu":
        raise AudioError(f"{path} does not hold plain numbers; write little-endian float32.")
    return array
