"""All settings in their groups, made from `Settings` itself: a new setting appears by itself."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, Final

from ...settings import Settings, info_of
from ..document.state import State
from ..qt import Qt, QtWidgets, Signal, tr
from .knobs import KINDS, Knob

LARGE: Final = ("Performance", "Smoothing")
"""The groups whose sliders stand on top, always open and large."""
OPEN: Final = ("Strength", "Lips")
"""Those below that are open from the start."""


class Group(QtWidgets.QWidget):
    """A heading that opens and closes, and the knobs under it."""

    def __init__(self, title: str, is_open: bool) -> None:
        super().__init__()
        layout = QtWidgets.QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        self.button = QtWidgets.QToolButton()
        self.button.setText(tr(title))
        self.button.setCheckable(True)
        self.button.setAutoRaise(True)
        self.button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.button.setSizePolicy(QtWidgets.QSizePolicy.Policy.Expanding, QtWidgets.QSizePolicy.Policy.Fixed)
        self._body = QtWidgets.QWidget()
        self.body = QtWidgets.QVBoxLayout(self._body)
        self.body.setContentsMargins(14, 0, 0, 8)
        self.body.setSpacing(3)
        self.button.toggled.connect(self._toggle)
        layout.addWidget(self.button)
        layout.addWidget(self._body)
        self.button.setChecked(is_open)
        self._toggle(is_open)

    def _toggle(self, is_open: bool) -> None:
        self._body.setVisible(is_open)
        self.button.setArrowType(Qt.ArrowType.DownArrow if is_open else Qt.ArrowType.RightArrow)


class KnobBoard(QtWidgets.QWidget):
    """All settings in their groups, the two that matter most large and on top."""

    failed = Signal(str)

    def __init__(self, state: State) -> None:
        super().__init__()
        self._state = state
        self.knobs: dict[str, Knob] = {}
        self._shown: Settings | None = None
        outer = QtWidgets.QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        top = QtWidgets.QVBoxLayout()
        top.setContentsMargins(10, 8, 10, 4)
        outer.addLayout(top)
        inner = QtWidgets.QWidget()
        rest = QtWidgets.QVBoxLayout(inner)
        rest.setContentsMargins(6, 4, 10, 8)
        rest.setSpacing(2)
        self.groups: dict[str, Group] = {}
        for entry in fields(Settings):
            info = info_of(entry)
            large = info.group in LARGE and info.kind == "number"
            knob = KINDS[info.kind](entry, state, state.set_setting, self._held, large)
            knob.failed.connect(self.failed)
            self.knobs[entry.name] = knob
            if large:
                top.addWidget(knob)
                continue
            if info.group not in self.groups:
                self.groups[info.group] = Group(info.group, info.group in OPEN)
                rest.addWidget(self.groups[info.group])
            self.groups[info.group].body.addWidget(knob)
        rest.addStretch(1)
        scroll = QtWidgets.QScrollArea()
        scroll.setWidget(inner)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QtWidgets.QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        outer.addWidget(scroll, 1)
        state.choices_changed.connect(self.refresh)
        state.source_changed.connect(self._restrict)
        self.refresh()

    def _held(self, name: str) -> Any:
        return getattr(self._state.settings, name)

    def refresh(self) -> None:
        """Only what has changed: a drag comes here sixty times a second."""
        settings = self._state.settings
        for name, knob in self.knobs.items():
            value = getattr(settings, name)
            if self._shown is None or getattr(self._shown, name) != value:
                knob.show_value(value)
        self._shown = settings

    def _restrict(self) -> None:
        reason = tr("This take is finished: no network runs, so this has no effect on it.")
        for knob in self.knobs.values():
            knob.restrict(reason if self._state.finished and knob.info.network else "")
