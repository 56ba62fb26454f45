"""A rig's names, and the report on how much of a mapping they cover."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as Lookup
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from .. import arkit
from ..errors import RigError
from . import visemes
from .bones import Channel
from .mapping import Link, Names
from .names import paired

_LISTED: Final = 12
"""So many names are listed before "and N more"."""
_EACH: Final = 4
"""And so many of those that one shape could mean."""


@dataclass(frozen=True, kw_only=True)
class Rig:
    """What a character has, by name: shapes, which of them change nothing, and bones."""

    names: Names
    name: str = "The rig"
    empty: Names = ()
    """Shapes without any difference from the face at rest: to drive them would be in vain."""
    bones: Names = ()

    def __post_init__(self) -> None:
        if not self.names and not self.bones:
            raise RigError(f"{self.name} has no shapes; list their names.")
        if twice := sorted({name for name in self.names if self.names.count(name) > 1}):
            raise RigError(f"{self.name} has the shape {twice[0]!r} twice; list each name once.")

    @classmethod
    def of(cls, content: Any, where: str) -> Rig:
        """From parsed JSON: a list of names, or an object of names, empty ones and bones."""
        parts = content if isinstance(content, dict) else {"shapes": content}
        if not isinstance(content, (list, dict)) or not set(parts) <= {"shapes", "empty", "bones"}:
            raise RigError(
                f'{where} must be a JSON list of shape names, an object with "shapes", "empty" and "bones", or a '
                "preset with entries."
            )
        shapes, empty, bones = (_listed(parts.get(part, []), part, where) for part in ("shapes", "empty", "bones"))
        return cls(names=shapes, name=Path(where).name, empty=empty, bones=bones)


def _listed(names: Any, part: str, where: str) -> Names:
    if not isinstance(names, list):
        raise RigError(f'{where}: "{part}" must be a list of names.')
    for position, name in enumerate(names, 1):
        if not isinstance(name, str) or not name.strip():
            raise RigError(f"{where}: name {position} is {name!r} instead of the name of a shape.")
    return tuple(names)


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """What of a mapping's shapes a rig has. All keys are source shapes, but those of `hints`, which are targets."""

    mapping: str
    rig: Rig
    matched: Lookup[str, Names]
    """Shapes and the rig's names they drive."""
    missing: Lookup[str, Names]
    """Shapes and the targets that the rig lacks; any other targets of theirs are driven."""
    ambiguous: Lookup[str, Names]
    """Shapes and the names of the rig that could each be meant; none of these is driven."""
    unused: Names
    """Names of the rig that nothing drives."""
    hints: Lookup[str, Names]
    """Missing targets and names of the rig that look like them: for a person to judge, never used."""
    approximated: Lookup[str, Names] = field(default_factory=dict)
    """Those of the matched shapes that drive what only comes near to them."""
    empty: Lookup[str, Names] = field(default_factory=dict)
    """Shapes whose names the rig has, but as shapes that change nothing; they are not driven."""

    @property
    def exact(self) -> Names:
        return tuple(source for source in self.matched if source not in self.approximated)

    @property
    def placeless(self) -> Names:
        """Of the 52 those that the mapping says nothing of, nor stand visemes for them."""
        told = {*self.matched, *self.missing, *self.ambiguous, *self.empty}
        spoken = visemes.SPOKEN if told & set(visemes.NAMES) else frozenset()
        return tuple(name for name in arkit.SHAPES if name not in told and name not in spoken)

    @property
    def wanted(self) -> int:
        """All that could move: what the mapping asks of the rig and the rest of the 52."""
        asked = (self.matched, self.missing, self.ambiguous, self.empty, self.placeless)
        return sum(map(len, asked))

    def left_by(self, links: Iterable[Link]) -> Names:
        """The rig's shapes that none of these links drives."""
        driven = {link.target for link in links}
        return tuple(name for name in self.rig.names if name not in driven)

    def text(self) -> str:
        lines = [self.summary()]
        near: dict[Names, list[str]] = {}
        for source, names in self.approximated.items():
            near.setdefault(_told(names), []).append(source)
        told = [f"{', '.join(paired(of))} by {' + '.join(names)}" for names, of in near.items()]
        lines += _rows("near", ["; ".join(told)] if told else [])
        for source, candidates in self.ambiguous.items():
            more = f" or {len(candidates) - _EACH} more" if len(candidates) > _EACH else ""
            lines.append(f"  ambiguous  {source}: {' or '.join(candidates[:_EACH])}{more}")
        absent = []
        for source, targets in self.missing.items():
            wanted = source if targets == (source,) else f"{source} ({', '.join(targets)})"
            like = dict.fromkeys(name for target in targets for name in self.hints.get(target, ()))
            if like:
                lines.append(f"  missing    {wanted}; similar: {', '.join(like)}")
            else:
                absent.append(wanted)
        lines += _rows("missing", absent)
        lines += _rows("empty", list(self.rig.empty))
        lines += _rows("no place", list(paired(self.placeless)))
        if self.unused:
            more = f" and {len(self.unused) - _LISTED} more" if len(self.unused) > _LISTED else ""
            lines += _rows("unused", [f"{', '.join(self.unused[:_LISTED])}{more}"])
        return "\n".join(lines)

    def summary(self) -> str:
        """One line: of the visemes, if the rig has some, and of the shapes so many move; the rest adds up."""
        heard, asked = self.visemes
        told = f"{len(self.matched) - heard} of {self.wanted - asked} shapes matched"
        if asked:
            told = f"{heard} of {asked} visemes and {told}"
        counts = [f"{len(self.approximated)} of them by the nearest there is"] if self.approximated else []
        counts += [f"{len(self.missing)} missing"]
        counts += [f"{len(self.empty)} empty"] if self.empty else []
        counts += [f"{len(self.ambiguous)} ambiguous"]
        counts += [f"{len(self.placeless)} without a place"] if self.placeless else []
        left = f"; {len(self.unused)} of the rig's {len(self.rig.names)} names unused" if self.rig.names else ""
        return f"{self.rig.name} with the preset {self.mapping}: {told}, {', '.join(counts)}{left}."

    @property
    def visemes(self) -> tuple[int, int]:
        """How many visemes move, and how many are asked for: they are no shapes, and counted apart."""
        asked = (*self.matched, *self.missing, *self.ambiguous, *self.empty)
        return sum(one in visemes.NAMES for one in self.matched), sum(one in visemes.NAMES for one in asked)

    def to_dict(self) -> dict[str, Any]:
        facts: dict[str, Any] = {"rig": self.rig.name, "preset": self.mapping}
        for name in ("matched", "approximated", "missing", "empty", "ambiguous", "hints"):
            facts[name] = {shape: list(names) for shape, names in getattr(self, name).items()}
        return {**facts, "placeless": list(self.placeless), "unused": list(self.unused)}


def _told(names: Names) -> Names:
    """Of channels only the bones."""
    return tuple(dict.fromkeys(channel.bone if (channel := Channel.of(name)) else name for name in names))


def _rows(label: str, names: list[str]) -> list[str]:
    return [f"  {label:<9}  {', '.join(names)}"] if names else []
