"""All settings of a take together, checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from difflib import get_close_matches
from typing import Any

from ..directions import parse_directions
from ..errors import SettingsError
from ..knobs import check_all, info_of
from .cleanup import Cleanup
from .expression import Expression
from .movement import Movement


@dataclass(frozen=True, kw_only=True)
class Settings(Cleanup, Expression, Movement):  # the fields of the last come first
    """How a take is made from a clip. Immutable; every value is checked against its range."""

    def __post_init__(self) -> None:
        check_all(self)
        for direction in parse_directions(self.directions):
            self.directed(direction.values)
            if direction.end is None:
                _check_goes(direction.values)

    def directed(self, values: Mapping[str, Any]) -> Settings:
        """As a direction has it; a mood of its own counts in place of the line's moods."""
        own_mood = {"mood_keys": ""} if "mood" in values else {}
        return self.with_values(**{"directions": "", **own_mood, **values})

    @classmethod
    def raw(cls) -> Settings:
        """Every step off: what came in goes out. What an edit of a finished take begins with."""
        off = {entry.name: info_of(entry).off for entry in fields(cls)}
        return cls().with_values(**{name: value for name, value in off.items() if value is not None})

    def with_values(self, /, **values: Any) -> Settings:
        """A copy with some values replaced; an unknown name is an error that names the nearest known ones."""
        known = [entry.name for entry in fields(self)]
        for name in values:
            if name not in known:
                nearest = ", ".join(get_close_matches(name, known, n=3, cutoff=0.0))
                raise SettingsError(f"There is no setting called {name!r}; the nearest are {nearest}.")
        return replace(self, **values)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    def for_analysis(self) -> dict[str, Any]:
        """What a change of needs another analysis."""
        return {entry.name: getattr(self, entry.name) for entry in fields(self) if info_of(entry).analysis}

    def changed(self) -> dict[str, Any]:
        """What differs from the defaults: what a preset of these settings holds."""
        usual = Settings().to_dict()
        return {name: value for name, value in self.to_dict().items() if value != usual[name]}

    @classmethod
    def from_dict(cls, values: Any, where: str = "These settings") -> Settings:
        if not isinstance(values, dict):
            raise SettingsError(f"{where} must be a JSON object of names and values.")
        return cls().with_values(**values)


def _check_goes(values: Mapping[str, Any]) -> None:
    for entry in fields(Settings):
        if entry.name in values and info_of(entry).kind != "number":
            raise SettingsError(
                f"{entry.name} cannot go from one value to the next; give it over a stretch, such as 0:03-0:04.5."
            )
