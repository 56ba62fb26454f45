"""NumPy's .npz for scripts: values, names, times, fps, and the exact rate, start and provenance as text. No pickle."""

from __future__ import annotations

import json
import os
import sys
import zipfile
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from ..errors import TakeError
from ..files import atomic
from ..take import Take
from ..timing import FrameRate
from ..trust import limits
from .base import TAKE, Format, Reading, Wishes, damage_explained, described, exact_start, provenance_of, shortened

KNOWN: Final = ("values", "names", "times", "fps", "rate", "start", "provenance")


def write(take: Take, path: Path, wishes: Wishes) -> tuple[str, ...]:
    fps, exactly = float(take.rate.fps), described(take)
    with atomic(path) as handle:
        np.savez_compressed(
            handle,
            values=take.values,
            names=np.array(take.names, dtype=np.str_),
            times=float(take.start) + np.arange(take.frame_count) / fps,
            fps=np.float64(fps),
            rate=np.str_(exactly["rate"]),
            start=np.str_(exactly["start"]),
            provenance=np.str_(json.dumps(exactly["provenance"], sort_keys=True)),
        )
    return ()


def read(path: Path, rate: FrameRate | None) -> Reading:
    with TAKE.open(path) as handle, damage_explained(path, "NumPy archive of curves"):
        return _read(handle, path, rate)


def _read(handle: BinaryIO, path: Path, rate: FrameRate | None) -> Reading:
    with zipfile.ZipFile(handle) as archive:
        TAKE.archive(archive, str(path), os.fstat(handle.fileno()).st_size)
    handle.seek(0)
    with np.load(handle, allow_pickle=False) as stored:
        missing = [name for name in ("values", "names") if name not in stored]
        if missing:
            raise TakeError(f"{path} has no {' and no '.join(missing)}; KoeMorph needs values, names and fps or rate.")
        values, names = stored["values"], _spelled(stored["names"])
        rest = {
            name: _spelled(stored[name]).item() for name in ("fps", "rate", "start", "provenance") if name in stored
        }
        others = [name for name in stored if name not in KNOWN]
    if values.dtype.kind not in "fiu" or names.dtype.kind != "U" or names.ndim != 1:
        raise TakeError(f"{path} holds values of type {values.dtype} under names of type {names.dtype}.")
    TAKE.count(len(names), limits.NAMES, str(path))
    told = rate or rest.get("rate", rest.get("fps"))
    if told is None:
        raise TakeError(f"{path} does not tell its frame rate; name it with --source-fps.")
    provenance = {"source": path.name}
    if "provenance" in rest:
        provenance = provenance_of(TAKE.json(str(rest["provenance"]), f"{path}, its provenance,"))
    notes = (f"Left out, because only {', '.join(KNOWN)} are read: {shortened(others)}.",) if others else ()
    start = exact_start(str(rest.get("start", "0")))
    return Reading(
        Take(tuple(names.tolist()), values.astype(np.float32, copy=False), FrameRate.parse(told), start, provenance),
        notes,
    )


def _spelled(array: NDArray[Any]) -> NDArray[Any]:
    """Text whose letters all exist: of others Python makes strings that break whatever shows them."""
    if array.dtype.kind == "U" and array.nbytes:
        letters = np.frombuffer(array.tobytes(), np.dtype(np.uint32).newbyteorder(array.dtype.byteorder))
        if letters.max() > sys.maxunicode:
            raise ValueError("its text holds letters that do not exist")
    return array


FORMAT: Final = Format(
    name="npz",
    suffixes=(".npz",),
    label="NumPy archive",
    carries="Carries everything, exactly.",
    write=write,
    read=read,
    rank=60,
)
