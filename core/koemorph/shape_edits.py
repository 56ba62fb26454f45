"""What an animator does to single shapes, as text: `jawOpen x0.8; mouthSmile x1.2 +0.05; cheekPuff mute`.

Entries are parted by semicolons. Each begins with a shape (a name without its side means both) or a region of the
face (eyes, jaw, lips, brows, cheeks, nose, tongue); then, in any order, a gain `x1.2`, an offset `+0.05` or `-0.05`,
`mute` (always 0) or `solo` (all others 0). Later entries add to earlier ones.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from . import arkit
from .errors import SettingsError

MOST: Final = 10.0
_HOW: Final = "write for example jawOpen x0.8; mouthSmile x1.2 +0.05; cheekPuff mute"


@dataclass(frozen=True, kw_only=True)
class ShapeEdit:
    gain: float = 1.0
    offset: float = 0.0
    mute: bool = False
    solo: bool = False


def parse_shape_edits(text: str) -> dict[str, ShapeEdit]:
    """What each shape named in `text` gets; shapes that stay as they are, are not in it."""
    edits: dict[str, ShapeEdit] = {}
    for entry in text.replace("\n", ";").split(";"):
        words = entry.split()
        if not words:
            continue
        if len(words) == 1:
            raise SettingsError(f"{words[0]!r} has nothing to do; {_HOW}.")
        for name in _named(words[0]):
            edit = edits.get(name, ShapeEdit())
            for word in words[1:]:
                edit = _edited(edit, word)
            edits[name] = edit
    return {name: edit for name, edit in edits.items() if edit != ShapeEdit()}


def write_shape_edits(edits: Mapping[str, ShapeEdit]) -> str:
    """The text that `parse_shape_edits` reads back as `edits`; for tables and sliders of a panel."""
    entries = []
    for name, edit in edits.items():
        words = [name]
        words += [f"x{edit.gain:g}"] if edit.gain != 1.0 else []
        words += [f"{edit.offset:+g}"] if edit.offset else []
        words += [word for word in ("mute", "solo") if getattr(edit, word)]
        entries += [" ".join(words)] if len(words) > 1 else []
    return "; ".join(entries)


def _named(name: str) -> tuple[str, ...]:
    found = arkit.REGIONS.get(name) or tuple(shape for shape in arkit.sides(name) if shape in arkit.INDEX)
    if not found:
        raise SettingsError(
            f"There is no shape or region called {name!r}; regions are {', '.join(arkit.REGIONS)}, "
            "shapes are ARKit's, such as jawOpen or mouthSmile."
        )
    return found


def _edited(edit: ShapeEdit, word: str) -> ShapeEdit:
    if word in ("mute", "solo"):
        return replace(edit, mute=edit.mute or word == "mute", solo=edit.solo or word == "solo")
    try:
        amount = float(word[1:]) if word[:1] in ("x", "+", "-") and word[1:2].strip("+-") else math.nan
    except ValueError:
        amount = math.nan
    if not 0.0 <= amount <= MOST:
        raise SettingsError(f"{word!r} does nothing to a shape; {_HOW}.")
    if word[0] == "x":
        return replace(edit, gain=edit.gain * amount)
    return replace(edit, offset=edit.offset + (amount if word[0] == "+" else -amount))
