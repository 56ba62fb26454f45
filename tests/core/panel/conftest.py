"""A panel without a screen, with the tiny model and a memory of its own, that is gone when the test is."""

from __future__ import annotations

import os

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

WAIT = 90_000
"""Milliseconds: for what takes a moment on an idle machine."""


@pytest.fixture
def panel(qtbot, tmp_path, tiny_folder):
    from koemorph.panel.document.memory import Memory
    from koemorph.panel.document.sound import Silence
    from koemorph.panel.window import Panel
    from koemorph.runtime import Runtime

    panel = Panel(
        runtime=Runtime(model=tiny_folder), memory=Memory(tmp_path / "memory"), output=Silence("no sound in tests")
    )
    qtbot.addWidget(panel, before_close_func=lambda panel: panel.shut())
    panel.resize(900, 700)
    panel.show()
    return panel


@pytest.fixture
def opened(panel, qtbot, recording):
    """The panel with a recording of two seconds, its take and its sound."""
    panel.open(recording(seconds=2.0))
    qtbot.waitUntil(lambda: panel.state.take is not None and panel.wave.wave is not None, timeout=WAIT)
    return panel


@pytest.fixture
def fresh_take(qtbot):
    """`fresh_take(panel, change)`: the take that comes of a change."""

    def wait(panel, change):
        before = panel.state.take
        change()
        qtbot.waitUntil(lambda: panel.state.take is not before and not panel.line.maker.busy, timeout=WAIT)
        return panel.state.take

    return wait
