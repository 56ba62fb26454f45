"""What the right mouse button offers on a track."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from ...qt import QtWidgets, tr
from .moods import MoodEditor

if TYPE_CHECKING:
    from .lane import TrackLane

STRENGTHS: Final = (0.2, 0.4, 0.6, 0.8, 1.0)


def fill_menu(menu: QtWidgets.QMenu, lane: TrackLane, moment: float) -> None:
    """For the entry that is chosen, or for the moment where nothing is."""
    editor, number = lane.editor, lane.chosen
    if editor.state.finished:
        menu.addAction(tr("Go on from the recording"), lane.resume_wanted.emit)
    if reason := editor.locked():
        menu.addAction(reason).setEnabled(False)
        return
    if number is not None:
        span = lane.spans[number]
        menu.addAction(tr("Play it"), partial(lane.play_wanted.emit, span.start, span.end))
        if isinstance(editor, MoodEditor):
            _offer_moods(menu, lane, editor, number)
        else:
            menu.addAction(tr("Type over it..."), partial(lane.type_over, number))
        menu.addAction(tr("Delete"), partial(lane.remove, number))
    if not isinstance(editor, MoodEditor):
        menu.addAction(tr("Insert here..."), partial(lane.insert_at, moment))
    else:
        start, end = editor.room_for_new(moment, 1.0)
        insert = tr("Insert in {track}", track=lane.title)
        inside = menu.addMenu(tr("Another mood from here"))
        for mood in editor.choices:
            inside.addAction(
                tr(mood),
                partial(lane.edit, insert, partial(editor.with_new, start=start, end=end, text=mood)),
            )
    if editor.is_edited:
        menu.addSeparator()
        menu.addAction(tr("Back to what is heard"), editor.forget)


def _offer_moods(menu: QtWidgets.QMenu, lane: TrackLane, editor: MoodEditor, number: int) -> None:
    why, span = tr("Change in {track}", track=lane.title), lane.spans[number]
    for mood in editor.choices:
        action = menu.addAction(
            tr(mood),
            partial(lane.edit, why, partial(editor.renamed, number=number, text=mood)),
        )
        action.setCheckable(True)
        action.setChecked(mood == span.text)
    strengths = menu.addMenu(tr("How strong"))
    for strength in STRENGTHS:
        action = strengths.addAction(
            f"{strength:.0%}",
            partial(lane.edit, why, partial(editor.strengthened, number=number, strength=strength)),
        )
        action.setCheckable(True)
        action.setChecked(abs(strength - span.sure) < 0.1)
    menu.addSeparator()
