# SPDX-License-Identifier: GPL-3.0-or-later
"""What keeps keys from being seen although they are there: it is said, since all else would look like a success."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from koemorph.trust.words import listed


def pinned(meshes: list[Any]) -> Iterator[str]:
    """Meshes that show one shape alone, whatever the others' values are."""
    for one in meshes:
        if one.show_only_shape_key:
            yield f"{one.name} shows its active shape key alone; unpin it under Data > Shape Keys to see the line."


def unplayed(
    block: Any, described: str, bag: Any, targets: dict[str, tuple[str, int]], *, strip: bool
) -> Iterator[str]:
    """Curves that are muted, an NLA that is switched off, an Action without influence."""
    curves = {target: bag.fcurves.find(path, index=index) for target, (path, index) in targets.items()}
    if muted := [target for target, curve in curves.items() if curve and (curve.mute or _group_muted(curve))]:
        yield f"{described}: the curves of {listed(muted)} are muted and move nothing; unmute them in the Graph Editor."
    data = block.animation_data
    if strip and not data.use_nla:
        yield f"The NLA of {described} is switched off, so that its strips move nothing."
    if not strip and data.action_influence < 1e-3:
        yield f"The Action of {described} has no influence; set it in the NLA editor's sidebar."


def _group_muted(curve: Any) -> bool:
    return bool(curve.group and curve.group.mute)
