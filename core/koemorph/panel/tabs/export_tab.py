"""Out of the panel: the take in any format, the values of a frame, a movie of the face."""

from __future__ import annotations

import json
import tempfile
import uuid
from pathlib import Path

from ... import formats
from ...errors import KoeMorphError
from ...files import unwritable
from ...recording import Recording
from ...runtime import Runtime
from ...runtime.messages import Failed, Film, Made, Progress
from ...runtime.process import WorkerProcess
from ...take import Take
from .. import files_asked
from ..document.state import State
from ..document.timeline import Timeline
from ..qt import QtCore, QtWidgets, Signal, tr
from ..views.tracing import row_at
from ..widgets import button, sentence
from .rig_tab import RigTab

_POLL_MS = 50


class ExportTab(QtWidgets.QWidget):
    failed = Signal(str)
    told = Signal(str)

    def __init__(self, state: State, timeline: Timeline, rig: RigTab, runtime: Runtime) -> None:
        super().__init__()
        self._state, self._timeline, self._rig, self.runtime = state, timeline, rig, runtime
        self.recording: Path | None = None
        self.format = QtWidgets.QComboBox()
        self.format.setSizeAdjustPolicy(QtWidgets.QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.format.setMinimumContentsLength(10)
        for known in formats.FORMATS:
            self.format.addItem(f"{known.label} ({known.suffix})", known.name)
        self.format.setAccessibleName(tr("Format"))
        self.about = sentence()
        self.mapped = QtWidgets.QCheckBox(tr("With the rig's names"))
        self.mapped.setToolTip(tr("Names the shapes as the tab Rig says; otherwise they keep ARKit's names."))
        self.write_button = button(tr("Export..."), self._ask)
        self.copy_button = button(tr("Copy the values of this frame"), self.copy_values)
        self.movie_button = button(tr("Movie of the face..."), self._ask_movie)
        self.movie_bar = QtWidgets.QProgressBar()
        self.movie_bar.hide()
        layout = QtWidgets.QVBoxLayout(self)
        for widget in (self.format, self.about, self.mapped, self.write_button):
            layout.addWidget(widget)
        layout.addSpacing(12)
        for part in (self.copy_button, self.movie_button, self.movie_bar):
            layout.addWidget(part)
        layout.addStretch(1)
        self._movie: WorkerProcess | None = None
        self._movie_folder: tempfile.TemporaryDirectory[str] | None = None
        self._timer = QtCore.QTimer(self)
        self._timer.timeout.connect(self._hear_movie)
        self.format.currentIndexChanged.connect(self._show_about)
        state.take_changed.connect(self._enable)
        self._show_about()
        self._enable()

    def export(self, path: Path, format_name: str | None = None) -> bool:
        """Write the take; returns whether it worked, and says so."""
        take = self._state.take
        if take is None:
            return False
        try:
            if self._state.source and path.exists() and path.samefile(self._state.source):
                raise KoeMorphError(tr("{name} is what the panel shows; choose another name.", name=path.name))
            named = self._rig.named(take) if self.mapped.isChecked() else take
            notes = formats.write_take(named, path, format_name)
        except KoeMorphError as err:
            self.failed.emit(str(err))
            return False
        except OSError as err:
            self.failed.emit(str(unwritable(path, err)))
            return False
        self.told.emit(" ".join([tr("Written: {path}.", path=path), *notes]))
        return True

    def copy_values(self) -> None:
        """The frame that is shown, as a JSON object, to the clipboard."""
        if self._state.shown is not None:
            values = values_of(self._state.shown, self._timeline.moment)
            QtWidgets.QApplication.clipboard().setText(json.dumps(values, indent=1))
            self.told.emit(tr("The values of this frame are on the clipboard."))

    def film(self, path: Path) -> None:
        """Drawn by another process, since it takes a while; press again to stop it."""
        take = self._state.take
        if take is None:
            return
        folder = self._movie_folder = tempfile.TemporaryDirectory(prefix="koemorph-panel-")
        source = Path(folder.name) / "movie.take"
        recording = Recording(self.recording) if self.recording else None
        try:
            formats.write_take(take, source)
            self._movie = self.runtime.start_worker()
            self._movie.submit(Film(id=uuid.uuid4().hex, take=source, out=path.absolute(), recording=recording))
        except KoeMorphError as err:
            self._end_movie()
            self.failed.emit(str(err))
            return
        self._timer.start(_POLL_MS)
        self.movie_bar.setRange(0, 0)
        self.movie_bar.show()
        self.movie_button.setText(tr("Stop the movie"))

    def close_down(self) -> None:
        self._end_movie()

    def _hear_movie(self) -> None:
        for event in self._movie.poll() if self._movie is not None else ():
            if isinstance(event, Progress):
                self.movie_bar.setRange(0, 100)
                self.movie_bar.setValue(round(event.fraction * 100))
            elif isinstance(event, Made):
                self._end_movie()
                self.told.emit(" ".join([tr("Written: {path}.", path=event.out), *event.warnings]))
            elif isinstance(event, Failed):
                self._end_movie()
                self.failed.emit(event.text)
                return

    def _end_movie(self) -> None:
        """It is there, has failed, or is no longer wanted."""
        self._timer.stop()
        if self._movie is not None:
            self._movie.close(timeout=0.5)
        if self._movie_folder is not None:
            self._movie_folder.cleanup()
        self._movie = self._movie_folder = None
        self.movie_bar.hide()
        self.movie_button.setText(tr("Movie of the face..."))

    def _ask(self) -> None:
        known = formats.by_name(self.format.currentData())
        start = self._state.source.with_suffix(known.suffix) if self._state.source else Path("take" + known.suffix)
        endings = f"{known.label} ({' '.join(f'*{suffix}' for suffix in known.suffixes)})"
        if path := files_asked.to_write(self, tr("Export"), start, endings, known.suffix):
            self.export(path, known.name)

    def _ask_movie(self) -> None:
        if self._movie is not None:
            self._end_movie()
            return
        start = self._state.source.with_suffix(".mp4") if self._state.source else Path("line.mp4")
        if path := files_asked.to_write(self, tr("Movie of the face"), start, "MP4 (*.mp4);;GIF (*.gif)"):
            self.film(path)

    def _show_about(self) -> None:
        self.about.setText(tr(formats.by_name(self.format.currentData()).carries))

    def _enable(self) -> None:
        for one in (self.write_button, self.copy_button, self.movie_button):
            one.setEnabled(self._state.take is not None)


def values_of(take: Take, moment: float) -> dict[str, float]:
    """What every shape is at a moment."""
    row = row_at(take, moment)
    return {name: round(float(value), 5) for name, value in zip(take.names, row, strict=True)}
