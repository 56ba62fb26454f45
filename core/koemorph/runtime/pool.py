"""Many pieces of work side by side: a thread and a session for each, so that the work reads from top to bottom."""

from __future__ import annotations

import os
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Sequence
from typing import Final, Generic, TypeVar

from ..errors import Cancelled
from .runtime import Runtime
from .session import Session

LOOK_SECONDS: Final = 0.2
"""Between two looks at whether to stop, and at work that somebody else is at."""
_END_SECONDS: Final = 10.0

Item = TypeVar("Item")
Result = TypeVar("Result")
GoOn = Callable[[str, float], bool]
"""Is told a stage and how much is done; says whether to go on."""


def processors() -> int:
    """Those that this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


class Pool(Generic[Item, Result]):
    """`make` does one piece with a session; it raises `Cancelled` when told not to go on, and returns None for a piece
    that is to be tried again later, since somebody else is at it."""

    def __init__(self, runtime: Runtime, jobs: int, make: Callable[[Item, Session, GoOn], Result | None]) -> None:
        self._runtime, self._make = runtime, make
        self._threads = [threading.Thread(target=self._serve, daemon=True, name="koemorph-pool") for _ in range(jobs)]
        self._lock, self._halt = threading.Lock(), threading.Event()
        self._waiting: deque[tuple[float, Item]] = deque()
        self._in_work, self._begun = 0, set[int]()
        self._told: queue.SimpleQueue[tuple[Item, Result | None] | BaseException] = queue.SimpleQueue()

    def work_through(
        self, items: Sequence[Item], stopped: Callable[[], bool] = bool
    ) -> Generator[tuple[Item, Result | None], None, None]:
        """Each piece twice: with None when it begins, with its result when it ends. Close it to stop the work.

        `stopped` is asked a few times a second, also while all pieces take long.
        """
        self._waiting.extend((0.0, item) for item in items)
        for thread in self._threads:
            thread.start()
        try:
            while not stopped():
                going = any(thread.is_alive() for thread in self._threads)
                try:
                    told = self._told.get(timeout=LOOK_SECONDS) if going else self._told.get_nowait()
                except queue.Empty:
                    if not going:
                        return
                    continue
                if isinstance(told, BaseException):
                    raise told
                yield told
        finally:
            self._halt.set()
            for thread in self._threads:
                thread.join(_END_SECONDS)

    def _serve(self) -> None:
        """The life of one thread."""
        with Session(self._runtime) as session:
            try:
                while (item := self._next()) is not None:
                    if id(item) not in self._begun:
                        self._begun.add(id(item))
                        self._told.put((item, None))
                    result = self._make(item, session, lambda stage, done: not self._halt.is_set())
                    with self._lock:
                        self._in_work -= 1
                        if result is None:
                            self._waiting.append((time.monotonic() + LOOK_SECONDS, item))
                    if result is not None:
                        self._told.put((item, result))
            except Cancelled:
                self._halt.set()
            except BaseException as err:  # noqa: BLE001 (a defect; it is raised where the work is looked at)
                self._halt.set()
                self._told.put(err)

    def _next(self) -> Item | None:
        """What is due; None when nothing is left to do, or nothing is wanted any more."""
        while not self._halt.is_set():
            with self._lock:
                if not self._waiting and not self._in_work:
                    return None
                if self._waiting and self._waiting[0][0] <= time.monotonic():
                    self._in_work += 1
                    return self._waiting.popleft()[1]
            self._halt.wait(LOOK_SECONDS)
        return None
