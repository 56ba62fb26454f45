"""Where decoded sound waits: in memory while it is short, in a temporary file when it is long."""

from __future__ import annotations

import tempfile
import threading

import numpy as np
from numpy.typing import NDArray

from koemorph.room import no_room

RAM_LIMIT = 16 * 2**20
"""Bytes held in memory (4 minutes of 16 kHz float32) before the samples move to a temporary file."""

_ITEM = np.dtype(np.float32).itemsize


class SampleStore:
    """An append-only row of float32 samples that several threads may read at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._count = 0
        try:
            self._file = tempfile.SpooledTemporaryFile(max_size=RAM_LIMIT)  # noqa: SIM115 (closed by close())
        except OSError as err:
            raise no_room(err) from err

    def __len__(self) -> int:
        return self._count

    def append(self, samples: NDArray[np.float32]) -> None:
        with self._lock:
            try:
                self._file.seek(0, 2)
                self._file.write(samples.tobytes())
                self._file.flush()  # a full disk must show here, not when reading
            except OSError as err:
                raise no_room(err) from err
            self._count += len(samples)

    def read(self, start: int, stop: int) -> NDArray[np.float32]:
        """Samples `start` to `stop`, zeros where there are none."""
        wanted = np.zeros(max(0, stop - start), np.float32)
        first, last = max(0, start), min(stop, self._count)
        if first < last:
            with self._lock:
                self._file.seek(first * _ITEM)
                data = self._file.read((last - first) * _ITEM)
            wanted[first - start : last - start] = np.frombuffer(data, np.float32)
        return wanted

    def close(self) -> None:
        with self._lock:
            self._file.close()
