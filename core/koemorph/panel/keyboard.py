"""Keys that mean the same wherever the focus is, unless a widget wants them for itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from .document.player import Player
from .document.state import State
from .document.timeline import Timeline
from .qt import Qt, QtGui, QtWidgets


def add_shortcuts(window: QtWidgets.QWidget, acts: Mapping[str, Callable[[], object]]) -> None:
    """Keys, or the name of what a system has keys for (Open, Save), wherever in the window the focus is."""
    standard = QtGui.QKeySequence.StandardKey.__members__
    for name, act in acts.items():
        shortcut = QtGui.QShortcut(QtGui.QKeySequence(standard.get(name, name)), window)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(act)


def handle_key(event: QtGui.QKeyEvent, state: State, timeline: Timeline, player: Player) -> bool:
    """Do what the key means; returns whether it means anything."""
    key, frame = event.key(), 1 / float(state.rate.fps)
    far = 1.0 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else frame
    moves = {
        Qt.Key.Key_Left: timeline.moment - far,
        Qt.Key.Key_Right: timeline.moment + far,
        Qt.Key.Key_Home: timeline.begin,
        Qt.Key.Key_End: timeline.end,
    }
    if key in moves:
        timeline.move(moves[Qt.Key(key)])
    elif key == Qt.Key.Key_Space:
        player.toggle()
    elif key in (Qt.Key.Key_J, Qt.Key.Key_L):
        player.shuttle(-1 if key == Qt.Key.Key_J else 1)
    elif key == Qt.Key.Key_K:
        player.run(0.0)
    elif key == Qt.Key.Key_B:
        state.compare(not state.comparing)
    elif key in (Qt.Key.Key_I, Qt.Key.Key_O):
        begin, end = timeline.loop or (timeline.begin, timeline.end)
        timeline.set_loop((timeline.moment, end) if key == Qt.Key.Key_I else (begin, timeline.moment))
    elif key == Qt.Key.Key_F:
        timeline.show_all()
    elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
        timeline.zoom(1.5 if key != Qt.Key.Key_Minus else 1 / 1.5, timeline.moment)
    elif key == Qt.Key.Key_Escape:
        timeline.set_loop(None)
    else:
        return False
    return True
