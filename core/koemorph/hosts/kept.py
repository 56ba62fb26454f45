"""What a scene keeps of ours: it may come from another version, or be a stranger's file, so it passes a door too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ..errors import KoeMorphError
from ..trust import Door, limits

if TYPE_CHECKING:
    import numpy as np

KEPT: Final = Door(what="scene of ours", error=KoeMorphError, size=limits.TAKE_TRACKS)


def kept(text: object, where: str) -> Any:
    """Of JSON in a property or an attribute."""
    if not isinstance(text, str):
        raise KoeMorphError(f"{where} is no text; key the line anew.")
    if len(text) > KEPT.size.most:
        KEPT.refuse(where, "is larger", KEPT.size)
    return KEPT.json(text, where)


def kept_arrays(packed: bytes, where: str) -> dict[str, np.ndarray[Any, Any]]:
    """Of an .npz in a property."""
    return KEPT.arrays(packed, where, "key the line anew")
