"""A host in miniature, which holds every message that passes against the schema."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema

from koemorph.runtime.messages import EVENTS, REQUESTS
from koemorph.runtime.schema import schema

TINY_MODEL = Path(__file__).parents[2] / "data" / "tiny_model"
EMOTION = "native"
"""The emotion backend that these tests run with."""
ENDS = ("made", "analysed", "forgot", "failed", "stopped")
PATIENCE = 20.0
"""Seconds after which a worker counts as hanging."""

REQUEST, EVENT = (jsonschema.Draft202012Validator(schema("", known)) for known in (REQUESTS, EVENTS))


def settings(**values: Any) -> dict[str, Any]:
    return {"emotion": EMOTION, **values}


def environment(*pythonpath: Path) -> dict[str, str]:
    """Ours, so that the worker is the package under test; `pythonpath` comes before it."""
    inherited = [os.environ["PYTHONPATH"]] if os.environ.get("PYTHONPATH") else []
    return {**os.environ, "PYTHONPATH": os.pathsep.join([*map(str, pythonpath), *inherited])}


class Host:
    """Starts a worker and talks to it by hand, without the client."""

    def __init__(self, *arguments: str, pythonpath: tuple[Path, ...] = ()) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "koemorph.runtime.worker", *(arguments or ("--model", str(TINY_MODEL)))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(*pythonpath),
        )
        self._events: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self.errors = b""
        self.seen: list[dict[str, Any]] = []
        for stream in (self._read, self._listen):
            threading.Thread(target=stream, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self._events.put(json.loads(line))
        self._events.put(None)

    def _listen(self) -> None:
        assert self.process.stderr
        self.errors = self.process.stderr.read()

    def say(self, **request: Any) -> None:
        REQUEST.validate(request)
        self.send(json.dumps(request, ensure_ascii=False).encode() + b"\n")

    def send(self, data: bytes) -> None:
        assert self.process.stdin
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def next(self) -> dict[str, Any] | None:
        event = self._events.get(timeout=PATIENCE)
        if event is not None:
            EVENT.validate(event)
            self.seen.append(event)
        return event

    def until(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        while event := self.next():
            if wanted(event):
                return event
        raise AssertionError(f"the worker ended: {self.errors.decode()}")

    def named(self, name: str, job: str | None = None) -> dict[str, Any]:
        return self.until(lambda event: event["message"] == name and job in (None, event.get("id")))

    def end_of(self, job: str) -> dict[str, Any]:
        return self.until(lambda event: event["message"] in ENDS and event.get("id") == job)

    def do(self, **request: Any) -> dict[str, Any]:
        self.say(**request)
        return self.end_of(request["id"])

    def rest(self) -> list[dict[str, Any]]:
        """All that is still to come until the worker has ended."""
        events = []
        while event := self.next():
            events.append(event)
        return events

    def as_new(self) -> bool:
        """Whether it is well and at rest; then it forgets all it was told."""
        hung_up = self.process.stdin is None or self.process.stdin.closed
        if hung_up or self.process.poll() is not None or not self._events.empty():
            return False
        keys = {event["key"] for event in self.seen if event["message"] == "analysed"}
        asked = [{"message": "forget", "id": str(number), "key": key} for number, key in enumerate(keys)]
        try:
            for request in (*asked, {"message": "ping", "id": "last"}):
                self.say(**request)
            answers = [self.next() for _ in range(len(keys) + 1)]
        except (OSError, queue.Empty):
            return False
        self.seen.clear()
        return all(answer is not None and answer["message"] in ("forgot", "pong") for answer in answers)

    def hang_up(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()


def wait_for(condition: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def inside(folder: Path) -> list[str]:
    """The names in a folder, hidden ones too."""
    return sorted(entry.name for entry in folder.iterdir())
