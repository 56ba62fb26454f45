# SPDX-License-Identifier: GPL-3.0-or-later
"""Shapes that are the same as what they are relative to: to key them would move nothing."""

from __future__ import annotations

from typing import Any

import numpy as np


def shape_names(shape_keys: Any) -> tuple[str, ...]:
    return tuple(block.name for block in shape_keys.key_blocks if block != shape_keys.reference_key)


def empty_everywhere(meshes: list[Any]) -> tuple[str, ...]:
    """Shapes that change nothing on any mesh that has them."""
    moving: dict[str, bool] = {}
    for one in meshes:
        empty = empty_shapes(one.data.shape_keys)
        for name in shape_names(one.data.shape_keys):
            moving[name] = moving.get(name, False) or name not in empty
    return tuple(name for name, moves in moving.items() if not moves)


def empty_shapes(shape_keys: Any) -> frozenset[str]:
    """Shapes without any difference from what they are relative to. Remembered until a mesh's shapes are others."""
    blocks = shape_keys.key_blocks
    looks = tuple((block.name, len(block.data), _glimpse(block)) for block in blocks)
    known = _EMPTY.get(shape_keys.name_full)
    if known is None or known[0] != looks:
        points = {block.name: _points(block) for block in blocks}
        found = (block.name for block in blocks if (points[block.name] == points[block.relative_key.name]).all())
        known = _EMPTY[shape_keys.name_full] = (looks, frozenset(found))
    return known[1]


_EMPTY: dict[str, tuple[Any, frozenset[str]]] = {}
"""By shape keys: what they looked like, and which were empty. A panel asks at every redraw."""
_GLIMPSES = 4


def _glimpse(block: Any) -> tuple[Any, ...]:
    """A few points, by which a shape that was edited is known."""
    step = max(1, len(block.data) // _GLIMPSES)
    return tuple(block.data[at].co.to_tuple() for at in range(0, len(block.data), step))


def _points(block: Any) -> Any:
    points = np.empty(3 * len(block.data), dtype=np.float32)
    block.data.foreach_get("co", points)
    return points
