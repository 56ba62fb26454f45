# SPDX-License-Identifier: GPL-3.0-or-later
"""The session beside this Blender: takes are made by another process. Nothing here waits or touches the scene."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import bpy

import koemorph
from koemorph.runtime import PYTHON_VARIABLE, Runtime
from koemorph.runtime.session import Session
from koemorph.runtime.take_request import TakeRequest
from koemorph.settings import Settings
from koemorph.speech.script import Script
from koemorph.speech.track import Tracks
from koemorph.timing import FrameRate

from .preferences import preferences
from .source import Source


def runtime(model: Path | None = None, threads: int | None = None) -> Runtime:
    """As the preferences say, or a command line in their place."""
    usual = preferences()
    python = bpy.path.abspath(usual.python) or os.environ.get(PYTHON_VARIABLE, "")
    chosen = Path(bpy.path.abspath(usual.model)) if usual.model else None
    return Runtime(
        python=python or sys.executable,
        model=model or chosen,
        threads=threads or usual.threads,
        pythonpath=() if python else library_folders(),
    )


def library_folders() -> tuple[Path, ...]:
    """Where the core lies, and the wheels of this extension: what a bare Python of Blender must be told."""
    core = Path(koemorph.__file__).parents[1]
    wheels = [Path(entry) for entry in sys.path if (Path(entry) / "onnxruntime").is_dir()]
    return tuple(dict.fromkeys([core, *wheels]))


class WorkerHolder:
    """The one session of this Blender; it begins anew when the preferences say something else."""

    def __init__(self) -> None:
        self.session = Session()
        self.wanted: Runtime | None = None
        """What a command line asks for in place of the preferences."""

    def ask(
        self,
        source: Source,
        settings: Settings,
        rate: FrameRate,
        *,
        script: Script | None = None,
        edited: Tracks | None = None,
    ) -> TakeRequest:
        """Whoever was waiting for a take of something else gives up."""
        return self._current().ask(source.recording, settings, rate, script=script, edited=edited)

    def ready(self, patience: float) -> str:
        """A fresh worker's first words, as a sentence."""
        told = self._current().ready(patience)
        return f"KoeMorph {told.koemorph} works: model {told.model}{'' if told.trained else ', UNTRAINED'}."

    @property
    def busy(self) -> bool:
        return self.session.busy

    @property
    def pid(self) -> int | None:
        return self.session.pid

    def close(self) -> None:
        self.session.close()

    def _current(self) -> Session:
        wanted = self.wanted or runtime()
        if self.session.runtime != wanted:
            self.session.close()
            self.session.runtime = wanted
        return self.session


worker = WorkerHolder()
