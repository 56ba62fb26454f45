"""A shot list in the panel, as a person works on it."""

from __future__ import annotations

import csv
import time
from pathlib import Path

import numpy as np
import psutil
import pytest

pytest.importorskip("PySide6")
pytest.importorskip("pytestqt")

from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QDropEvent

from koemorph.engine import Engine
from koemorph.formats import read_take
from koemorph.model import load_model
from koemorph.settings import Settings
from koemorph.shots import read_shots
from koemorph.shots.batch import due
from koemorph.timing import FrameRate

WAIT = 90_000
"""Milliseconds: for what takes a moment on an idle machine."""
HEAD = ("shot", "audio", "in", "out", "fps", "jaw_strength", "settings", "target")


@pytest.fixture
def shot_list(tmp_path, recording):
    """Two good lines, one without its recording, one that nobody can read."""
    sound = recording(seconds=2.0)
    rows = (
        ("sh010", sound, "", "1", "24", "", '{"mood_keys": "0:00 joy 0.5"}', ""),
        ("sh020", sound, "0.5", "1.5", "30", "1.2", "", "b/sh020.csv"),
        ("sh030", "gone.wav", "", "", "", "", "", ""),
        ("sh040", sound, "2", "1", "", "", "", ""),
    )
    path = tmp_path / "list.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows((HEAD, *rows))
    return path


@pytest.fixture
def tab(panel, qtbot, shot_list):
    panel.tabs.setCurrentWidget(panel.batch)
    panel.batch.open(shot_list)
    settled(panel.batch, qtbot)
    return panel.batch


def settled(tab, qtbot):
    qtbot.waitUntil(lambda: not tab.batch.busy, timeout=WAIT)


def states(tab):
    return {entry.name or entry.where: entry.status for entry in tab.batch.table.entries}


def mark(tab, *names):
    tab.rows.clearSelection()
    tab.rows.setSelectionMode(tab.rows.SelectionMode.MultiSelection)
    for row, entry in enumerate(tab.batch.table.entries):
        if entry.name in names:
            tab.rows.selectRow(row)


def test_a_list_shows_every_line_and_in_words_what_is_wrong(tab, one_sentence):
    assert states(tab) == {"sh010": "todo", "sh020": "todo", "sh030": "wrong", "line 5": "wrong"}
    mark(tab, "sh030")
    assert "gone.wav" in tab.words.text() and "line 4" in tab.words.text()
    one_sentence(tab.batch.table.entries[3].words)


def test_a_run_makes_what_can_be_made_and_the_window_stays_alive(tab, panel, qtbot, shot_list, monkeypatch):
    opened = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    assert not tab.report_button.isEnabled()
    longest, last = 0.0, time.perf_counter()
    tab.run_button.click()
    assert tab.run_button.text() == "Cancel"
    seen = set()
    while tab.batch.busy:
        qtbot.wait(5)
        seen |= set(states(tab).values())
        now = time.perf_counter()
        longest, last = max(longest, now - last), now
    assert "working" in seen and longest < 1.0
    assert states(tab) == {"sh010": "made", "sh020": "made", "sh030": "failed", "line 5": "wrong"}
    mark(tab, "sh030")
    assert "gone.wav" in tab.words.text()
    assert "2 made, 0 unchanged, 1 failed" in panel.notices.text
    output = tab.batch.output
    first = read_shots(shot_list, output=output).shots[0]
    with first.recording.open() as clip:
        take = Engine(load_model(panel.runtime.model)).animate(clip, first.settings, first.rate)
    assert np.array_equal(read_take(output / "sh010.take").values, take.values)
    assert (output / "b" / "sh020.csv").stat().st_size > 0
    tab.report_button.click()
    assert Path(opened[0].toLocalFile()) == output / "shots-report.html" and opened[0].isLocalFile()


def test_a_line_is_played_changed_and_only_it_is_made_again(tab, panel, qtbot, shot_list):
    tab.run_button.click()
    settled(tab, qtbot)
    output = tab.batch.output
    before = {path: path.stat().st_mtime_ns for path in (output / "sh010.take", output / "b" / "sh020.csv")}
    mark(tab, "sh020")
    tab.play_button.click()
    qtbot.waitUntil(lambda: panel.player.playing, timeout=WAIT)
    assert panel.state.settings.jaw_strength == 1.2 and panel.state.rate == FrameRate.parse(30)
    assert panel.timeline.begin == pytest.approx(0.5) and panel.timeline.end == pytest.approx(1.5)
    assert panel.player.sound.start == pytest.approx(0.5) and len(panel.player.sound.samples) == 16000
    panel.player.run(0.0)
    panel.knobs.knobs["jaw_strength"].box.setValue(1.6)
    assert states(tab)["sh020"] == "changed"
    tab.again_button.click()
    settled(tab, qtbot)
    assert states(tab)["sh020"] == "made" and states(tab)["sh010"] == "made"
    assert (output / "sh010.take").stat().st_mtime_ns == before[output / "sh010.take"]
    assert (output / "b" / "sh020.csv").stat().st_mtime_ns != before[output / "b" / "sh020.csv"]
    made = due(read_shots(shot_list, output=output), output, load_model(panel.runtime.model).sha256)[1]
    assert "sh020" not in made and "sh010" in made  # the list does not know of the change yet


def test_the_list_is_saved_with_what_was_changed(tab, panel, qtbot, shot_list):
    mark(tab, "sh010")
    tab.play()
    panel.state.set_settings(Settings(lip_strength=0.7), "other settings, and no mood keys any more")
    panel.state.choose("Frame rate", rate=FrameRate.parse("23.976"))
    assert states(tab)["sh010"] == "changed"
    target = shot_list.parent / "sub" / "again.csv"
    target.parent.mkdir()
    tab.batch.save(target)
    qtbot.waitUntil(lambda: not tab.batch.busy and tab.batch.list.path == target, timeout=WAIT)
    old, new = read_shots(shot_list), read_shots(target)
    assert new.shots[0].settings == Settings(lip_strength=0.7)
    heard, before = new.shots[0].recording, old.shots[0].recording
    assert new.shots[0].rate == FrameRate.parse("24000/1001") and heard.end == before.end
    assert new.shots[1].settings == old.shots[1].settings and heard.path.samefile(before.path)
    assert len(new.problems) == len(old.problems)
    assert states(tab)["sh010"] == "todo" and tab.batch.altered == []


def test_another_line_is_not_changed_by_the_panel(tab, panel, recording):
    mark(tab, "sh010")
    tab.play()
    panel.open(recording(seconds=0.5))
    panel.state.set_setting("jaw_strength", 1.9)
    assert states(tab)["sh010"] == "todo"


def test_cancel_is_quick_and_a_second_run_goes_on(panel, qtbot, tmp_path, recording):
    folder = tmp_path / "lines"
    folder.mkdir()
    for number in range(2):
        recording(seconds=60.0).rename(folder / f"line {number}.wav")
    panel.open(folder)
    tab = panel.batch
    assert panel.tabs.currentWidget() is tab
    settled(tab, qtbot)
    tab.run_button.click()
    qtbot.waitUntil(lambda: "working" in states(tab).values(), timeout=WAIT)
    qtbot.waitUntil(lambda: bool(psutil.Process().children()), timeout=WAIT)
    began = time.monotonic()
    tab.run_button.click()
    settled(tab, qtbot)
    assert time.monotonic() - began < 20 and set(states(tab).values()) == {"stopped"}
    tab.run_button.click()
    settled(tab, qtbot)
    assert set(states(tab).values()) == {"made"}


def test_closing_during_a_run_leaves_no_process(panel, qtbot, tmp_path, recording):
    folder = tmp_path / "lines"
    folder.mkdir()
    recording(seconds=60.0).rename(folder / "line.wav")
    panel.open(folder)
    settled(panel.batch, qtbot)
    panel.batch.run_button.click()
    qtbot.waitUntil(lambda: "working" in states(panel.batch).values(), timeout=WAIT)

    def workers():
        found = psutil.Process().children(recursive=True)
        return [one for one in found if "koemorph.runtime.worker" in one.cmdline()]

    qtbot.waitUntil(lambda: bool(workers()), timeout=WAIT)
    processes = workers()
    panel.close()
    assert not any(one.is_running() for one in processes)


def test_a_list_that_cannot_be_read_is_a_sentence(panel, qtbot, tmp_path, one_sentence):
    (tmp_path / "bad.csv").write_text('shot,shot\n"', encoding="utf-8")
    panel.batch.open(tmp_path / "bad.csv")
    qtbot.waitUntil(lambda: panel.notices.is_error, timeout=WAIT)
    one_sentence(panel.notices.text)
    assert not panel.batch.run_button.isEnabled() and panel.batch.open_button.isEnabled()


def test_results_that_cannot_be_written_are_a_sentence(tab, panel, qtbot, tmp_path, one_sentence):
    (tmp_path / "file").write_text("")
    tab.batch.put_results(tmp_path / "file")
    settled(tab, qtbot)
    tab.run_button.click()
    settled(tab, qtbot)
    assert panel.notices.is_error
    one_sentence(panel.notices.text)
    assert "working" not in states(tab).values() and tab.run_button.text() != "Cancel"


def test_drop_and_keys(panel, qtbot, shot_list):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(shot_list))])
    tab = panel.batch
    panel.tabs.setCurrentWidget(tab)
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    tab.dropEvent(QDropEvent(QPointF(10, 10), Qt.DropAction.CopyAction, mime, buttons, keys))
    settled(tab, qtbot)
    assert len(tab.batch.table.entries) == 4
    mark(tab, "sh010")
    tab.rows.setFocus()
    qtbot.keyClick(tab.rows, Qt.Key.Key_Return)
    assert panel.state.rate == FrameRate.parse(24) and panel.state.settings.mood_keys == "0:00 joy 0.5"
