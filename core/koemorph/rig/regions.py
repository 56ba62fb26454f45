"""What a rig lacks is taken from what it has: a whole region in another family's names, or the nearest other shape."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from typing import Any, Final

from . import visemes
from .coverage import Coverage
from .mapping import Link, Mapping, Names

MOUTH: Final = "mouth"


@cache
def _told() -> dict[str, Any]:
    told: dict[str, Any] = json.loads(files(__package__).joinpath("regions.json").read_text("utf-8"))
    return told


def regions() -> Names:
    return tuple(_told()["regions"])


def lacking(coverage: Coverage) -> Names:
    """The regions in which nothing moves that such a region cannot do without."""
    return tuple(region for region in regions() if not has(coverage, region))


def has(coverage: Coverage, region: str) -> bool:
    return any(shape in coverage.matched for shape in _told()["regions"][region]["needs"])


def belongs(source: str, region: str) -> bool:
    return any(fnmatchcase(source, pattern) for pattern in _told()["regions"][region]["shapes"])


def replaced(
    first: tuple[Mapping, Coverage], other: tuple[Mapping, Coverage], taken: Iterable[str]
) -> tuple[Mapping, Coverage]:
    """The first, but for some regions, which are as the other has them."""
    regions = tuple(taken)
    mapping, coverage = first

    def inside(source: str) -> bool:
        return any(belongs(source, region) for region in regions)

    kept = tuple(link for link in mapping.links if not inside(link.source))
    new = tuple(link for link in other[0].links if inside(link.source))
    merged = replace(
        mapping,
        name=f"{mapping.name}, {' and '.join(regions)} by {other[0].name}",
        links=(*kept, *new),
        limits=mapping.limits or other[0].limits,
        calibrations=(*mapping.calibrations, *other[0].calibrations),
        approximated=(
            *(source for source in mapping.approximated if not inside(source)),
            *(source for source in other[0].approximated if inside(source)),
        ),
    )
    facts: dict[str, Any] = {}
    for name in ("matched", "missing", "ambiguous", "approximated", "empty"):
        mine, theirs = getattr(coverage, name), getattr(other[1], name)
        facts[name] = {
            **{source: names for source, names in mine.items() if not inside(source)},
            **{source: names for source, names in theirs.items() if inside(source)},
        }
    return merged, replace(coverage, mapping=merged.name, unused=coverage.left_by(merged.links), **facts)


def filled(mapping: Mapping, coverage: Coverage) -> tuple[Mapping, Coverage]:
    """With the nearest of the shapes that are there for each that is not."""
    links: list[Link] = []
    near: dict[str, Names] = {}
    mouths = visemes.NAMES if any(name in coverage.matched for name in visemes.NAMES) else ()
    for source in dict.fromkeys((*coverage.missing, *coverage.empty, *coverage.placeless, *mouths)):
        if mapping.of(source):
            continue
        for other, gain in _told()["nearest"].get(source, {}).items():
            if other in coverage.matched and other not in coverage.approximated:
                stood_in = [replace(link, source=source, gain=link.gain * gain) for link in mapping.of(other)]
                links += stood_in
                near[source] = (*near.get(source, ()), *(link.target for link in stood_in))
    if not links:
        return mapping, coverage
    return (
        replace(mapping, links=(*mapping.links, *links), limits=mapping.limits or (0.0, 1.0)),
        replace(
            coverage,
            matched={**coverage.matched, **near},
            approximated={**coverage.approximated, **near},
            missing={source: names for source, names in coverage.missing.items() if source not in near},
            empty={source: names for source, names in coverage.empty.items() if source not in near},
        ),
    )
