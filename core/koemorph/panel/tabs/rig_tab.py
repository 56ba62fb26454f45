"""Which names the take bears in the end: a mapping, and how much of a character it covers."""

from __future__ import annotations

from pathlib import Path

from ...errors import KoeMorphError
from ...rig import Coverage, Mapping, Rig, find, load, mapping_of, match, shipped
from ...take import Take
from .. import files_asked
from ..document.state import State
from ..qt import QtWidgets, Signal, tr
from ..widgets import button, errors_to, row


class RigTab(QtWidgets.QWidget):
    failed = Signal(str)

    def __init__(self, state: State) -> None:
        super().__init__()
        self._state = state
        self.rig: Rig | None = None
        self.coverage: Coverage | None = None
        self._filling = False
        self.preset = QtWidgets.QComboBox()
        self.preset.setSizeAdjustPolicy(QtWidgets.QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.preset.setMinimumContentsLength(10)
        self.preset.addItem(tr("ARKit names, as they are"), "")
        for mapping in shipped():
            self.preset.addItem(mapping.name, mapping.name)
        self.preset.setAccessibleName(tr("Mapping"))
        self.preset.currentIndexChanged.connect(self._choose)
        tip = tr("A preset of your own: a JSON file of shapes and the names they drive.")
        read_preset = button(tr("Mapping file..."), self._ask_mapping, tip)
        tip = tr("A JSON file with the list of a rig's shape names.")
        read_names = button(tr("Names of a rig..."), self._ask_names, tip)
        self.bar = QtWidgets.QProgressBar()
        self.bar.setFormat(tr("%v of %m shapes matched"))
        self.report = QtWidgets.QPlainTextEdit()
        self.report.setReadOnly(True)
        self.report.setAccessibleName(tr("Coverage"))
        layout = QtWidgets.QVBoxLayout(self)
        layout.addWidget(self.preset)
        layout.addLayout(row(read_preset, read_names))
        layout.addWidget(self.bar)
        layout.addWidget(self.report, 1)
        state.choices_changed.connect(self.refresh)
        self.refresh()

    def open_names(self, path: Path) -> None:
        with errors_to(self.failed):
            self.show_rig(Rig.of(load(path), str(path)))

    def open_mapping(self, path: Path) -> None:
        with errors_to(self.failed):
            mapping_of(load(path), str(path))
            self._state.choose(tr("Mapping"), mapping=str(path))

    def show_rig(self, rig: Rig | None) -> None:
        self.rig = rig
        self.refresh()

    def mapping(self) -> Mapping | None:
        """What names the shapes, fitted to the rig if there is one; None for ARKit's own names. Raises a RigError."""
        chosen = find(self._state.choices.mapping) if self._state.choices.mapping else None
        if self.rig is None:
            return chosen
        mapping, self.coverage = match(self.rig, chosen)
        return mapping

    def named(self, take: Take) -> Take:
        """The take under the names of the rig."""
        mapping = self.mapping()
        return mapping.apply(take) if mapping else take

    def refresh(self) -> None:
        self._filling = True
        wanted = self._state.choices.mapping
        if self.preset.findData(wanted) < 0:
            self.preset.addItem(Path(wanted).name, wanted)
        self.preset.setCurrentIndex(self.preset.findData(wanted))
        self._filling = False
        self.coverage = None
        try:
            self.mapping()
            text = (
                self.coverage.text() if self.coverage else tr("Open the names of a rig to see what of it is covered.")
            )
        except KoeMorphError as err:
            text = str(err)
        self.report.setPlainText(text)
        self.bar.setVisible(self.coverage is not None)
        if self.coverage is not None:
            self.bar.setMaximum(self.coverage.wanted)
            self.bar.setValue(len(self.coverage.matched))

    def _choose(self, index: int) -> None:
        if not self._filling:
            self._state.choose(tr("Mapping"), mapping=self.preset.itemData(index))
            self._state.end_drag()

    def _ask_mapping(self) -> None:
        if path := files_asked.to_read(self, tr("Mapping file"), files_asked.JSON):
            self.open_mapping(path)

    def _ask_names(self) -> None:
        if path := files_asked.to_read(self, tr("Names of a rig"), files_asked.JSON):
            self.open_names(path)
