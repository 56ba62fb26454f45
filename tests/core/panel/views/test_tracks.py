"""Phones, words, moods and the script of a line, edited in the panel with a real worker."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

pytest.importorskip("PySide6")
pytest.importorskip("pytestqt")

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QMenu
from tests.core.panel.conftest import WAIT

from koemorph import formats
from koemorph.engine import Engine
from koemorph.model import load_model
from koemorph.panel.views.tracks.menu import fill_menu
from koemorph.speech.by_hand import symbol_of
from koemorph.speech.track import Phone, Tracks, Word

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton


def said(*phones: tuple[str, float, float]) -> Tracks:
    told = [
        Phone(start=Fraction(round(a * 100), 100), end=Fraction(round(b * 100), 100), symbol=symbol, confidence=0.8)
        for symbol, a, b in phones
    ]
    words = (Word(start=told[0].start, end=told[-1].end, text="moon", source="script"),)
    return Tracks(tuple(told), words)


@pytest.fixture
def spoken(opened, fresh_take):
    """A line with three phones of one word, whatever the tiny model hears."""
    fresh_take(
        opened,
        lambda: opened.state.choose("Start", edited=said(("m", 0.5, 0.6), ("u", 0.6, 0.8), ("n", 0.8, 0.9))),
    )
    opened.state.end_drag()
    return opened


def drag(lane, start: float, *stops: float, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
    """Take hold at a moment and let go at another one."""

    def at(moment: float) -> QPointF:
        return QPointF(lane.x_of(moment), 8.0)

    kinds = QMouseEvent.Type
    for kind, moment, buttons in (
        (kinds.MouseButtonPress, start, LEFT),
        *((kinds.MouseMove, stop, LEFT) for stop in stops),
        (kinds.MouseButtonRelease, stops[-1], NONE),
    ):
        button = NONE if kind is kinds.MouseMove else LEFT
        event = QMouseEvent(kind, at(moment), lane.mapToGlobal(at(moment)), button, buttons, modifiers)
        {
            kinds.MouseButtonPress: lane.mousePressEvent,
            kinds.MouseMove: lane.mouseMoveEvent,
            kinds.MouseButtonRelease: lane.mouseReleaseEvent,
        }[kind](event)


def test_a_dragged_boundary_is_shown_rendered_and_one_step_to_undo(spoken, fresh_take):
    lane, before, steps = spoken.tracks.phones, spoken.state.take, spoken.state.undo.count()
    lane.grab()
    take = fresh_take(spoken, lambda: drag(lane, 0.6, 0.63, 0.66, 0.7))
    ends = [float(phone.end) for phone in take.phones]
    assert ends[0] == pytest.approx(0.7, abs=0.003) and float(take.phones[1].start) == ends[0]
    assert [span.end for span in lane.spans] == ends
    assert spoken.state.undo.count() == steps + 1
    seen = lane.grab().toImage()
    lane.redraw()
    assert lane.grab().toImage() == seen, "what was drawn of the edit alone looks otherwise than the whole"
    again = Engine(load_model(spoken.runtime.model)).animate(
        spoken.state.source, spoken.state.settings, spoken.state.rate, edited=take.tracks
    )
    assert np.array_equal(take.values, again.values)
    back = fresh_take(spoken, spoken.state.undo.undo)
    assert back.phones == before.phones and np.array_equal(back.values, before.values)


def test_a_boundary_stops_where_its_neighbour_would_vanish_and_alone_leaves_a_gap(spoken, fresh_take):
    lane = spoken.tracks.phones
    take = fresh_take(spoken, lambda: drag(lane, 0.6, 0.7, 1.9))
    assert take.phones[1].start == take.phones[1].end - Fraction(1, 100)
    fresh_take(spoken, spoken.state.undo.undo)
    take = fresh_take(spoken, lambda: drag(lane, 0.8, 0.75, modifiers=Qt.KeyboardModifier.AltModifier))
    assert float(take.phones[1].end) == pytest.approx(0.75, abs=0.003) and float(take.phones[2].start) == 0.8


def test_typing_over_a_phone_inserting_and_deleting(spoken, fresh_take):
    lane = spoken.tracks.phones

    def open_field() -> QLineEdit:
        return next(field for field in lane.findChildren(QLineEdit) if field.isVisible())

    def typed(text: str) -> None:
        field = open_field()
        QTest.keyClicks(field, text)
        QTest.keyClick(field, Qt.Key.Key_Return)

    lane.choose(1)

    def rename() -> None:
        QTest.keyClick(lane, "a")
        open_field().clear()
        typed("aw")

    take = fresh_take(spoken, rename)
    assert [phone.symbol for phone in take.phones] == ["m", "aʊ", "n"] and take.phones[1].source == "edited"
    take = fresh_take(spoken, lambda: (spoken.timeline.move(1.2), lane.insert_at(1.2), typed("p")))
    assert [phone.symbol for phone in take.phones] == ["m", "aʊ", "n", "p"]
    lane.choose(0)
    take = fresh_take(spoken, lambda: QTest.keyClick(lane, Qt.Key.Key_Delete))
    assert [phone.symbol for phone in take.phones] == ["aʊ", "n", "p"]
    lane.choose(0)
    QTest.keyClick(lane, Qt.Key.Key_Return)
    QTest.keyClick(open_field(), Qt.Key.Key_Backspace)
    typed("xyz")
    assert "no phone" in spoken.notices.text and spoken.state.take.phones == take.phones
    assert [symbol_of(text) for text in ("sh", "NG", "ɑ", "tʃ")] == ["ʃ", "ŋ", "ɑ", "tʃ"]


def test_words_are_edited_with_their_phones_and_hearing_comes_back(spoken, fresh_take):
    lane = spoken.tracks.words
    take = fresh_take(spoken, lambda: lane.edit("", lambda held: lane.editor.renamed(held, 0, "map")))
    assert [word.text for word in take.words] == ["map"] and [p.symbol for p in take.phones] == ["m", "æ", "p"]
    take = fresh_take(spoken, lane.editor.forget)
    assert spoken.state.choices.edited is None and not take.edited


def test_a_mood_is_changed_made_stronger_and_moved(opened, fresh_take):
    lane = opened.tracks.moods
    take = fresh_take(opened, lambda: lane.edit("", lambda held: lane.editor.with_new(held, 0.5, 1.0, "anger")))
    assert opened.state.settings.mood_keys == "0:00.5 anger 0.60; 0:01 neutral"
    assert [key.mood for key in take.moods.keys] == ["anger", "neutral"]
    fresh_take(opened, lambda: lane.edit("", lambda held: lane.editor.strengthened(held, 0, 0.9)))
    take = fresh_take(opened, lambda: drag(lane, 1.0, 1.2, 1.5))
    assert [round(key.seconds, 1) for key in take.moods.keys] == [0.5, 1.5] and take.moods.keys[0].intensity == 0.9
    assert take.curve("browDownLeft").max() > 0.1
    menu = QMenu()
    lane.choose(0)
    fill_menu(menu, lane, 0.7)
    offered = {action.text(): action for action in menu.actions()}
    fresh_take(opened, offered["joy"].trigger)
    assert opened.state.settings.mood_keys == "0:00.5 joy 0.90; 0:01.5 neutral"
    strengths = offered["How strong"].menu().actions()
    fresh_take(opened, next(action for action in strengths if action.text() == "40%").trigger)
    assert opened.state.settings.mood_keys == "0:00.5 joy 0.40; 0:01.5 neutral"
    fresh_take(opened, offered["Back to what is heard"].trigger)
    assert opened.state.settings.mood_keys == ""


def test_a_script_beside_the_recording_is_used_said_and_can_be_left(panel, qtbot, recording, fresh_take):
    path = recording(seconds=2.0)
    path.with_suffix(".txt").write_text("Nobody said that.", encoding="utf-8")
    told = []
    panel.script.told.connect(told.append)
    panel.open(path)
    qtbot.waitUntil(lambda: panel.state.take is not None, timeout=WAIT)
    assert f"{path.stem}.txt" in told[0] and panel.state.take.script.text == "Nobody said that."
    assert panel.script.text.toPlainText() == "Nobody said that."
    assert "script" in panel.script.fit.text()
    take = fresh_take(panel, lambda: (panel.script.text.clear(), panel.script.commit()))
    assert take.script is None
    fresh_take(panel, panel.state.undo.undo)
    assert panel.script.text.toPlainText() == "Nobody said that."


def test_saved_edits_are_gone_on_with(spoken, qtbot, tmp_path):
    saved = spoken.state.source.with_suffix(".take")
    spoken.export.export(saved)
    assert formats.read_take(saved).edited
    kept = spoken.state.take
    spoken.open(saved)
    qtbot.waitUntil(lambda: spoken.state.finished and spoken.state.take is not None, timeout=WAIT)
    lane = spoken.tracks.phones
    assert [span.text for span in lane.spans] == ["m", "u", "n"]
    assert not lane.edit("", lambda held: lane.editor.without(held, 0)) and "finished" in spoken.notices.text
    lane.resume_wanted.emit()
    qtbot.waitUntil(lambda: not spoken.state.finished and spoken.state.take is not None, timeout=WAIT)
    assert spoken.state.take.phones == kept.phones and np.array_equal(spoken.state.take.values, kept.values)
