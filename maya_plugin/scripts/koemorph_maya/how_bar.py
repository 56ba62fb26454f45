"""How the panel's button keys: into which layer, and with how many keys. Remembered from day to day."""

from __future__ import annotations

from maya import cmds

from koemorph.panel.qt import QtWidgets, tr

from . import layers, options, press

_WORDS = {"every": "Every frame", "bezier": "Few, Bezier", "linear": "Few, linear", "stepped": "Few, stepped"}
_TOLERANCES = (0.001, 0.1, 0.001)
"""From, to, step, in a shape's full travel."""


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


class HowBar(QtWidgets.QWidget):
    def __init__(self) -> None:
        super().__init__()
        chosen = options.remembered()
        self.layer, self.mode, self.style_box = LayerBox(), QtWidgets.QComboBox(), QtWidgets.QComboBox()
        self.tolerance = QtWidgets.QDoubleSpinBox()
        self.layer.setEditText(chosen.layer)
        for mode in layers.MODES:
            self.mode.addItem(tr(mode.capitalize()), mode)
        for style in press.STYLES:
            self.style_box.addItem(tr(_WORDS[style]), style)
        low, high, step = _TOLERANCES
        self.tolerance.setDecimals(3)
        self.tolerance.setRange(low, high)
        self.tolerance.setSingleStep(step)
        self.mode.setCurrentIndex(self.mode.findData(chosen.layer_mode))
        self.style_box.setCurrentIndex(self.style_box.findData(chosen.style))
        self.tolerance.setValue(chosen.tolerance)
        self.layer.setToolTip(tr("The animation layer that gets the keys; a new name makes a new layer"))
        self.mode.setToolTip(tr("What a new layer does to those below it"))
        self.tolerance.setToolTip(tr("How far the curves may stray where there are fewer keys than frames"))
        row = QtWidgets.QHBoxLayout(self)
        row.setContentsMargins(6, 2, 6, 6)
        for widget, stretch in ((self.layer, 2), (self.mode, 1), (self.style_box, 2), (self.tolerance, 1)):
            row.addWidget(widget, stretch)
        self.layer.editTextChanged.connect(self._remember)
        self.mode.currentIndexChanged.connect(self._remember)
        self.style_box.currentIndexChanged.connect(self._remember)
        self.tolerance.valueChanged.connect(self._remember)
        self._show_what_counts()

    def _remember(self) -> None:
        options.remember(
            options.Choices(
                self.layer.currentText().strip(),
                self.mode.currentData(),
                self.style_box.currentData(),
                self.tolerance.value(),
            )
        )
        self._show_what_counts()

    def _show_what_counts(self) -> None:
        self.mode.setEnabled(bool(self.layer.currentText().strip()))
        self.tolerance.setEnabled(self.style_box.currentData() != press.EVERY)
