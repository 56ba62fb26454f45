"""Stand-ins for other processes, in this one, so that what they write is broken too: a worker, and a host's end."""

from __future__ import annotations

import json
import tempfile
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

from koemorph.engine import Engine
from koemorph.errors import RemoteError
from koemorph.formats import read_take
from koemorph.hosts.messages import Keyed, Line
from koemorph.model import load_model
from koemorph.recording import Recording
from koemorph.runtime.messages import Animate, Failed
from koemorph.runtime.worker.jobs import Jobs
from koemorph.runtime.worker.work import Work
from koemorph.settings import Settings
from koemorph.speech.script import Script
from koemorph.take import Take
from koemorph.timing import FrameRate


class Remembering(Engine):
    """Listens to each sound once, as hundreds of runs ask for the same; how takes are made is broken by itself."""

    _known: ClassVar[dict[tuple[object, ...], Take]] = {}

    def animate(self, source: Any, settings: Any = None, rate: Any = None, **given: Any) -> Take:
        key = (source.sha256, repr(settings), rate)
        if key not in self._known:
            self._known[key] = super().animate(source, settings, rate, **given)
        return self._known[key]


class InsideSession:
    """What a batch asks for takes; the worker's own functions make them, here and now."""

    def __init__(self, model: Path) -> None:
        self._jobs = Jobs(Remembering(load_model(model), threads=1), lambda event: None)

    def ask(
        self,
        recording: Recording,
        settings: Settings,
        rate: FrameRate,
        *,
        script: Script | None = None,
        keep: bool = True,
    ) -> InsideRequest:
        wanted = {"recording": recording, "rate": rate, "settings": settings.to_dict(), "script": script}
        return InsideRequest(self._jobs, wanted)

    def __enter__(self) -> InsideSession:
        return self

    def __exit__(self, *_: object) -> None:
        pass


class InsideRequest:
    begin = duration = 0

    def __init__(self, jobs: Jobs, wanted: dict[str, Any]) -> None:
        self._jobs, self._wanted = jobs, wanted

    def wait(self, go_on: Callable[[str, float], bool]) -> Take:
        with tempfile.TemporaryDirectory() as folder:
            job = Animate(id=uuid.uuid4().hex, out=Path(folder) / "made.take", **self._wanted)
            event = self._jobs._outcome(Work(job, lambda told: None))
            if isinstance(event, Failed):
                raise RemoteError(event.text, event.exit_code)
            self.begin, self.duration = event.begin, event.duration
            return read_take(event.out)


@contextmanager
def inside_host(host: object, program: str, scene: Path, output: Path, go_on: object) -> Iterator[InsideHost]:
    yield InsideHost(output)


class InsideHost:
    """Keys lines into a scene: here a text of what was keyed."""

    def __init__(self, output: Path) -> None:
        self._output = output

    def rate(self) -> FrameRate:
        return FrameRate.parse(24)

    def key(self, lines: Sequence[Line]) -> dict[str, Keyed]:
        told = {line.object: read_take(line.take).frame_count for line in lines}
        self._output.write_text(json.dumps(told))
        return {line.id: Keyed(id=line.id, keys=9, notes=()) for line in lines}
