"""A rig's names and a mapping: what fits is linked; what fits more than one name, or none, is reported, not guessed."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..errors import RigError
from .coverage import Coverage, Names, Rig
from .finder import Finder
from .mapping import Link, Mapping
from .preset import shipped


def match(rig: Rig, mapping: Mapping | None = None) -> tuple[Mapping, Coverage]:
    """The mapping with the rig's own names, and what it covers. Without one, the preset that covers the most shapes.

    Of presets other than plain ARKit at least half of the shapes must be there.
    """
    fit = _fit(rig, mapping) if mapping is not None else _best(rig)
    lacking = [target for targets in fit.coverage.missing.values() for target in targets]
    return fit.mapping, replace(fit.coverage, hints=fit.finder.similar(lacking, fit.coverage.unused))


@dataclass(frozen=True)
class _Fit:
    mapping: Mapping
    coverage: Coverage
    finder: Finder


def _best(rig: Rig) -> _Fit:
    plain, *others = (_fit(rig, preset) for preset in shipped())
    fits = [plain, *(fit for fit in others if 2 * len(fit.coverage.matched) >= fit.coverage.wanted)]
    most = max(len(fit.coverage.matched) for fit in fits)
    best = [fit for fit in fits if len(fit.coverage.matched) == most]
    if most and len({fit.mapping.links for fit in best}) > 1:
        names = " and ".join(fit.mapping.name for fit in best)
        raise RigError(f"{rig.name} fits the presets {names} equally well; say which one is meant.")
    return best[0]


def _fit(rig: Rig, mapping: Mapping) -> _Fit:
    finder = Finder(rig, mapping.targets)
    links: list[Link] = []
    matched: dict[str, Names] = {}
    missing: dict[str, Names] = {}
    ambiguous: dict[str, Names] = {}
    for source in mapping.sources:
        mine: list[Link] = []
        unclear: list[str] = []
        lacking: list[str] = []
        for link in mapping.of(source):
            fitted = _links(link, finder)
            mine += fitted
            if not fitted:
                candidates = finder.find(link.target)
                unclear += candidates
                lacking += [] if candidates else [link.target]
        links += mine
        if unclear:
            ambiguous[source] = tuple(unclear)
        elif lacking:
            missing[source] = tuple(lacking)
        else:
            matched[source] = tuple(link.target for link in mine)
    result = mapping.with_links(tuple(links))
    unused = tuple(name for name in rig.names if name not in result.targets)
    return _Fit(result, Coverage(mapping.name, rig, matched, missing, ambiguous, unused, {}), finder)


def _links(link: Link, finder: Finder) -> list[Link]:
    """The link with the rig's own name: two where the rig splits the target into sides, half where it joins them."""
    names = finder.find(link.target)
    if len(names) == 1:
        return [replace(link, target=names[0])]
    if names:
        return []
    if halves := finder.halves(link.target):
        return [replace(link, target=half) for half in halves]
    return [
        replace(link, target=name, gain=link.gain / 2, offset=link.offset / 2) for name in finder.whole(link.target)
    ]
