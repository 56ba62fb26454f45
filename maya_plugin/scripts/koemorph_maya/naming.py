"""Which weights of one or several blendShapes the 52 shapes mean.

Each node is matched by itself, because face, teeth and tongue may spell or prefix the same names in their own ways; the
convention is that of all of them together, or of the largest where that fits better.
"""

from __future__ import annotations

from collections.abc import Mapping as Lookup

from koemorph.errors import RigError
from koemorph.rig import Coverage, Mapping, Rig, match, shipped

Weights = Lookup[str, tuple[str, ...]]
"""From a blendShape to the names of its weights."""


def matched(weights: Weights, owner: str, wanted: Mapping | None) -> tuple[Mapping, Coverage]:
    """Attributes of controls are taken at their word; weights are matched to the rig's names."""
    every = _every(weights)
    by_path = tuple(link for link in wanted.links if "." in link.target) if wanted else ()
    by_shape = tuple(link for link in wanted.links if "." not in link.target) if wanted else ()
    if wanted is not None and not (by_shape and every):
        linked = {link.source: (link.target,) for link in by_path}
        only = wanted.with_links(by_path)
        return only, Coverage(wanted.name, Rig(every or ("-",), owner), linked, {}, {}, every, {})
    if not every:
        raise RigError(f"The blendShapes of {owner} have no weights; add targets to them.")
    convention = wanted.with_links(by_shape) if wanted else _convention(weights, owner)
    fits = [match(Rig(names, owner), convention) for names in dict.fromkeys(weights.values()) if names]
    links = dict.fromkeys(link for mapping, _ in fits for link in mapping.links)
    coverage = _together([coverage for _, coverage in fits], Rig(every, owner))
    return convention.with_links((*links, *by_path)), coverage


def _convention(weights: Weights, owner: str) -> Mapping:
    largest = max(weights.values(), key=len)
    fits = [match(Rig(names, owner)) for names in dict.fromkeys([_every(weights), largest])]
    best, _ = max(fits, key=lambda fit: len(fit[1].matched))
    return next(preset for preset in shipped() if preset.name == best.name)


def _together(each: list[Coverage], rig: Rig) -> Coverage:
    """A shape is there if one node has it; it is unclear only where no node has it clearly."""
    found: dict[str, tuple[str, ...]] = {}
    for coverage in each:
        for source, names in coverage.matched.items():
            found[source] = tuple(dict.fromkeys((*found.get(source, ()), *names)))
    unclear = {s: names for one in each for s, names in one.ambiguous.items() if s not in found}
    lacking = {s: names for one in each for s, names in one.missing.items() if s not in found and s not in unclear}
    driven = {name for names in found.values() for name in names}
    hints = {target: names for one in each for target, names in one.hints.items()}
    unused = tuple(name for name in rig.names if name not in driven)
    return Coverage(each[0].mapping, rig, found, lacking, unclear, unused, hints)


def _every(weights: Weights) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for names in weights.values() for name in names))
