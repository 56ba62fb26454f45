"""Start, serve, end: the process around the jobs."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

from ... import __version__
from ...errors import Cancelled, MissingPieceError
from ...threads import keep_numpy_on_one_thread
from ..messages import PROTOCOL, REQUESTS, Bye, Cancel, Failed, Job, Ping, Pong, Ready, Shutdown
from ..runtime import CPU
from ..wire import WireError, decode, lines
from .pipes import Emit, Outbox, claim

if TYPE_CHECKING:
    from ...engine import Engine
    from .jobs import Jobs

GRACE_SECONDS: Final = 0.5
"""For the running job to stop by itself, and again for the last events to be read."""


class Worker:
    """One worker process. Its main thread reads; jobs and events have threads of their own."""

    def __init__(self) -> None:
        requests, events = claim()
        self._requests = lines(requests)
        self._outbox = Outbox(events, broken=lambda: self._leave(Cancelled.exit_code))
        self._jobs: Jobs | None = None

    def run(self, model: Path | None, threads: int | None, provider: str) -> NoReturn:
        emit = self._outbox.emit
        code = 0
        try:
            engine = _load(model, threads, provider)
            from .jobs import Jobs

            self._jobs = Jobs(engine, emit)
            config = engine.model.config
            emit(
                Ready(
                    protocol=PROTOCOL,
                    koemorph=__version__,
                    pid=os.getpid(),
                    model=config.name,
                    model_sha256=engine.model.sha256,
                    trained=config.trained,
                )
            )
            serve(self._requests, self._jobs, emit)
        except KeyboardInterrupt:
            code = Cancelled.exit_code
        except Exception as err:  # noqa: BLE001 (a host must be told whatever it is)
            emit(told := Failed.of(err))
            code = told.exit_code
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        self._leave(code)

    def _leave(self, code: int) -> NoReturn:
        """End now: a library that cannot be interrupted must not keep a worker without a host alive."""
        if self._jobs is not None:
            self._jobs.stop(GRACE_SECONDS)
        self._outbox.emit(Bye(exit_code=code))
        self._outbox.close(GRACE_SECONDS)
        sys.stderr.flush()
        os._exit(code)


def serve(requests: Iterable[bytes], jobs: Jobs, emit: Emit) -> None:
    """Until shutdown or the end of stdin. Nothing in here takes long."""
    for line in requests:
        if not _understood(line, jobs, emit):
            return


def _understood(line: bytes, jobs: Jobs, emit: Emit) -> bool:
    """Act on a request; false for shutdown."""
    try:
        request = decode(line, REQUESTS)
        if isinstance(request, Shutdown):
            return False
        if isinstance(request, Ping):
            emit(Pong(id=request.id))
        elif isinstance(request, Cancel):
            jobs.cancel(request.id)
        elif isinstance(request, Job):
            jobs.submit(request)
    except WireError as err:
        # A failure with the id of a job at hand would seem to be the end of that job.
        emit(Failed.of(err, None if jobs.has(err.request_id) else err.request_id))
    return True


def _load(model: Path | None, threads: int | None, provider: str) -> Engine:
    try:
        from ...engine import Engine
    except (ImportError, OSError) as err:
        raise MissingPieceError(
            f"A library that KoeMorph needs cannot be loaded ({err}); install KoeMorph anew for {sys.executable}."
        ) from err
    from ...model import load_model

    return Engine(load_model(model), threads=threads, providers=(provider,))


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    parser = argparse.ArgumentParser(
        prog="python -m koemorph.runtime.worker",
        description="Works for a host; 'python -m koemorph.runtime worker' describes what it is told.",
    )
    parser.add_argument("--model", type=Path, metavar="FOLDER", help="a model other than the shipped one")
    parser.add_argument("--threads", type=_count, metavar="N", help="threads of the network (default 2)")
    parser.add_argument("--provider", metavar="NAME", default=CPU, help="ONNX Runtime provider (default: CPU)")
    given = parser.parse_args(arguments)
    keep_numpy_on_one_thread()
    signal.signal(signal.SIGTERM, _interrupt)
    Worker().run(given.model, given.threads, given.provider)


if __name__ == "__main__":
    main()
