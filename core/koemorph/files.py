"""Writing so that nothing is ever half written: a temporary neighbour, then one rename; and all of it on the disk."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import re
import shutil
import stat
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from .errors import OutputError
from .trust import fault_of

SCRATCH: Final = ".koemorph-"
"""What the names of temporary neighbours begin with; 32 hexadecimal digits follow, and an ending for hosts."""
STALE_SECONDS: Final = 24 * 3600.0
"""Nothing is written for so long: an older neighbour belongs to a process that was killed."""
ABANDONED_SECONDS: Final = 600.0
"""So long nothing was written to a neighbour of `atomic`, and nobody holds it: its process was killed."""
_OURS: Final = re.compile(re.escape(SCRATCH) + r"[0-9a-f]{32}(\.\w{1,8})?")
_NO_SYNC: Final = (errno.EINVAL, errno.ENOTSUP, errno.EBADF, errno.EACCES, errno.EPERM, errno.ENOSYS)
"""What systems say that cannot bring a folder to the disk by itself."""


@contextmanager
def atomic(path: Path) -> Iterator[IO[bytes]]:
    """A binary file that appears at `path` complete, or not at all if the block is left by an exception."""
    if not path.name:
        raise OutputError(f"{path} is a folder; name a file in it.")
    if fault := fault_of(path.name):
        raise OutputError(f"{fault}, so nothing can be written there; choose another name.")
    refuse_to_replace(path)
    try:
        make_folder(path.parent)
        sweep(path.parent)
        scratch = neighbour(path)
        handle = open(scratch, "xb")  # noqa: SIM115 (with the permissions of any new file, unlike tempfile)
    except OSError as err:
        raise unwritable(path, err) from err
    try:
        with handle:
            _hold(handle)
            yield handle
            handle.flush()
            os.fsync(handle.fileno())
        put(scratch, path)
    except OSError as err:
        raise unwritable(path, err) from err
    finally:  # of one that took its place nothing is there any more
        with contextlib.suppress(OSError):
            scratch.unlink(missing_ok=True)


@contextmanager
def atomic_folder(path: Path, ours: Callable[[Path], bool]) -> Iterator[Path]:
    """A folder to fill that appears at `path` complete, or not at all if the block is left by an exception.

    What is there already is replaced, unless it holds a file (told by its path inside) that is not `ours`. It is never
    away: the two change places in one step, or, where the system cannot do that, file after file.
    """
    path = path.resolve()
    try:
        if path.exists() and (foreign := next(_files_not(ours, path), None)):
            raise OutputError(f"{path} also holds {foreign}, which would be lost; name a new folder.")
    except OSError as err:
        raise unwritable(path, err) from err
    with scratch_folder(path) as scratch:
        yield scratch
        try:
            for inside in scratch.rglob("*"):
                _sync_file(inside) if inside.is_file() else sync_folder(inside)
            sync_folder(scratch)
            if not path.exists():
                scratch.replace(path)
            elif not _exchanged(scratch, path):
                _pour(scratch, path)
            sync_folder(path.parent)
        except OSError as err:
            raise unwritable(path, err) from err


@contextmanager
def scratch_folder(beside: Path) -> Iterator[Path]:
    """A folder on the same disk as `beside`, which is gone in the end with whatever is in it then."""
    scratch = neighbour(beside)
    try:
        make_folder(beside.parent)
        sweep(beside.parent)
        scratch.mkdir()
    except OSError as err:
        raise unwritable(beside, err) from err
    try:
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def neighbour(path: Path, ending: str = "") -> Path:
    """A name beside `path` that nobody has, hidden, and swept up one day if its process is killed."""
    return path.with_name(f"{SCRATCH}{uuid.uuid4().hex}{ending}")


def make_folder(folder: Path) -> None:
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for place in missing:
        sync_folder(place.parent)


def put(scratch: Path, path: Path) -> None:
    """A finished neighbour takes its place, on the disk too."""
    refuse_to_replace(path)
    scratch.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk: a rename is not there before that."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as err:
        if err.errno not in _NO_SYNC:
            raise
    finally:
        os.close(handle)


def sweep(folder: Path) -> None:
    """Remove what killed processes left in `folder`; what cannot be removed stays, it is in nobody's way."""
    found: list[os.DirEntry[str]] = []
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        found = [entry for entry in entries if _OURS.fullmatch(entry.name)]
    for entry in found:
        with contextlib.suppress(OSError):
            age, path = time.time() - entry.stat(follow_symlinks=False).st_mtime, Path(entry.path)
            if entry.is_dir(follow_symlinks=False):
                if age > STALE_SECONDS:
                    shutil.rmtree(path, ignore_errors=True)
            elif age > STALE_SECONDS or (age > ABANDONED_SECONDS and _of_atomic(path) and _abandoned(path)):
                path.unlink()


def _of_atomic(path: Path) -> bool:
    """Hosts write to neighbours too, with an ending, and hold nothing."""
    return path.name.count(".") == 1


def write_text(path: Path, text: str) -> None:
    """As UTF-8, which cannot hold the halves of letters that stand for bytes of names that are no text."""
    try:
        data = text.encode("utf-8")
    except UnicodeEncodeError as err:
        what = ascii(text[max(0, err.start - 20) : err.end])[1:-1]
        raise OutputError(f"{path} cannot hold {what!r}, which is not text; rename what is called so.") from err
    with atomic(path) as handle:
        handle.write(data)


def refuse_to_replace(output: Path, *sources: Path | None) -> None:
    """An error if writing `output` would destroy what it is made from, by whatever name, or `/dev/null` for all."""
    with contextlib.suppress(OSError):
        if not (stat.S_ISREG(mode := output.stat().st_mode) or stat.S_ISDIR(mode)):
            raise OutputError(f"{output} is a pipe or a device, which a result would replace; name a file.")
    for source in sources:
        with contextlib.suppress(OSError, ValueError):  # what cannot be there cannot be replaced
            if source is not None and output.samefile(source):
                raise OutputError(f"{output} would replace what it is made from; choose another name.")


def unwritable(path: Path, err: OSError) -> OutputError:
    full = err.errno in (errno.ENOSPC, errno.EDQUOT)
    remedy = "make room there or choose another disk" if full else "choose a folder that can be written to"
    return OutputError(f"Cannot write {path} ({err.strerror or err}); {remedy}.")


def _sync_file(path: Path) -> None:
    with path.open("rb+") as handle:
        os.fsync(handle.fileno())


def _files_not(ours: Callable[[Path], bool], folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        raise NotADirectoryError(20, "it is a file", str(folder))
    inside = (path.relative_to(folder) for path in folder.rglob("*") if not path.is_dir())
    return (path for path in inside if not ours(path))


def _pour(scratch: Path, path: Path) -> None:
    """Every new file over the old one, then what is old away."""
    new = {inside.relative_to(scratch) for inside in scratch.rglob("*") if inside.is_file()}
    for inside in sorted(new):
        (path / inside).parent.mkdir(parents=True, exist_ok=True)
        (scratch / inside).replace(path / inside)
    for old in [inside for inside in path.rglob("*") if inside.is_file() and inside.relative_to(path) not in new]:
        old.unlink()


def _exchanged(one: Path, other: Path) -> bool:
    """Give each of two paths the other's place in one step; false where the system cannot."""
    names = os.fsencode(one), os.fsencode(other)
    try:
        if sys.platform == "linux":
            here, exchange = -100, 2
            return bool(ctypes.CDLL(None).renameat2(here, names[0], here, names[1], exchange) == 0)
        if sys.platform == "darwin":
            return bool(ctypes.CDLL(None).renamex_np(*names, 2) == 0)
    except (OSError, AttributeError):
        return False
    return False


if sys.platform == "win32":

    def _hold(handle: IO[bytes]) -> None:
        """Nobody can remove an open file there."""

    def _abandoned(path: Path) -> bool:
        return True

else:
    import fcntl

    def _hold(handle: IO[bytes]) -> None:
        """Shown to whoever sweeps: somebody is at it. The system lets go when the process ends."""
        with contextlib.suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _abandoned(path: Path) -> bool:
        with path.open("rb") as handle, contextlib.suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        return False
