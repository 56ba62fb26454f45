"""The panel inside of Maya, docked. It follows the scene's rate and the selection, and keys into the scene.

Qt is Maya's own: PySide6, which Maya has since 2025.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from maya import OpenMayaUI, cmds

from koemorph.errors import KoeMorphError
from koemorph.keying import Keying
from koemorph.panel.host import Host, Scene
from koemorph.panel.qt import QtWidgets
from koemorph.panel.window import Panel
from koemorph.recording import PlacedRecording, Recording, exact
from koemorph.settings import Settings
from koemorph.take import Take

from . import key_line, options
from .character import chosen_targets
from .clock import scene_rate
from .layer_bar import LayerBar
from .process import runtime
from .request import KeyRequest
from .shapes import aliases, blend_shapes
from .source import playing

CONTROL = "KoeMorphPanel"
RESTORE = "import koemorph_maya.panel as panel; panel.restore()"
EVENTS = ("SelectionChanged", "timeUnitChanged", "SceneOpened", "NewSceneOpened")


class MayaHost(Host):
    """This Maya, as the panel sees it."""

    def __init__(self) -> None:
        super().__init__()
        self.name = f"Maya {cmds.about(version=True)}"
        self._jobs = [_job(event, self.refresh) for event in EVENTS]
        self.refresh()

    def refresh(self) -> None:
        """What of the scene concerns the panel."""
        try:
            targets = chosen_targets()
            nodes = blend_shapes(targets) if targets else []
            names = tuple(dict.fromkeys(name for node in nodes for name in aliases(node)))
            self.scene = Scene(scene_rate(), targets[0] if names else "", names, options.remembered().keying)
        except KoeMorphError as err:
            self.scene = None
            self.failed.emit(str(err))
        self.changed.emit()

    def key(self, take: Take, recording: Path | None, settings: Settings) -> None:
        """Where an audio node plays the recording, there; else from the start of the playback range."""
        try:
            rate, how = scene_rate(), options.remembered()
            start = exact(cmds.playbackOptions(query=True, minTime=True))
            source = playing(recording, rate)
            if source is None and recording is not None:
                source = PlacedRecording(Recording(recording), start)
            first = source.frame_of(take.start, rate) if source else start + rate.position(take.start)
            wanted = KeyRequest(
                targets=tuple(chosen_targets()),
                rate=rate,
                settings=settings,
                layer=how.layer,
                layer_mode=how.layer_mode,
                keying=how.keying,
            )
            report = key_line.key(wanted, take, first, recording.stem if recording else "take", source=source)
        except KoeMorphError as err:
            self.failed.emit(str(err))
            return
        self.told.emit("; ".join([report.text(), *report.notes]))

    def tell_keying(self, keying: Keying) -> None:
        """Remembered from day to day."""
        options.remember(replace(options.remembered(), keying=keying))

    def close(self) -> None:
        """Nothing of the panel hears of the scene any longer."""
        for job in self._jobs:
            if cmds.scriptJob(exists=job):
                cmds.scriptJob(kill=job, force=True)
        self._jobs = []


def show() -> None:
    """Open the panel, or bring it to the front. Closed, it is gone, so that nothing of it stays at work unseen."""
    if cmds.workspaceControl(CONTROL, exists=True):
        cmds.workspaceControl(CONTROL, edit=True, restore=True)
    else:
        cmds.workspaceControl(
            CONTROL, label="KoeMorph", uiScript=RESTORE, retain=False, initialWidth=420, initialHeight=820
        )


def restore() -> None:
    """What Maya calls whenever the control is made: now, or when it starts with a workspace that has it."""
    from shiboken6 import wrapInstance

    found = OpenMayaUI.MQtUtil.findControl(CONTROL)
    if found is None:
        return
    control: Any = wrapInstance(int(found), QtWidgets.QWidget)
    try:
        wanted = runtime()
    except KoeMorphError as err:
        missing = QtWidgets.QLabel(str(err))
        missing.setWordWrap(True)
        control.layout().addWidget(missing)
        return
    host = MayaHost()
    control.layout().addWidget(Panel(host, runtime=wanted))
    control.layout().addWidget(LayerBar())
    control.destroyed.connect(host.close)  # by then the panel itself is deleted, and has tidied up


def _job(event: str, script: Any) -> int:
    return int(cmds.scriptJob(event=(event, script)))  # type: ignore[arg-type]  # a number where a job is made
