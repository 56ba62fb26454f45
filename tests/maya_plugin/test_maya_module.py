"""What can be said of the module without Maya: its flags exist, its zip is complete, Qt stays outside."""

from __future__ import annotations

import ast
import importlib
import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FLAGS = json.loads(Path(__file__).with_name("maya_flags.json").read_text("utf-8"))
OURS = "koemorph"


def wrong_flags(source: str) -> list[str]:
    """Calls of `cmds` with a command or flag that Maya 2025 does not have."""
    wrong = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner, name = node.func.value, node.func.attr
            if isinstance(owner, ast.Name) and owner.id == "cmds" and not name.startswith(OURS):
                flags = {keyword.arg for keyword in node.keywords} - {"query", "edit"}
                wrong += [name] if name not in FLAGS else [f"{name} -{flag}" for flag in flags - set(FLAGS[name])]
    return wrong


@pytest.mark.parametrize("path", sorted((ROOT / "maya_plugin").rglob("*.py")), ids=lambda path: path.name)
def test_maya_has_every_flag(path):
    assert wrong_flags(path.read_text("utf-8")) == []


def test_planted_mistakes_are_found():
    assert wrong_flags("cmds.setKeyframe(p, tme=1)\ncmds.keyAll()") == ["setKeyframe -tme", "keyAll"]


@pytest.fixture
def builder(monkeypatch):
    if sys.version_info < (3, 11):
        pytest.skip("what is handed out is built with Python 3.11")
    monkeypatch.syspath_prepend(str(ROOT / "packaging"))
    return importlib.import_module("maya_module")


def complete(builder, platform):
    ending = "pyd" if platform == "windows-x64" else "so"
    names = ["plug-ins/koemorph_plugin.py", "scripts/koemorph_maya/press.py", "core/koemorph/weights/analyse.onnx"]
    for python in builder.PYTHONS:
        names += [f"{python}/{name}" if "." in name else f"{python}/{name}/x.py" for name in builder.IMPORTED[2:]]
        names += [f"{python}/numpy/core.{ending}"]
    return {f"KoeMorph/{name}": b"" for name in names}


def test_an_incomplete_zip_is_refused(builder):
    for platform in builder.MAYA_PLATFORMS:
        entries = complete(builder, platform)
        builder.check(entries, platform)
        for name in list(entries):
            with pytest.raises(builder.BuildError):
                builder.check({other: b"" for other in entries if other != name}, platform)
        with pytest.raises(builder.BuildError, match="Qt"):
            builder.check({**entries, "KoeMorph/cp311/PySide6/QtCore.so": b""}, platform)


def test_each_maya_gets_the_libraries_of_its_python(builder):
    text = builder.description("1.2.3", "linux-x64")
    assert "+ MAYAVERSION:2024 PLATFORM:linux KoeMorph 1.2.3 KoeMorph" in text
    section = text.split("MAYAVERSION:2025")[1].split("+ MAYAVERSION")[0]
    assert "PYTHONPATH +:= cp311" in section and "cp310" not in section
