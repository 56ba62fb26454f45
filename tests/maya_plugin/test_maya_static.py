"""Planted mistakes are found twice: by mypy with the type stubs, and by the Maya in memory when the line is run."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest

from .conftest import MODULE

ROOT = MODULE.parent
WRONG = (
    'cmds.setKeyframe("faceShapes.JawOpen", tme=1)',
    'cmds.setKeyframe("faceShapes.JawOpen", query=True, time=1)',
    'cmds.setKeyframe("faceShapes.JawOpen", time=1, value="high")',
    'cmds.keyAll("face")',
    'cmds.animLayer("dialogue", overide=True)',
    'cmds.selectKey("curve", replaced=True)',
    'cmds.scriptJob(event="SelectionChanged")',
    'cmds.optionVar(floatValue=("koemorph", "much"))',
    'cmds.workspaceControl("panel", uiScripts="import panel")',
    'cmds.file("face.ma", opened=True)',
    "curve.addKeys([1.0, 2.0], values)",
    "curve.addKeys(times, values, 2, 2, keepExisting=True)",
    "curve.addKeys(times)",
    "curve.setTangent(0, 1.0, 2.0)",
    'curve.setValue(0, "high")',
    "curve.find(1.0)",
    "curve.numkeys",
    "curve.setKeys(times)",
    'OpenMayaAnim.MFnAnimCurve("curve")',
    "OpenMayaAnim.MAnimCurveChange().undo()",
    'OpenMaya.MTime("1")',
    'OpenMaya.MSyntax().addFlag("-f", "-file")',
    'OpenMaya.MFnPlugin(node, "KoeMorph", version="1")',
    'OpenMaya.MGlobal.displayErorr("wrong")',
    "OpenMaya.MSelectionList().add(3)",
    "OpenMayaUI.MQtUtil.findControl(3)",
)
RIGHT = (
    'cmds.setKeyframe("faceShapes.JawOpen", time=1, value=0.5)',
    'cmds.optionVar(floatValue=("koemorph", 0.5))',
    'cmds.scriptJob(event=("SelectionChanged", print))',
    "curve.addKeys(times, values, 2, 2, True)",
    "curve.setTangent(0, 1.0, 2.0, True)",
    "curve.find(time)",
    "curve.numKeys",
    "OpenMayaAnim.MFnAnimCurve(node)",
    'OpenMaya.MSyntax().addFlag("-f", "-file", OpenMaya.MSyntax.kString)',
    'OpenMaya.MSelectionList().add("face")',
)
NAMES = """
from maya import OpenMayaUI, cmds
from maya.api import OpenMaya, OpenMayaAnim

node: OpenMaya.MObject
curve: OpenMayaAnim.MFnAnimCurve
time: OpenMaya.MTime
times: OpenMaya.MTimeArray
values: OpenMaya.MDoubleArray
"""


@pytest.fixture
def names(face):
    """What the lines speak of, in the Maya in memory."""
    from maya import OpenMayaUI, cmds
    from maya.api import OpenMaya, OpenMayaAnim

    cmds.setKeyframe("faceShapes.JawOpen", time=1, value=0.5)
    node = OpenMaya.MSelectionList().add("faceShapes_JawOpen").getDependNode(0)
    return {
        **{"cmds": cmds, "OpenMaya": OpenMaya, "OpenMayaAnim": OpenMayaAnim, "OpenMayaUI": OpenMayaUI, "node": node},
        "curve": OpenMayaAnim.MFnAnimCurve(node),
        "time": OpenMaya.MTime(1.0, OpenMaya.MTime.uiUnit()),
        "times": OpenMaya.MTimeArray([OpenMaya.MTime(8.0)]),
        "values": OpenMaya.MDoubleArray([0.5]),
    }


@pytest.mark.parametrize("line", WRONG)
def test_the_maya_in_memory_refuses_what_is_wrong(names, line):
    with pytest.raises((TypeError, AttributeError)):
        exec(line, names)


@pytest.mark.parametrize("line", RIGHT)
def test_the_maya_in_memory_does_what_is_right(names, line):
    exec(line, names)


@pytest.fixture(scope="module")
def complaints(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """What mypy says of each line, with the settings and stubs that check the module."""
    pytest.importorskip("mypy", reason="mypy is not here: nox -s types")
    lines = [*WRONG, *RIGHT]
    folder = tmp_path_factory.mktemp("planted")
    begin = NAMES.count("\n") + 1
    (folder / "planted.py").write_text(NAMES + "\n".join(lines) + "\n")
    command = [sys.executable, "-m", "mypy", "--config-file", str(ROOT / "pyproject.toml"), "--no-error-summary"]
    ended = subprocess.run(
        [*command, "--cache-dir", str(folder / "cache"), "--hide-error-context", str(folder / "planted.py")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode in (0, 1), ended.stdout + ended.stderr
    told: dict[str, str] = {}
    for line in ended.stdout.splitlines():
        place, _, said = line.partition(": error: ")
        if said:
            told.setdefault(lines[int(place.rpartition(":")[2]) - begin], said)
    yield told


@pytest.mark.parametrize("line", WRONG)
def test_mypy_finds_what_is_wrong(complaints, line):
    assert line in complaints


@pytest.mark.parametrize("line", RIGHT)
def test_mypy_lets_pass_what_is_right(complaints, line):
    assert line not in complaints


def test_the_stubs_agree_with_those_that_are_published():
    published = _published()
    ours = _classes((MODULE / "typings" / "maya" / "api" / "OpenMaya.pyi").read_text("utf-8"))
    shared = ours.keys() & published.keys()
    assert shared >= {"MTime", "MTimeArray", "MDoubleArray", "MSyntax", "MArgParser", "MSelectionList"}
    for name in shared:
        for member, calls in ours[name].items():
            for call in calls:
                assert call in published[name].get(member, []), f"{name}.{member}{call}"


def _published() -> dict[str, dict[str, list[object]]]:
    try:
        files = metadata.files("types-maya") or []
    except metadata.PackageNotFoundError:
        pytest.skip("types-maya is not here: nox -s types")
    (path,) = [file.locate() for file in files if str(file).endswith("api/OpenMaya.pyi")]
    return _classes(Path(str(path)).read_text("utf-8"))


def _classes(text: str) -> dict[str, dict[str, list[object]]]:
    """Of each class its methods with the names of their parameters, and its constants with their values."""
    found: dict[str, dict[str, list[object]]] = {}
    for kind in ast.parse(text).body:
        if not isinstance(kind, ast.ClassDef):
            continue
        members = found.setdefault(kind.name, {})
        for node in kind.body:
            if isinstance(node, ast.FunctionDef):
                named = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]
                members.setdefault(node.name, []).append([name for name in named if name != "self"])
            elif isinstance(node, ast.AnnAssign):
                members.setdefault(ast.unparse(node.target), []).append(ast.unparse(node.annotation))
    return found
