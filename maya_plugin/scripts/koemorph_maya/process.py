"""The session beside Maya: takes are made by mayapy. Inference never runs inside of Maya."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np

import koemorph
from koemorph.errors import MissingPieceError
from koemorph.log import RecentLog, stop_log
from koemorph.runtime import PYTHON_VARIABLE, Runtime
from koemorph.runtime.session import Session


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


def runtime(model: str = "") -> Runtime:
    """With the libraries of this module; a Python that a person named has its own."""
    return Runtime(
        python=str(worker_python()),
        model=Path(model) if model else None,
        pythonpath=() if os.environ.get(PYTHON_VARIABLE) else library_folders(),
    )


def library_folders() -> tuple[Path, ...]:
    """Where the core lies, and the libraries that come with this module."""
    module = Path(__file__).resolve().parents[2]
    beside = [Path(folder).resolve() for folder in sys.path if folder]
    own = [folder for folder in beside if folder.parent == module]
    found = [Path(library.__file__ or "").resolve().parents[1] for library in (koemorph, np)]
    return tuple(dict.fromkeys([*found, *own]))


_sessions: list[Session] = []
_logs: list[RecentLog] = []


def keep_log() -> None:
    """What happens from now on is kept for a bug report."""
    if not _logs:
        _logs.append(RecentLog.keep())


def log_text() -> str:
    keep_log()
    return _logs[0].text


def session(model: str = "") -> Session:
    """The one of this Maya, kept from line to line; with another model it begins anew."""
    wanted = runtime(model)
    if not _sessions or _sessions[0].runtime != wanted:
        while _sessions:
            _sessions.pop().close()
        _sessions.append(Session(wanted))
    return _sessions[0]


def close() -> None:
    while _sessions:
        _sessions.pop().close()
    while _logs:
        stop_log(_logs.pop())
