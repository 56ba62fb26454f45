"""A layer under everything that KoeMorph writes, which counts its steps and breaks at one of them."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from koemorph import files

Break = Callable[[], None]


class Layer:
    """`broken` is called at step number `at`, counted from 1, and may raise or end the process."""

    def __init__(self, at: int = 0, broken: Break = lambda: None) -> None:
        self._at, self._broken = at, broken
        self.steps: list[str] = []

    def step(self, name: str) -> None:
        self.steps.append(name)
        if len(self.steps) == self._at:
            self._broken()

    @contextmanager
    def beneath(self) -> Iterator[Layer]:
        """While the block runs, in this process."""
        layer = self

        class Raw(io.FileIO):
            def write(self, data: Any) -> int:
                layer.step("write")
                return super().write(data)

        def opened(path: Path, mode: str) -> io.BufferedWriter:
            layer.step("open")
            return io.BufferedWriter(Raw(path, mode.replace("b", "")))

        def counted(name: str, act: Callable[..., Any]) -> Callable[..., Any]:
            def counting(*given: Any, **named: Any) -> Any:
                layer.step(name)
                return act(*given, **named)

            return counting

        with (
            mock.patch.object(files, "open", opened, create=True),
            mock.patch.object(os, "fsync", counted("sync", os.fsync)),
            mock.patch.object(Path, "replace", counted("rename", Path.replace)),
            mock.patch.object(Path, "mkdir", counted("folder", Path.mkdir)),
            mock.patch.object(Path, "write_text", counted("claim", Path.write_text)),
        ):
            yield self


def fails_with(number: int) -> Break:
    def broken() -> None:
        raise OSError(number, os.strerror(number))

    return broken
