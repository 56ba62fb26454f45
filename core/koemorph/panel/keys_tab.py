"""Key reduction: how few keys the take becomes, live."""

from __future__ import annotations

import threading
from typing import Final

from .. import lips
from ..curves import INTERPOLATIONS, reduce_take
from ..errors import KoeMorphError
from ..take import Take
from .qt import Qt, QtCore, QtWidgets, Signal, tr
from .state import Choices, State

_PAUSE_MS: Final = 250
"""Counting waits until nothing has changed for so long."""
_LEAST, _MOST, _STEP = 0.001, 0.1, 0.001


class KeyCounter(QtCore.QObject):
    """Counts on a thread, the latest take only."""

    counted = Signal(str)
    _done = Signal(str)

    def __init__(self, parent: QtCore.QObject | None = None) -> None:
        super().__init__(parent)
        self._busy = False
        self._next: tuple[Take, Choices] | None = None
        self._done.connect(self._answer)

    def count(self, take: Take, choices: Choices) -> None:
        self._next = (take, choices)
        if not self._busy:
            self._start()

    def _start(self) -> None:
        assert self._next is not None
        (take, choices), self._next, self._busy = self._next, None, True
        threading.Thread(target=self._work, args=(take, choices), daemon=True).start()

    def _work(self, take: Take, choices: Choices) -> None:
        if choices.interpolation is None:
            told = tr(
                "{before} keys a second, {samples} keys.",
                before=f"{float(take.rate.fps):.0f}",
                samples=take.values.size,
            )
            self._done.emit(told)
            return
        try:
            keyed = reduce_take(take, choices.tolerance, choices.interpolation, lips.sealed(take))
            shapes, seconds = len(take.names), max(float(take.duration), 1e-6)
            told = tr(
                "{before} keys a second become {after}.\n{keys} keys instead of {samples}, at most {error:.4f} off.",
                before=f"{float(take.rate.fps):.0f}",
                after=f"{keyed.key_count / shapes / seconds:.1f}",
                keys=keyed.key_count,
                samples=take.values.size,
                error=max(keyed.errors.values()),
            )
        except KoeMorphError as err:
            told = str(err)
        self._done.emit(told)

    def _answer(self, told: str) -> None:
        self._busy = False
        if self._next is not None:
            self._start()
        else:
            self.counted.emit(told)


class KeysTab(QtWidgets.QWidget):
    def __init__(self, state: State) -> None:
        super().__init__()
        self._state = state
        self._filling = False
        self.tolerance = QtWidgets.QDoubleSpinBox()
        self.tolerance.setDecimals(3)
        self.tolerance.setRange(_LEAST, _MOST)
        self.tolerance.setSingleStep(_STEP)
        self.tolerance.setKeyboardTracking(False)
        self.tolerance.setToolTip(tr("How far a keyed curve may stray from the take, where a shape goes from 0 to 1."))
        self.slider = QtWidgets.QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(round(_LEAST / _STEP), round(_MOST / _STEP))
        self.slider.setAccessibleName(tr("Tolerance"))
        self.kind = QtWidgets.QComboBox()
        for kind in INTERPOLATIONS:
            self.kind.addItem(tr(kind), kind)
        self.kind.addItem(tr("every frame"), None)
        self.answer = QtWidgets.QLabel()
        self.answer.setWordWrap(True)
        self.answer.setMinimumWidth(1)
        form = QtWidgets.QFormLayout()
        form.setRowWrapPolicy(QtWidgets.QFormLayout.RowWrapPolicy.WrapLongRows)
        form.addRow(tr("Tolerance"), self.tolerance)
        form.addRow("", self.slider)
        form.addRow(tr("Keys"), self.kind)
        layout = QtWidgets.QVBoxLayout(self)
        layout.addLayout(form)
        layout.addWidget(self.answer)
        about = QtWidgets.QLabel(
            tr("A linked Blender sets so many keys; files hold every frame. Closed lips and extremes keep theirs.")
        )
        about.setWordWrap(True)
        about.setMinimumWidth(1)
        about.setForegroundRole(about.palette().ColorRole.PlaceholderText)
        layout.addWidget(about)
        layout.addStretch(1)
        self._counter = KeyCounter(self)
        self._counter.counted.connect(self.answer.setText)
        self._pause = QtCore.QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._count)
        self.tolerance.valueChanged.connect(self._typed)
        self.slider.valueChanged.connect(lambda position: self._choose(position * _STEP))
        self.slider.sliderReleased.connect(state.end_drag)
        self.kind.currentIndexChanged.connect(self._choose_kind)
        state.choices_changed.connect(self.refresh)
        state.take_changed.connect(self._pause.start)
        self.refresh()

    def refresh(self) -> None:
        self._filling = True
        choices = self._state.choices
        self.tolerance.setValue(choices.tolerance)
        self.slider.setValue(round(choices.tolerance / _STEP))
        kinds = (*INTERPOLATIONS, None)
        self.kind.setCurrentIndex(kinds.index(choices.interpolation))
        for widget in (self.tolerance, self.slider):
            widget.setEnabled(choices.interpolation is not None)
        self._filling = False
        self._pause.start()

    def showEvent(self, event: QtCore.QEvent) -> None:  # noqa: N802
        self._pause.start()

    def _choose(self, tolerance: float) -> None:
        if not self._filling:
            self._state.choose(tr("Tolerance"), tolerance=round(tolerance, 6))

    def _typed(self, tolerance: float) -> None:
        self._choose(tolerance)
        if not self._filling:
            self._state.end_drag()

    def _choose_kind(self, index: int) -> None:
        if not self._filling:
            self._state.choose(tr("Keys"), interpolation=self.kind.itemData(index))
            self._state.end_drag()

    def _count(self) -> None:
        if self._state.take is None:
            self.answer.setText("")
        elif self.isVisible():
            self._counter.count(self._state.take, self._state.choices)
