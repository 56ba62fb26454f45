"""Key reduction: how few keys the take becomes, live."""

from __future__ import annotations

import threading
from dataclasses import fields
from typing import Any, Final

from ...errors import KoeMorphError
from ...keying import Keying, plan_keys
from ...knobs import info_of
from ...take import Take
from ..document.state import Choices, State
from ..qt import QtCore, QtWidgets, Signal, tr
from ..widgets import pause, sentence
from .knobs import KINDS, Knob

_PAUSE_MS: Final = 250
"""Counting waits until nothing has changed for so long."""


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
        try:
            keyed = plan_keys(take, None, choices.keying)
            before = f"{float(take.rate.fps):.0f}"
            if not choices.keying.how.reduced:
                told = tr("{before} keys a second, {samples} keys.", before=before, samples=take.values.size)
            else:
                seconds = max(float(take.duration), 1e-6)
                few = {"keys": keyed.key_count, "samples": take.values.size, "error": keyed.error}
                told = tr(
                    "{before} keys a second become {after}.\n"
                    "{keys} keys instead of {samples}, at most {error:.4f} off.",
                    before=before,
                    after=f"{keyed.key_count / len(take.names) / seconds:.1f}",
                    **few,
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
    failed = Signal(str)

    def __init__(self, state: State) -> None:
        super().__init__()
        self._state = state
        layout = QtWidgets.QVBoxLayout(self)
        self.knobs: dict[str, Knob] = {}
        for entry in fields(Keying):
            knob = KINDS[info_of(entry).kind](entry, state, state.set_keying, self._held)
            knob.failed.connect(self.failed)
            self.knobs[entry.name] = knob
            layout.addWidget(knob)
        self.answer = sentence()
        layout.addWidget(self.answer)
        about = sentence(
            tr("A linked host gets these keys; files hold every frame. Closed lips and extremes keep theirs.")
        )
        about.setForegroundRole(about.palette().ColorRole.PlaceholderText)
        layout.addWidget(about)
        layout.addStretch(1)
        self._counter = KeyCounter(self)
        self._counter.counted.connect(self.answer.setText)
        self._pause = pause(self, _PAUSE_MS, self._count)
        state.choices_changed.connect(self.refresh)
        state.take_changed.connect(self._pause.start)
        self.refresh()

    def refresh(self) -> None:
        keying = self._state.choices.keying
        for name, knob in self.knobs.items():
            knob.show_value(getattr(keying, name))
        self.knobs["tolerance"].restrict(
            "" if keying.how.reduced else tr("There is a key on every frame, so that nothing strays.")
        )
        self._pause.start()

    def showEvent(self, event: QtCore.QEvent) -> None:  # noqa: N802
        self._pause.start()

    def _held(self, name: str) -> Any:
        return getattr(self._state.choices.keying, name)

    def _count(self) -> None:
        if self._state.take is None:
            self.answer.setText("")
        elif self.isVisible():
            self._counter.count(self._state.take, self._state.choices)
