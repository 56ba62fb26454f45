"""The script of a line, its phones as a list that is edited, and both as markers: one line from all sides."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy
import numpy as np
import pytest
from blender_addon import tracks
from blender_addon.line import lines_of
from blender_addon.line_list import name_of

from tests.blender_addon.reading import curves, path_of
from tests.blender_addon.test_blender_interface import Layout, drawn

TEXT = "[softly] Please bring my"


@pytest.fixture(scope="module")
def line(addon: Any, recording: Path) -> Iterator[Line]:
    """A line on the sample face, made with its script."""
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    bpy.ops.koemorph.add_sample_face()
    panel = bpy.context.scene.koemorph
    panel.audio, panel.with_sound, panel.script.text = str(recording), False, TEXT
    bpy.context.scene.render.fps = 60
    assert bpy.ops.koemorph.animate() == {"FINISHED"}
    bpy.ops.ed.undo_push(message="keyed")
    yield Line()


class Line:
    """As it is now: an undo makes everything anew."""

    @property
    def action(self) -> Any:
        return bpy.context.object.data.shape_keys.animation_data.action

    @property
    def stored(self) -> Any:
        return lines_of(self.action)[-1]

    @property
    def held(self) -> Any:
        there = tracks.of(self.action, self.stored)
        assert there is not None
        return there

    @property
    def symbols(self) -> list[str]:
        return [row.name for row in self.held.phones]

    def choose(self, symbol: str) -> Any:
        self.held.row = self.symbols.index(symbol)
        return self.held.chosen

    def drawn(self, shape: str) -> np.ndarray:
        curve = curves(bpy.context.object.data.shape_keys)[path_of(shape)]
        return np.array([curve.evaluate(frame) for frame in range(1, 91)])

    def markers(self) -> list[tuple[str, int]]:
        return sorted(((one.name, one.frame) for one in bpy.context.scene.timeline_markers), key=lambda one: one[1])


def test_the_script_is_laid_and_what_came_of_it_is_said(line: Line) -> None:
    assert line.stored.script == {"text": TEXT, "language": "en"}
    assert line.stored.told == ("Script: 3 words found.",)
    assert [(word.text, word.source) for word in line.held.tracks.words] == [
        ("Please", "script"),
        ("bring", "script"),
        ("my", "script"),
    ]
    assert [row.word for row in line.held.phones if row.word] == ["Please", "bring", "my"]


def test_the_list_is_drawn_with_frames_words_and_who_says_so(addon: Any, line: Line) -> None:
    from blender_addon.phones_panel import PhoneList

    assert "Script: 3 words found" in drawn(addon)
    bpy.context.scene.frame_set(71)
    layout = Layout()
    for number, row in enumerate(line.held.phones):
        PhoneList.draw_item(None, bpy.context, layout, line.held, row, 0, line.held, "row", number)
    began = float(line.choose("m").start) * 60 + 1
    assert {"Please", "bring", "my", "m"} <= set(layout.said)
    assert any(text.startswith(f"{began:.1f} - ") for text in layout.said)


def test_an_edit_is_one_step_changes_its_neighbourhood_and_stays_until_it_is_reset(line: Line) -> None:
    symbols, before = line.symbols, {shape: line.drawn(shape) for shape in ("mouthClose", "jawOpen", "mouthRollLower")}
    phone = line.choose("m")
    assert bpy.ops.koemorph.phone_set("EXEC_DEFAULT", True, symbol="k") == {"FINISHED"}
    edited = {shape: line.drawn(shape) for shape in before}
    changed = np.flatnonzero(np.any([np.abs(edited[shape] - before[shape]) > 1e-3 for shape in before], axis=0))
    middle = float(phone.start) * 60 + 1
    assert changed.size and changed.min() > middle - 25 and changed.max() < middle + 35, "only around it"
    assert line.held.chosen.symbol == "k" and line.held.chosen.source == "edited" and line.stored.edited
    assert "edited by hand" in line.stored.told[0]
    bpy.ops.ed.undo()
    assert line.symbols == symbols and not line.stored.edited
    assert np.array_equal(line.drawn("mouthClose"), before["mouthClose"])
    bpy.ops.ed.redo()
    assert bpy.ops.koemorph.update() == {"FINISHED"}
    assert line.held.chosen.symbol == "k" and np.array_equal(line.drawn("mouthClose"), edited["mouthClose"])
    assert bpy.ops.koemorph.phones_reset() == {"FINISHED"}
    assert line.symbols == symbols and np.array_equal(line.drawn("mouthClose"), before["mouthClose"])
    with pytest.raises(RuntimeError, match="was edited"):
        bpy.ops.koemorph.phones_reset()


def test_boundaries_move_by_frames_and_to_the_playhead(line: Line) -> None:
    phone = line.choose("m")
    assert bpy.ops.koemorph.phone_move(side="END", by=2) == {"FINISHED"}
    after = line.held.phones[line.held.row + 1].phone
    assert float(line.held.chosen.end - phone.end) == pytest.approx(2 / 60) and after.start == line.held.chosen.end
    bpy.context.scene.frame_set(73)
    assert bpy.ops.koemorph.phone_move(side="START", playhead=True) == {"FINISHED"}
    assert line.held.chosen.start * 60 + 1 == 73
    assert bpy.ops.koemorph.phones_reset() == {"FINISHED"}


def test_phones_are_inserted_and_dropped(line: Line) -> None:
    bpy.context.scene.frame_set(11)
    before = line.symbols
    assert bpy.ops.koemorph.phone_insert(symbol="sh") == {"FINISHED"}
    assert line.symbols == ["ʃ", *before] and line.held.chosen.start * 60 + 1 == 11
    assert bpy.ops.koemorph.phone_drop() == {"FINISHED"}
    assert line.symbols == before
    with pytest.raises(RuntimeError, match="no phone"):
        bpy.ops.koemorph.phone_set(symbol="qq")
    assert bpy.ops.koemorph.phones_reset() == {"FINISHED"}


def test_markers_are_ours_alone_and_follow_the_line(line: Line) -> None:
    bpy.context.scene.timeline_markers.new("mine", frame=40)
    assert bpy.ops.koemorph.mark_line(what="WORDS") == {"FINISHED"}
    there = line.markers()
    assert [name for name, _ in there if name != "mine"] == ["Please", "bring", "my"]
    assert bpy.ops.koemorph.mark_line(what="WORDS") == {"FINISHED"}
    assert line.markers() == there
    assert bpy.ops.koemorph.line_move(line=name_of(line.stored), by=12) == {"FINISHED"}
    moved = [(name, frame + 12 * (name != "mine")) for name, frame in there]
    assert sorted(line.markers()) == sorted(moved)
    line.choose("m")
    assert bpy.ops.koemorph.phone_move(side="START", by=-3) == {"FINISHED"}
    last = ("my", dict(moved)["my"] - 3)
    assert last in line.markers() and ("mine", 40) in line.markers() and len(line.markers()) == 4
    assert bpy.ops.koemorph.line_move(line=name_of(line.stored), by=-12) == {"FINISHED"}
    assert bpy.ops.koemorph.clear_markers() == {"FINISHED"}
    assert line.markers() == [("mine", 40)]
    assert bpy.ops.koemorph.phones_reset() == {"FINISHED"}


def test_another_script_a_text_block_and_a_text_beside_the_recording(line: Line, recording: Path) -> None:
    shown = bpy.context.scene.koemorph.script
    shown.kind, shown.block = "TEXT", bpy.data.texts.new("words")
    shown.block.write("Something else entirely, about the weather of tomorrow")
    assert bpy.ops.koemorph.use_script() == {"FINISHED"}
    assert line.held.tracks.words == () and any("does not fit" in told for told in line.stored.told)
    shown.kind, shown.text, beside = "TYPED", "", recording.with_suffix(".txt")
    beside.write_text(TEXT, "utf-8")
    try:
        assert bpy.ops.koemorph.use_script() == {"FINISHED"}
        assert len(line.held.words) == 3 and line.stored.beside
        shown.beside = False
        assert bpy.ops.koemorph.use_script() == {"FINISHED"}
        assert line.stored.script is None and not line.held.words
    finally:
        beside.unlink()
