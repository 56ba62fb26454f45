"""Who is at a line: a byte of one lock file, which the system gives back however its process ends, and a claim beside.

The claim says which process of which machine holds the line, and is touched while it works. So a runner that was
stopped and not ended, whose locks the system keeps, does not make others wait without a word.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import socket
import stat
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ..errors import OutputError
from ..files import unwritable
from ..trust import Door, limits, shown

LOCK: Final = "lock"
CLAIM: Final = Door(what="claim", error=OutputError, size=limits.CLAIM_FILE)
BEAT_SECONDS: Final = 5.0
SILENT_SECONDS: Final = 90.0
"""A runner that did not touch its claim for so long is stopped, or its machine is gone."""
_PLACES: Final = 2**31 - 1


@dataclass(frozen=True, kw_only=True)
class Holder:
    """Who holds a line, as its claim tells."""

    host: str
    process: int
    since: float
    """Seconds since 1970."""
    silent: float
    """Seconds since it was last heard of, by the clock of the disk."""

    @property
    def stopped(self) -> bool:
        return self.silent > SILENT_SECONDS

    def __str__(self) -> str:
        began = time.strftime("%Y-%m-%d %H:%M", time.localtime(self.since))
        return f"process {self.process} on {shown(self.host, 60)} since {began}"


class Locks:
    """The locks below one folder of records."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._guard = threading.Lock()
        self._borrowers: dict[int, int] = {}
        """How many have each handle."""

    @contextmanager
    def hold(self, claims: Sequence[Path], places: Sequence[int]) -> Iterator[bool]:
        """Whether the lines are ours until the block ends; false if another process is at one of them.

        One handle holds all that this process is at: closing any handle of a file gives all its locks back.
        """
        handle, held = self._borrow(), list[int]()
        try:
            for place in places:
                if not _locked(handle, place % _PLACES):
                    yield False
                    return
                held.append(place % _PLACES)
            with _claimed(claims):
                yield True
        finally:
            with contextlib.suppress(OSError):
                for place in held:
                    _unlock(handle, place)
            self._give_back(handle)

    def _borrow(self) -> int:
        """The handle that this process has for all its lines, unless the file was put away since it was opened."""
        with self._guard:
            for handle in self._borrowers:
                with contextlib.suppress(OSError):
                    if os.fstat(handle).st_ino == (self._folder / LOCK).stat().st_ino:
                        self._borrowers[handle] += 1
                        return handle
            handle = self._open()
            self._borrowers[handle] = 1
            return handle

    def _give_back(self, handle: int) -> None:
        with self._guard:
            self._borrowers[handle] -= 1
            if not self._borrowers[handle]:
                del self._borrowers[handle]
                os.close(handle)

    def release(self) -> None:
        """Let others have what is held by runners that are stopped: they go on with a lock file of their own."""
        with contextlib.suppress(FileNotFoundError):
            (self._folder / LOCK).unlink()

    def _open(self) -> int:
        """The lock file that others see: one that was put away meanwhile locks nothing."""
        path = self._folder / LOCK
        try:
            while True:
                handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
                mode = self._folder.stat().st_mode & 0o666
                with contextlib.suppress(OSError):  # another user's, who has done so
                    if os.fstat(handle).st_mode & 0o666 != mode:
                        path.chmod(mode)
                with contextlib.suppress(FileNotFoundError):
                    if os.name == "nt" or os.fstat(handle).st_ino == path.stat().st_ino:
                        return handle
                os.close(handle)
        except OSError as err:
            raise unwritable(self._folder, err) from err

    def holder(self, claim: Path) -> Holder | None:
        """None if nobody says that he holds it."""
        try:
            content = CLAIM.json(CLAIM.read(claim), "A claim")
            silent = max(0.0, self._now() - claim.stat().st_mtime)
            return Holder(
                host=str(content["host"]), process=int(content["process"]), since=float(content["since"]), silent=silent
            )
        except (OSError, ValueError, KeyError, TypeError, OverflowError, OutputError):
            return None

    def _now(self) -> float:
        """By the clock of the disk, which may be another machine's."""
        with contextlib.suppress(OSError):
            os.utime(self._folder / LOCK)
            return (self._folder / LOCK).stat().st_mtime
        return time.time()


def shared_folder(place: Path) -> None:
    """Made with the rights of the folder around it, so that a second user can join."""
    if not place.is_dir():
        place.mkdir(exist_ok=True)
        with contextlib.suppress(OSError):  # another user has made it meanwhile
            place.chmod(stat.S_IMODE(place.parent.stat().st_mode))


@contextmanager
def _claimed(claims: Sequence[Path]) -> Iterator[None]:
    """Claims written, touched every few seconds by a thread, and gone in the end."""
    told = {"host": socket.gethostname(), "process": os.getpid(), "since": time.time()}
    ended = threading.Event()
    try:
        for claim in claims:
            shared_folder(claim.parent)
            claim.write_text(json.dumps(told), "utf-8")
    except OSError as err:
        raise unwritable(claims[0], err) from err

    def beat() -> None:
        while not ended.wait(BEAT_SECONDS):
            for claim in claims:
                with contextlib.suppress(OSError):
                    os.utime(claim)

    thread = threading.Thread(target=beat, name="koemorph-claims", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        for claim in claims:
            with contextlib.suppress(OSError):
                claim.unlink(missing_ok=True)


if sys.platform == "win32":
    import msvcrt

    def _locked(handle: int, place: int) -> bool:
        os.lseek(handle, place, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _unlock(handle: int, place: int) -> None:
        os.lseek(handle, place, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)

else:
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

    def _unlock(handle: int, place: int) -> None:
        fcntl.lockf(handle, fcntl.LOCK_UN, 1, place)
