"""A small Maya in memory, for tests. It is no proof of what a real Maya does.

It refuses commands, flags, modes and types of arguments that Maya 2024 and 2025 do not have (`flags.json`), calls of
the API that the module's type stubs do not allow, and scenes whose text is not well-formed; the rest it models as the
documentation tells it.

scene       what there is to animate, and how it moves     maya        the whole, with undo and the screen
cmds        `maya.cmds`, in four parts, through `flags`    api         `maya.api`, through `likeness`
ascii       the language of scenes, and of MEL             reading     scenes from text; `writing` their curves
"""

from .maya import Maya
from .mel import modules
from .scene import BASE, RATES, TICKS, Key, Node

__all__ = ["BASE", "RATES", "TICKS", "Key", "Maya", "Node", "modules"]
