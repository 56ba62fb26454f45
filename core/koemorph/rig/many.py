"""The meshes of one character together: face, teeth and tongue may each spell or prefix the same names in their ways.

A mapping's targets are names of shapes, or paths of single numbers (a bone's rotation, an attribute of a control).
Paths are taken at their word; shapes are looked for in each mesh by itself, by the convention that suits all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..errors import RigError
from .coverage import Coverage, Names, Rig
from .mapping import Mapping
from .matching import match
from .preset import shipped


def match_many(
    meshes: Sequence[Names], owner: str, wanted: Mapping | None, is_path: Callable[[str], bool]
) -> tuple[Mapping, Coverage]:
    """The mapping with the meshes' own names, and what all of them together cover. `meshes` are the shapes of each.

    Without a wanted mapping it is the preset that covers the most of all names, or of the largest mesh's.
    """
    meshes = [names for names in dict.fromkeys(meshes) if names]
    every = _every(meshes)
    by_path = tuple(link for link in wanted.links if is_path(link.target)) if wanted else ()
    by_shape = tuple(link for link in wanted.links if not is_path(link.target)) if wanted else ()
    if wanted is not None and not (by_shape and every):
        linked = {link.source: (link.target,) for link in by_path}
        lacking = {link.source: (link.target,) for link in by_shape if link.source not in linked}
        return wanted.with_links(by_path), Coverage(
            wanted.name, Rig(every or ("-",), owner), linked, lacking, {}, every, {}
        )
    if not every:
        raise RigError(f"{owner} has no shapes; select the mesh that makes the face move.")
    convention = wanted.with_links(by_shape) if wanted else _convention(meshes, owner)
    fits = [match(Rig(names, owner), convention) for names in meshes]
    links = dict.fromkeys(link for mapping, _ in fits for link in mapping.links)
    coverage = _together([coverage for _, coverage in fits], Rig(every, owner))
    return convention.with_links((*links, *by_path)), coverage


def _convention(meshes: Sequence[Names], owner: str) -> Mapping:
    largest = max(meshes, key=len)
    fits = [match(Rig(names, owner)) for names in dict.fromkeys([_every(meshes), largest])]
    best, _ = max(fits, key=lambda fit: len(fit[1].matched))
    return next(preset for preset in shipped() if preset.name == best.name)


def _together(each: list[Coverage], rig: Rig) -> Coverage:
    """A shape is there if one mesh has it; it is unclear only where no mesh has it clearly."""
    found: dict[str, Names] = {}
    for coverage in each:
        for source, names in coverage.matched.items():
            found[source] = tuple(dict.fromkeys((*found.get(source, ()), *names)))
    unclear = {s: names for one in each for s, names in one.ambiguous.items() if s not in found}
    lacking = {s: names for one in each for s, names in one.missing.items() if s not in found and s not in unclear}
    driven = {name for names in found.values() for name in names}
    hints = {target: names for one in each for target, names in one.hints.items()}
    unused = tuple(name for name in rig.names if name not in driven)
    return Coverage(each[0].mapping, rig, found, lacking, unclear, unused, hints)


def _every(meshes: Sequence[Names]) -> Names:
    return tuple(dict.fromkeys(name for names in meshes for name in names))
