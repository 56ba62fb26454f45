"""A whole shot list: how each line stands, hear one, change it, make it again, see the report."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from ...runtime import Runtime
from ...shots.rows import TIMELINES
from .. import files_asked
from ..document.state import State
from ..dropped import dropped
from ..qt import Qt, QtCore, QtGui, QtWidgets, Signal, tr
from ..widgets import button, row, sentence
from .batch import Batch
from .batch_table import NAME, STATUS, Entry

LISTS: Final = (".csv", ".tsv", ".json", *sorted(TIMELINES))


class BatchTab(QtWidgets.QWidget):
    failed = Signal(str)
    told = Signal(str)
    play_wanted = Signal(object)
    """A shot, to be opened and heard."""

    def __init__(self, state: State, runtime: Runtime) -> None:
        super().__init__()
        self.setAcceptDrops(True)
        self._state = state
        self.batch = Batch(runtime, self)
        self._shown: str | None = None
        """The line that is open in the panel: its settings are those of the panel."""
        self.open_button = button(tr("Open a shot list..."), self._ask_list)
        tip = tr("Every recording below a folder is a line.")
        self.folder_button = button(tr("Of a folder..."), self._ask_folder, tip)
        self.where = sentence()
        self.rows = QtWidgets.QTableView()
        self.rows.setModel(self.batch.table)
        self.rows.setAccessibleName(tr("Lines of the shot list"))
        self.rows.setSelectionBehavior(QtWidgets.QAbstractItemView.SelectionBehavior.SelectRows)
        self.rows.setAlternatingRowColors(True)
        self.rows.setShowGrid(False)
        self.rows.setWordWrap(False)
        self.rows.verticalHeader().hide()
        self.rows.verticalHeader().setDefaultSectionSize(self.rows.fontMetrics().height() + 8)
        header = self.rows.horizontalHeader()
        header.setStretchLastSection(True)
        header.resizeSection(NAME, 120)
        header.resizeSection(STATUS, 72)
        self.rows.doubleClicked.connect(lambda _: self.play())
        self.words = sentence()
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.play_button = button(
            tr("Play this line"),
            self.play,
            tr("Opens it in the panel; what you change there is for this line (Return)"),
        )
        self.again_button = button(tr("Run this line"), self.run_chosen, tr("Makes the marked lines, and nothing else"))
        self.run_button = button(tr("Run all that needs it"), self._run_or_cancel)
        self.force = QtWidgets.QCheckBox(tr("Everything anew"))
        self.force.setToolTip(tr("Also what has not changed, and what somebody changed by hand since."))
        self.bar = QtWidgets.QProgressBar()
        self.report_button = button(tr("Show the report"), self.show_report)
        self.results_button = button(
            tr("Results..."), self._ask_results, tr("Choose the folder that results are written to.")
        )
        self.save_button = button(
            tr("Save the list..."), self._ask_save, tr("Writes the list with the settings that were changed here.")
        )
        self._arrange()
        batch = self.batch
        batch.failed.connect(self.failed)
        batch.told.connect(self.told)
        batch.progressed.connect(self._show_progress)
        batch.changed.connect(self._refresh)
        batch.table.dataChanged.connect(self._show_words)
        batch.table.modelReset.connect(self._refresh)
        selection = self.rows.selectionModel()
        selection.selectionChanged.connect(self._refresh)
        state.choices_changed.connect(self._follow)
        state.source_changed.connect(self._let_go)
        self._refresh()

    def open(self, path: Path) -> None:
        """A list in a file, or the recordings of a folder."""
        self._shown = None
        self.batch.open(path, self._state.rate)

    def chosen(self) -> list[Entry]:
        rows = sorted({index.row() for index in self.rows.selectionModel().selectedRows()})
        return [self.batch.table.entries[row] for row in rows]

    def play(self) -> None:
        """Open the marked line in the panel and play it."""
        shot = next((entry.shot for entry in self.chosen() if entry.shot), None)
        if shot is not None:
            self.play_wanted.emit(shot)
            self._shown = shot.name if self._state.source == shot.recording.path else None

    def run_chosen(self) -> None:
        names = tuple(entry.name for entry in self.chosen() if entry.shot)
        if names:
            self.batch.run(names, self.force.isChecked())

    def show_report(self) -> None:
        if self.batch.report is not None:
            QtGui.QDesktopServices.openUrl(QtCore.QUrl.fromLocalFile(str(self.batch.report)))

    def close_down(self) -> None:
        self.batch.close()

    def _arrange(self) -> None:
        layout = QtWidgets.QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 6)
        layout.addLayout(row(self.open_button, self.folder_button))
        layout.addWidget(self.where)
        layout.addWidget(self.rows, 1)
        layout.addWidget(self.words)
        layout.addLayout(row(self.play_button, self.again_button))
        layout.addLayout(row(self.run_button, self.force))
        layout.addWidget(self.bar)
        layout.addLayout(row(self.report_button, self.save_button, self.results_button))

    def _follow(self) -> None:
        """What is changed in the panel while a line is open there is changed for the line."""
        if self._shown is not None:
            self.batch.alter(self._shown, self._state.settings, self._state.rate)

    def _let_go(self) -> None:
        self._shown = None

    def _run_or_cancel(self) -> None:
        if self.batch.running:
            self.batch.cancel()
            self.run_button.setEnabled(False)
        else:
            self.batch.run(None, self.force.isChecked())

    def _show_progress(self, ended: int, lines: int, left: float | None) -> None:
        self.bar.setRange(0, lines)
        self.bar.setValue(ended)
        text = tr("{ended} of {lines}", ended=ended, lines=lines)
        self.bar.setFormat(text if left is None else text + tr(", about {left} s left", left=f"{left:.0f}"))

    def _refresh(self) -> None:
        batch, chosen = self.batch, [entry for entry in self.chosen() if entry.shot]
        ready = batch.list is not None and not batch.busy
        for one in (self.open_button, self.folder_button):
            one.setEnabled(not batch.busy)
        self.play_button.setEnabled(bool(chosen))
        self.again_button.setEnabled(ready and bool(chosen))
        self.again_button.setText(tr("Run these lines") if len(chosen) > 1 else tr("Run this line"))
        self.run_button.setText(tr("Cancel") if batch.running else tr("Run all that needs it"))
        self.run_button.setEnabled(batch.running or (ready and bool(batch.table.shots())))
        self.force.setEnabled(not batch.running)
        for one in (self.save_button, self.results_button):
            one.setEnabled(ready)
        self.report_button.setEnabled(batch.report is not None and not batch.running)
        self.bar.setVisible(batch.running)
        if not batch.running:
            self.bar.reset()
        text = tr("A table, a timeline or a folder of recordings: open one, or drop it here.")
        if batch.list is not None:
            text = tr("{list}, results in {folder}", list=batch.list.path.name, folder=batch.output)
        self.where.setText(text)
        self._show_words()

    def _show_words(self) -> None:
        chosen = self.chosen()
        texts = [f"{entry.where}: {entry.words}" for entry in chosen if entry.words]
        self.words.setText(texts[0] if len(chosen) == 1 and texts else "")
        self.words.setVisible(bool(self.words.text()))

    def _ask_list(self) -> None:
        if path := files_asked.to_read(self, tr("Open a shot list"), " ".join(f"*{ending}" for ending in LISTS)):
            self.open(path)

    def _ask_folder(self) -> None:
        if path := files_asked.folder(self, tr("A folder of recordings")):
            self.open(path)

    def _ask_results(self) -> None:
        if path := files_asked.folder(self, tr("Where results go"), self.batch.output or ""):
            self.batch.put_results(path)

    def _ask_save(self) -> None:
        assert self.batch.list is not None
        path = self.batch.list.path
        start = path if path.suffix in (".csv", ".tsv", ".json") else path.with_suffix(".csv")
        endings = "CSV (*.csv);;TSV (*.tsv);;JSON (*.json)"
        if chosen := files_asked.to_write(self, tr("Save the list"), start, endings, ".csv"):
            self.batch.save(chosen)

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:  # noqa: N802
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.rows.hasFocus():
            self.play()
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QtGui.QDragEnterEvent) -> None:  # noqa: N802
        if _listed(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QtGui.QDropEvent) -> None:  # noqa: N802
        path = _listed(event.mimeData())
        if path is not None:
            event.acceptProposedAction()
            self.open(path)


def is_list(path: Path) -> bool:
    """Whether it can be nothing but a list; tables and JSON may also be takes."""
    return path.is_dir() or path.suffix.lower() in (".tsv", *TIMELINES)


def _listed(data: QtCore.QMimeData) -> Path | None:
    return next((path for path in dropped(data) if path.is_dir() or path.suffix.lower() in LISTS), None)
