"""What a training tells of itself: metrics.jsonl, TensorBoard where it is installed, a line for who watches."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from torch import Tensor

METRICS: Final = "metrics.jsonl"


class Journal:
    """Means of the loss parts between two notes, and what was measured."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._board: Any = None
        self._begin()

    def _begin(self) -> None:
        self._sums: dict[str, float] = {}
        self._count, self._since = 0, time.monotonic()

    def add(self, parts: Mapping[str, Tensor]) -> None:
        self._count += 1
        for name, value in parts.items():
            self._sums[name] = self._sums.get(name, 0.0) + float(value.detach())

    def note(self, step: int, measured: Mapping[str, float]) -> None:
        pace = self._count / max(1e-6, time.monotonic() - self._since)
        means = {name: value / max(1, self._count) for name, value in self._sums.items()}
        values = {**means, **measured, "steps_per_second": pace}
        rounded = {name: float(f"{value:.5g}") for name, value in values.items()}
        with (self._folder / METRICS).open("a", encoding="utf-8") as lines:
            lines.write(json.dumps({"step": step, **rounded}) + "\n")
        print(f"step {step}  " + "  ".join(f"{name} {value:.4g}" for name, value in values.items()), flush=True)
        if self._board is not None:
            for name, value in values.items():
                self._board.add_scalar(name, value, step)
        self._begin()

    def __enter__(self) -> Journal:
        try:
            from torch.utils.tensorboard import SummaryWriter
        except ImportError:
            return self
        self._board = SummaryWriter(str(self._folder / "board"))
        return self

    def __exit__(self, *_: object) -> None:
        if self._board is not None:
            self._board.close()
