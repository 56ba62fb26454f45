"""A rig's names, and the report on how much of a mapping they cover."""

from __future__ import annotations

from collections.abc import Mapping as Lookup
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ..errors import RigError

Names = tuple[str, ...]

_LISTED: Final = 12
"""So many names are listed before "and N more"."""


@dataclass(frozen=True)
class Rig:
    """The shapes that a character has, by name."""

    names: Names
    name: str = "The rig"

    def __post_init__(self) -> None:
        if not self.names:
            raise RigError(f"{self.name} has no shapes; list their names.")
        if twice := sorted({name for name in self.names if self.names.count(name) > 1}):
            raise RigError(f"{self.name} has the shape {twice[0]!r} twice; list each name once.")

    @classmethod
    def of(cls, content: Any, where: str) -> Rig:
        """From parsed JSON: a list of names."""
        if not isinstance(content, list):
            raise RigError(f"{where} must be a JSON list of shape names, or a preset with entries.")
        for position, name in enumerate(content, 1):
            if not isinstance(name, str) or not name.strip():
                raise RigError(f"{where}: name {position} is {name!r} instead of the name of a shape.")
        return cls(tuple(content), Path(where).name)


@dataclass(frozen=True)
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

    @property
    def wanted(self) -> int:
        return len(self.matched) + len(self.missing) + len(self.ambiguous)

    def text(self) -> str:
        lines = [
            f"{self.rig.name} with the preset {self.mapping}: {len(self.matched)} of {self.wanted} shapes matched, "
            f"{len(self.missing)} missing, {len(self.ambiguous)} ambiguous; "
            f"{len(self.unused)} of the rig's {len(self.rig.names)} names unused."
        ]
        for source, candidates in self.ambiguous.items():
            lines.append(f"  ambiguous  {source}: {' or '.join(candidates)}")
        absent = []
        for source, targets in self.missing.items():
            wanted = source if targets == (source,) else f"{source} ({', '.join(targets)})"
            near = dict.fromkeys(name for target in targets for name in self.hints.get(target, ()))
            if near:
                lines.append(f"  missing    {wanted}; similar: {', '.join(near)}")
            else:
                absent.append(wanted)
        if absent:
            lines.append(f"  missing    {', '.join(absent)}")
        if self.unused:
            more = f" and {len(self.unused) - _LISTED} more" if len(self.unused) > _LISTED else ""
            lines.append(f"  unused     {', '.join(self.unused[:_LISTED])}{more}")
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        facts: dict[str, Any] = {"rig": self.rig.name, "preset": self.mapping}
        for name in ("matched", "missing", "ambiguous", "hints"):
            facts[name] = {shape: list(names) for shape, names in getattr(self, name).items()}
        return {**facts, "unused": list(self.unused)}
