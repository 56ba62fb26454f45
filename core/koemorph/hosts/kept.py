"""What a scene keeps of ours: it may come from another version, or be a stranger's file, so it passes a door too."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any, Final

from ..errors import KoeMorphError
from ..trust import Door, limits
from ..trust.doors import reason_of

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
    """Of an .npz in a property, no pickles and no bombs among them."""
    import numpy as np  # whoever reads JSON alone may have none

    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            KEPT.archive(archive, where, len(packed))
        with np.load(io.BytesIO(packed), allow_pickle=False) as stored:
            return {name: stored[name] for name in stored.files}
    except (ValueError, OSError, EOFError, KeyError, zipfile.BadZipFile, NotImplementedError) as err:
        raise KoeMorphError(f"{where} is damaged ({reason_of(err)}); key the line anew.") from err
