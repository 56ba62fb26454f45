"""What the panel remembers from one day to the next: recent files, the window, the frame rate, own presets."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from ...errors import KoeMorphError, OutputError, SettingsError
from ...files import write_text
from ...model import model_folder
from ...presets import shipped
from ...settings import Preset, Settings, load_preset
from ...timing import FrameRate
from ..qt import QtCore, tr

RECENT: Final = 10
_NAME: Final = re.compile(r"[^\\/:*?\"<>|\x00-\x1f.][^\\/:*?\"<>|\x00-\x1f]{0,60}")
"""What every system takes as the name of a file."""


class Memory:
    """`folder` holds all of it, so that tests and hosts can have one of their own."""

    def __init__(self, folder: Path | None = None) -> None:
        place = QtCore.QStandardPaths.writableLocation(QtCore.QStandardPaths.StandardLocation.GenericConfigLocation)
        self.folder = folder or Path(place) / "koemorph"
        self._stored = QtCore.QSettings(str(self.folder / "panel.ini"), QtCore.QSettings.Format.IniFormat)

    def recent(self) -> list[Path]:
        """The newest first, those that are gone left out."""
        stored = self._stored.value("recent", [], list)
        known = stored if isinstance(stored, list) else []
        return [Path(str(entry)) for entry in known if Path(str(entry)).exists()]

    def add_recent(self, path: Path) -> None:
        newest = [path.absolute(), *(entry for entry in self.recent() if entry != path.absolute())]
        self._stored.setValue("recent", [str(entry) for entry in newest[:RECENT]])

    def rate(self) -> FrameRate:
        try:
            return FrameRate.parse(str(self._stored.value("rate", "60")))
        except SettingsError:
            return FrameRate.parse(60)

    def keep_rate(self, rate: FrameRate) -> None:
        self._stored.setValue("rate", str(rate))

    def model(self) -> Path | None:
        """What was chosen last, as far as it is still there; None is the usual model."""
        stored = Path(self.get("model"))
        return stored if stored.name and model_folder(stored).is_dir() else None

    def get(self, name: str, default: str = "") -> str:
        return str(self._stored.value(name, default))

    def put(self, name: str, value: str) -> None:
        self._stored.setValue(name, value)

    def geometry(self) -> QtCore.QByteArray:
        stored = self._stored.value("geometry")
        return stored if isinstance(stored, QtCore.QByteArray) else QtCore.QByteArray()

    def keep_geometry(self, geometry: QtCore.QByteArray) -> None:
        self._stored.setValue("geometry", geometry)

    @property
    def _presets(self) -> Path:
        return self.folder / "presets"

    def own_presets(self) -> list[Preset]:
        """Those that can be read; a broken file is no reason to lose the others."""
        found = []
        for path in sorted(self._presets.glob("*.json")):
            try:
                found.append(load_preset(path))
            except KoeMorphError:
                continue
        return found

    def save_preset(self, name: str, settings: Settings) -> Path:
        name = name.strip()
        if not _NAME.fullmatch(name):
            raise OutputError(tr("{name} cannot be the name of a preset; use letters and digits.", name=repr(name)))
        if name in {preset.name for preset in shipped()}:
            raise OutputError(tr("The preset {name} came along and stays as it is; choose another name.", name=name))
        path = self._presets / f"{name}.json"
        write_text(path, Preset(name=name, about="", values=settings.changed()).to_json())
        return path

    def delete_preset(self, name: str) -> None:
        try:
            (self._presets / f"{name}.json").unlink()
        except OSError as err:
            raise OutputError(f"The preset {name} cannot be deleted ({err.strerror or err}).") from err
