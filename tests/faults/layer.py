"""A layer under everything that KoeMorph does to files and memory, which counts its steps and breaks at one of them."""

from __future__ import annotations

import io
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np

import koemorph
from koemorph import files

Break = Callable[[], None]
OURS = str(Path(koemorph.__file__).parent)
ALLOCATIONS = ("array", "ascontiguousarray", "concatenate", "empty", "empty_like", "full", "stack", "where", "zeros")


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
    def beneath_files(self) -> Iterator[Layer]:
        """While the block runs, in this process: every open, write, sync, rename, copy and new folder is a step."""
        layer = self

        class Raw(io.FileIO):
            def write(self, data: Any) -> int:
                layer.step("write")
                return super().write(data)

        def opened(path: Path, mode: str) -> io.BufferedWriter:
            layer.step("open")
            return io.BufferedWriter(Raw(path, mode.replace("b", "")))

        def synced(handle: int) -> None:
            layer.step("sync")  # the disk of a test need not have it

        with ExitStack() as patches:
            patches.enter_context(mock.patch.object(files, "open", opened, create=True))
            patches.enter_context(mock.patch.object(os, "fsync", synced))
            for where, name, told in (
                (os, "open", "open"),
                (Path, "replace", "rename"),
                (Path, "mkdir", "folder"),
                (Path, "write_text", "claim"),
                (shutil, "copy2", "copy"),
            ):
                patches.enter_context(mock.patch.object(where, name, self._counted(told, getattr(where, name))))
            yield self

    @contextmanager
    def beneath_memory(self) -> Iterator[Layer]:
        """While the block runs, in this process: every place of ours that asks numpy for room is a step, named so."""
        with ExitStack() as patches:
            for name in ALLOCATIONS:
                patches.enter_context(mock.patch.object(np, name, self._placed(getattr(np, name))))
            yield self

    def _counted(self, name: str, act: Callable[..., Any]) -> Callable[..., Any]:
        def counting(*given: Any, **named: Any) -> Any:
            self.step(name)
            return act(*given, **named)

        return counting

    def _placed(self, act: Callable[..., Any]) -> Callable[..., Any]:
        def counting(*given: Any, **named: Any) -> Any:
            caller = sys._getframe(1)
            if caller.f_code.co_filename.startswith(OURS):
                self.step(f"{caller.f_code.co_filename.removeprefix(OURS)}:{caller.f_lineno}")
            return act(*given, **named)

        return counting


def fails_with(number: int) -> Break:
    def broken() -> None:
        raise OSError(number, os.strerror(number))

    return broken


def out_of_memory() -> None:
    raise MemoryError
