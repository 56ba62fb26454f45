"""A worker process, as the program that started it sees it: ask, look for answers, close it. Standard library only."""

from __future__ import annotations

import contextlib
import queue
import subprocess
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import IO, Any, Final

from ..errors import MissingPieceError
from ..log import logger
from .messages import ENDS, EVENTS, PROTOCOL, Cancel, Failed, Job, Ready, Shutdown
from .wire import Message, WireError, decode, encode, lines

_LOG: Final = logger(__name__)
LAST_LINES: Final = 50
"""What is remembered of the worker's stderr."""
LONGEST_LINE: Final = 2000
"""Letters that are remembered of each."""
DIED: Final = "WorkerDied"
"""The error of every job of a worker that ended without a word."""


class WorkerProcess:
    """No call waits for the worker, but `poll` if asked to and `close`.

    A worker that dies is a `Failed` of error WorkerDied: one without an id, and one for each job it still had, so that
    nobody need look after the process: every job ends in an event.
    """

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self._python = command[0]
        self._events: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._state, self._writing = threading.Lock(), threading.Lock()
        self._jobs: set[str] = set()
        self._ready = self._closing = False
        self._death: Failed | None = None
        self._said: deque[str] = deque(maxlen=LAST_LINES)
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=environment,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except (OSError, ValueError) as err:
            raise MissingPieceError(
                f"{self._python} does not start ({getattr(err, 'strerror', None) or err}); "
                "choose another Python to run KoeMorph with."
            ) from err
        assert self._process.stdin and self._process.stdout and self._process.stderr
        _LOG.info("worker %d started: %s", self._process.pid, " ".join(map(str, command)))
        self._requests = self._process.stdin
        self._listener = threading.Thread(target=self._listen, args=(self._process.stderr,), daemon=True)
        self._reader = threading.Thread(target=self._read, args=(self._process.stdout,), daemon=True)
        self._listener.start()
        self._reader.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def submit(self, job: Job) -> None:
        """Ask for a job."""
        with self._state:
            if self._death is not None:
                self._events.put(_of_job(self._death, job.id))
                return
            self._jobs.add(job.id)
        self.send(job)

    def cancel(self, job_id: str) -> None:
        self.send(Cancel(id=job_id))

    def send(self, request: Message) -> None:
        line = encode(request)
        # A pipe that is broken or closed tells by its other end, in `_read`.
        with self._writing, contextlib.suppress(OSError, ValueError):
            self._requests.write(line)
            self._requests.flush()

    def poll(self, wait: float = 0.0) -> list[Message]:
        """The events since the last time; with `wait`, at least one if it comes within so many seconds."""
        events: list[Message] = []
        with contextlib.suppress(queue.Empty):
            events.append(self._events.get(timeout=wait) if wait > 0.0 else self._events.get_nowait())
            while True:
                events.append(self._events.get_nowait())
        return events

    def close(self, timeout: float = 2.0) -> None:
        """Ask the worker to end, then make it: at most three times `timeout` seconds. May be called twice."""
        with self._state:
            self._closing = True
        self.send(Shutdown())
        with self._writing, contextlib.suppress(OSError):
            self._requests.close()
        for insist in (None, self._process.terminate, self._process.kill):
            if insist is not None:
                insist()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout)
                break
        self._reader.join(timeout)

    def __enter__(self) -> WorkerProcess:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _read(self, stream: Any) -> None:
        """Runs on a thread until the worker is gone."""
        failure: Failed | None = None
        with stream:
            for line in lines(stream):
                event = self._event(line)
                if event is None:
                    continue
                if isinstance(event, Ready):
                    self._ready = True
                    if event.protocol != PROTOCOL:
                        event = failure = self._misfit(event.koemorph)
                elif isinstance(event, Failed) and event.id is None and not self._ready:
                    failure = event
                with self._state:
                    if isinstance(event, ENDS):
                        self._jobs.discard(event.id or "")
                self._events.put(event)
                if failure is not None and failure.error == "WorkerMisfit":
                    self._process.terminate()
        self._process.wait()
        self._listener.join(timeout=1.0)
        with self._state:
            self._death = failure or self._died()
            if failure is None and not self._closing:
                self._events.put(self._death)
            for job_id in sorted(self._jobs):
                self._events.put(_of_job(self._death, job_id))
            self._jobs.clear()

    def _event(self, line: bytes) -> Message | None:
        """What another program than ours says is remembered; the greeting of an older worker is told."""
        with contextlib.suppress(WireError):
            return decode(line, EVENTS)
        text = line[:LONGEST_LINE].decode("utf-8", "replace").rstrip()
        self._said.append(text)
        return self._misfit("of another version") if '"ready"' in text and '"protocol"' in text else None

    def _listen(self, stream: IO[bytes]) -> None:
        with stream:
            while line := stream.readline(LONGEST_LINE):
                self._said.append(line.decode("utf-8", "replace").rstrip())
                _LOG.debug("worker %d: %s", self._process.pid, self._said[-1])

    def _died(self) -> Failed:
        code = self._process.returncode
        if self._closing:
            return Failed(error=DIED, text="The KoeMorph worker was closed.")
        how = f"was stopped by signal {-code}" if code < 0 else f"ended with exit code {code}"
        last = next((line for line in reversed(self._said) if line.strip()), "it left no word")
        text = f"The KoeMorph worker {how} ({last}); try again, and report it with the details if it recurs."
        _LOG.error("worker %d %s", self._process.pid, how)
        return Failed(
            error=DIED, text=text, exit_code=128 - code if code < 0 else code or 1, details="\n".join(self._said)
        )

    def _misfit(self, version: str) -> Failed:
        text = (
            f"KoeMorph {version} as installed for {self._python} does not fit this program's part of it; "
            "update the older of the two."
        )
        return Failed(error="WorkerMisfit", text=text)


def _of_job(death: Failed, job_id: str) -> Failed:
    return Failed(id=job_id, error=death.error, text=death.text, exit_code=death.exit_code, details=death.details)
