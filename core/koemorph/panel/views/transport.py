"""The bar under the face: play, step, where we are in timecode and frames, and the frame rate."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from ...errors import SettingsError
from ...timing import FrameRate, parse_seconds
from ..document.player import Player
from ..document.state import State
from ..document.timeline import Timeline
from ..qt import QtCore, QtWidgets, Signal, tr

RATES: Final = ("23.976", "24", "25", "29.97", "30", "48", "50", "59.94", "60", "120")


class Transport(QtWidgets.QWidget):
    failed = Signal(str)

    def __init__(self, state: State, timeline: Timeline, player: Player) -> None:
        super().__init__()
        self._state, self._timeline, self._player = state, timeline, player
        self.play = QtWidgets.QToolButton()
        self.play.setToolTip(tr("Play and stop (Space); J and L shuttle"))
        self.play.setAccessibleName(tr("Play"))
        self.play.clicked.connect(player.toggle)
        self.loop = QtWidgets.QToolButton()
        self.loop.setText("⟲")
        self.loop.setCheckable(True)
        self.loop.setToolTip(tr("Play what is marked, or all of it, again and again (Shift-drag marks a part)"))
        self.loop.setAccessibleName(tr("Loop"))
        self.loop.clicked.connect(self._loop)
        self.where = QtWidgets.QLineEdit()
        self.where.setFrame(False)
        self.where.setAccessibleName(tr("Timecode"))
        self.where.setToolTip(tr("Type a timecode or seconds to go there"))
        self.where.setFixedWidth(self.where.fontMetrics().horizontalAdvance("00:00:00:000 ") + 12)
        self.where.editingFinished.connect(self._go)
        self.frame = QtWidgets.QLabel()
        self.frame.setMinimumWidth(self.frame.fontMetrics().horizontalAdvance("f 00000"))
        self.speed = QtWidgets.QLabel()
        self.rate = QtWidgets.QComboBox()
        self.rate.setEditable(True)
        self.rate.setInsertPolicy(QtWidgets.QComboBox.InsertPolicy.NoInsert)
        self.rate.setToolTip(tr("Frames a second of the take: choose, or type any"))
        self.rate.setAccessibleName(tr("Frame rate"))
        self.rate.addItems(RATES)
        self.rate.setFixedWidth(self.rate.fontMetrics().horizontalAdvance("23.976") + 44)
        self.rate.activated.connect(self._choose_rate)
        editor = self.rate.lineEdit()
        assert editor is not None
        editor.editingFinished.connect(self._choose_rate)
        row = QtWidgets.QHBoxLayout(self)
        row.setContentsMargins(6, 3, 6, 3)
        row.setSpacing(4)
        for widget in (self.play, self.loop, self.where, self.frame, self.speed):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self.rate)
        timeline.moved.connect(self._show_moment)
        timeline.changed.connect(self._show_loop)
        player.changed.connect(self._show_playing)
        state.choices_changed.connect(self._show_rate)
        self._show_rate()
        self._show_playing()

    def _show_playing(self) -> None:
        self.play.setText("❚❚" if self._player.playing else "▶")
        fast = self._player.speed not in (0.0, 1.0)
        self.speed.setText(f"{self._player.speed:g}×" if fast else "")

    def _show_loop(self) -> None:
        self.loop.setChecked(self._timeline.loop is not None)

    def _show_rate(self) -> None:
        self.rate.setEditText(self._state.rate.label)
        self._show_moment()

    def _show_moment(self) -> None:
        rate = self._state.rate
        frame = int(rate.position(Fraction(self._timeline.moment).limit_denominator(10**6)) + Fraction(1, 1000))
        if not self.where.hasFocus():
            self.where.setText(rate.timecode(frame) if frame >= 0 else f"{self._timeline.moment:.2f} s")
        self.frame.setText(f"f {frame}")

    def _loop(self, on: bool) -> None:
        self._timeline.set_loop((self._timeline.begin, self._timeline.end) if on else None)

    def _go(self) -> None:
        text = self.where.text().strip().removesuffix("s").strip()
        if not self.where.isModified() or not text:
            return
        self.where.setModified(False)
        try:
            self._timeline.move(float(parse_seconds(text, self._state.rate)))
        except SettingsError as err:
            self.failed.emit(str(err))
        self.where.clearFocus()
        self._show_moment()

    def _choose_rate(self) -> None:
        try:
            rate = FrameRate.parse(self.rate.currentText())
        except SettingsError as err:
            self.failed.emit(str(err))
            self._show_rate()
            return
        if rate != self._state.rate:
            self._state.choose(tr("Frame rate"), rate=rate)
            self._state.end_drag()
        QtCore.QTimer.singleShot(0, self._show_rate)
