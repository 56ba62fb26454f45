"""Writing so that nothing is ever half written: a temporary neighbour, then one rename."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from .errors import OutputError

SCRATCH: Final = ".koemorph-"
"""What the names of temporary neighbours begin with."""
STALE_SECONDS: Final = 24 * 3600.0
"""Nothing is written for so long: an older neighbour belongs to a process that was killed."""


@contextmanager
def atomic(path: Path) -> Iterator[IO[bytes]]:
    """A binary file that appears at `path` complete, or not at all if the block is left by an exception."""
    if not path.name:
        raise OutputError(f"{path} is a folder; name a file in it.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        sweep(path.parent)
        scratch = path.with_name(SCRATCH + uuid.uuid4().hex)
        handle = open(scratch, "xb")  # noqa: SIM115 (with the permissions of any new file, unlike tempfile)
    except OSError as err:
        raise unwritable(path, err) from err
    try:
        with handle:
            yield handle
            handle.flush()
            os.fsync(handle.fileno())
        scratch.replace(path)
    except OSError as err:
        scratch.unlink(missing_ok=True)
        raise unwritable(path, err) from err
    except BaseException:
        scratch.unlink(missing_ok=True)
        raise


@contextmanager
def atomic_folder(path: Path, ours: Callable[[Path], bool]) -> Iterator[Path]:
    """A folder to fill that appears at `path` complete, or not at all if the block is left by an exception.

    What is there already is replaced, unless it holds a file (told by its path inside) that is not `ours`.
    """
    path = path.resolve()
    scratch, former = (path.with_name(SCRATCH + uuid.uuid4().hex) for _ in range(2))
    try:
        if path.exists() and (foreign := next(_files_not(ours, path), None)):
            raise OutputError(f"{path} also holds {foreign}, which would be lost; name a new folder.")
        path.parent.mkdir(parents=True, exist_ok=True)
        sweep(path.parent)
        scratch.mkdir()
    except OSError as err:
        raise unwritable(path, err) from err
    try:
        yield scratch
        if path.exists():
            path.replace(former)
        scratch.replace(path)
    except OSError as err:
        raise unwritable(path, err) from err
    finally:
        for left in (scratch, former):
            shutil.rmtree(left, ignore_errors=True)


def _files_not(ours: Callable[[Path], bool], folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        raise NotADirectoryError(20, "it is a file", str(folder))
    inside = (path.relative_to(folder) for path in folder.rglob("*") if not path.is_dir())
    return (path for path in inside if not ours(path))


def sweep(folder: Path) -> None:
    """Remove what killed processes left in `folder`; what cannot be removed stays, it is in nobody's way."""
    stale: list[os.DirEntry[str]] = []
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        stale = [entry for entry in entries if entry.name.startswith(SCRATCH)]
    for entry in stale:
        with contextlib.suppress(OSError):
            if time.time() - entry.stat(follow_symlinks=False).st_mtime > STALE_SECONDS:
                if entry.is_dir(follow_symlinks=False):
                    shutil.rmtree(entry.path, ignore_errors=True)
                else:
                    Path(entry.path).unlink()


def write_text(path: Path, text: str) -> None:
    with atomic(path) as handle:
        handle.write(text.encode("utf-8"))


def refuse_to_replace(output: Path, *sources: Path | None) -> None:
    """An error if writing `output` would destroy what it is made from, by whatever name that is reached."""
    for source in sources:
        with contextlib.suppress(OSError):  # what is not there cannot be replaced
            if source is not None and output.samefile(source):
                raise OutputError(f"{output} would replace what it is made from; choose another name.")


def unwritable(path: Path, err: OSError) -> OutputError:
    full = err.errno in (errno.ENOSPC, errno.EDQUOT)
    remedy = "make room there or choose another disk" if full else "choose a folder that can be written to"
    return OutputError(f"Cannot write {path} ({err.strerror or err}); {remedy}.")
