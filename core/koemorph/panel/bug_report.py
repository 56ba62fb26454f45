"""What a bug report needs, for the clipboard: versions, what was chosen, what was said, what happened."""

from __future__ import annotations

import json

from ..log import RecentLog, logger, stop_log
from .document.state import State
from .qt import QtCore, QtWidgets

_LOG = logger(__name__)


class BugReport(QtCore.QObject):
    """Keeps what happens while the panel is open. No sound and no curves are in it, but names of files are."""

    def __init__(self, state: State, parent: QtCore.QObject) -> None:
        super().__init__(parent)
        self._state, self._log = state, RecentLog.keep()

    def note(self, sentence: str) -> None:
        """What was said to the user is part of it."""
        _LOG.info("said: %s", sentence)

    @property
    def text(self) -> str:
        state = self._state
        chosen = {"settings": state.settings.changed(), "fps": str(state.rate), "edited": bool(state.choices.edited)}
        told = {} if state.take is None else {name: state.take.provenance.get(name) for name in ("model", "warnings")}
        return "\n".join(
            [
                f"Qt {QtCore.qVersion()}, {QtWidgets.QApplication.platformName()}",
                f"line: {state.source.name if state.source else 'none'}, finished take: {state.finished}",
                json.dumps({**chosen, **told}, ensure_ascii=False),
                self._log.text,
            ]
        )

    def copy(self) -> None:
        QtWidgets.QApplication.clipboard().setText(self.text)

    def close(self) -> None:
        stop_log(self._log)
