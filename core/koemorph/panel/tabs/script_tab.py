"""The script of the line: its text, its language, and how much of it was found in the recording."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from ...errors import KoeMorphError
from ...speech.companion import read_script_file, script_beside
from ...speech.files import TRACK_FILES, read_tracks, write_tracks
from ...speech.script import ENGLISH, Script, about_script
from ...speech.track import Tracks
from .. import files_asked
from ..document.memory import Memory
from ..document.state import State
from ..qt import QtWidgets, Signal, tr
from ..widgets import button, errors_to, pause, sentence

LANGUAGES: Final = ("en", "ja", "de", "fr", "es", "it", "pt", "nl", "pl", "ru", "cmn", "ko")
"""Offered; any other code can be typed."""
_PAUSE_MS: Final = 500
"""After the last letter, before the line is made anew."""


class ScriptTab(QtWidgets.QWidget):
    """Empty, the phones are those that are heard."""

    failed = Signal(str)
    told = Signal(str)

    def __init__(self, state: State, memory: Memory) -> None:
        super().__init__()
        self._state, self._memory = state, memory
        self.text = QtWidgets.QPlainTextEdit()
        self.text.setPlaceholderText(
            tr("What is said in the recording. [Directions] are skipped, /IPA/ is taken as it is.")
        )
        self.text.setAccessibleName(tr("Script"))
        self.text.setTabChangesFocus(True)
        self.language = QtWidgets.QComboBox()
        self.language.setLineEdit(typed := QtWidgets.QLineEdit())
        self.language.addItems(LANGUAGES)
        self.language.setCurrentText(memory.get("language", ENGLISH))
        self.language.setAccessibleName(tr("Language of the script"))
        self.language.setToolTip(
            tr("English and Japanese in kana are read here, other languages through espeak-ng where it is installed.")
        )
        self.fit = sentence()
        tip = tr("Phones and words from a TextGrid, Rhubarb, JSON, SRT or VTT file.")
        self.bring = button(tr("Import..."), self._ask_for_tracks, tip)
        tip = tr("Phones and words into a TextGrid, Rhubarb, JSON, SRT or VTT file.")
        self.hand = button(tr("Export..."), self._ask_where, tip)
        row = QtWidgets.QHBoxLayout()
        row.addWidget(QtWidgets.QLabel(tr("Language")))
        row.addWidget(self.language, 1)
        row.addWidget(button(tr("Open a text..."), self._ask_for_text))
        tracks = QtWidgets.QHBoxLayout()
        tracks.addWidget(QtWidgets.QLabel(tr("Phones and words")), 1)
        tracks.addWidget(self.bring)
        tracks.addWidget(self.hand)
        column = QtWidgets.QVBoxLayout(self)
        column.addWidget(self.text, 1)
        column.addWidget(self.fit)
        column.addLayout(row)
        column.addLayout(tracks)
        self._typing = pause(self, _PAUSE_MS, self.commit)
        self.text.textChanged.connect(self._typing.start)
        self.language.activated.connect(self.commit)
        typed.editingFinished.connect(self.commit)
        state.choices_changed.connect(self._fill)
        state.source_changed.connect(self._fill)
        state.take_changed.connect(self._show_fit)
        self._fill()

    def beside(self, recording: Path) -> Script | None:
        """The script that lies beside a recording; that it is used is said, and so is why it is not."""
        file = script_beside(recording)
        if file is None:
            return None
        try:
            script = read_script_file(file, self._memory.get("language", ENGLISH))
        except KoeMorphError as err:
            self.failed.emit(str(err))
            return None
        if script is not None:
            self.told.emit(tr("The script {name} beside the recording is used; empty it to leave it.", name=file.name))
        return script

    def commit(self) -> None:
        """What is typed becomes the line's script; edits of its phones give way, until they are undone back."""
        self._typing.stop()
        try:
            script = Script.of(self.text.toPlainText(), self.language.currentText())
        except KoeMorphError as err:
            self.failed.emit(str(err))
            return
        self._memory.put("language", self.language.currentText().strip() or ENGLISH)
        if self._state.finished or self._state.source is None or script == self._state.choices.script:
            return
        if self._state.choices.edited is not None:
            self.told.emit(tr("The edits of the phones gave way to the script; undo brings them back."))
        self._state.choose(tr("Script"), script=script, edited=None)

    def read(self, path: Path) -> None:
        """A text file as the script."""
        with errors_to(self.failed):
            script = read_script_file(path)
            self.text.setPlainText(script.text if script else "")
            self.commit()
            self._state.end_drag()

    def import_tracks(self, path: Path) -> None:
        take = self._state.take
        if take is None or self._state.finished:
            self.failed.emit(tr("Open a recording first."))
            return
        with errors_to(self.failed):
            found = read_tracks(path)
            tracks = Tracks(found.phones or take.phones, found.words or take.words)
            self._state.choose(tr("Import of {name}", name=path.name), edited=tracks)
            self._state.end_drag()
            for note in found.notes:
                self.told.emit(note)

    def export_tracks(self, path: Path) -> None:
        if (take := self._state.take) is not None:
            with errors_to(self.failed):
                write_tracks(take.tracks, path)
                self.told.emit(tr("Written: {path}.", path=path))

    def _fill(self) -> None:
        script = self._state.choices.script
        text = script.text if script else ""
        if self.text.toPlainText().strip() != text:
            self.text.blockSignals(True)
            self.text.setPlainText(text)
            self.text.blockSignals(False)
        if script is not None:
            self.language.setCurrentText(script.language)
        self.text.setReadOnly(self._state.finished)

    def _show_fit(self) -> None:
        take, script = self._state.take, self._state.choices.script
        if take is None:
            self.fit.setText("")
        elif self._state.choices.edited is not None:
            self.fit.setText(tr("The phones were edited by hand; they count in place of the script."))
        elif script is None:
            self.fit.setText(tr("Without a script the phones are those that are heard."))
        else:
            notes = about_script(take.provenance.get("warnings", ()))
            told = tr("{count} words of the script were found.", count=len(take.words))
            self.fit.setText(" ".join([*([told] if take.words else []), *notes]))
        self.bring.setEnabled(take is not None and not self._state.finished)
        self.hand.setEnabled(take is not None and bool(take.phones or take.words))

    def _ask_for_text(self) -> None:
        if path := files_asked.to_read(self, tr("Open a text..."), "*.txt", self._folder()):
            self.read(path)

    def _ask_for_tracks(self) -> None:
        endings = " ".join(f"*{known.suffix}" for known in TRACK_FILES)
        if path := files_asked.to_read(self, tr("Import..."), endings, self._folder()):
            self.import_tracks(path)

    def _ask_where(self) -> None:
        source = self._state.source
        start = source.with_suffix(TRACK_FILES[0].suffix) if source else self._folder()
        endings = ";;".join(f"*{known.suffix}" for known in TRACK_FILES)
        if path := files_asked.to_write(self, tr("Export..."), start, endings):
            self.export_tracks(path)

    def _folder(self) -> str:
        return str(self._state.source.parent) if self._state.source else ""
