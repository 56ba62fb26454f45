"""What a host needs of the worker: start it, ask, look for answers on a timer, close it. Standard library only."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
import uuid
from collections import deque
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final

from ..errors import MissingPieceError
from . import PROTOCOL

Event = dict[str, Any]

LAST_LINES: Final = 50
"""What is remembered of the worker's stderr."""
_ENDS: Final = ("result", "error", "cancelled")


class WorkerClient:
    """A worker process and its events. No call waits for the worker, but `poll` if asked to and `close`.

    A worker that dies is an `error` of kind WorkerDied: one with the id null, and one for each job it still had,
    so that a host need not look after the process: every job ends in an event.
    """

    def __init__(
        self,
        python: str | Path = sys.executable,
        *,
        model: Path | None = None,
        threads: int | None = None,
        pythonpath: Iterable[str | Path] = (),
        environment: Mapping[str, str | None] | None = None,
    ) -> None:
        """`python` is the host's own (never Maya itself: mayapy) or any that KoeMorph is installed for.

        `pythonpath` comes before what PYTHONPATH holds; `environment` changes single variables, None removes one.
        """
        self._python = str(python)
        command = [self._python, "-m", "koemorph.worker"]
        command += [] if model is None else ["--model", str(model)]
        command += [] if threads is None else ["--threads", str(threads)]
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._state, self._writing = threading.Lock(), threading.Lock()
        self._jobs: set[str] = set()
        self._ready = self._closing = False
        self._death: Event | None = None
        self._said: deque[str] = deque(maxlen=LAST_LINES)
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=_environment(pythonpath, environment or {}),
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as err:
            raise MissingPieceError(
                f"{python} does not start ({err.strerror or err}); choose another Python to run KoeMorph with."
            ) from err
        assert self._process.stdin and self._process.stdout and self._process.stderr
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

    def animate(self, audio: Path, out: Path, fps: str | float, **more: Any) -> str:
        """Returns the id of the job; `more` are the other fields of the request (see schema.json)."""
        return self.submit("animate", audio=str(audio), out=str(out), fps=fps, **more)

    def analyse(self, audio: Path, **more: Any) -> str:
        return self.submit("analyse", audio=str(audio), **more)

    def render(self, key: str, out: Path, fps: str | float, **more: Any) -> str:
        return self.submit("render", key=key, out=str(out), fps=fps, **more)

    def forget(self, key: str) -> str:
        return self.submit("forget", key=key)

    def submit(self, op: str, **fields: Any) -> str:
        """Ask for a job; its id is made up unless `fields` has one."""
        job_id = str(fields.pop("id", None) or uuid.uuid4().hex)
        with self._state:
            if self._death is not None:
                self._events.put({**self._death, "id": job_id})
                return job_id
            self._jobs.add(job_id)
        self._send({"op": op, "id": job_id, **fields})
        return job_id

    def cancel(self, job_id: str) -> None:
        self._send({"op": "cancel", "id": job_id})

    def ping(self) -> None:
        self._send({"op": "ping"})

    def poll(self, wait: float = 0.0) -> list[Event]:
        """The events since the last time; with `wait`, at least one if it comes within so many seconds."""
        events: list[Event] = []
        with contextlib.suppress(queue.Empty):
            events.append(self._events.get(timeout=wait) if wait > 0.0 else self._events.get_nowait())
            while True:
                events.append(self._events.get_nowait())
        return events

    def close(self, timeout: float = 2.0) -> None:
        """Ask the worker to end, then make it: at most three times `timeout` seconds. May be called twice."""
        with self._state:
            self._closing = True
        self._send({"op": "shutdown"})
        with self._writing, contextlib.suppress(OSError):
            self._requests.close()
        for insist in (None, self._process.terminate, self._process.kill):
            if insist is not None:
                insist()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout)
                break
        self._reader.join(timeout)

    def __enter__(self) -> WorkerClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _send(self, request: Mapping[str, Any]) -> None:
        line = json.dumps(request).encode("ascii") + b"\n"
        # A pipe that is broken or closed tells by its other end, in `_read`.
        with self._writing, contextlib.suppress(OSError, ValueError):
            self._requests.write(line)
            self._requests.flush()

    def _read(self, stream: IO[bytes]) -> None:
        """Runs on a thread until the worker is gone."""
        failure: Event | None = None
        with stream:
            for line in stream:
                try:
                    event: Event = json.loads(line)
                    name, job_id = event["event"], event.get("id")
                except (ValueError, KeyError, TypeError):
                    self._said.append(line.decode("utf-8", "replace").rstrip())  # another program than ours
                    continue
                if name == "ready":
                    self._ready = True
                    if event.get("protocol") != PROTOCOL:
                        event = failure = self._misfit(event)
                        self._process.terminate()
                elif name == "error" and job_id is None and not self._ready:
                    failure = event
                with self._state:
                    if name in _ENDS:
                        self._jobs.discard(job_id or "")
                self._events.put(event)
        self._process.wait()
        self._listener.join(timeout=1.0)
        with self._state:
            self._death = failure or self._died()
            if failure is None and not self._closing:
                self._events.put(self._death)
            for job_id in sorted(self._jobs):
                self._events.put({**self._death, "id": job_id})
            self._jobs.clear()

    def _listen(self, stream: IO[bytes]) -> None:
        with stream:
            for line in stream:
                self._said.append(line.decode("utf-8", "replace").rstrip())

    def _died(self) -> Event:
        code = self._process.returncode
        if self._closing:
            return _error("WorkerDied", "The KoeMorph worker was closed.", 1, "")
        how = f"was stopped by signal {-code}" if code < 0 else f"ended with exit code {code}"
        last = next((line for line in reversed(self._said) if line.strip()), "it left no word")
        message = f"The KoeMorph worker {how} ({last}); try again, and report it with the details if it recurs."
        return _error("WorkerDied", message, 128 - code if code < 0 else code or 1, "\n".join(self._said))

    def _misfit(self, ready: Event) -> Event:
        message = (
            f"KoeMorph {ready.get('koemorph')} as installed for {self._python} does not fit this host's part of it; "
            "update the older of the two."
        )
        return _error("WorkerMisfit", message, 1, "")


def _error(kind: str, message: str, exit_code: int, details: str) -> Event:
    return {"event": "error", "id": None, "kind": kind, "message": message, "exit_code": exit_code, "details": details}


def _environment(pythonpath: Iterable[str | Path], changes: Mapping[str, str | None]) -> dict[str, str]:
    """The host's, changed; and nothing is imported from the folder that the host happens to be in."""
    wanted: dict[str, str | None] = {**os.environ, "PYTHONSAFEPATH": "1", **changes}
    inherited = [wanted["PYTHONPATH"]] if wanted.get("PYTHONPATH") else []
    wanted["PYTHONPATH"] = os.pathsep.join(str(entry) for entry in (*pythonpath, *inherited)) or None
    return {name: value for name, value in wanted.items() if value is not None}
