"""Scenes in, keyed scenes out, without a window: `mayapy koemorph-maya-bake.py`."""

from __future__ import annotations

import json
import runpy
import sys
import threading
import time
from fractions import Fraction
from pathlib import Path

import pytest

from koemorph.formats import write_take
from koemorph.hosts.link import Listener
from koemorph.hosts.messages import Line, Save, Scene
from koemorph.recording import Recording
from koemorph.runtime.messages import Bye

from .conftest import MODULE

MESH, WEIGHT = "koemorphFace", "koemorphFaceShapes.jawOpen"


@pytest.fixture
def bake(bare_maya, monkeypatch):
    """`bake(...)`: what the script returns for these words."""
    monkeypatch.setenv("KOEMORPH_PYTHON", sys.executable)
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2] / "core"))
    monkeypatch.setattr(sys, "path", list(sys.path))

    def run(*words: object) -> int:
        monkeypatch.setattr(sys, "argv", ["koemorph-maya-bake.py", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            runpy.run_path(str(MODULE / "koemorph-maya-bake.py"))
        return int(ended.value.code or 0)

    yield run
    if shell := bare_maya.shells.get("koemorph_plugin"):
        shell.uninitializePlugin(sys.modules["maya.api.OpenMaya"].MObject())


@pytest.fixture
def scene(bare_maya, tmp_path):
    """The sample face, in a scene of its own."""
    from koemorph_maya import sample_face

    path = tmp_path / "shot.ma"
    path.write_text(sample_face.scene(), "ascii")
    return path


@pytest.fixture
def opened(bare_maya):
    """`opened(path)`: the Maya with that scene, to look at."""

    def look(path: Path):
        sys.modules["maya.cmds"].file(str(path), open=True, force=True)
        return bare_maya

    return look


def test_a_recording_is_keyed_into_another_scene(bake, scene, recording, tmp_path, opened, capsys):
    out, before = tmp_path / "keyed.ma", scene.read_bytes()
    assert bake(scene, "-o", out, "--file", recording(seconds=0.5), "--target", MESH, "--start-frame", 11) == 0
    assert "624 keys on 52 curves, frames 11 to 22" in capsys.readouterr().out
    assert [frame for frame, _ in opened(out).frames_of(WEIGHT)] == list(range(11, 23))
    assert scene.read_bytes() == before and {path.name for path in tmp_path.glob("*.ma")} == {"shot.ma", "keyed.ma"}


def test_scripts_of_the_scene_do_not_run(bake, bare_maya, scene, recording, tmp_path):
    bare_maya.scripts_ran = True
    assert bake(scene, "-o", tmp_path / "keyed.ma", "--file", recording(seconds=0.5), "--target", MESH) == 0
    assert not bare_maya.scripts_ran


def test_a_file_is_only_replaced_when_told_so(bake, scene, recording, opened, capsys, tmp_path):
    line, before = recording(seconds=0.5), scene.read_bytes()
    assert bake(scene, "-o", scene, "--file", line, "--target", MESH) == 7
    assert "allow it with --overwrite" in capsys.readouterr().err and scene.read_bytes() == before
    assert bake(scene, "-o", scene, "--overwrite", "--file", line, "--target", MESH) == 0
    assert len(opened(scene).frames_of(WEIGHT)) == 12


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["-o", "keyed.fbx", "--file", "LINE"], 7, "no scene of Maya"),
        (["-o", "nowhere/keyed.ma", "--file", "LINE"], 7, "no folder"),
        (["-o", "keyed.ma", "--file", "gone.wav"], 3, "gone.wav is not a file"),
        (["-o", "keyed.ma", "--audio", "gone"], 3, "no audio node called gone"),
        (["-o", "keyed.ma", "--file", "LINE", "--target", "nobody"], 4, "nothing called nobody"),
        (["-o", "keyed.ma", "--file", "LINE", "--preset", "gone"], 4, "gone"),
    ],
)
def test_what_is_wrong_is_one_sentence_and_an_exit_code(bake, scene, recording, tmp_path, capsys, words, code, said):
    line = str(recording(seconds=0.5))
    told = [line if word == "LINE" else word for word in words]
    told[1] = str(tmp_path / told[1])
    assert bake(scene, *told) == code
    (error,) = capsys.readouterr().err.splitlines()
    assert error.startswith("koemorph-maya-bake: ") and said in error
    assert not list(tmp_path.glob("keyed*"))


def test_a_scene_that_cannot_be_read_is_told(bake, tmp_path, recording, capsys):
    broken = tmp_path / "broken.ma"
    broken.write_text("//Maya ASCII 2024 scene\ncreateNode nonsense -n one;\n")
    assert bake(broken, "-o", tmp_path / "keyed.ma", "--file", recording(seconds=0.5)) == 7
    assert f"Maya cannot open {broken}" in capsys.readouterr().err


def test_a_list_is_keyed_line_by_line_and_reported_as_the_core_does(bake, scene, recording, tmp_path, opened, capsys):
    line = recording(seconds=0.5)
    rows = [
        {"shot": "one", "audio": str(line), "start_frame": 101, "character": MESH},
        {"shot": "two", "audio": str(line), "start_frame": 201, "character": "nobody"},
        {"shot": "three", "audio": str(line), "start_frame": 301, "character": MESH, "in": "0", "out": "0.25"},
    ]
    (tmp_path / "list.json").write_text(json.dumps({"shots": rows}))
    out, report = tmp_path / "keyed.ma", tmp_path / "report"
    assert bake(scene, "-o", out, "--shots", tmp_path / "list.json", "--report", report) == 4
    frames = [frame for frame, _ in opened(out).frames_of(WEIGHT)]
    assert frames == [*range(101, 113), *range(301, 307)]
    content = json.loads((report / "shots-report.json").read_text())
    assert content["counts"] == {"done": 2, "failed": 1}
    assert [bool(one["message"]) for one in content["shots"]] == [False, True, False]
    from koemorph.shots.report import HEAD

    assert (report / "shots-report.csv").read_text("utf-8-sig").splitlines()[0] == ",".join(HEAD)
    assert "nothing called nobody" in (report / "shots-report.html").read_text()
    assert "nobody" in capsys.readouterr().err


def test_takes_of_a_batch_are_keyed_and_answered_for(bake, scene, some_take, tmp_path, opened, monkeypatch):
    """As `koemorph batch` asks for it, at the other end of a link."""
    listener, heard = Listener("Stand-in"), []
    write_take(some_take(12, "24"), tmp_path / "a.take")
    recording = Recording(tmp_path / "gone.wav")
    lines = [
        Line(id=name, take=tmp_path / "a.take", recording=recording, settings={}, first_frame=Fraction(11), object=whom)
        for name, whom in (("1", MESH), ("2", "nobody"))
    ]

    def batch() -> None:
        while (peer := listener.poll()) is None:
            time.sleep(0.01)
        while not any(isinstance(message, Bye) for message in heard):
            messages = peer.poll()
            heard.extend(messages)
            for _ in (message for message in messages if isinstance(message, Scene)):
                for message in (*lines, Save()):
                    peer.send(message)
            time.sleep(0.01)
        peer.close()

    other = threading.Thread(target=batch, daemon=True)
    other.start()
    monkeypatch.setenv(*next(iter(listener.variables.items())))
    assert bake(scene, "-o", tmp_path / "keyed.ma", "--link", listener.address) == 4
    other.join(20)
    assert len(heard) == 4, heard
    told, keyed, failed, _ = heard
    assert str(told.rate) == "24" and (keyed.id, failed.id, failed.exit_code) == ("1", "2", 4)
    assert keyed.keys and "nobody" in failed.text
    assert [frame for frame, _ in opened(tmp_path / "keyed.ma").frames_of(WEIGHT)] == list(range(11, 23))


def test_wrong_lines_stop_everything_before_it_begins(bake, scene, tmp_path, capsys):
    (tmp_path / "list.csv").write_text("shot,audio\none,gone.wav\n")
    assert bake(scene, "-o", tmp_path / "keyed.ma", "--shots", tmp_path / "list.csv") != 0
    assert "gone.wav" in capsys.readouterr().err and not (tmp_path / "keyed.ma").exists()
