"""How the panel feels: a frame of the face at three sizes; the way of a slider, and of a dragged phone, to the
curves of a minute at 60 fps.

`python tests/benchmarks/bench_panel.py`; needs no screen. Times are medians in milliseconds,
and the least of all in brackets, which says more on a machine that has other work.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np

from koemorph.face import load_face
from koemorph.panel.app import application
from koemorph.panel.document.memory import Memory
from koemorph.panel.document.sound import Silence
from koemorph.panel.qt import QtCore
from koemorph.panel.views.face_view import FRONT
from koemorph.panel.window import Panel
from koemorph.preview.render import Portrait
from tests.benchmarks import clips

SECONDS = 60
SIZES = ((240, 280), (360, 430), (560, 660))
DRAGS = 40


def face_frames() -> dict[str, list[float]]:
    portrait, drawn = Portrait(load_face()), np.random.default_rng(0)
    figures = {}
    for size in SIZES:
        spent = []
        for _ in range(20):
            weights = drawn.random(len(portrait.names), dtype=np.float32) * 0.3
            began = time.perf_counter()
            portrait.draw(portrait.posed(weights), FRONT, size)
            spent.append(time.perf_counter() - began)
        figures[f"face, {size[0]} x {size[1]}"] = spent
    return figures


def slider(folder: Path) -> dict[str, list[float]]:
    """A drag, step by step: until the take is there, and until the window has drawn it."""
    app = application()
    panel = Panel(memory=Memory(folder), output=Silence(""))
    panel.resize(1080, 860)
    panel.show()
    heart = QtCore.QTimer()
    heart.start(1000)  # so that waiting for events always ends

    def until(ready: Callable[[], bool], limit: float = 120.0) -> None:
        end = time.monotonic() + limit
        while not ready():
            app.processEvents(QtCore.QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
            if time.monotonic() > end:
                sys.exit("The panel did not answer.")

    began = time.perf_counter()
    panel.open(clips.make(folder, SECONDS))
    until(lambda: panel.state.take is not None)
    opened = time.perf_counter() - began
    until(lambda: panel.wave.wave is not None)
    takes: dict[str, list[float]] = {}
    seen: dict[str, list[float]] = {}
    for name, low, high in (("temperature", 0.1, 0.4), ("upper_face_smoothing", 0.0, 0.1)):
        takes[name], seen[name] = [], []
        for value in np.linspace(low, high, DRAGS).round(4).tolist():
            before = panel.state.take
            began = time.perf_counter()
            panel.state.set_setting(name, value)
            until(lambda before=before: panel.state.take is not before)
            takes[name].append(panel.line.latency)
            app.processEvents()
            seen[name].append(time.perf_counter() - began)
    lane = panel.tracks.phones
    number, held = len(lane.spans) // 2, lane.editor.held
    middle, takes["a dragged phone"], seen["a dragged phone"] = lane.spans[number].end, [], []
    for step in range(1, DRAGS + 1):
        before, began = panel.state.take, time.perf_counter()
        moved = lane.editor.with_edge(held, number, "end", middle - 0.02 + 0.001 * step, alone=False)
        lane.editor.put(moved, "drag")
        until(lambda before=before: panel.state.take is not before)
        takes["a dragged phone"].append(panel.line.latency)
        app.processEvents()
        seen["a dragged phone"].append(time.perf_counter() - began)
    panel.close()
    figures = {f"open {SECONDS} s, until the face is there": [opened]}
    for name, spent in takes.items():
        figures[f"{name}, until the take is there"] = spent
        figures[f"{name}, until all is drawn"] = seen[name]
    return figures


def bench_panel() -> dict[str, float]:
    """Print and return the figures."""
    with tempfile.TemporaryDirectory() as folder:
        spent = {**face_frames(), **slider(Path(folder))}
    for name, seconds in spent.items():
        print(f"{name:48s} {1e3 * statistics.median(seconds):8.1f} ms ({1e3 * min(seconds):.1f})")
    return {name: 1e3 * statistics.median(seconds) for name, seconds in spent.items()}


if __name__ == "__main__":
    bench_panel()
