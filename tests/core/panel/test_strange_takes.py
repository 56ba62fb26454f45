"""Takes that are in order and yet strange can be looked at: what raises while Qt paints ends the window."""

import sys
from fractions import Fraction

import numpy as np
import pytest

pytest.importorskip("PySide6")
pytest.importorskip("pytestqt")

from koemorph import formats
from koemorph.take import Take
from koemorph.timing import FrameRate


@pytest.mark.parametrize(
    ("frames", "rate", "start"),
    [(1, "60", 0), (50, "60", 9_999_999), (50, "60", -9_999_999), (50, "1000", "1/3"), (9_000, "1", 0)],
)
def test_strange_takes_are_painted(panel, qtbot, tmp_path, monkeypatch, frames, rate, start):
    raised = []
    monkeypatch.setattr(sys, "unraisablehook", raised.append)
    monkeypatch.setattr(sys, "excepthook", lambda *wrong: raised.append(wrong))
    values = np.random.default_rng(0).random((frames, 3), dtype=np.float32) * 100 - 50
    take = Take(("jawOpen", "a\n" * 40, "x" * 300), values, FrameRate.parse(rate), Fraction(start))
    formats.write_take(take, tmp_path / "strange.take")
    panel.open(tmp_path / "strange.take")
    qtbot.waitUntil(lambda: panel.state.take is not None, timeout=90_000)
    panel.grab()
    for moment in (-1e9, 0.0, 1e9):
        panel.timeline.move(moment)
        panel.timeline.zoom(1000.0, moment)
        panel.grab()
    assert not raised
