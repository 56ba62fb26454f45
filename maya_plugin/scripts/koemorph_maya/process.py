"""The worker beside Maya: started with mayapy when first needed. Inference never runs inside of Maya."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

import koemorph
from koemorph.errors import Cancelled, LineError, MissingPieceError
from koemorph.formats import read_take
from koemorph.recording import Recording
from koemorph.settings import Settings
from koemorph.take import Take
from koemorph.timing import FrameRate
from koemorph.worker.client import WorkerClient

PYTHON_VARIABLE = "KOEMORPH_PYTHON"
"""Names another Python to run the worker with, one that KoeMorph is installed for."""
WAIT_SECONDS = 0.1

Progress = Callable[[str, float], bool]
"""Is told a stage and how much is done; says whether to go on."""


def worker_python() -> Path:
    """mayapy beside the running Maya, never Maya itself."""
    if chosen := os.environ.get(PYTHON_VARIABLE):
        return Path(chosen)
    program = "mayapy.exe" if os.name == "nt" else "mayapy"
    folders = [Path(sys.executable).parent, Path(os.environ.get("MAYA_LOCATION", "")) / "bin"]
    for folder in folders:
        if (folder / program).is_file():
            return folder / program
    raise MissingPieceError(
        f"mayapy is not in {folders[0]}; set {PYTHON_VARIABLE} to a Python that KoeMorph is installed for."
    )


def start_worker() -> WorkerClient:
    """With the libraries of this module; a Python that a person named has its own."""
    return WorkerClient(worker_python(), pythonpath=() if os.environ.get(PYTHON_VARIABLE) else library_folders())


def library_folders() -> tuple[Path, ...]:
    """Where the core lies, and the libraries that come with this module."""
    module = Path(__file__).resolve().parents[2]
    beside = [Path(folder).resolve() for folder in sys.path if folder]
    own = [folder for folder in beside if folder.parent == module]
    found = [Path(library.__file__ or "").resolve().parents[1] for library in (koemorph, np)]
    return tuple(dict.fromkeys([*found, *own]))


class WorkerHolder:
    """The one worker of this Maya, kept from line to line."""

    def __init__(self) -> None:
        self._client: WorkerClient | None = None

    def client(self) -> WorkerClient:
        if self._client is not None and not self._client.alive:
            self.close()
        if self._client is None:
            self._client = start_worker()
        return self._client

    def close(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None

    def animate(
        self, source: Recording, settings: Settings, rate: FrameRate, progress: Progress
    ) -> tuple[Take, tuple[str, ...]]:
        """The take of a recording, and what there is to say about it."""
        client = self.client()
        with tempfile.TemporaryDirectory(prefix="koemorph-") as folder:
            out = Path(folder) / "line.take"
            job = client.animate(
                source.path, out, str(rate), settings=settings.to_dict(), channel=source.channel, **source.part
            )
            stage, fraction = "starting", 0.0
            while True:
                if not progress(stage, fraction):
                    client.cancel(job)
                    raise Cancelled("Cancelled; nothing was changed.")
                for event in client.poll(WAIT_SECONDS):
                    if event.get("id") != job:
                        continue
                    if event["event"] == "progress":
                        stage, fraction = event["stage"], event["fraction"]
                    elif event["event"] == "error":
                        raise LineError(event["message"], event["exit_code"])
                    elif event["event"] == "result":
                        return read_take(out), tuple(event["warnings"])


worker = WorkerHolder()
