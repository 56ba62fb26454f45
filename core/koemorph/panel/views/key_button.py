"""The button that hands the take to the host, and all that the panel and the host tell each other."""

from __future__ import annotations

from pathlib import Path

from ...keying import Keying
from ...rig import Rig
from ...settings import Settings
from ..document.line import Line
from ..document.state import State
from ..host import Host
from ..qt import QtWidgets, Signal, tr
from ..tabs.rig_tab import RigTab
from ..widgets import errors_to


class KeyButton(QtWidgets.QPushButton):
    """Not there without a host; where it cannot be pressed it says why."""

    open_wanted = Signal(object)
    failed = Signal(str)
    told = Signal(str)

    def __init__(self, host: Host | None, state: State, line: Line, rig: RigTab) -> None:
        super().__init__()
        self._state, self._line, self._rig = state, line, rig
        self._host = host
        self._keying: Keying | None = None
        """How the host last said that it keys."""
        self.setVisible(host is not None)
        if host is None:
            return
        self.setMinimumHeight(34)
        self.clicked.connect(self.key)
        host.changed.connect(self.refresh)
        host.failed.connect(self.failed)
        host.told.connect(self.told)
        host.asked_to_open.connect(self._open)
        host.set_settings.connect(self._take_settings)
        state.take_changed.connect(self.refresh)
        state.choices_changed.connect(self._tell)
        self.refresh()
        self._tell()

    def key(self) -> None:
        """Hand the take to the host."""
        if self._host is not None and self._state.take is not None:
            self._host.key(self._state.take, self._line.recording, self._state.settings)

    def refresh(self) -> None:
        """Follow the host's scene: its rate, its character, and whether anything can be keyed."""
        host = self._host
        assert host is not None
        scene = host.scene
        if scene is not None and scene.rate != self._state.rate and self._state.source is None:
            self._state.start_with(rate=scene.rate)
        elif scene is not None and scene.rate != self._state.rate and not self._state.finished:
            self._state.choose(tr("Frame rate of the scene"), rate=scene.rate)
        if scene is not None and scene.keying is not None and scene.keying != self._keying:
            self._keying = scene.keying
            self._state.start_with(keying=scene.keying)
        target, names = (scene.target, scene.names) if scene else ("", ())
        if names != (self._rig.rig.names if self._rig.rig else ()):
            self._show_rig(names, target)
        why = ""
        if host.gone:
            why = tr("The link to {host} is closed", host=host.name)
        elif host.busy:
            why = tr("{host} is busy", host=host.name)
        elif not target:
            why = tr("Select a character in {host}", host=host.name)
        elif self._state.take is None:
            why = tr("Open a recording")
        self.setEnabled(not why)
        self.setText(why or tr("Key {target} in {host}", target=target, host=host.name))

    def _tell(self) -> None:
        if self._host is not None:
            choices = self._state.choices
            self._host.tell_settings(choices.settings)
            self._host.tell_keying(choices.keying)

    def _open(self, path: Path) -> None:
        """What the host has chosen; it may say so again."""
        if path != self._line.recording:
            self.open_wanted.emit(path)

    def _take_settings(self, settings: Settings) -> None:
        if self._host is not None and settings != self._state.settings:
            self._state.set_settings(settings, tr("Settings of {host}", host=self._host.name))

    def _show_rig(self, names: tuple[str, ...], target: str) -> None:
        with errors_to(self.failed):
            self._rig.show_rig(Rig(names=names, name=target) if names else None)
