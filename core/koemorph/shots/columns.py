"""What the columns of a shot list mean: from a row of cells to a checked shot, or to all that is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any, Final, TypeVar

from .. import formats, hosts, rig
from ..errors import KoeMorphError, ShotListError
from ..knobs import Info
from ..presets import find_preset
from ..recording import Recording
from ..settings import Preset, Settings, info_of
from ..speech.script import ENGLISH
from ..timing import FrameRate, parse_seconds
from ..trust import fault_of, shown, unescaped
from ..trust.doors import reason_of
from ..trust.limits import COLUMNS as COLUMNS_LIMIT
from ..trust.words import fault_of_path
from .rows import LIST, Row
from .scripts import LineScript, line_script
from .shot import Problem, Shot, Target, file_name

COLUMNS: Final = {
    "shot": "The name of the line; results are named after it. Without one, the name of the recording.",
    "audio": "The recording, relative to the list.",
    "in": "Where to begin: seconds, minutes:seconds or a timecode.",
    "out": "Where to end.",
    "fps": "Frame rate of the result.",
    "start_frame": "The frame of the scene on which the line begins.",
    "channel": "left, right or a number; empty mixes all.",
    "character": "Who speaks; stands in the report.",
    "rig": "A mapping preset or its JSON file: results carry the names of that rig.",
    "script": "What is said: the text, or a .txt file relative to the list; without it, the line.txt beside line.wav.",
    "language": "The script's language: en, de, ja ...",
    "preset": "Settings from a preset or its JSON file; columns of single settings override it.",
    "scene": "A scene to key the line into, relative to the list; a copy of it is keyed.",
    "object": "Whom it is keyed on in the scene; empty is the character, or the only face.",
    "target": "Files to write below the output folder, parted by |; the ending chooses the format.",
}
"""Beside these, every setting is a column of its own name. Columns that begin with # are for people only."""
DEFAULT_RATE: Final = FrameRate.parse(60)
_SETTINGS: Final = {entry.name: info_of(entry) for entry in fields(Settings)}
_SWITCHES: Final = dict.fromkeys(("yes", "true", "on", "1"), True) | dict.fromkeys(("no", "false", "off", "0"), False)
_WHOLE: Final = re.compile(r"-?\d{1,9}")
PLAIN: Final = 1000
"""Letters of a number or an object that are looked through."""
T = TypeVar("T")


class Columns:
    """Reads the rows of one list. `folder` is where relative paths begin."""

    def __init__(
        self,
        folder: Path,
        rate: FrameRate | None,
        base: Settings | None,
        formats_wanted: tuple[str, ...],
        language: str = ENGLISH,
        beside: bool = True,
    ):
        self._folder = folder
        self._language, self._look_beside = language, beside
        self._rate = rate or DEFAULT_RATE
        self._base = base or Settings()
        self._formats = tuple(formats.by_name(name) for name in formats_wanted or ("take",))
        self._preset: Callable[[str], Preset] = lru_cache(None)(lambda name: find_preset(self._beside(name)))
        self._mapping: Callable[[str], rig.Mapping] = lru_cache(None)(lambda name: rig.find(self._beside(name)))

    def shot(self, row: Row) -> tuple[Shot | None, list[Problem]]:
        problems: list[Problem] = []

        def attempt(column: str, make: Callable[[], T], otherwise: T) -> T:
            try:
                return make()
            except (KoeMorphError, OSError) as err:  # a name that no disk can hold is no file either
                problems.append(Problem(row.where, f"{column}: {reason_of(err, 400)}."))
                return otherwise

        if "" in row.cells:
            return None, [Problem(row.where, str(row.cells[""]))]
        cells = {name: value for name, value in row.cells.items() if value not in ("", None) and name[:1] != "#"}
        strange = [name for name in cells if name not in COLUMNS and name not in _SETTINGS and name != "settings"]
        problems += [Problem(row.where, _unknown(name)) for name in strange]
        text = {name: str(cells.get(name, "")) for name in COLUMNS}
        if faults := [Problem(row.where, f"{name}: {fault}; write it anew.") for name, fault in _faults(cells)]:
            return None, [*problems, *faults]
        if not text["audio"]:
            problems.append(Problem(row.where, "audio: There is no recording; name one."))
        rate = attempt("fps", lambda: FrameRate.parse(text["fps"]) if text["fps"] else self._rate, self._rate)
        begin = attempt("in", lambda: parse_seconds(text["in"], rate) if text["in"] else None, None)
        end = attempt("out", lambda: parse_seconds(text["out"], rate) if text["out"] else None, None)
        if begin is not None and end is not None and end <= begin:
            problems.append(Problem(row.where, "out: It is not after the in point; give a later moment."))
        frame = attempt("start_frame", lambda: _frame(text["start_frame"]), None)
        mapping = attempt("rig", lambda: self._mapping(text["rig"]) if text["rig"] else None, None)
        settings = attempt("settings", lambda: self._settings(cells), self._base)
        name = " ".join(text["shot"].split()) or Path(text["audio"]).stem
        none: tuple[Target, ...] = ()
        scene = attempt("scene", lambda: _scene(text["scene"]), "")
        targets = attempt("target", lambda: self._targets(cells.get("target"), name, scene), none)
        path = self._folder / text["audio"]
        recording = attempt(
            "channel", lambda: Recording(path, begin=begin, end=end, channel=text["channel"]), Recording(path)
        )
        said = attempt(
            "script",
            lambda: line_script(
                cells.get("script", ""), recording, self._folder, text["language"] or self._language, self._look_beside
            ),
            LineScript(),
        )
        if problems:
            return None, problems
        shot = Shot(
            name=name,
            recording=recording,
            targets=targets,
            where=row.where,
            rate=rate,
            settings=settings,
            start_frame=frame,
            character=text["character"],
            mapping=mapping,
            rig=self._beside(text["rig"]) if mapping else "",
            scene=self._folder / scene if scene else None,
            face=text["object"] or text["character"],
            script=said.script,
            script_file=said.file,
            notes=said.notes,
        )
        return shot, problems

    def _settings(self, cells: dict[str, Any]) -> Settings:
        settings = self._base
        if "preset" in cells:
            settings = self._preset(str(cells["preset"])).over(settings)
        given = cells.get("settings", {})
        if isinstance(given, str):
            try:
                given = LIST.cells(given, shown(given, 60))
            except ShotListError as err:
                raise ShotListError(f"{str(err).removesuffix('.')}; write an object of settings.") from err
        if not isinstance(given, dict):
            raise ShotListError("It must be a JSON object of names and values.")
        if "" in given:
            raise ShotListError(str(given[""]))
        single = {name: _value(shown, cells[name]) for name, shown in _SETTINGS.items() if name in cells}
        if twice := sorted(given.keys() & single.keys()):
            raise ShotListError(f"{twice[0]} has a column of its own as well; keep one of the two.")
        return settings.with_values(**given, **single) if given or single else settings

    def _targets(self, given: Any, name: str, scene: str) -> tuple[Target, ...]:
        if given is None:
            targets = tuple(Target(path=file_name(name) + known.suffix, format=known.name) for known in self._formats)
        else:
            entries = given if isinstance(given, list) else str(given).split("|")
            targets = tuple(_target(str(entry).strip()) for entry in entries if str(entry).strip())
        return _with_scene(targets, scene)

    def _beside(self, name: str) -> str:
        """Files are named as seen from the list; names of what comes along stay names."""
        return str(self._folder / name) if Path(name).suffix or Path(name).name != name else name


def _target(text: str) -> Target:
    path = text.replace("\\", "/")
    if fault := fault_of_path(path):
        raise ShotListError(f"{fault}; choose another name.")
    host = hosts.by_suffix(PurePosixPath(path).suffix)
    return Target(path=path, format=host.name if host else formats.by_suffix(Path(path)).name)


def _scene(text: str) -> str:
    if text and hosts.by_suffix(Path(text).suffix) is None:
        raise ShotListError(f"{text} is no scene; name a {', '.join(hosts.suffixes())} file.")
    return text


def _with_scene(targets: tuple[Target, ...], scene: str) -> tuple[Target, ...]:
    """Where the keyed copy goes: where the list says, else under the scene's own name."""
    keyed = [target for target in targets if target.is_scene]
    if not scene and keyed:
        raise ShotListError(f"{keyed[0].path} is a scene; name the one that it is made from under scene.")
    if len(keyed) > 1:
        raise ShotListError(f"{keyed[1].path} is a second scene; give it a line of its own.")
    if not scene:
        return targets
    source = PureWindowsPath(scene)
    host = hosts.by_suffix(source.suffix)
    assert host is not None
    if keyed and keyed[0].format != host.name:
        raise ShotListError(f"{keyed[0].path} cannot be made from {source.name}; end it in {source.suffix}.")
    return targets if keyed else (*targets, Target(path=file_name(source.stem) + source.suffix, format=host.name))


def _faults(cells: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Cells that no file, table or page can hold."""
    for name, cell in cells.items():
        entries = cell if isinstance(cell, list) else [cell]
        for entry in entries:
            fault = fault_of(entry if isinstance(entry, str) else str(entry)[:PLAIN]) or fault_of(name)
            if fault:
                yield unescaped(name), fault
                break


def leaves(path: str) -> bool:
    """Whether a target, as the list has it, points out of the output folder on any system."""
    return PurePosixPath(path).is_absolute() or bool(PureWindowsPath(path).anchor) or ".." in path.split("/")


def _frame(text: str) -> int | None:
    if text and not _WHOLE.fullmatch(text):
        raise ShotListError(f"{text!r} is not a frame; write a whole number.")
    return int(text) if text else None


def _value(shown: Info, cell: Any) -> Any:
    """A cell of a table as the setting wants it; what it cannot be, the settings refuse in their own words."""
    if not isinstance(cell, str):
        return cell
    if shown.kind == "switch":
        return _SWITCHES.get(cell.lower(), cell)
    if shown.kind in ("number", "whole"):
        try:
            return float(cell.replace(",", "."))
        except ValueError:
            return cell
    return cell


@lru_cache(COLUMNS_LIMIT.most)
def _unknown(name: str) -> str:
    nearest = get_close_matches(name[:40], [*COLUMNS, *_SETTINGS], n=3, cutoff=0.0)
    return f"There is no column {shown(name, 40)}; the nearest are {', '.join(nearest)}. One for people begins with #."
