"""The module inside of a Maya in memory, loaded as Maya loads it: through its own plug-in file."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from .memory import Maya, modules

MODULE = Path(__file__).parents[2] / "maya_plugin"
SHELL = MODULE / "plug-ins" / "koemorph_plugin.py"


@pytest.fixture
def bare_maya(monkeypatch: pytest.MonkeyPatch) -> Iterator[Maya]:
    """Before the plug-in is loaded."""
    memory = Maya()
    for name, module in modules(memory).items():
        monkeypatch.setitem(sys.modules, name, module)
    _unload()
    monkeypatch.syspath_prepend(str(MODULE / "scripts"))
    monkeypatch.syspath_prepend(str(MODULE))
    yield memory
    _unload()


@pytest.fixture
def maya(bare_maya: Maya) -> Iterator[Maya]:
    shell = _load(bare_maya)
    yield bare_maya
    shell.uninitializePlugin(sys.modules["maya.api.OpenMaya"].MObject())
    assert not bare_maya.commands


def _load(memory: Maya) -> Any:
    sys.modules["maya.cmds"].loadPlugin(str(SHELL))
    return memory.shells[SHELL.stem]


def _unload() -> None:
    for name in [name for name in sys.modules if name.startswith(("koemorph_maya", "libraries", "selftest"))]:
        del sys.modules[name]


@pytest.fixture
def cmds(maya: Maya) -> Any:
    return sys.modules["maya.cmds"]


@pytest.fixture
def face(maya: Maya) -> Maya:
    """A scene with one selected mesh that a blendShape with three weights deforms."""
    maya.add_face("faceShapes", ("JawOpen", "mouth_close", "eyeBlink_L"), "face")
    maya.state.selection = ["face"]
    return maya


@pytest.fixture
def in_window(maya: Maya) -> Maya:
    """The same Maya, with a window."""
    maya.batch = False
    return maya


@pytest.fixture
def take_file(tmp_path: Path, some_take: Callable[..., Any]) -> Callable[..., Path]:
    """`take_file(frames=24, rate="24")`: a take on disk, and its values by name."""
    from koemorph.formats import write_take

    def make(frames: int = 24, rate: str = "24") -> Path:
        path = tmp_path / "line.take"
        write_take(some_take(frames, rate), path)
        return path

    return make
