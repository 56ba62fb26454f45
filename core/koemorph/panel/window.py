"""The panel as a whole: what stands where, and what hears whom. A widget, so that a host can dock it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from .. import formats
from ..errors import KoeMorphError
from ..model import load_model
from ..runtime import Runtime
from ..settings import Settings
from ..shots import Shot
from . import files_asked, looks
from .arrangement import arrange, tabs_of, turn
from .bug_report import BugReport
from .document.line import Line
from .document.memory import Memory
from .document.player import Player
from .document.sound import Output
from .document.state import State
from .document.timeline import Timeline
from .dropped import dropped
from .host import Host
from .keyboard import add_shortcuts, handle_key
from .qt import Qt, QtGui, QtWidgets, tr
from .tabs.batch_tab import BatchTab, is_list
from .tabs.export_tab import ExportTab
from .tabs.keys_tab import KeysTab
from .tabs.knob_board import KnobBoard
from .tabs.rig_tab import RigTab
from .tabs.script_tab import ScriptTab
from .views.curves_view import CurvesView
from .views.face_view import FaceView
from .views.key_button import KeyButton
from .views.notices import NoticeBar, ProgressRow
from .views.sheet import Sheet
from .views.stage import Stage
from .views.top_bar import TopBar
from .views.tracing import row_at
from .views.tracks.track_lanes import TrackLanes
from .views.transport import Transport
from .views.wave_view import WaveView

NARROW = 640
"""Pixels: below this, what stands side by side stands one above the other."""


class Panel(QtWidgets.QWidget):
    """`host` is who keys takes, if any; `own_look` lets the user choose light or dark, which a host does itself."""

    def __init__(
        self,
        host: Host | None = None,
        *,
        memory: Memory | None = None,
        runtime: Runtime | None = None,
        output: Output | None = None,
        own_look: bool = False,
    ) -> None:
        super().__init__()
        self.setWindowTitle("KoeMorph")
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.memory = memory or Memory()
        self.runtime = runtime or Runtime()
        self.state, self.timeline = State(self), Timeline(self)
        self.player = Player(self.timeline, output, self)
        self.line = Line(self.state, self.timeline, self.player, self.runtime, self)
        self.host = host
        self._play_next = False
        self.bar = TopBar(self.state, self.memory, own_look, self)
        self.notices, self.progress = NoticeBar(), ProgressRow()
        self.report = BugReport(self.state, self)
        self.face, self.transport = FaceView(), Transport(self.state, self.timeline, self.player)
        self.knobs, self.keys, self.rig = KnobBoard(self.state), KeysTab(self.state), RigTab(self.state)
        self.export = ExportTab(self.state, self.timeline, self.rig, self.runtime)
        self.batch = BatchTab(self.state, self.runtime)
        self.wave, self.curves = WaveView(self.state, self.timeline), CurvesView(self.state, self.timeline)
        self.tracks, self.script = TrackLanes(self.state, self.timeline), ScriptTab(self.state, self.memory)
        self.sheet = Sheet(self.wave, self.tracks, self.curves)
        self.key_button = KeyButton(host, self.state, self.line, self.rig)
        self.key_button.open_wanted.connect(self.open)
        stage = Stage(self.face, self.transport, self.notices, self.progress)
        told = {tr("Look"): self.knobs, tr("Script"): self.script, tr("Keys"): self.keys}
        self.tabs = tabs_of(told | {tr("Rig"): self.rig, tr("Export"): self.export, tr("Batch"): self.batch})
        self.upper, self.whole = arrange(self, self.bar, stage, self.tabs, self.key_button, self.sheet)
        self._connect()
        self.face.setFocus()

    def _connect(self) -> None:
        for part in (
            *(self.line, self.knobs, self.rig, self.export, self.batch, self.transport, self.bar, self.key_button),
            *(self.script, self.tracks),
        ):
            part.failed.connect(self.notices.error)
        self.line.warned.connect(self.notices.note)
        self.player.silent.connect(self.notices.note)
        for speaker in (self.export, self.batch, self.bar, self.key_button, self.script):
            speaker.told.connect(self.notices.note)
        self.line.progressed.connect(self.progress.show_progress)
        self.line.rested.connect(self.progress.hide)
        self.line.failed.connect(self.progress.hide)
        self.line.heard.connect(self.wave.show_wave)
        self.line.begun.connect(self._play_if_asked)
        self.batch.play_wanted.connect(self.play_shot)
        self.progress.cancelled.connect(self.line.cancel)
        self.tracks.play_wanted.connect(self.player.play_part)
        self.tracks.resume_wanted.connect(self.go_on)
        self.bar.open_asked.connect(self.ask_for_file)
        self.bar.open_wanted.connect(self.open)
        self.bar.save_wanted.connect(self.ask_to_save)
        self.bar.reference_asked.connect(self._ask_for_reference)
        self.bar.dark_wanted.connect(self._change_look)
        self.bar.log_wanted.connect(self._copy_log)
        self.notices.said.connect(self.report.note)
        self.bar.model_wanted.connect(self.use_model)
        self.state.take_changed.connect(self._show_frame)
        self.state.source_changed.connect(self._show_source)
        self.timeline.moved.connect(self._show_frame)
        add_shortcuts(
            self, {"Open": self.ask_for_file, "Save": self.ask_to_save, "Ctrl+K": self.state.keep_as_reference}
        )
        self.state.choices_changed.connect(self._remember_rate)

    def open(self, path: Path) -> None:
        """A recording, a take or a shot list; what is wrong with it is said in the panel."""
        self.notices.clear()
        if is_list(path):
            self.tabs.setCurrentWidget(self.batch)
            self.batch.open(path)
            return
        rate = self.host.scene.rate if self.host and self.host.scene else self.memory.rate()
        settings = Settings() if self.state.finished else self.state.settings
        script = None if path.suffix.lower() in formats.READABLE else self.script.beside(path)
        start = replace(self.state.choices, settings=settings, rate=rate, script=script, edited=None)
        if self.line.open(path, start):
            self.memory.add_recent(path)
            self.export.recording = self.line.recording

    def play_shot(self, shot: Shot) -> None:
        """Open a line of a shot list with the settings that it has there, and play it as soon as it is made."""
        self.notices.clear()
        start = replace(self.state.choices, settings=shot.settings, rate=shot.rate, script=shot.script, edited=None)
        self._play_next = self.line.open(shot.recording.path, start, shot.recording)
        if self._play_next:
            self.export.recording = self.line.recording

    def go_on(self) -> None:
        """With a finished take from its recording: settings, script and edits as it was made with them."""
        self.notices.clear()
        if self.line.go_on():
            self.export.recording = self.line.recording

    def use_model(self, folder: Path | None) -> None:
        """Make everything with another model from now on, and remember it."""
        try:
            load_model(folder)
        except KoeMorphError as err:
            self.notices.error(str(err))
            return
        self.memory.put("model", str(folder or ""))
        self.runtime = replace(self.runtime, model=folder)
        self.export.runtime = self.batch.batch.runtime = self.runtime
        self.line.use(self.runtime)

    def shut(self) -> None:
        """End all that runs for the panel; nothing is left behind."""
        self.line.close()
        self.face.close_down()
        self.export.close_down()
        self.batch.close_down()
        self.report.close()
        if self.host is not None:
            self.host.close()

    def ask_for_file(self) -> None:
        if path := files_asked.to_open(self, self.state.source, self.memory):
            self.open(path)

    def ask_to_save(self) -> None:
        source = self.state.source if self.state.take is not None else None
        if source is not None and (path := files_asked.to_save(self, source)):
            self.export.export(path)

    def _ask_for_reference(self) -> None:
        if path := files_asked.to_compare(self):
            self.line.open_reference(path)

    def _show_frame(self) -> None:
        take = self.state.shown
        if take is None:
            self.face.rest()
        else:
            self.face.show_values(take, row_at(take, self.timeline.moment))

    def _show_source(self) -> None:
        source = self.state.source
        self.sheet.hint.setVisible(source is None)
        self.wave.show_words(source.name if source else "")
        self.setWindowTitle(f"{source.name} - KoeMorph" if source else "KoeMorph")

    def _play_if_asked(self) -> None:
        if self._play_next:
            self._play_next = False
            self.player.run(1.0)

    def _copy_log(self) -> None:
        self.report.copy()
        self.notices.note(tr("The log is on the clipboard; paste it into the report."))

    def _remember_rate(self) -> None:
        if not self.state.finished and self.host is None:
            self.memory.keep_rate(self.state.rate)

    def _change_look(self, dark: bool) -> None:
        application = QtWidgets.QApplication.instance()
        assert isinstance(application, QtWidgets.QApplication)
        looks.dress(application, dark)
        self.memory.put("look", "dark" if dark else "light")

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:  # noqa: N802
        """What no widget with the focus wanted for itself."""
        if event.key() == Qt.Key.Key_Escape:
            self.notices.clear()
        if not handle_key(event, self.state, self.timeline, self.player):
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QtGui.QDragEnterEvent) -> None:  # noqa: N802
        if dropped(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QtGui.QDropEvent) -> None:  # noqa: N802
        if paths := dropped(event.mimeData()):
            event.acceptProposedAction()
            self.open(paths[0])

    def resizeEvent(self, event: QtGui.QResizeEvent) -> None:  # noqa: N802
        turn(self.upper, narrow=self.width() < NARROW)
        super().resizeEvent(event)

    def closeEvent(self, event: QtGui.QCloseEvent) -> None:  # noqa: N802
        self.memory.keep_geometry(self.saveGeometry())
        self.shut()
        super().closeEvent(event)
