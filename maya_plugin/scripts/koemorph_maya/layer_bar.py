"""Into which layer the panel's button keys. Remembered from day to day."""

from __future__ import annotations

from dataclasses import replace

from maya import cmds

from koemorph.panel.qt import QtWidgets, tr

from . import layers, options


class LayerBox(QtWidgets.QComboBox):
    """The scene's animation layers, asked anew whenever the list opens; a new name makes a new layer."""

    def __init__(self) -> None:
        super().__init__()
        self.setEditable(True)
        edit = self.lineEdit()
        if edit is not None:
            edit.setPlaceholderText(tr("No layer"))

    def showPopup(self) -> None:  # noqa: N802
        chosen = self.currentText()
        root = cmds.animLayer(query=True, root=True) or ""
        self.clear()
        self.addItems(["", *(name for name in cmds.ls(type="animLayer") or [] if name != root)])
        self.setEditText(chosen)
        super().showPopup()


class LayerBar(QtWidgets.QWidget):
    def __init__(self) -> None:
        super().__init__()
        chosen = options.remembered()
        self.layer, self.mode = LayerBox(), QtWidgets.QComboBox()
        self.layer.setEditText(chosen.layer)
        for mode in layers.MODES:
            self.mode.addItem(tr(mode.capitalize()), mode)
        self.mode.setCurrentIndex(self.mode.findData(chosen.layer_mode))
        self.layer.setToolTip(tr("The animation layer that gets the keys; a new name makes a new layer"))
        self.mode.setToolTip(tr("What a new layer does to those below it"))
        row = QtWidgets.QHBoxLayout(self)
        row.setContentsMargins(6, 2, 6, 6)
        row.addWidget(self.layer, 2)
        row.addWidget(self.mode, 1)
        self.layer.editTextChanged.connect(self._remember)
        self.mode.currentIndexChanged.connect(self._remember)
        self._show_what_counts()

    def _remember(self) -> None:
        layer, mode = self.layer.currentText().strip(), self.mode.currentData()
        options.remember(replace(options.remembered(), layer=layer, layer_mode=mode))
        self._show_what_counts()

    def _show_what_counts(self) -> None:
        self.mode.setEnabled(bool(self.layer.currentText().strip()))
