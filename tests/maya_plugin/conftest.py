"""The module inside of a Maya in memory (`in_memory_maya.py`), loaded through its own plug-in shell."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from .in_memory_maya import Maya, modules

MODULE = Path(__file__).parents[2] / "maya_plugin"


@pytest.fixture
def maya(monkeypatch: pytest.MonkeyPatch) -> Iterator[Maya]:
    memory = Maya()
    for name, module in modules(memory).items():
        monkeypatch.setitem(sys.modules, name, module)
    for name in [name for name in sys.modules if name.startswith("koemorph_maya")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.syspath_prepend(str(MODULE / "scripts"))
    shell = plugin_shell()
    shell.initializePlugin(None)
    yield memory
    shell.uninitializePlugin(None)
    assert not memory.plugins
    for name in [name for name in sys.modules if name.startswith("koemorph_maya")]:
        del sys.modules[name]


def plugin_shell() -> Any:
    path = MODULE / "plug-ins" / "koemorph_plugin.py"
    described = importlib.util.spec_from_file_location("koemorph_plugin", path)
    assert described and described.loader
    shell = importlib.util.module_from_spec(described)
    described.loader.exec_module(shell)
    return shell


@pytest.fixture
def face(maya: Maya) -> Maya:
    """A scene with one selected mesh that a blendShape with three weights deforms."""
    maya.add_face("faceShapes", ("JawOpen", "mouth_close", "eyeBlink_L"), "face")
    maya.state.selection = ["face"]
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
