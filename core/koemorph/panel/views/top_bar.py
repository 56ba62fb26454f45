"""The row of buttons on top: files, undo, presets, compare."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from ...model import LIGHT
from ...presets import shipped
from ...settings import Preset, Settings, load_preset
from .. import files_asked
from ..document.memory import Memory
from ..document.state import State
from ..qt import Qt, QtCore, QtGui, QtWidgets, Signal, tr
from ..widgets import errors_to


class TopBar(QtWidgets.QToolBar):
    """What does not fit into a narrow window goes into the menu at its end."""

    open_asked = Signal()
    open_wanted = Signal(object)
    save_wanted = Signal()
    reference_asked = Signal()
    dark_wanted = Signal(bool)
    log_wanted = Signal()
    model_wanted = Signal(object)
    """The folder of a model; None for the one that came along."""
    failed = Signal(str)
    told = Signal(str)

    def __init__(self, state: State, memory: Memory, own_look: bool, parent: QtWidgets.QWidget) -> None:
        super().__init__(parent)
        self._state, self._memory = state, memory
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.setMovable(False)
        self._recent = QtWidgets.QMenu(self)
        self._recent.aboutToShow.connect(self._list_recent)
        self.open = self._button(tr("Open"), tr("Open a recording or a take (Ctrl+O)"), self._recent)
        self.open.clicked.connect(self.open_asked)
        self.save = self._button(tr("Save"), tr("Save the take (Ctrl+S)"))
        self.save.clicked.connect(self.save_wanted)
        self.undo = self._step(tr("Undo"), QtGui.QKeySequence.StandardKey.Undo, state.undo.undo)
        state.undo.canUndoChanged.connect(self.undo.setEnabled)
        state.undo.undoTextChanged.connect(self.undo.setToolTip)
        self.redo = self._step(tr("Redo"), QtGui.QKeySequence.StandardKey.Redo, state.undo.redo)
        state.undo.canRedoChanged.connect(self.redo.setEnabled)
        state.undo.redoTextChanged.connect(self.redo.setToolTip)
        self.addSeparator()
        self._presets = QtWidgets.QMenu(self)
        self._presets.setToolTipsVisible(True)
        self._presets.aboutToShow.connect(self._list_presets)
        self.presets = self._button(tr("Presets"), tr("Settings under a name"), self._presets, instant=True)
        self.addSeparator()
        self.keep = self._button(tr("Keep"), tr("Keep this take to compare with what comes (Ctrl+K)"))
        self.keep.clicked.connect(state.keep_as_reference)
        self._compare = QtWidgets.QMenu(self)
        self._compare.addAction(tr("Compare with a take from a file..."), self.reference_asked.emit)
        self._compare.addAction(tr("Return to the kept settings"), self._return)
        self._compare.addAction(tr("Forget what was kept"), lambda: state.set_reference(None))
        self.compare = self._button("A/B", tr("Show the kept take instead (B)"), self._compare)
        self.compare.setCheckable(True)
        self.compare.clicked.connect(self._show_other)
        if own_look:
            self.dark = self._button("◐", tr("Light or dark"))
            self.dark.setCheckable(True)
            self.dark.clicked.connect(self.dark_wanted)
        self._help = QtWidgets.QMenu(self)
        self._help.addAction(tr("Copy the log for a bug report"), self.log_wanted.emit)
        self._button("?", tr("Help"), self._help, instant=True)
        state.take_changed.connect(self._refresh)
        self._refresh()

    def use(self, preset: Preset) -> None:
        """What it names over the defaults, as one step."""
        with errors_to(self.failed):
            self._state.set_settings(preset.over(Settings()), tr("Preset {name}", name=preset.name))

    def save_preset(self, name: str) -> None:
        with errors_to(self.failed):
            path = self._memory.save_preset(name, self._state.settings)
            self.told.emit(tr("Written: {path}.", path=path))

    def load_preset(self, path: Path) -> None:
        with errors_to(self.failed):
            self.use(load_preset(path))

    def delete_preset(self, name: str) -> None:
        with errors_to(self.failed):
            self._memory.delete_preset(name)
            self.told.emit(tr("The preset {name} is deleted.", name=name))

    def _button(
        self, text: str, tooltip: str, menu: QtWidgets.QMenu | None = None, instant: bool = False
    ) -> QtWidgets.QToolButton:
        button = QtWidgets.QToolButton()
        button.setText(text)
        button.setToolTip(tooltip)
        button.setAutoRaise(True)
        if menu is not None:
            button.setMenu(menu)
            modes = QtWidgets.QToolButton.ToolButtonPopupMode
            button.setPopupMode(modes.InstantPopup if instant else modes.MenuButtonPopup)
        self.addWidget(button)
        return button

    def _step(
        self, name: str, standard: QtGui.QKeySequence.StandardKey, act: Callable[[], None]
    ) -> QtWidgets.QToolButton:
        button = self._button(name, name)
        button.clicked.connect(act)
        button.setEnabled(False)
        shortcut = QtGui.QShortcut(QtGui.QKeySequence(standard), self.parentWidget() or self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(act)
        return button

    def _refresh(self) -> None:
        self.save.setEnabled(self._state.take is not None)
        self.keep.setEnabled(self._state.take is not None)
        self.compare.setChecked(self._state.comparing)
        reference = self._state.reference
        if reference is not None:
            self.compare.setToolTip(tr("Show the take {name} instead (B)", name=reference.name))

    def _show_other(self, on: bool) -> None:
        if self._state.reference is None:
            self.told.emit(tr("Keep a take first (Ctrl+K), or choose one from a file; A/B then shows it instead."))
        self._state.compare(on)

    def _return(self) -> None:
        with errors_to(self.failed):
            self._state.return_to_reference()

    def _list_recent(self) -> None:
        self._recent.clear()
        for path in self._memory.recent():
            action = self._recent.addAction(path.name)
            action.setToolTip(str(path))
            action.triggered.connect(lambda _=False, path=path: self.open_wanted.emit(path))
        if self._recent.isEmpty():
            self._recent.addAction(tr("Nothing was opened yet")).setEnabled(False)

    def _list_presets(self) -> None:
        self._presets.clear()
        own = self._memory.own_presets()
        for preset in (*shipped(), *own):
            action = self._presets.addAction(preset.name)
            action.setToolTip(tr(preset.about))
            action.triggered.connect(lambda _=False, preset=preset: self.use(preset))
        self._presets.addSeparator()
        self._presets.addAction(tr("Defaults"), lambda: self.use(Preset(name=tr("Defaults"), about="", values={})))
        self._presets.addAction(tr("Save as a preset..."), self._ask_name)
        self._presets.addAction(tr("Open a preset file..."), self._ask_file)
        if own:
            delete = self._presets.addMenu(tr("Delete"))
            for preset in own:
                delete.addAction(preset.name, partial(self.delete_preset, preset.name))
        self._presets.addAction(tr("Show the folder of my presets"), self._show_folder)
        self._presets.addSeparator()
        self._presets.addAction(tr("The light model"), lambda: self.model_wanted.emit(Path(LIGHT)))
        self._presets.addAction(tr("Another model..."), self._ask_model)
        if self._memory.model() is not None:
            self._presets.addAction(tr("The model that came along"), lambda: self.model_wanted.emit(None))

    def _ask_name(self) -> None:
        name, agreed = QtWidgets.QInputDialog.getText(self, tr("Save as a preset"), tr("Name"))
        if agreed:
            self.save_preset(name)

    def _ask_file(self) -> None:
        if path := files_asked.to_read(self, tr("Open a preset file"), files_asked.JSON):
            self.load_preset(path)

    def _ask_model(self) -> None:
        if path := files_asked.folder(self, tr("The folder of a model")):
            self.model_wanted.emit(path)

    def _show_folder(self) -> None:
        folder = self._memory.folder / "presets"
        folder.mkdir(parents=True, exist_ok=True)
        QtGui.QDesktopServices.openUrl(QtCore.QUrl.fromLocalFile(str(folder)))
