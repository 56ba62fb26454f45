"""A rig's names and a mapping: what fits is linked; what fits more than one name, or none, is reported, not guessed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import Final

from ..errors import RigError
from . import regions
from .bones import Channel
from .coverage import Coverage, Rig
from .finder import Spelled
from .mapping import Mapping, Names
from .mesh_fit import MeshFit
from .names import spellings
from .preset import shipped

_FEW: Final = 3
"""So many unmistakable names are enough where a rig fits nothing else: five mouths of a set of visemes."""
_LONG: Final = 5
"""Letters from which on a name is not by chance the same: viseme_aa is one, A is not."""

_Parts = list[tuple[Spelled, Spelled]]
"""For each mesh its shapes and the bones of the character."""


def match(rig: Rig, mapping: Mapping | None = None, meshes: Sequence[Names] = ()) -> tuple[Mapping, Coverage]:
    """The mapping with the rig's own names, and what it covers. Without one, the preset that covers the most shapes.

    Of presets other than plain ARKit at least half of the shapes must be there, or, where nothing else fits, a few of
    unmistakable names. Regions that it leaves still are taken from the preset that has them; of all presets that come
    along, shapes that the rig lacks move the nearest it has.
    Of a rig that is several meshes each may spell or frame the same names in its own way.
    """
    parts = [(Spelled(names), Spelled(rig.bones)) for names in meshes or (rig.names,)]
    if mapping is None:
        fit, result = _best(rig, parts)
    else:
        fit = _Fit(rig, mapping, parts)
        result = fit.result
    if mapping is None or mapping in shipped():
        result = regions.filled(*result)
    fitted, coverage = result
    return fitted, replace(coverage, hints=fit.similar(coverage))


def _best(rig: Rig, parts: _Parts) -> tuple[_Fit, tuple[Mapping, Coverage]]:
    every = sorted((_Fit(rig, preset, parts) for preset in shipped()), key=lambda fit: fit.worth, reverse=True)
    fits = [fit for fit in every if fit.preset is shipped()[0] or 2 * fit.found >= fit.asked]
    if not fits[0].found:
        fits = [fit for fit in every if fit.unmistakable >= _FEW and not fit.of_bones] or fits
    first = fits[0]
    level = [fit for fit in fits if fit.worth == first.worth and fit.found]
    if len({frozenset(fit.result[0].links) for fit in level}) > 1:
        names = " and ".join(fit.preset.name for fit in level)
        raise RigError(f"{rig.name} fits the presets {names} equally well; say which one is meant.")
    result = first.result
    for fit in every:
        if fit not in fits and not fit.of_bones:
            continue
        more = [part for part in regions.lacking(result[1]) if regions.has(fit.result[1], part)]
        if more:
            result = regions.replaced(result, fit.result, more)
    return first, result


class _Fit:
    """One preset on one rig, mesh by mesh."""

    def __init__(self, rig: Rig, preset: Mapping, parts: _Parts) -> None:
        self.rig, self.preset = rig, preset
        self._meshes = [MeshFit(rig, preset, *spelled) for spelled in parts]

    @property
    def found(self) -> int:
        return len(self.result[1].matched)

    @property
    def of_bones(self) -> bool:
        """Whether it turns bones alone: their names are plain enough that a few of them count."""
        return all(map(Channel.of, self.preset.targets))

    @property
    def asked(self) -> int:
        return len(self.preset.sources)

    @property
    def unmistakable(self) -> int:
        """How many names it finds that hardly mean anything else."""
        found = {name for names in self.result[1].matched.values() for name in names}
        return sum(len(spellings(name)[-1]) >= _LONG for name in found)

    @cached_property
    def worth(self) -> tuple[float, int, int]:
        """Shapes that move, those that only come near counting half; then how many names are the very ones."""
        coverage = self.result[1]
        named_so = max(mesh.named_so for mesh in self._meshes)
        return len(coverage.matched) - 0.5 * len(coverage.approximated), named_so, -self.asked

    def similar(self, coverage: Coverage) -> dict[str, Names]:
        """Names that nothing drives and that look like targets that the rig lacks."""
        own = {target for target in self.preset.targets if not Channel.of(target)}
        lacking = [target for targets in coverage.missing.values() for target in targets if target in own]
        return self._meshes[0].shapes.similar(lacking, coverage.unused)

    @cached_property
    def result(self) -> tuple[Mapping, Coverage]:
        """A shape is there if one mesh has it; it is unclear or empty only where no mesh has it clearly."""
        every = [mesh.result for mesh in self._meshes]
        matched: dict[str, Names] = {}
        for one in every:
            for source, names in one.matched.items():
                matched[source] = tuple(dict.fromkeys((*matched.get(source, ()), *names)))
        exact = {source for one in every for source in one.matched if source not in one.approximated}
        approximated = {source: names for source, names in matched.items() if source not in exact}
        ambiguous = {s: names for one in every for s, names in one.ambiguous.items() if s not in matched}
        empty = {s: n for one in every for s, n in one.empty.items() if s not in matched and s not in ambiguous}
        lacked = set.intersection(*(set(one.missing) for one in every))
        missing = {s: names for one in every for s, names in one.missing.items() if s in lacked}
        mapping = replace(
            self.preset,
            links=tuple(dict.fromkeys(link for one in every for link in one.links)),
            calibrations=tuple(dict.fromkeys(each for one in every for each in one.calibrations)),
            prefixes=(),
            aliases=(),
        )
        coverage = Coverage(
            mapping=self.preset.name,
            rig=self.rig,
            matched=matched,
            missing=missing,
            ambiguous=ambiguous,
            unused=(),
            hints={},
            approximated=approximated,
            empty=empty,
        )
        return mapping, replace(coverage, unused=coverage.left_by(mapping.links))
