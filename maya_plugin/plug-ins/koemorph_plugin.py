"""What Maya loads: registers KoeMorph's commands, and its menu where there is a window."""

from __future__ import annotations

from typing import Any

from koemorph_maya import commands, menu, process
from maya import cmds
from maya.api import OpenMaya

import koemorph


def maya_useNewAPI() -> None:  # noqa: N802 (Maya looks for this name)
    """Says that this plug-in speaks the Python API 2.0."""


def initializePlugin(plugin: Any) -> None:  # noqa: N802
    shell = OpenMaya.MFnPlugin(plugin, "The KoeMorph developers", koemorph.__version__, "Any")
    for kind in commands.COMMANDS:
        shell.registerCommand(kind.name, kind, kind.syntax)
    process.keep_log()
    if not cmds.about(batch=True):
        menu.show()


def uninitializePlugin(plugin: Any) -> None:  # noqa: N802
    if not cmds.about(batch=True):
        menu.hide()
    process.close()
    shell = OpenMaya.MFnPlugin(plugin)
    for kind in commands.COMMANDS:
        shell.deregisterCommand(kind.name)
