"""`maya.cmds`: the commands that the module calls, each refusing what Maya's own would refuse."""

from __future__ import annotations

from typing import Any

from .cmds_animation import AnimationCommands
from .cmds_files import FileCommands
from .cmds_interface import InterfaceCommands
from .flags import FLAGS, checked
from .maya import Maya


class Commands(AnimationCommands, FileCommands, InterfaceCommands):
    def __init__(self, maya: Maya) -> None:
        self._maya = maya

    def __getattr__(self, name: str) -> Any:
        if name in self._maya.commands:
            return lambda *arguments, **flags: self._maya.run(name, arguments, flags)
        if name not in FLAGS or not hasattr(type(self), f"do_{name}"):
            raise AttributeError(f"module 'maya.cmds' has no attribute {name!r}")
        return lambda *arguments, **flags: getattr(self, f"do_{name}")(*arguments, **checked(name, flags))
