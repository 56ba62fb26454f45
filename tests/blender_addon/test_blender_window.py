"""Blender's side of the panel's window: a real link, a stand-in for the window at its other end."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy
import numpy as np
import pytest

from koemorph.formats import write_take
from koemorph.hosts.link import TOKEN_VARIABLE, Peer, connect
from koemorph.hosts.messages import Key, ShowSettings
from koemorph.runtime import Runtime
from koemorph.runtime.messages import Ping

WAIT = 20.0


class Window:
    """What the panel would say and hear."""

    def __init__(self, blender: Any, peer: Peer) -> None:
        self.blender, self.peer, self.heard = blender, peer, []

    def until(self, message: str) -> Any:
        end = time.monotonic() + WAIT
        while time.monotonic() < end:
            self.blender.tick()
            self.heard += self.peer.poll()
            for told in self.heard:
                if told.kind == message:
                    self.heard.remove(told)
                    return told
            time.sleep(0.01)
        raise AssertionError(f"no {message}; {self.blender.error}")


@pytest.fixture
def opened(face: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Window]:
    """The window is open and linked, and nothing is chosen but the face."""
    from blender_addon import window as module

    started: list[tuple[str, str]] = []

    def start(runtime: Runtime, module: str, *words: str, **variables: str) -> subprocess.Popen[bytes]:
        assert module == "koemorph.panel" and words[0] == "--link"
        started.append((words[1], variables[TOKEN_VARIABLE]))
        return subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)

    monkeypatch.setattr(Runtime, "start", start)
    bpy.context.scene.render.fps = 24
    window = module.PanelWindow()
    monkeypatch.setattr(module, "window", window)
    window.open()
    peer = connect(*started[0])
    shown = Window(window, peer)
    assert shown.until("welcome").host.startswith("Blender ")
    yield shown
    peer.close()
    window.close()
    window._process.kill()
    window._process.wait()
    if bpy.app.timers.is_registered(window.tick):
        bpy.app.timers.unregister(window.tick)


def ask(opened: Window, made: Any, folder: Path, **other: Any) -> None:
    path = folder / "a.take"
    write_take(made, path)
    asked = {"id": "1", "take": path, "audio": None, "settings": {}, "keys": "every", "tolerance": 0.01}
    opened.peer.send(Key(**{**asked, **other}))


def test_it_tells_the_scene_and_what_changes_in_it(opened: Window, face: Any) -> None:
    scene = opened.until("scene")
    assert (str(scene.rate), scene.target, len(scene.names)) == ("24", face.name, 52)
    assert (scene.keys, scene.tolerance) == ("every", 0.01)
    bpy.context.scene.render.fps, bpy.context.scene.render.fps_base = 30, 1.001
    bpy.context.scene.koemorph.style = "LINEAR"
    scene = opened.until("scene")
    assert (str(scene.rate), scene.keys) == ("30000/1001", "linear")
    bpy.context.scene.koemorph.settings.temperature = 0.35
    assert opened.until("show_settings").settings == {"temperature": 0.35}


def test_settings_of_the_window_come_to_the_sidebar(opened: Window) -> None:
    opened.until("scene")
    opened.peer.send(ShowSettings(settings={"jaw_strength": 1.5}))
    end = time.monotonic() + WAIT
    while bpy.context.scene.koemorph.settings.jaw_strength != 1.5 and time.monotonic() < end:
        opened.blender.tick()
    assert bpy.context.scene.koemorph.settings.jaw_strength == 1.5
    assert not any(isinstance(told, ShowSettings) for told in opened.peer.poll())


@pytest.mark.parametrize("keys", ["every", "bezier"])
def test_a_take_is_keyed_as_the_window_asks(
    opened: Window, face: Any, recording: Path, expected: Any, tmp_path: Path, keys: str
) -> None:
    from blender_addon import compat

    take = expected("24")
    ask(opened, take, tmp_path, audio=recording, keys=keys, tolerance=0.02)
    assert "keys" in opened.until("done").text
    curves = {curve.data_path: curve for curve in compat.curves_of(face.data.shape_keys).fcurves}
    jaw = curves['key_blocks["jawOpen"].value']
    count = len(jaw.keyframe_points)
    assert count == take.frame_count if keys == "every" else count < take.frame_count
    values = [jaw.evaluate(1 + frame) for frame in range(take.frame_count)]
    assert np.abs(np.array(values) - take.curve("jawOpen")).max() <= (1e-4 if keys == "every" else 0.021)
    assert bpy.context.scene.koemorph.style == keys.upper()


@pytest.mark.parametrize("wrong", [{"take": Path("/nowhere/a.take")}, {"keys": "golden"}, {"settings": {"jawbone": 1}}])
def test_what_cannot_be_keyed_is_told_in_a_sentence(
    opened: Window, recording: Path, expected: Any, tmp_path: Path, wrong: dict[str, Any]
) -> None:
    ask(opened, expected("24"), tmp_path, audio=recording, **wrong)
    failed = opened.until("failed")
    assert failed.id == "1" and failed.text.endswith(".")
    opened.peer.send(Ping())
    assert opened.blender.tick() is not None  # the link stands


def test_a_window_that_is_gone_ends_the_link(opened: Window) -> None:
    opened.until("scene")
    opened.peer.close()
    end = time.monotonic() + WAIT
    while opened.blender.tick() is not None and time.monotonic() < end:
        time.sleep(0.01)
    assert opened.blender.tick() is None and opened.blender.error
