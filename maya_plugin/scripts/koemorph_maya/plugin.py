"""The plug-in file with the commands, loaded where nobody has: keys are written by one of them."""

from __future__ import annotations

from pathlib import Path

from maya import cmds

PLUGIN = Path(__file__).parents[2] / "plug-ins" / "koemorph_plugin.py"


def load() -> None:
    if not cmds.pluginInfo(PLUGIN.stem, query=True, loaded=True):
        cmds.loadPlugin(str(PLUGIN))
