"""The folder in which a worker leaves its takes, in memory where the system has such a place."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Final

from ..errors import KoeMorphError
from ..files import neighbour, sweep
from ..formats import read_take
from ..speech.files import write_tracks
from ..speech.track import Tracks
from ..take import Take

_MEMORY: Final = Path("/dev/shm")  # noqa: S108 (the folder there is for us alone)
"""Where Linux keeps files that need no disk."""
_ROOM: Final = 2**29
"""Bytes that have to be free there."""


class TakeFiles:
    """Made when first needed; a job has a file for its take, and one beside it for tracks that it is to follow."""

    def __init__(self) -> None:
        self.folder: Path | None = None

    def take_of(self, job: str) -> Path:
        if self.folder is None:
            roomy = _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM
            place = _MEMORY if roomy else Path(tempfile.gettempdir())
            sweep(place)  # what was left by programs that were killed
            self.folder = neighbour(place / "takes")
            self.folder.mkdir(mode=0o700)
        return self.folder / f"{job}.take"

    def tracks_of(self, job: str, edited: Tracks | None) -> Path | None:
        """The edited tracks as a file for the worker: those of an hour are too long for a message."""
        if edited is None:
            return None
        path = self.take_of(job).with_suffix(".json")
        write_tracks(edited, path)
        return path

    def receive(self, path: Path) -> Take:
        """What the worker has left, and nothing stays of it."""
        try:
            take = read_take(path)
            path.unlink(missing_ok=True)
            path.with_suffix(".json").unlink(missing_ok=True)
        except OSError as err:
            raise KoeMorphError(f"{path} cannot be read ({err.strerror or err}); try again.") from err
        return take

    def close(self) -> None:
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder = None
