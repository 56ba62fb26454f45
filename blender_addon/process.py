# SPDX-License-Identifier: GPL-3.0-or-later
"""The worker process, and a line on its way through it. Nothing here waits, and nothing here touches the scene."""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
from dataclasses import fields
from pathlib import Path
from typing import Any

import bpy

import koemorph
from koemorph.errors import Cancelled, KoeMorphError
from koemorph.formats import read_take
from koemorph.settings import Settings, info_of
from koemorph.take import Take
from koemorph.timing import FrameRate
from koemorph.worker.client import Event, WorkerClient

from .preferences import preferences
from .source import Source

KEY_GONE = "KeyGoneError"


class WorkerHolder:
    """The one worker of this Blender: started when first needed, kept for its cached analyses."""

    def __init__(self) -> None:
        self._client: WorkerClient | None = None
        self._started_as: tuple[object, ...] = ()
        self._working_for: Rendering | None = None
        self.wanted: Any = None
        """What a command line asks for in place of the preferences."""

    def client(self) -> WorkerClient:
        wanted = self.wanted or preferences()
        how = (wanted.python, wanted.model, wanted.threads)
        if self._client is not None and (not self._client.alive or how != self._started_as):
            self.close()
        if self._client is None:
            self._client = WorkerClient(
                bpy.path.abspath(wanted.python) or sys.executable,
                model=Path(bpy.path.abspath(wanted.model)) if wanted.model else None,
                threads=wanted.threads,
                pythonpath=() if wanted.python else library_folders(),
            )
            self._started_as = how
        return self._client

    def turn_to(self, rendering: Rendering) -> WorkerClient:
        """It works for one at a time: whoever had it before gives up."""
        if self._working_for is not None and self.busy:
            self._working_for.give_up()
        client, self._working_for = self.client(), rendering
        return client

    @property
    def busy(self) -> bool:
        return self._working_for is not None and not self._working_for.over

    @property
    def pid(self) -> int | None:
        return None if self._client is None else self._client.pid

    def close(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None


worker = WorkerHolder()


def library_folders() -> tuple[Path, ...]:
    """Where the core lies, and the wheels of this extension: what a bare Python of Blender must be told."""
    core = Path(koemorph.__file__).parents[1]
    wheels = [Path(entry) for entry in sys.path if (Path(entry) / "onnxruntime").is_dir()]
    return tuple(dict.fromkeys([core, *wheels]))


class Rendering:
    """A recording on its way to a take. Call `advance` until it says that it is over; then `take` is there."""

    def __init__(self, source: Source, settings: Settings, rate: FrameRate) -> None:
        self.source, self.settings, self.rate = source, settings, rate
        self.stage, self.fraction = "starting", 0.0
        self.take: Take | None = None
        self.warnings: tuple[str, ...] = ()
        self._given_up = self._closed = False
        self._client = worker.turn_to(self)
        self._folder = tempfile.TemporaryDirectory(prefix="koemorph-", dir=bpy.app.tempdir or None)
        self._out = Path(self._folder.name) / "line.take"
        self._key = _key(source, settings)
        self._job = self._render()

    def advance(self, wait: float = 0.0) -> bool:
        """Take in what the worker says, waiting for it up to `wait` seconds; true once the take is there."""
        if self._given_up:
            raise Cancelled("Another line took the worker; press again.")
        for event in self._client.poll(wait):
            if event.get("id") == self._job:
                self._hear(event)
            elif event["event"] == "ready":
                self.stage = "listening"
        return self.take is not None

    def cancel(self) -> None:
        """Nothing comes of it any more; the worker and what it remembers stay."""
        self._client.cancel(self._job)
        self.close()

    def give_up(self) -> None:
        """Somebody else has the worker now."""
        self._given_up = True
        self.cancel()

    def close(self) -> None:
        self._closed = True
        self._folder.cleanup()

    @property
    def over(self) -> bool:
        return self._closed or self.take is not None

    def _hear(self, event: Event) -> None:
        kind = event["event"]
        if kind == "progress":
            self.stage, self.fraction = event["stage"], event["fraction"]
        elif kind == "cancelled" or (self._closed and kind in ("error", "result")):
            raise Cancelled("Cancelled; nothing was changed.")
        elif kind == "error" and event["kind"] == KEY_GONE and self.stage != "writing":
            self.stage = "listening"
            self._job = self._analyse()
        elif kind == "error":
            raise KoeMorphError(event["message"])
        elif kind == "result" and event["op"] == "analyse":
            self.stage, self.fraction = "writing", 0.95
            self._job = self._render()
        elif kind == "result":
            self.take = read_take(self._out)
            self.warnings = tuple(event["warnings"])

    def _analyse(self) -> str:
        source = self.source
        return self._client.analyse(
            source.path, key=self._key, settings=self.settings.to_dict(), channel=source.channel, **source.part
        )

    def _render(self) -> str:
        return self._client.render(self._key, self._out, str(self.rate), settings=self.settings.to_dict())


def _key(source: Source, settings: Settings) -> str:
    """The same for the same sound analysed in the same way, and no longer once the file was changed."""
    try:
        state = source.path.stat()
    except OSError as err:
        raise KoeMorphError(f"{source.path} cannot be read ({err.strerror or err}); choose another recording.") from err
    analysis = [getattr(settings, entry.name) for entry in fields(Settings) if info_of(entry).analysis]
    told = [str(source.path), state.st_mtime_ns, state.st_size, source.channel, source.part, analysis]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()
