"""Room for what belongs to hours: in memory while it is small, else in a temporary file that can be put away."""

from __future__ import annotations

import contextlib
import ctypes
import mmap
import sys
import tempfile
from typing import Any, Final

import numpy as np
from numpy.typing import DTypeLike, NDArray

from .errors import OutputError

LARGE: Final = 16 * 2**20
"""Bytes from which on an array goes to a temporary file: a quarter of an hour of curves is held in memory."""
_ROWS: Final = 4096
"""Copied at a time."""
_ZEROS: Final = bytes(2**20)
_THRESHOLD: Final = -3
"""glibc's name for the least size of what is given back as soon as it is freed."""


def room(shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
    """An array of zeros. What does not fit on the disk is said here, not by a signal when it is written to."""
    size = int(np.prod(shape)) * np.dtype(dtype).itemsize
    if size <= LARGE:
        return np.zeros(shape, dtype)
    try:
        with tempfile.TemporaryFile(prefix="koemorph-") as file:
            for first in range(0, size, len(_ZEROS)):
                file.write(_ZEROS[: size - first])
            file.flush()
            pages = mmap.mmap(file.fileno(), size)
    except OSError as err:
        raise no_room(err) from err
    array: NDArray[Any] = np.ndarray(shape, dtype, buffer=pages)
    return array


def is_away(array: NDArray[Any]) -> bool:
    """Whether it is in a file, as what is large is."""
    return _pages(array) is not None


def put_away(*arrays: NDArray[Any]) -> None:
    """Until they are read again they need no memory, if they are in a file and the system can do that."""
    for array in arrays:
        pages = _pages(array)
        if pages is not None and hasattr(mmap, "MADV_DONTNEED"):
            with contextlib.suppress(OSError):
                pages.madvise(mmap.MADV_DONTNEED)


def in_memory(array: NDArray[Any]) -> NDArray[Any]:
    """The same, to be worked on; what is in a file is copied, and put away meanwhile."""
    if not is_away(array):
        return array
    copy: NDArray[Any] = np.empty_like(array)
    for first in range(0, len(array), _ROWS):
        copy[first : first + _ROWS] = array[first : first + _ROWS]
        put_away(array)
    return copy


def give_back(*, from_now_on: bool = False) -> None:
    """What was freed goes back to the system, where it does not do that by itself: glibc keeps tens of megabytes.

    `from_now_on`, large arrays do so at once. What runs often is faster with what it keeps, so that is for after an
    hour of the networks.
    """
    if sys.platform != "linux":
        return
    with contextlib.suppress(AttributeError, OSError):
        system = ctypes.CDLL(None)
        if from_now_on:
            system.mallopt(_THRESHOLD, len(_ZEROS))
        system.malloc_trim(0)


def _pages(array: NDArray[Any]) -> mmap.mmap | None:
    base: object = array.base
    return base if isinstance(base, mmap.mmap) else None


def no_room(err: OSError) -> OutputError:
    return OutputError(
        f"There is no room in the temporary folder ({err.strerror or err});"
        " free some disk space or point the TMPDIR environment variable (TEMP on Windows) to another disk."
    )
