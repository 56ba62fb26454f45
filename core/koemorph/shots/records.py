"""What is known of every line, beside the results: one small file each, replaced as a whole, and one lock.

A file per line rather than a database, because farms write from many machines into one shared folder, where
databases cannot be trusted. A line is locked by a byte of one lock file, which the system gives back however the
process that held it ends.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Final, Literal

from ..errors import OutputError
from ..files import unwritable, write_text
from .reading import RECORDS_FOLDER
from .shot import Shot

Status = Literal["running", "done", "failed"]
FORMAT: Final = 1
_PLACES: Final = 2**31 - 1
_BLOCK: Final = 2**20


@dataclass(frozen=True)
class Stamp:
    """A file as it was: a look at size and time tells cheaply whether the hash still holds."""

    path: str
    size: int
    mtime_ns: int
    sha256: str

    @classmethod
    def of(cls, path: Path, name: str) -> Stamp:
        before = path.stat()
        digest = hashlib.sha256()
        with path.open("rb") as handle:
            while block := handle.read(_BLOCK):
                digest.update(block)
        return cls(name, before.st_size, before.st_mtime_ns, digest.hexdigest())

    def untouched(self, path: Path) -> bool:
        try:
            now = path.stat()
        except (OSError, ValueError):
            return False
        return (now.st_size, now.st_mtime_ns) == (self.size, self.mtime_ns)

    def same(self, path: Path) -> bool:
        """The same bytes, whatever its time says."""
        with contextlib.suppress(OSError):
            return self.untouched(path) or Stamp.of(path, self.path).sha256 == self.sha256
        return False


@dataclass(frozen=True)
class Record:
    """What came of one line."""

    shot: str
    status: Status
    fingerprint: str = ""
    audio: Stamp | None = None
    outputs: tuple[Stamp, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    """frames, fps, seconds of sound, took (seconds)."""
    warnings: tuple[str, ...] = ()
    message: str = ""
    exit_code: int = 0
    sketch: Mapping[str, list[int]] = field(default_factory=dict)
    """A few shapes in hundredths, for the report."""
    scene: Stamp | None = None
    """The scene that the line was keyed into, as it was before."""
    together: tuple[str, ...] = ()
    """All lines that were keyed into the same copy of it."""


class Records:
    """The records below one folder of results."""

    def __init__(self, output: Path) -> None:
        self.output = output
        self._folder = output / RECORDS_FOLDER

    def prepare(self) -> None:
        """An error here, before any work, if nothing can be written."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            write_text(self._folder / "README.txt", "What KoeMorph knows of each line. Without it all is made anew.\n")
        except OSError as err:
            raise unwritable(self.output, err) from err

    def read(self, shot: Shot) -> Record | None:
        """None for what is unknown, damaged or of another version: the line is made anew."""
        try:
            content = json.loads(self._path(shot).read_bytes())
            if content.pop("format") != FORMAT or content["shot"] != shot.name:
                return None
            known = {entry.name for entry in fields(Record)}
            record = Record(**{name: value for name, value in content.items() if name in known})
            audio = Stamp(**content["audio"]) if content["audio"] else None
            scene = Stamp(**content["scene"]) if content.get("scene") else None
            outputs = tuple(Stamp(**entry) for entry in content["outputs"])
            told, together = tuple(record.warnings), tuple(record.together)
            return replace(record, audio=audio, outputs=outputs, warnings=told, scene=scene, together=together)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def write(self, shot: Shot, record: Record) -> None:
        write_text(self._path(shot), json.dumps({"format": FORMAT, **asdict(record)}, ensure_ascii=True))

    @contextmanager
    def lock(self, *shots: Shot) -> Iterator[bool]:
        """Whether the lines are ours until the block ends; false if another process is at one of them.

        One handle holds them all: closing any handle of a file gives all locks of the process back.
        """
        try:
            handle = os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT, 0o666)
        except OSError as err:
            raise unwritable(self._folder, err) from err
        try:
            yield all(_locked(handle, int(_id(shot), 16) % _PLACES) for shot in shots)
        finally:
            os.close(handle)

    def _path(self, shot: Shot) -> Path:
        name = _id(shot)
        return self._folder / name[:2] / f"{name}.json"


def _id(shot: Shot) -> str:
    return hashlib.sha256(shot.name.encode("utf-8", "surrogatepass")).hexdigest()[:32]


if sys.platform == "win32":
    import msvcrt

    def _locked(handle: int, place: int) -> bool:
        os.lseek(handle, place, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import errno
    import fcntl

    def _locked(handle: int, place: int) -> bool:
        try:
            fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
        except OSError as err:
            if err.errno in (errno.EACCES, errno.EAGAIN):
                return False
            raise OutputError(
                f"The output folder cannot be locked ({err.strerror}); use a disk with file locks."
            ) from err
        return True
