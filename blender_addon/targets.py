# SPDX-License-Identifier: GPL-3.0-or-later
"""The numbers that keys move, read and written directly: a shape's value, one axis of a bone, a custom property."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import bpy

from koemorph.take import Take

WIDEST = 10.0
"""How far Blender lets a shape key's slider go."""


def read(block: Any, path: str, index: int) -> float:
    value = block.path_resolve(path)
    return float(value[index] if hasattr(value, "__len__") else value)


def write(block: Any, path: str, index: int, value: float) -> None:
    """As a person does who drags the number: no key is set, and animation wins at the next frame."""
    holder, attribute = _parted(block, path)
    if attribute.startswith("["):
        name = bpy.utils.unescape_identifier(attribute[2:-2])
        holder[name] = round(value) if isinstance(holder[name], int) else value
        block.update_tag()
    elif isinstance(getattr(holder, attribute), int):
        setattr(holder, attribute, round(value))
    elif hasattr(getattr(holder, attribute), "__len__"):
        getattr(holder, attribute)[index] = value
    else:
        setattr(holder, attribute, value)


def _parted(block: Any, path: str) -> tuple[Any, str]:
    """What has the number, and the number's name there."""
    cut = path.rindex('["') if path.endswith('"]') else path.rfind(".")
    holder = block.path_resolve(path[:cut]) if cut > 0 else block
    return holder, path[cut:] if path.endswith('"]') else path[cut + 1 :]


def widen(block: Any, owned: Iterable[str], mapped: Take) -> None:
    """Sliders reach as far as the keys, or Blender would cut them off."""
    blocks: Any = getattr(block, "key_blocks", None)
    for target in owned if blocks else ():
        values = mapped.curve(target)
        shape, low, high = blocks[target], float(values.min()), float(values.max())
        if low < shape.slider_min:
            shape.slider_min = max(low, -WIDEST)
        if high > shape.slider_max:
            shape.slider_max = min(high, WIDEST)
