"""`maya.mel`, and all that `import maya...` shall find."""

from __future__ import annotations

import re
from types import ModuleType
from typing import Any

from .api import open_maya, open_maya_anim
from .ascii import Text, tokens
from .cmds import Commands
from .likeness import faithful, stub
from .maya import Maya


def evaluate(maya: Maya, text: str) -> Any:
    """One command of a plug-in, or the value of a global variable."""
    if asked := re.fullmatch(r"\$\w+ = \$(\w+);?", text):
        return maya.interface.globals[asked[1]]
    words = tokens(text)
    name, rest, flags = words[0], words[1:], {}
    syntax = maya.commands[name].syntax()
    kinds = {flag: kind for long, (short, kind) in syntax._flags.items() for flag in (long, short)}
    while rest:
        flag = rest.pop(0)
        if flag not in kinds:
            raise RuntimeError(f"Invalid flag: {flag}")
        if kinds[flag] == syntax.kNoArg:
            flags[flag[1:]] = True
        else:
            value = rest.pop(0)
            flags[flag[1:]] = str(value) if isinstance(value, Text) or kinds[flag] == syntax.kString else float(value)
    return maya.run(name, (), flags)


def modules(maya: Maya) -> dict[str, Any]:
    names = ("", ".mel", ".api", ".api.OpenMaya", ".api.OpenMayaAnim", ".OpenMayaUI", ".standalone")
    found: dict[str, Any] = {f"maya{name}": ModuleType(f"maya{name}") for name in names}
    found["maya.cmds"] = Commands(maya)
    known = open_maya(maya)
    vars(found["maya.api.OpenMaya"]).update(known)
    vars(found["maya.api.OpenMayaAnim"]).update(open_maya_anim(maya, known))
    vars(found["maya.OpenMayaUI"])["MQtUtil"] = _qt(maya)
    found["maya.mel"].eval = lambda text: evaluate(maya, text)
    found["maya.standalone"].initialize = lambda name="python": None
    found["maya.standalone"].uninitialize = lambda: None
    for name, module in found.items():
        above, _, own = name.rpartition(".")
        if above:
            setattr(found[above], own, module)
    return found


def _qt(maya: Maya) -> Any:
    stubs = stub("OpenMayaUI")

    @faithful
    class MQtUtil(stubs.MQtUtil):  # type: ignore[name-defined,misc]
        @staticmethod
        def findControl(name: str) -> Any:
            import shiboken6

            held = maya.interface.controls.get(name)
            return shiboken6.getCppPointer(held["widget"])[0] if held else None

    return MQtUtil
