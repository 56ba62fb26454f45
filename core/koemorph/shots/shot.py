"""A shot: one line of dialogue, what is to be made of it and where that goes. A shot list: many of them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Final

from .. import hosts
from ..errors import SettingsError
from ..keying import Keying
from ..recording import Recording
from ..rig import Mapping
from ..settings import Settings
from ..speech.script import Script
from ..timing import FrameRate
from ..trust import unescaped

LONGEST_NAME: Final = 120
"""Letters of a file made after a shot; any file system holds them, in any script."""
_UNFIT: Final = re.compile(r'[\x00-\x1f\x7f<>:"|?*\\]')
_RESERVED: Final = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Target:
    """A file to write, below the folder of the results; `path` is as the list has it, parted by slashes."""

    path: str
    format: str
    """One of `formats`, or the host of a scene."""

    @property
    def is_scene(self) -> bool:
        return hosts.by_suffix(PurePosixPath(self.path).suffix) is not None


@dataclass(frozen=True, kw_only=True)
class Shot:
    """One line of a shot list, read and checked."""

    name: str
    recording: Recording
    targets: tuple[Target, ...] = ()
    where: str = ""
    """Where it stands in its list, for people: "line 7"."""
    rate: FrameRate
    settings: Settings
    start_frame: int | None = None
    """The frame of the scene on which the line begins; None leaves the clock of the recording."""
    character: str = ""
    mapping: Mapping | None = None
    rig: str = ""
    """Where the mapping is found: its name, or the path of its file."""
    scene: Path | None = None
    """What is opened to key the line into; the keyed copy is one of the targets."""
    face: str = ""
    """Whom it is keyed on there."""
    keying: Keying | None = None
    """How, there; None is the usual way."""
    script: Script | None = None
    """What is said."""
    script_file: Path | None = None
    """Where that stands, if not in the list."""
    notes: tuple[str, ...] = ()
    """What there is to say about it before it is made."""

    @property
    def sources(self) -> tuple[Path, ...]:
        """The files that it is made from."""
        return tuple(path for path in (self.recording.path, self.scene, self.script_file) if path)

    @property
    def keyed_scene(self) -> Target | None:
        return next((target for target in self.targets if target.is_scene), None)


Unit = tuple[Shot, ...]
"""Lines that are worked on together: all of one keyed scene, or one."""


@dataclass(frozen=True)
class Problem:
    """What is wrong with one line, in a sentence that no terminal obeys."""

    where: str
    message: str

    def __post_init__(self) -> None:
        for name in ("where", "message"):
            object.__setattr__(self, name, unescaped(getattr(self, name)))

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


@dataclass(frozen=True)
class ShotList:
    """All lines of a list that can be worked on, and what is wrong with the others."""

    path: Path
    shots: tuple[Shot, ...]
    problems: tuple[Problem, ...] = ()

    def __len__(self) -> int:
        return len(self.shots)

    def __iter__(self) -> Iterator[Shot]:
        return iter(self.shots)

    def keyed(self, keying: Keying) -> ShotList:
        """With all that goes into scenes keyed so."""
        return replace(self, shots=tuple(replace(one, keying=keying) if one.scene else one for one in self.shots))

    def units(self) -> list[Unit]:
        """In the order of the list, each where its first line stands."""
        units: dict[tuple[str, str], list[Shot]] = {}
        for shot in self.shots:
            scene = shot.keyed_scene
            place = ("scene", os.path.normpath(scene.path).casefold()) if scene else ("line", shot.name)
            units.setdefault(place, []).append(shot)
        return [tuple(unit) for unit in units.values()]

    def chunk(self, number: int, chunks: int) -> ShotList:
        """Every `chunks`-th unit: what one of so many machines does. Numbers begin with 1."""
        if not 1 <= number <= chunks:
            raise SettingsError(f"There is no chunk {number} of {chunks}; write 1/{chunks} to {chunks}/{chunks}.")
        part = [shot for unit in self.units()[number - 1 :: chunks] for shot in unit]
        return ShotList(self.path, tuple(part), self.problems)


def file_name(name: str) -> str:
    """A path that every system can hold, after the name of a shot; slashes make folders."""
    return "/".join(_fit(part) for part in name.split("/") if part.strip()) or "_"


def _fit(part: str) -> str:
    part = _UNFIT.sub("_", part).strip().rstrip(". ")[:LONGEST_NAME].rstrip(". ")
    return f"_{part}" if not part or _RESERVED.fullmatch(part) else part
