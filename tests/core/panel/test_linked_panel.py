"""The panel in a process of its own, and a host that knows nothing of Qt."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import numpy as np
import psutil
import pytest

pytest.importorskip("PySide6")
pytest.importorskip("pytestqt")

from koemorph import formats
from koemorph.engine import Engine
from koemorph.hosts.link import TOKEN_VARIABLE, LinkError, Listener
from koemorph.hosts.messages import Done, Key, Open, Scene
from koemorph.keying import Keying
from koemorph.runtime import Runtime
from koemorph.runtime.messages import Failed
from koemorph.settings import Settings
from koemorph.timing import FrameRate

WAIT = 90.0


class StandInHost:
    """As Blender does it: a timer that polls."""

    def __init__(self, peer) -> None:
        self.peer, self.heard = peer, []

    def until(self, message: str, wait: float = WAIT):
        end = time.monotonic() + wait
        while time.monotonic() < end:
            self.heard += self.peer.poll()
            for told in self.heard:
                if told.kind == message:
                    self.heard.remove(told)
                    return told
            time.sleep(0.01)
        raise AssertionError(f"no {message}")


@pytest.fixture
def environment(tmp_path, monkeypatch):
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


@pytest.fixture
def linked(environment):
    """(host, process) once the panel has come."""
    listener = Listener("Stand-in 1.0")
    process = Runtime().start("koemorph.panel", "--link", listener.address, **listener.variables)
    end = time.monotonic() + WAIT
    while (peer := listener.poll()) is None and time.monotonic() < end:
        time.sleep(0.01)
    yield StandInHost(peer), process
    peer.close()
    process.kill()
    process.wait(30)


def test_a_panel_outlives_its_host(linked, recording):
    host, process = linked
    host.peer.send(
        Scene(
            rate=FrameRate.parse("24000/1001"),
            target="Hero",
            names=(
                "jawOpen",
                "mouthClose",
            ),
        )
    )
    host.peer.send(Open(audio=recording(seconds=1.0)))
    end = time.monotonic() + WAIT
    while not psutil.Process(process.pid).children() and time.monotonic() < end:
        time.sleep(0.05)  # its worker has not started yet
    host.peer.close()
    time.sleep(0.5)
    assert process.poll() is None  # what was made there can still be saved
    process.terminate()
    assert process.wait(30) == 0


def test_the_token_is_not_on_the_command_line(linked):
    _, process = linked
    assert not any(len(word) > 40 for word in psutil.Process(process.pid).cmdline())


def test_a_panel_that_is_killed_is_noticed(linked):
    host, process = linked
    process.kill()
    with pytest.raises(LinkError):
        host.until("never", 20)


@pytest.mark.parametrize("token, words", [("", TOKEN_VARIABLE), ("0" * 64, "not the panel")])
def test_without_the_right_token_there_is_no_link(environment, token, words):
    """Without any it does not start; with a wrong one the host refuses, and the panel works by itself."""
    listener = Listener("Stand-in")
    command = [sys.executable, "-m", "koemorph.panel", "--link", listener.address]
    surroundings = {**os.environ, TOKEN_VARIABLE: token}
    process = subprocess.Popen(command, env=surroundings, stderr=subprocess.PIPE)
    if not token:
        assert process.wait(60) != 0
        assert words in process.stderr.read().decode()
        return
    greet, knocked = listener._greet, []
    listener._greet = lambda stranger: knocked.append(time.monotonic()) or greet(stranger)
    end = time.monotonic() + WAIT
    while time.monotonic() < (knocked[0] + 8 if knocked else end):
        assert listener.poll() is None
        time.sleep(0.01)
    assert knocked
    assert process.poll() is None
    process.terminate()
    assert process.wait(30) == 0


def test_key_hands_over_the_take_and_the_answer_is_shown(qtbot, tmp_path, recording, one_sentence):
    from koemorph.panel.document.memory import Memory
    from koemorph.panel.document.sound import Silence
    from koemorph.panel.host import LinkedHost
    from koemorph.panel.window import Panel

    listener = Listener("Stand-in 1.0")
    linked = LinkedHost(listener.address, listener.token)
    peer = None

    def greeted() -> bool:
        nonlocal peer
        peer = peer or listener.poll()
        return peer is not None

    qtbot.waitUntil(greeted, timeout=20_000)
    panel = Panel(linked, memory=Memory(tmp_path / "memory"), output=Silence(""))
    qtbot.addWidget(panel, before_close_func=lambda panel: panel.shut())
    panel.show()
    assert not panel.key_button.isEnabled()
    names = ["jawOpen", "mouthClose", "hat"]
    peer.send(Scene(rate=FrameRate.parse("24"), target="Hero", names=tuple(names), keys="every", tolerance=0.02))
    qtbot.waitUntil(lambda: panel.state.rate == FrameRate.parse(24), timeout=20_000)
    assert panel.state.undo.count() == 0
    path = recording(seconds=1.0)
    peer.send(Open(audio=path))
    qtbot.waitUntil(lambda: peer.poll() == [] and panel.key_button.isEnabled(), timeout=90_000)
    assert "Hero" in panel.key_button.text() and panel.state.rate == FrameRate.parse(24)
    assert panel.rig.bar.value() == 2
    assert panel.state.choices.keying == Keying(tolerance=0.02) and not panel.keys.knobs["tolerance"].isEnabled()
    style = panel.keys.knobs["style"].box
    style.setCurrentIndex(style.findData("linear"))
    panel.keys.knobs["tolerance"].box.setValue(0.03)
    panel.key_button.click()
    heard = []

    def asked() -> bool:
        heard.extend(peer.poll())
        return any(isinstance(told, Key) for told in heard)

    qtbot.waitUntil(asked, timeout=20_000)
    (key,) = (told for told in heard if isinstance(told, Key))
    take = formats.read_take(key.take)
    assert key.audio == path and key.settings == {}
    assert (key.keys, key.tolerance) == ("linear", 0.03)
    assert np.array_equal(take.values, Engine().animate(path, Settings(), FrameRate.parse(24)).values)
    peer.send(Failed(id=key.id, text="Hero is locked; unlock it."))
    qtbot.waitUntil(lambda: panel.notices.text == "Hero is locked; unlock it.", timeout=20_000)
    assert not key.take.exists()
    panel.notices.clear()
    peer.send(Done(id=key.id, text="Keyed 24 frames on Hero."))
    qtbot.waitUntil(lambda: panel.notices.text == "Keyed 24 frames on Hero.", timeout=20_000)
    peer.send(Scene(rate=FrameRate.parse("30"), target="", names=()))
    qtbot.waitUntil(lambda: panel.state.rate == FrameRate.parse(30), timeout=20_000)
    assert not panel.key_button.isEnabled() and panel.rig.rig is None
    peer.close()
    qtbot.waitUntil(lambda: panel.notices.is_error, timeout=20_000)
    one_sentence(panel.notices.text)
    assert not panel.key_button.isEnabled() and panel.state.take is not None
