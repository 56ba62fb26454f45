"""What an artist sees: menu, shelf, the docked panel; what is remembered; that nothing is left behind."""

from __future__ import annotations

import os
import sys

import numpy as np
import pytest

from koemorph.formats import read_take
from koemorph.keying import Keying
from koemorph.settings import Settings
from koemorph.timing import FrameRate

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture
def window(face, in_window, monkeypatch, tmp_path):
    """The face in a Maya with a window, Qt and a Python for the worker."""
    pytest.importorskip("PySide6", reason="Qt is not here: pip install 'koemorph[panel]'")
    pytest.importorskip("pytestqt", reason="pytest-qt is not here")
    monkeypatch.setenv("KOEMORPH_PYTHON", sys.executable)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return face


@pytest.fixture
def panel(window, qtbot, cmds):
    """The docked panel, closed again after the test if the test has not."""
    from koemorph_maya import menu

    from koemorph.panel.window import Panel

    menu.open_panel()
    control = window.interface.controls["KoeMorphPanel"]["widget"]
    yield control.findChild(Panel)
    if "KoeMorphPanel" in window.interface.controls:
        cmds.deleteUI("KoeMorphPanel")


def test_the_menu_is_there_while_the_plug_in_is(bare_maya):
    bare_maya.batch = False
    from .conftest import SHELL

    sys.modules["maya.cmds"].loadPlugin(str(SHELL))
    assert list(bare_maya.interface.menus) == ["koemorphMenu"]
    bare_maya.shells["koemorph_plugin"].uninitializePlugin(sys.modules["maya.api.OpenMaya"].MObject())
    assert not bare_maya.interface.menus and not bare_maya.commands


def test_every_entry_of_the_menu_works(window, cmds, recording, capsys, qtbot):
    from koemorph_maya import menu

    menu.show()
    window.add_sound("line", recording(seconds=0.5), offset=10.0)
    entries = window.interface.menus["koemorphMenu"]
    assert list(entries)[:2] == ["Open Panel", "Key Timeline Sound on Selection"]
    window.now = 12.0
    for label in list(entries)[1:]:
        exec(entries[label], {})
    told = capsys.readouterr().out
    assert (
        told.count("36 keys on 3 curves") == 2
        and "1  " in told
        and "KoeMorph " in told
        and "3 of 52 shapes matched" in told
    )
    assert window.frames_of("faceShapes.JawOpen")[0][0] == 10
    (button,) = window.interface.shelves["Animation"]
    exec(button["command"], {})
    assert "KoeMorphPanel" in window.interface.controls
    cmds.deleteUI("KoeMorphPanel")


def test_without_qt_the_menu_says_so(window, monkeypatch):
    for name in [name for name in sys.modules if name.startswith(("PySide6", "koemorph.panel"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "PySide6", None)
    from koemorph_maya import menu

    menu.open_panel()
    assert any("needs PySide6" in note for note in window.said)


def test_the_panel_follows_rate_and_selection(window, panel, cmds):
    assert panel.host.scene.target == "face" and panel.host.scene.rate == FrameRate.parse("24")
    cmds.currentUnit(time="29.97fps")
    assert panel.host.scene.rate == FrameRate.parse("29.97")
    window.add_face("otherShapes", ("jawOpen",), "other")
    cmds.select("other")
    assert (panel.host.scene.target, panel.host.scene.names) == ("other", ("jawOpen",))
    cmds.select(clear=True)
    assert panel.host.scene.target == ""


def test_closed_it_hears_of_nothing_any_longer(window, panel, cmds):
    assert len(window.interface.jobs) == 4
    host, seen = panel.host, []
    host.changed.connect(lambda: seen.append(host.scene))
    cmds.deleteUI("KoeMorphPanel")
    assert not window.interface.jobs
    cmds.currentUnit(time="pal")
    assert not seen


def test_it_comes_back_with_the_workspace(window, panel, cmds):
    """Maya has kept the control, not what is in it, and calls its script in a session that knows nothing else."""
    from koemorph.panel.window import Panel

    kept = dict(window.interface.controls["KoeMorphPanel"])
    cmds.deleteUI("KoeMorphPanel")
    for name in [name for name in sys.modules if name.startswith("koemorph_maya")]:
        del sys.modules[name]
    window.interface.controls["KoeMorphPanel"] = kept
    cmds.open_control("KoeMorphPanel")
    assert kept["widget"].findChild(Panel).host.scene.target == "face"
    assert len(window.interface.jobs) == 4


def test_opened_twice_there_is_one(window, panel):
    from koemorph_maya import menu

    menu.open_panel()
    assert len(window.interface.controls) == 1 and len(window.interface.jobs) == 4


def test_without_mayapy_the_panel_says_so(window, monkeypatch, cmds, qtbot):
    from PySide6 import QtWidgets

    monkeypatch.delenv("KOEMORPH_PYTHON")
    from koemorph_maya import menu

    menu.open_panel()
    label = window.interface.controls["KoeMorphPanel"]["widget"].findChild(QtWidgets.QLabel)
    assert "mayapy is not in" in label.text()
    cmds.deleteUI("KoeMorphPanel")


def test_the_button_keys_as_the_bar_and_the_tab_say(window, panel, qtbot, take_file):
    from koemorph_maya.layer_bar import LayerBar

    bar = window.interface.controls["KoeMorphPanel"]["widget"].findChild(LayerBar)
    tolerance, style = (panel.keys.knobs[name].box for name in ("tolerance", "style"))
    assert not bar.mode.isEnabled() and style.currentData() == "every" and not tolerance.isEnabled()
    bar.layer.setEditText("dialogue")
    bar.mode.setCurrentIndex(bar.mode.findData("override"))
    style.setCurrentIndex(style.findData("linear"))
    tolerance.setValue(0.05)
    window.range = (101.0, 200.0)
    path = take_file()
    panel.open(path)
    qtbot.waitUntil(lambda: panel.state.take is not None, timeout=60_000)
    panel.key_button.click()
    assert panel.key_button.text() == "Key face in Maya 2025"
    take, drawn = read_take(path), np.array(window.drawn("faceShapes.JawOpen", 101, 24))
    np.testing.assert_allclose(drawn, take.curve("jawOpen"), atol=0.051)
    assert window.state.nodes["dialogue"].values["override"]
    assert len(window.done) == 1, "one step of undo"
    bar.layer.showPopup()
    assert [bar.layer.itemText(number) for number in range(bar.layer.count())] == ["", "dialogue"]
    bar.layer.hidePopup()


def test_the_button_keys_where_the_sound_is(window, panel, take_file, recording):
    window.add_sound("line", recording(), offset=50.0)
    panel.host.key(read_take(take_file()), recording(), Settings())
    assert window.frames_of("faceShapes.JawOpen")[0][0] == 50


def test_what_cannot_be_keyed_is_told_in_the_panel(window, panel, take_file, cmds):
    told = []
    panel.host.failed.connect(told.append)
    cmds.select("faceShape")
    window.state.nodes["faceShapes"].locked |= {"JawOpen", "mouth_close", "eyeBlink_L"}
    panel.host.key(read_take(take_file()), None, Settings())
    assert "is locked" in told[0]


def test_the_panel_loads_the_plug_in_that_it_needs(window, panel, take_file):
    window.shells["koemorph_plugin"].uninitializePlugin(sys.modules["maya.api.OpenMaya"].MObject())
    del window.shells["koemorph_plugin"]
    panel.host.key(read_take(take_file()), None, Settings())
    assert len(window.frames_of("faceShapes.JawOpen")) == 24


def test_choices_are_remembered_and_forgotten(maya):
    from koemorph_maya import options

    chosen = options.Choices(layer="dialogue", layer_mode="override", keying=Keying(style="bezier", tolerance=0.02))
    options.remember(chosen)
    assert options.remembered() == chosen
    options.forget()
    assert options.remembered() == options.Choices() and not maya.interface.options


def test_choices_of_another_version_do_no_harm(maya):
    from koemorph_maya import options

    maya.interface.options.update(koemorph_style="hermite", koemorph_tolerance="wide", koemorph_layer_mode=3)
    assert options.remembered() == options.Choices()


def test_progress_is_shown_and_escape_cancels(window, recording, cmds):
    window.add_sound("line", recording(seconds=0.5))
    cmds.koemorphKey()
    assert [status for status, _ in window.interface.progress if status]
    window.add_sound("line", recording(seconds=20.0))  # long enough for somebody to press Escape
    window.interface.cancel_at = 0
    before = window.state
    with pytest.raises(RuntimeError, match="Cancelled; nothing was changed"):
        cmds.koemorphKey()
    assert window.state is before
