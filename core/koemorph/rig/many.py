"""The meshes of one character together: face, teeth and tongue may each spell or prefix the same names in their ways.

A mapping's targets are names of shapes, channels of bones, or paths of single numbers (an attribute of a control).
Paths are taken at their word; shapes are looked for in each mesh by itself, by the convention that suits all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from ..errors import RigError
from .coverage import Coverage, Rig
from .mapping import Mapping, Names
from .matching import match


def match_many(
    meshes: Sequence[Names],
    owner: str,
    wanted: Mapping | None,
    is_path: Callable[[str], bool],
    *,
    empty: Names = (),
    bones: Names = (),
) -> tuple[Mapping, Coverage]:
    """The mapping with the meshes' own names, and what all of them together cover. `meshes` are the shapes of each.

    Without a wanted mapping it is the preset that covers the most of all. `empty` are shapes that change nothing on
    any mesh, `bones` what a mapping may turn.
    """
    meshes = [names for names in dict.fromkeys(meshes) if names]
    every = tuple(dict.fromkeys(name for names in meshes for name in names))
    by_path = tuple(link for link in wanted.links if is_path(link.target)) if wanted else ()
    by_shape = tuple(link for link in wanted.links if not is_path(link.target)) if wanted else ()
    if not every and not bones and wanted is None:
        raise RigError(f"{owner} has no shapes; select the mesh that makes the face move.")
    rig = Rig(names=every if every or bones else ("-",), name=owner, empty=empty, bones=bones)
    if wanted is None:
        return match(rig, meshes=meshes)
    linked = {link.source: (link.target,) for link in by_path}
    if not by_shape:
        return wanted, Coverage(
            mapping=wanted.name, rig=rig, matched=linked, missing={}, ambiguous={}, unused=every, hints={}
        )
    mapping, coverage = match(rig, wanted.with_links(by_shape) if by_path else wanted, meshes)
    matched = {
        **coverage.matched,
        **{source: names for source, names in linked.items() if source not in coverage.missing},
    }
    return mapping.with_links((*mapping.links, *by_path)), replace(coverage, matched=matched)
