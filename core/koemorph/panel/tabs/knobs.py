"""A widget for one setting, made from what `Settings` says about the field."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import Field
from typing import Any, Final

from ...errors import SettingsError
from ...settings import info_of
from ..document.state import State
from ..qt import Qt, QtCore, QtWidgets, Signal, tr

_STEPS: Final = 1000
"""Positions of a slider."""


class Knob(QtWidgets.QWidget):
    """One setting: its name, and what changes it. A double click on the name brings back the default.

    `change` puts a value where the setting is held, by its name; a refused one is told, and comes again by `held`.
    """

    failed = Signal(str)

    def __init__(
        self,
        entry: Field[Any],
        state: State,
        change: Callable[[str, Any], None],
        held: Callable[[str], Any],
        large: bool = False,
    ) -> None:
        super().__init__()
        self.name, self._default, self._state = entry.name, entry.default, state
        self._change, self._held = change, held
        self.info = info_of(entry)
        self._layout = QtWidgets.QGridLayout(self)
        self._layout.setContentsMargins(0, 1, 0, 1)
        self._layout.setHorizontalSpacing(8)
        self._layout.setVerticalSpacing(0)
        self._layout.setColumnStretch(1, 1)
        self._label = QtWidgets.QLabel(tr(self.info.label))
        self._label.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        self._label.installEventFilter(self)
        self._large = large
        if large:
            font = self._label.font()
            font.setBold(True)
            font.setPointSizeF(font.pointSizeF() * 1.1)
            self._label.setFont(font)
        self.setToolTip(tr(self.info.tooltip))
        self.setAccessibleName(tr(self.info.label))
        self._filling = False
        self._build()

    def show_value(self, value: Any) -> None:
        """What the state holds; changes nothing there."""
        self._filling = True
        self._fill(value)
        self._filling = False
        font = self._label.font()
        font.setItalic(value != self._default)
        self._label.setFont(font)

    def restrict(self, reason: str) -> None:
        """Out of reach, and why; an empty reason gives it back."""
        self.setEnabled(not reason)
        self.setToolTip(reason or tr(self.info.tooltip))

    def eventFilter(self, watched: QtCore.QObject, event: QtCore.QEvent) -> bool:  # noqa: N802
        if watched is self._label and event.type() == QtCore.QEvent.Type.MouseButtonDblClick:
            self._set(self._default)
            self._state.end_drag()
            return True
        return super().eventFilter(watched, event)

    def _build(self) -> None:
        raise NotImplementedError

    def _fill(self, value: Any) -> None:
        raise NotImplementedError

    def _set(self, value: Any) -> None:
        if self._filling:
            return
        try:
            self._change(self.name, value)
        except SettingsError as err:
            self.failed.emit(str(err))
            self.show_value(self._held(self.name))

    def _end(self) -> None:
        self._state.end_drag()


class NumberKnob(Knob):
    def _build(self) -> None:
        shown = self.info
        assert shown.low is not None and shown.high is not None and shown.step is not None
        self._low, self._span = shown.low, shown.high - shown.low
        self.slider = QtWidgets.QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, _STEPS)
        self.slider.setSingleStep(max(1, round(_STEPS * shown.step / self._span)))
        self.slider.setPageStep(_STEPS // 10)
        self.slider.setMinimumWidth(60)
        self.slider.setAccessibleName(tr(shown.label))
        self.box = QtWidgets.QDoubleSpinBox()
        self.box.setDecimals(len(f"{shown.step:g}".partition(".")[2]))
        self.box.setRange(shown.low, shown.high)
        self.box.setSingleStep(shown.step)
        self.box.setKeyboardTracking(False)
        self.box.setButtonSymbols(QtWidgets.QAbstractSpinBox.ButtonSymbols.NoButtons)
        self.box.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.box.setAccessibleName(tr(shown.label))
        if shown.unit:
            self.box.setSuffix(" " + tr(shown.unit))
        self.box.setFixedWidth(self.box.fontMetrics().horizontalAdvance("-0.000 s") + 26)
        if shown.unit not in ("", "s", "ms", "dB"):
            self.box.setFixedWidth(self.box.fontMetrics().horizontalAdvance(self.box.suffix() + "000") + 22)
        self.slider.valueChanged.connect(self._slid)
        self.slider.sliderReleased.connect(self._end)
        self.box.valueChanged.connect(self._typed)
        self._layout.addWidget(self._label, 0, 0, 1, 2)
        if self._large:
            self._layout.addWidget(self.box, 0, 2)
            self._layout.addWidget(self.slider, 1, 0, 1, 3)
            self.slider.setMinimumHeight(26)
        else:
            self._layout.addWidget(self.slider, 1, 0, 1, 2)
            self._layout.addWidget(self.box, 1, 2)

    def _slid(self, position: int) -> None:
        step = self.info.step or 1.0
        value = self._low + round(position / _STEPS * self._span / step) * step
        self._set(round(min(max(value, self._low), self._low + self._span), 6))

    def _typed(self, value: float) -> None:
        self._set(round(value, 6))
        if not self._filling:
            self._end()

    def _fill(self, value: float) -> None:
        if not self.slider.isSliderDown():
            self.slider.setValue(round((value - self._low) / self._span * _STEPS))
        self.box.setValue(value)


class WholeKnob(Knob):
    def _build(self) -> None:
        assert self.info.low is not None and self.info.high is not None
        self.box = QtWidgets.QSpinBox()
        self.box.setRange(int(self.info.low), int(self.info.high))
        self.box.setAccessibleName(tr(self.info.label))
        self.box.valueChanged.connect(self._set)
        self.box.editingFinished.connect(self._end)
        self._layout.addWidget(self._label, 0, 0)
        self._layout.addWidget(self.box, 0, 2)

    def _fill(self, value: int) -> None:
        self.box.setValue(value)


class ChoiceKnob(Knob):
    def _build(self) -> None:
        self.box = QtWidgets.QComboBox()
        self.box.setAccessibleName(tr(self.info.label))
        self.box.setSizeAdjustPolicy(QtWidgets.QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.box.setMinimumContentsLength(9)
        for choice in self.info.choices:
            self.box.addItem(tr(self.info.labels.get(choice, choice)), choice)
        self.box.currentIndexChanged.connect(self._picked)
        self._layout.addWidget(self._label, 0, 0)
        self._layout.addWidget(self.box, 0, 2)

    def _picked(self, index: int) -> None:
        self._set(self.box.itemData(index))
        if not self._filling:
            self._end()

    def _fill(self, value: str) -> None:
        self.box.setCurrentIndex(self.box.findData(value))


class SwitchKnob(Knob):
    def _build(self) -> None:
        self.box = QtWidgets.QCheckBox(tr(self.info.label))
        self.box.toggled.connect(self._switched)
        self._layout.addWidget(self.box, 0, 0, 1, 3)

    def _switched(self, on: bool) -> None:
        self._set(on)
        if not self._filling:
            self._end()

    def _fill(self, value: bool) -> None:
        self.box.setChecked(value)


class TextKnob(Knob):
    def _build(self) -> None:
        self.box = QtWidgets.QLineEdit()
        self.box.setAccessibleName(tr(self.info.label))
        self.box.setPlaceholderText(tr(self.info.tooltip).partition(": ")[2])
        self.box.editingFinished.connect(self._typed)
        self._layout.addWidget(self._label, 0, 0, 1, 3)
        self._layout.addWidget(self.box, 1, 0, 1, 3)

    def _typed(self) -> None:
        self._set(self.box.text())
        self._end()

    def _fill(self, value: str) -> None:
        self.box.setText(value)


KINDS: Final[dict[str, type[Knob]]] = {
    "number": NumberKnob,
    "whole": WholeKnob,
    "choice": ChoiceKnob,
    "switch": SwitchKnob,
    "text": TextKnob,
}
