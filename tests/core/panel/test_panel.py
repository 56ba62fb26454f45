"""The panel as a person uses it, with a real worker."""

from __future__ import annotations

import json
import shutil
from dataclasses import fields
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import psutil
import pytest

pytest.importorskip("PySide6")
pytest.importorskip("pytestqt")

import shiboken6
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QDialog

from koemorph import formats
from koemorph.engine import Engine
from koemorph.keying import Keying, plan_keys
from koemorph.model import load_model
from koemorph.panel import app
from koemorph.panel.document.memory import Memory
from koemorph.panel.document.sound import Silence
from koemorph.panel.tabs.knobs import NumberKnob
from koemorph.panel.window import Panel
from koemorph.presets import shipped
from koemorph.runtime import Runtime
from koemorph.settings import Settings
from koemorph.timing import FrameRate

BUTTONS = (Qt.MouseButton.LeftButton, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier)
WAIT = 90_000
"""Milliseconds: for what takes a moment on an idle machine."""


def expected(panel) -> np.ndarray:
    """What the core makes of the line and its settings, without any panel."""
    return (
        Engine(load_model(panel.runtime.model))
        .animate(panel.state.source, panel.state.settings, panel.state.rate)
        .values
    )


def test_every_setting_has_a_knob_with_its_words_and_range(panel):
    assert list(panel.knobs.knobs) == [entry.name for entry in fields(Settings)]
    for name, knob in panel.knobs.knobs.items():
        assert knob.toolTip() == knob.info.tooltip and knob.accessibleName() == knob.info.label, name
        if isinstance(knob, NumberKnob):
            assert (knob.box.minimum(), knob.box.maximum()) == (knob.info.low, knob.info.high)


def test_a_recording_becomes_the_take_that_the_core_makes(opened):
    assert np.array_equal(opened.state.take.values, expected(opened))
    assert opened.wave.wave.high.max() <= 1.0 and opened.player.sound.rate == 16000
    assert opened.notices.is_error is False


def test_sliders_change_the_curves_as_the_core_says_and_undo_brings_them_back(opened, fresh_take):
    first = opened.state.take.values
    for name, value in (("temperature", 0.45), ("upper_face_smoothing", 0.09), ("jaw_strength", 1.6)):
        before = opened.state.take.values
        knob = opened.knobs.knobs[name]
        fresh_take(opened, lambda knob=knob, value=value: knob.box.setValue(value))
        assert getattr(opened.state.settings, name) == value
        assert not np.array_equal(opened.state.take.values, before)
        assert np.array_equal(opened.state.take.values, expected(opened))
    assert opened.state.undo.count() == 3
    for _ in range(3):
        take = fresh_take(opened, opened.state.undo.undo)
    assert np.array_equal(take.values, first) and opened.state.settings == Settings()
    assert opened.knobs.knobs["temperature"].box.value() == Settings().temperature


def test_a_drag_is_one_step_and_only_its_end_need_be_made(opened, qtbot):
    slider = opened.knobs.knobs["temperature"].slider
    made = []
    opened.line.maker.made.connect(lambda take, wanted: made.append(wanted.settings.temperature))
    slider.setSliderDown(True)
    for position in range(0, 1000, 5):
        slider.setSliderPosition(position)
    slider.setSliderDown(False)
    qtbot.waitUntil(lambda: made[-1:] == [opened.state.settings.temperature], timeout=WAIT)
    assert opened.state.undo.count() == 1
    assert len(made) < 40
    assert np.array_equal(opened.state.take.values, expected(opened))
    slider.setSliderPosition(100)
    assert opened.state.undo.count() == 2


def test_a_setting_of_the_analysis_has_the_line_analysed_again(opened, fresh_take, monkeypatch):
    pytest.importorskip("opensmile")
    fresh_take(opened, lambda: opened.state.set_setting("emotion", "opensmile"))
    assert opened.state.take.provenance["emotion"] == "opensmile"


def test_frame_rate(opened, fresh_take):
    fresh_take(opened, lambda: (opened.transport.rate.setEditText("23.976"), opened.transport._choose_rate()))
    assert opened.state.take.rate == FrameRate.parse("24000/1001")
    opened.timeline.move(1.01)
    assert opened.transport.where.text() == "00:00:01:00"
    opened.transport.rate.setEditText("fast")
    opened.transport._choose_rate()
    assert "fast" in opened.notices.text and opened.state.rate == FrameRate.parse("24000/1001")


def test_compare_keeps_shows_and_returns(opened, fresh_take):
    kept = opened.state.take
    opened.state.keep_as_reference()
    changed = fresh_take(opened, lambda: opened.state.set_setting("lip_strength", 0.3))
    assert opened.state.shown is changed
    opened.state.compare(True)
    assert opened.state.shown is kept and opened.bar.compare.isChecked()
    back = fresh_take(opened, opened.state.return_to_reference)
    assert np.array_equal(back.values, kept.values) and not opened.state.comparing
    opened.state.undo.undo()
    assert opened.state.settings.lip_strength == 0.3


def test_ab_without_a_kept_take_says_how(opened, one_sentence):
    opened.bar.compare.click()
    assert "Keep a take" in opened.notices.text and not opened.bar.compare.isChecked()


def test_what_is_said_moves_nothing(opened):
    """A notice that pushed the sliders down would take them from under a dragging mouse."""
    slider = opened.knobs.knobs["temperature"].slider
    before = slider.mapTo(opened, slider.rect().center())
    opened.notices.error("Something is wrong; look at it.")
    QApplication.processEvents()
    assert slider.mapTo(opened, slider.rect().center()) == before
    assert opened.notices.isVisible() and opened.notices.width() > 200


def test_curves_can_be_made_taller(opened):
    lanes = opened.curves.lanes
    rows = len(lanes.rows)
    opened.curves.height_slider.setValue(100)
    assert lanes.height() == 100 * rows
    opened.curves.area.verticalScrollBar().setValue(0)
    opened.grab()
    assert lanes._drawn_rows[1] - lanes._drawn_rows[0] <= opened.curves.area.height() // 100 + 2


def test_presets(opened, tmp_path):
    opened.bar.use(next(preset for preset in shipped() if preset.name == "cartoon"))
    cartoon = opened.state.settings
    assert cartoon != Settings()
    opened.bar.save_preset("mine")
    opened.state.undo.undo()
    assert opened.state.settings == Settings()
    (mine,) = opened.memory.own_presets()
    opened.bar.use(mine)
    assert opened.state.settings == cartoon
    for bad in ("", "../up", "a/b", "cartoon"):
        opened.bar.save_preset(bad)
        assert opened.notices.is_error
        opened.notices.clear()
    opened.bar.delete_preset("mine")
    assert opened.memory.own_presets() == []
    broken = tmp_path / "broken.json"
    broken.write_text("{")
    opened.bar.load_preset(broken)
    assert "broken.json" in opened.notices.text


def test_mute_and_solo_are_settings(opened, fresh_take):
    take = fresh_take(opened, lambda: opened.curves.lanes.toggle("jawOpen", "mute"))
    assert opened.state.settings.shape_edits == "jawOpen mute" and not take.curve("jawOpen").any()
    opened.curves.lanes.toggle("jawOpen", "mute")
    assert opened.state.settings.shape_edits == ""


def test_a_wrong_text_is_said_in_the_panel_and_changes_nothing(opened, one_sentence):
    knob = opened.knobs.knobs["shape_edits"]
    knob.box.setText("jawBone x2")
    knob.box.editingFinished.emit()
    one_sentence(opened.notices.text)
    assert opened.state.settings == Settings()


def test_filter_chooses_lanes(opened):
    opened.curves.all.setChecked(True)
    assert len(opened.curves.lanes.rows) == 55, "52 shapes and the turns of the head"
    opened.curves.search.setText("smile left")
    assert [name for _, name in opened.curves.lanes.rows] == ["mouthSmileLeft"]
    opened.curves.search.setText("brows")
    assert len(opened.curves.lanes.rows) == 5


@pytest.mark.parametrize("name, content", [("noise.wav", b"RIFF but no more"), ("bad.take", b"PK"), ("empty.csv", b"")])
def test_a_bad_file_is_a_sentence_in_the_panel(panel, qtbot, tmp_path, one_sentence, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    panel.open(path)
    qtbot.waitUntil(lambda: panel.notices.is_error, timeout=WAIT)
    one_sentence(panel.notices.text)
    assert name in panel.notices.text
    assert not [w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible()]


def test_after_a_bad_file_the_next_one_works(panel, qtbot, tmp_path, recording):
    panel.open(tmp_path / "none.wav")
    assert panel.notices.is_error and panel.state.source is None
    panel.open(recording(seconds=0.5))
    qtbot.waitUntil(lambda: panel.state.take is not None, timeout=WAIT)
    assert panel.notices.is_error is False


def test_drop(panel, qtbot, recording):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(recording(seconds=0.5)))])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    panel.dropEvent(QDropEvent(QPointF(10, 10), Qt.DropAction.CopyAction, mime, buttons, keys))
    qtbot.waitUntil(lambda: panel.state.take is not None, timeout=WAIT)
    assert panel.memory.recent() == [panel.state.source]


def test_cancel_ends_the_work_and_the_next_wish_begins_it_again(panel, qtbot, recording):
    panel.open(recording(seconds=40.0))
    qtbot.waitUntil(panel.progress.isVisible, timeout=WAIT)
    panel.progress.button.click()
    qtbot.waitUntil(lambda: not panel.progress.isVisible(), timeout=WAIT)
    assert panel.state.take is None and not panel.notices.is_error
    panel.state.set_setting("jaw_strength", 1.2)
    qtbot.waitUntil(lambda: panel.state.take is not None, timeout=WAIT)


def test_closing_during_work_leaves_no_process_and_no_file(panel, qtbot, recording):
    panel.open(recording(seconds=40.0))
    qtbot.waitUntil(panel.progress.isVisible, timeout=WAIT)
    session = panel.line._session
    pid, folder = session.pid, session._files.folder
    assert psutil.pid_exists(pid) and folder.exists()
    panel.close()
    assert not psutil.pid_exists(pid) and not folder.exists()


def test_a_panel_that_is_dropped_unclosed_leaves_no_process_and_no_file(qtbot, tmp_path, recording):
    """As a host does that deletes its dock."""
    panel = Panel(memory=Memory(tmp_path), output=Silence(""))
    panel.open(recording(seconds=0.5))
    qtbot.waitUntil(lambda: panel.state.take is not None, timeout=WAIT)
    pid, folder = panel.line._session.pid, panel.line._session._files.folder
    assert folder.exists()
    shiboken6.delete(panel)
    assert not psutil.pid_exists(pid) and not folder.exists()


def test_a_worker_that_dies_is_replaced(opened, fresh_take):
    for jaw in (1.4, 0.5):
        psutil.Process(opened.line._session.pid).kill()
        fresh_take(opened, lambda jaw=jaw: opened.state.set_setting("jaw_strength", jaw))
        assert np.array_equal(opened.state.take.values, expected(opened))
    assert not opened.notices.is_error


def test_a_worker_that_always_dies_is_told_and_given_up(panel, qtbot, recording, one_sentence):
    panel.line.use(Runtime(python="/usr/bin/false"))
    panel.open(recording(seconds=0.5))
    qtbot.waitUntil(lambda: panel.notices.is_error, timeout=WAIT)
    assert "worker" in panel.notices.text and not panel.progress.isVisible()


def test_another_model_makes_the_takes_and_is_remembered(
    opened, qtbot, tmp_path, tiny_folder, tiny_engine, one_sentence
):
    other = Path(shutil.copytree(tiny_folder, tmp_path / "other"))
    before = opened.state.take
    opened.bar.model_wanted.emit(tiny_folder / "none")
    assert opened.notices.is_error and opened.memory.model() is None
    opened.bar.model_wanted.emit(other)
    qtbot.waitUntil(lambda: opened.state.take is not before, timeout=WAIT)
    wanted = tiny_engine.animate(opened.state.source, opened.state.settings, opened.state.rate)
    assert np.array_equal(opened.state.take.values, wanted.values)
    assert opened.memory.model() == other
    assert opened.export.runtime.model == opened.batch.batch.runtime.model == other
    opened.bar.model_wanted.emit(None)
    assert opened.memory.model() is None


def test_a_take_is_shown_as_it_is_and_edited(panel, qtbot, tmp_path, some_take):
    take = some_take(60, "24", provenance={"audio": "gone.wav"})
    formats.write_take(take, tmp_path / "a.take")
    panel.open(tmp_path / "a.take")
    qtbot.waitUntil(lambda: panel.state.take is not None, timeout=WAIT)
    assert np.allclose(panel.state.take.values, take.values, atol=1e-6) and panel.state.rate == take.rate
    assert not panel.knobs.knobs["temperature"].isEnabled()
    panel.state.set_setting("shape_edits", "jawOpen mute")
    qtbot.waitUntil(lambda: not panel.state.take.curve("jawOpen").any(), timeout=WAIT)


def test_every_format_is_offered_and_written(opened, tmp_path):
    for known in formats.FORMATS:
        path = tmp_path / f"{known.name}{known.suffix}"
        assert opened.export.format.findData(known.name) >= 0
        if known.name == "usd" and not find_spec("pxr"):
            continue
        assert opened.export.export(path, known.name), opened.notices.text
        assert path.stat().st_size > 0 and str(path) in opened.notices.text


def test_export_never_replaces_what_is_shown_and_says_what_fails(opened, tmp_path):
    before = opened.state.source.read_bytes()
    assert not opened.export.export(opened.state.source, "take")
    assert opened.state.source.read_bytes() == before
    (tmp_path / "file").write_text("")
    assert not opened.export.export(tmp_path / "file" / "a.take")
    assert opened.notices.is_error


def test_export_under_the_rigs_names(opened, tmp_path):
    names = tmp_path / "hero.json"
    names.write_text(json.dumps(["face_jawOpen", "face_mouthClose", "face_eyeBlinkLeft", "hat"]))
    opened.rig.open_names(names)
    assert opened.rig.bar.value() == 3 and "hat" in opened.rig.report.toPlainText()
    opened.export.mapped.setChecked(True)
    assert opened.export.export(tmp_path / "hero.take")
    assert set(formats.read_take(tmp_path / "hero.take").names) == {
        "face_jawOpen",
        "face_mouthClose",
        "face_eyeBlinkLeft",
    }


def test_copied_values_are_those_of_the_frame(opened):
    opened.timeline.move(0.5)
    opened.export.copy_values()
    copied = json.loads(QApplication.clipboard().text())
    assert copied["jawOpen"] == pytest.approx(float(opened.state.take.curve("jawOpen")[30]), abs=1e-5)


def test_a_movie_is_drawn_beside_the_panel(panel, qtbot, recording, tmp_path):
    panel.open(recording(seconds=0.4))
    qtbot.waitUntil(lambda: panel.state.take is not None, timeout=WAIT)
    panel.export.film(tmp_path / "line.gif")
    qtbot.waitUntil(lambda: "line.gif" in panel.notices.text, timeout=WAIT)
    assert (tmp_path / "line.gif").read_bytes().startswith(b"GIF89a") and not panel.notices.is_error
    panel.export.film(tmp_path / "line.xyz")
    qtbot.waitUntil(lambda: panel.notices.is_error, timeout=WAIT)
    assert "line.xyz" in panel.notices.text


def test_a_movie_under_way_ends_with_the_panel(opened, tmp_path):
    opened.export.film(tmp_path / "line.gif")
    pid, folder = opened.export._movie.pid, opened.export._movie_folder.name
    opened.close()
    assert not psutil.pid_exists(pid) and not Path(folder).exists() and not (tmp_path / "line.gif").exists()


def test_keys_are_counted_live(opened, qtbot):
    opened.tabs.setCurrentWidget(opened.keys)
    qtbot.waitUntil(lambda: opened.keys.answer.text() != "", timeout=WAIT)  # of the tolerance it opens with
    counts = []
    for tolerance in (0.001, 0.02):
        before = opened.keys.answer.text()
        opened.keys.knobs["tolerance"].box.setValue(tolerance)
        qtbot.waitUntil(lambda before=before: opened.keys.answer.text() not in ("", before), timeout=WAIT)
        counts.append(int(opened.keys.answer.text().split("\n")[1].split()[0]))
    keyed = plan_keys(opened.state.take, None, Keying(style="bezier", tolerance=0.02))
    assert counts[0] > counts[1] == keyed.key_count
    opened.state.undo.undo()
    assert opened.keys.knobs["tolerance"].box.value() == pytest.approx(0.001)
    style = opened.keys.knobs["style"].box
    style.setCurrentIndex(style.findData("every"))
    assert not opened.keys.knobs["tolerance"].isEnabled()
    every = opened.state.take.values.size
    qtbot.waitUntil(lambda: opened.keys.answer.text() == f"60 keys a second, {every} keys.", timeout=WAIT)


def test_keyboard(opened, qtbot):
    opened.face.setFocus()
    for key, moment in ((Qt.Key.Key_End, opened.timeline.end), (Qt.Key.Key_Home, opened.timeline.begin)):
        qtbot.keyClick(opened.face, key)
        assert opened.timeline.moment == moment
    qtbot.keyClick(opened.face, Qt.Key.Key_Right)
    assert opened.timeline.moment == pytest.approx(1 / 60)
    qtbot.keyClick(opened.face, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: opened.timeline.moment > 0.2, timeout=WAIT)
    qtbot.keyClick(opened.face, Qt.Key.Key_K)
    assert not opened.player.playing
    qtbot.keyClick(opened.face, Qt.Key.Key_J)
    assert opened.player.speed == -1.0
    qtbot.keyClick(opened.face, Qt.Key.Key_K)
    slider = opened.knobs.knobs["temperature"].slider
    before, moment = opened.state.settings.temperature, opened.timeline.moment
    qtbot.keyClick(slider, Qt.Key.Key_Right)
    assert opened.state.settings.temperature > before and opened.timeline.moment == moment


def test_a_face_at_rest_becomes_fine_beside_the_window(opened, qtbot):
    face = opened.face
    opened.timeline.move(0.7)
    face.grab()
    assert face._image.width() <= face._framed(1.0)[1][0]
    fine = face._framed(2.0)[1]
    qtbot.waitUntil(lambda: (face._image.width(), face._image.height()) == fine, timeout=WAIT)


def test_loop_and_lanes_by_keyboard_and_mouse(opened, qtbot):
    opened.face.setFocus()
    opened.timeline.move(0.5)
    qtbot.keyClick(opened.face, Qt.Key.Key_I)
    opened.timeline.move(1.5)
    qtbot.keyClick(opened.face, Qt.Key.Key_O)
    assert opened.timeline.loop == (0.5, 1.5) and opened.transport.loop.isChecked()
    qtbot.keyClick(opened.face, Qt.Key.Key_Escape)
    assert opened.timeline.loop is None
    wave = opened.wave
    left, middle = wave.left(), wave.height() // 2
    qtbot.mousePress(wave, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier, QPoint(left + 50, middle))
    move = QMouseEvent(QMouseEvent.Type.MouseMove, QPointF(left + 150, middle), QPointF(), *BUTTONS)
    QApplication.sendEvent(wave, move)
    qtbot.mouseRelease(wave, Qt.MouseButton.LeftButton, pos=QPoint(left + 150, middle))
    begin, end = opened.timeline.loop
    assert end - begin == pytest.approx(100 / (wave.right() - left) * 2.0, rel=0.05)
    lanes = opened.curves.lanes
    lanes.setFocus()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_M):
        qtbot.keyClick(lanes, key)
    assert opened.state.settings.shape_edits == f"{lanes.rows[2][1]} mute"
    qtbot.keyClick(lanes, Qt.Key.Key_Space)
    assert opened.player.playing


def test_narrow_and_wide(opened):
    opened.resize(300, 900)
    assert opened.width() == 300 and opened.upper.orientation() == Qt.Orientation.Vertical
    opened.resize(1000, 700)
    assert opened.upper.orientation() == Qt.Orientation.Horizontal


@pytest.mark.parametrize("language", ["ja", "de"])
def test_languages(language, qtbot, qapp, tmp_path):
    spoken = app.texts(language)
    translator = app.Translator(spoken, qapp)
    qapp.installTranslator(translator)
    try:
        panel = Panel(memory=Memory(tmp_path), output=Silence(""))
        qtbot.addWidget(panel, before_close_func=lambda panel: panel.shut())
        assert panel.bar.open.text() == spoken["Open"]
        assert panel.knobs.knobs["temperature"].toolTip() == spoken[panel.knobs.knobs["temperature"].info.tooltip]
        assert panel.tabs.tabText(0) == spoken["Look"]
    finally:
        qapp.removeTranslator(translator)
    assert not app.translate(qapp, "xx")


def test_a_window_that_comes_back_remembers(opened, qtbot, tmp_path):
    opened.state.choose("Frame rate", rate=FrameRate.parse(25))
    again = Memory(opened.memory.folder)
    assert again.rate() == FrameRate.parse(25) and again.recent() == [opened.state.source]


def test_the_log_for_a_bug_report_is_copied(opened):
    opened.notices.error("Something is wrong; look at it.")
    opened.state.set_setting("jaw_strength", 1.3)
    opened.bar.log_wanted.emit()
    copied = QApplication.clipboard().text()
    assert "KoeMorph" in copied and "said: Something is wrong" in copied and '"jaw_strength": 1.3' in copied
