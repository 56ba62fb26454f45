"""Some settings under a name, and the files that hold them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ..errors import SettingsError
from ..trust import Door, limits
from ..trust.doors import reason_of
from .settings import Settings

PRESET: Final = Door(what="preset", error=SettingsError, size=limits.SETTINGS_FILE)


@dataclass(frozen=True, kw_only=True)
class Preset:
    """Some settings under a name, as a file holds them; `about` is a sentence for people."""

    name: str
    about: str
    values: dict[str, Any]

    def over(self, base: Settings) -> Settings:
        """`base` with what the preset names."""
        return base.with_values(**self.values)

    def to_json(self) -> str:
        about = {"about": self.about} if self.about else {}
        return json.dumps({**about, **self.values}, indent=2, ensure_ascii=False) + "\n"


def load_preset(path: Path) -> Preset:
    """Read and check a preset file: a JSON object that names only what differs from the defaults."""
    values = PRESET.json(PRESET.text(path), f"The preset {path}", once=True)
    if not isinstance(values, dict):
        raise SettingsError(f"The preset {path} must be a JSON object of names and values.")
    about = values.pop("about", "")
    preset = Preset(name=path.stem, about=about if isinstance(about, str) else "", values=values)
    try:
        preset.over(Settings())
    except SettingsError as err:
        raise SettingsError(f"The preset {path} is wrong: {reason_of(err, 400)}.") from err
    return preset
