"""What is known of every line, beside the results: one small file each, replaced as a whole, and one lock.

A file per line rather than a database, because farms write from many machines into one shared folder, where
databases cannot be trusted.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import KW_ONLY, asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Final, Literal

from ..errors import OutputError
from ..files import make_folder, unwritable, write_text
from ..trust import Door, Look, limits
from .locks import Holder, Locks, shared_folder
from .reading import RECORDS_FOLDER
from .shot import Shot

Status = Literal["running", "done", "failed"]
FORMAT: Final = 1
RECORD: Final = Door(what="record of a line", error=OutputError, size=limits.RECORD_FILE)
_README: Final = "What KoeMorph knows of each line. Without it all is made anew.\n"
_BLOCK: Final = 2**20


@dataclass(frozen=True)
class Stamp:
    """A file as it was: a glance tells cheaply whether the hash still holds.

    Records of before 2.0 know no ctime and no inode: there the bytes are looked at once more.
    """

    path: str
    _: KW_ONLY
    size: int
    mtime_ns: int
    sha256: str
    ctime_ns: int = 0
    inode: int = 0
    seen_ns: int = 0

    @classmethod
    def of(cls, path: Path, name: str) -> Stamp:
        with path.open("rb") as handle:
            look, digest = Look.at(handle.fileno()), hashlib.sha256()
            while block := handle.read(_BLOCK):
                digest.update(block)
        return cls.seen(name, look, digest.hexdigest())

    @classmethod
    def seen(cls, name: str, look: Look, sha256: str) -> Stamp:
        return cls(
            name,
            size=look.size,
            mtime_ns=look.mtime_ns,
            sha256=sha256,
            ctime_ns=look.ctime_ns,
            inode=look.inode,
            seen_ns=look.seen_ns,
        )

    def untouched(self, path: Path) -> bool:
        """By a glance; only what a glance cannot tell is read (another name or place, two changes at one moment)."""
        before = Look(
            size=self.size, mtime_ns=self.mtime_ns, ctime_ns=self.ctime_ns, inode=self.inode, seen_ns=self.seen_ns
        )
        try:
            now = Look.at(path)
            if not before.same_content(now):
                return False
            return (before.agrees(now) and not before.racy) or Stamp.of(path, self.path).sha256 == self.sha256
        except (OSError, ValueError):
            return False

    def same(self, path: Path) -> bool:
        """The same bytes, whatever its time says."""
        with contextlib.suppress(OSError):
            return self.untouched(path) or Stamp.of(path, self.path).sha256 == self.sha256
        return False


@dataclass(frozen=True)
class Record:
    """What came of one line."""

    shot: str
    _: KW_ONLY
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
        self._locks = Locks(self._folder)

    def prepare(self) -> None:
        """An error here, before any work, if nothing can be written."""
        try:
            if self._folder.is_symlink():
                raise OutputError(f"{self._folder} is a link, which may lead anywhere; remove it.")
            make_folder(self.output)
            shared_folder(self._folder)
            if not (self._folder / "README.txt").exists():  # another user's is as good
                write_text(self._folder / "README.txt", _README)
        except OSError as err:
            raise unwritable(self.output, err) from err

    def read(self, shot: Shot) -> Record | None:
        """None for what is unknown, damaged or of another version: the line is made anew."""
        record = _record(self._path(shot))
        return record if record is not None and record.shot == shot.name else None

    def every(self) -> Iterator[tuple[Path, Record | None]]:
        """All files of records, and what they hold; None where that is damaged."""
        for path in sorted(self._folder.glob("??/*.json")):
            yield path, _record(path)

    def write(self, shot: Shot, record: Record) -> None:
        """In a folder that has the rights of the folder of results, so that a second user can join."""
        path = self._path(shot)
        try:
            shared_folder(path.parent)
        except OSError as err:
            raise unwritable(path, err) from err
        write_text(path, json.dumps({"format": FORMAT, **asdict(record)}, ensure_ascii=True))

    def lock(self, *shots: Shot) -> AbstractContextManager[bool]:
        """Whether the lines are ours until the block ends; false if another process is at one of them."""
        return self._locks.hold([self._claim(shot) for shot in shots], [int(_id(shot), 16) for shot in shots])

    def holder(self, *shots: Shot) -> Holder | None:
        """Who is at one of the lines, as far as he told."""
        found = (self._locks.holder(self._claim(shot)) for shot in shots)
        return next((holder for holder in found if holder), None)

    def claims(self) -> dict[Path, Holder]:
        """All that somebody holds, or held when he was ended or stopped."""
        told = {path: self._locks.holder(path) for path in sorted(self._folder.glob("??/*.claim"))}
        return {path: holder for path, holder in told.items() if holder}

    def unlock(self, claims: Iterable[Path]) -> None:
        """For runners that are stopped or gone: should one wake, it finishes its line, to the same bytes."""
        for number, path in enumerate(claims):
            if not number:
                self._locks.release()
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)

    def _claim(self, shot: Shot) -> Path:
        return self._path(shot).with_suffix(".claim")

    def _path(self, shot: Shot) -> Path:
        name = _id(shot)
        return self._folder / name[:2] / f"{name}.json"


def _record(path: Path) -> Record | None:
    try:
        content = RECORD.json(RECORD.read(path), str(path))
        if content.pop("format") != FORMAT:
            return None
        known = {entry.name for entry in fields(Record)}
        record = Record(**{name: value for name, value in content.items() if name in known})
        audio = Stamp(**content["audio"]) if content["audio"] else None
        scene = Stamp(**content["scene"]) if content.get("scene") else None
        outputs = tuple(Stamp(**entry) for entry in content["outputs"])
        told, together = tuple(record.warnings), tuple(record.together)
        return replace(record, audio=audio, outputs=outputs, warnings=told, scene=scene, together=together)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, OutputError):
        return None


def _id(shot: Shot) -> str:
    return hashlib.sha256(shot.name.encode("utf-8", "surrogatepass")).hexdigest()[:32]
