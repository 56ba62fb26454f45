"""Sound in memory, the timeline, and the player that moves it; loudspeakers are a stand-in."""

from __future__ import annotations

import time

import numpy as np
import pytest

pytest.importorskip("PySide6")
pytest.importorskip("pytestqt")

from koemorph.panel.document import sound as sounds
from koemorph.panel.document.player import Player
from koemorph.panel.document.sound import DeviceOutput, Silence, Sound
from koemorph.panel.document.timeline import Timeline


class Loudspeaker:
    """Remembers what it was given, and hears a little behind."""

    def __init__(self) -> None:
        self.played, self.stops = [], 0

    def play(self, samples, rate) -> None:
        self.played.append((len(samples), rate))
        self.began = time.perf_counter()

    def heard(self):
        return max(0.0, time.perf_counter() - self.began - 0.05)

    def stop(self) -> None:
        self.stops += 1


@pytest.fixture
def timeline(qapp):
    timeline = Timeline()
    timeline.fit(0.0, 1.0, anew=True)
    return timeline


def test_part_is_padded_with_silence():
    sound = Sound(np.arange(100, dtype=np.int16)[:, None] + 1, 100)
    for begin, end, before, count, after in (
        (0, 1, 0, 100, 0),
        (-0.5, 0.5, 50, 50, 0),
        (0.9, 1.2, 0, 10, 20),
        (2, 3, 0, 0, 100),
        (-2, -1, 100, 0, 0),
    ):
        part = sound.part(begin, end)[:, 0]
        assert len(part) == before + count + after
        assert np.count_nonzero(part) == count and not part[:before].any() and not part[len(part) - after :].any()


def test_the_picture_follows_what_is_heard(qtbot, timeline):
    speaker = Loudspeaker()
    player = Player(timeline, speaker)
    player.sound = Sound(np.zeros((16000, 1), np.int16), 16000)
    timeline.move(0.25)
    player.run(1.0)
    assert speaker.played == [(12000, 16000)]
    qtbot.waitUntil(lambda: timeline.moment > 0.4, timeout=20_000)
    assert timeline.moment == pytest.approx(0.25 + speaker.heard(), abs=0.3)
    qtbot.waitUntil(lambda: not player.playing, timeout=20_000)
    assert timeline.moment == 1.0 and speaker.stops >= 1


def test_the_picture_never_goes_back(qtbot, timeline):
    """Devices tell what was heard in uneven steps."""
    speaker = Loudspeaker()
    speaker.heard = lambda: max(0.0, time.perf_counter() - speaker.began + 0.02 * np.sin(200 * time.perf_counter()))
    player, seen = Player(timeline, speaker), []
    player.sound = Sound(np.zeros((16000, 1), np.int16), 16000)
    player.run(1.0)
    timeline.moved.connect(seen.append)
    qtbot.waitUntil(lambda: timeline.moment > 0.5, timeout=20_000)
    player.close()
    assert len(seen) > 5 and np.all(np.diff(seen) >= 0)


def test_a_loop_goes_round_and_a_jump_goes_on_from_there(qtbot, timeline):
    speaker = Loudspeaker()
    player = Player(timeline, speaker)
    player.sound = Sound(np.zeros((16000, 1), np.int16), 16000)
    timeline.set_loop((0.2, 0.4))
    player.run(1.0)
    qtbot.waitUntil(lambda: len(speaker.played) >= 3, timeout=20_000)
    assert {count for count, _ in speaker.played} == {3200}
    timeline.set_loop(None)
    timeline.move(0.6)
    assert speaker.played[-1] == (6400, 16000) and player.playing
    player.close()


def test_shuttle_is_silent_unless_forwards_at_its_own_speed(qtbot, timeline):
    speaker = Loudspeaker()
    player = Player(timeline, speaker)
    player.sound = Sound(np.zeros((16000, 1), np.int16), 16000)
    player.shuttle(1)
    assert len(speaker.played) == 1
    player.shuttle(1)
    player.shuttle(1)
    assert player.speed == 4.0 and len(speaker.played) == 1
    player.shuttle(-1)
    assert player.speed == -1.0 and len(speaker.played) == 1
    player.close()


def test_without_loudspeakers_time_goes_on_and_it_is_said_once(qtbot, timeline, monkeypatch):
    monkeypatch.setattr(sounds, "QtOutput", lambda: 1 / 0)
    monkeypatch.setattr(sounds, "DeviceOutput", lambda: (_ for _ in ()).throw(OSError("no PortAudio")))
    player = Player(timeline)
    player.sound = Sound(np.zeros((16000, 1), np.int16), 16000)
    said = []
    player.silent.connect(said.append)
    player.run(1.0)
    qtbot.waitUntil(lambda: timeline.moment > 0.1, timeout=20_000)
    player.run(0.0)
    player.run(1.0)
    assert len(said) == 1 and "no PortAudio" in said[0]
    player.close()


def test_a_device_is_filled_to_the_end_and_then_with_silence(monkeypatch):
    class Stream:
        latency = 0.02

        def __init__(self, callback, **_) -> None:
            self.callback = callback

        def start(self) -> None:
            self.out = [np.full((60, 1), 9, np.int16) for _ in range(3)]
            for piece in self.out:
                self.callback(piece, 60, None, None)

        abort = close = lambda self: None

    output = DeviceOutput.__new__(DeviceOutput)
    output._library = type("Library", (), {"OutputStream": Stream})
    output._stream = None
    output.play(np.ones((100, 1), np.int16), 1000)
    heard = np.concatenate(output._stream.out)[:, 0]
    assert heard[:100].all() and not heard[100:].any()
    assert 0.0 <= output.heard() <= 0.2
    output.stop()
    assert output.heard() is None and isinstance(Silence("why").why, str)


def test_timeline_stays_inside(timeline):
    timeline.zoom(4, 0.0)
    assert (timeline.left, timeline.right) == (0.0, 0.25)
    timeline.pan(-1)
    assert timeline.left == 0.0
    timeline.move(2.0)
    assert timeline.moment == 1.0 and timeline.right == 1.0
    timeline.zoom(1e9, 0.5)
    assert timeline.right - timeline.left == pytest.approx(0.1)
    timeline.set_loop((0.9, 5.0))
    assert timeline.loop == (0.9, 1.0)
    timeline.set_loop((0.5, 0.501))
    assert timeline.loop is None
