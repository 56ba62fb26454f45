"""Lines keyed into scenes: how lists name them, and the programs that do it. A real Blender: tests/blender_addon."""

import argparse
import json
import stat
import sys
from types import SimpleNamespace

import pytest

from koemorph import hosts
from koemorph.cli import batch
from koemorph.shots import Target, missing_recordings
from koemorph.shots.batch import chosen

LIST = "shot,audio,scene,object,character,target\n"


@pytest.mark.parametrize(
    ("line", "targets", "face"),
    [
        ("s,a.wav,ep/x.blend,Face,Aoi,", ["s.take", "x.blend"], "Face"),
        ("s,a.wav,ep/x.blend,,Aoi,y/z.blend", ["y/z.blend"], "Aoi"),
        ("s,a.wav,x.ma,,,s.take|x.mb", ["s.take", "x.mb"], ""),
    ],
)
def test_where_a_keyed_scene_goes(read, tmp_path, line, targets, face):
    shots = read(LIST + line + "\n", output=tmp_path / "out")
    (shot,) = shots
    assert [target.path for target in shot.targets] == targets and shot.face == face
    assert shot.keyed_scene is not None and shot.keyed_scene.path == targets[-1]
    assert [problem.message.split(":")[0] for problem in missing_recordings(shots)] == ["audio", "scene"]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("s,a.wav,,,,x.blend", "under scene"),
        ("s,a.wav,x.fbx,,,", "no scene"),
        ("s,a.wav,x.blend,,,y.ma", "end it in .blend"),
        ("s,a.wav,x.blend,,,y.blend|z.blend", "second scene"),
        ("s,a.wav,out/x.blend,,,x.blend", "replace what lines"),
    ],
)
def test_what_no_scene_can_be(read, tmp_path, line, told):
    (problem,) = read(LIST + line + "\n", output=tmp_path / "out").problems
    assert told in str(problem)


def test_lines_of_one_scene_stay_together(read, tmp_path):
    lines = [
        "a1,1.wav,x.blend,,,k/a.blend",
        "b1,2.wav,,,,",
        "a2,3.wav,./x.blend,,,k/A.blend",
        "c1,4.wav,y.blend,,,",
    ]
    shots = read(LIST + "\n".join(lines) + "\n")
    assert [[shot.name for shot in unit] for unit in shots.units()] == [["a1", "a2"], ["b1"], ["c1"]]
    parts = [[shot.name for shot in shots.chunk(number, 2)] for number in (1, 2)]
    assert parts == [["a1", "a2", "c1"], ["b1"]]
    assert [shot.name for shot in chosen(shots, ("a2",))] == ["a1", "a2"]
    (problem,) = read(LIST + "a,1.wav,x.blend,,,k.blend\nb,2.wav,y.blend,,,k.blend\n").problems
    assert "line 3" in str(problem) and "written by line 2" in str(problem)


@pytest.fixture
def scene(recording, listed, tmp_path):
    """A list of two lines for one scene; `scene(".ma")` returns its path."""

    def make(ending):
        recording("a.wav", 0.2)
        recording("b.wav", 0.2)
        (tmp_path / f"x{ending}").write_text("a scene")
        rows = [{"shot": name, "audio": f"{name}.wav", "scene": f"x{ending}", "object": "face"} for name in "ab"]
        return listed(*rows)

    return make


@pytest.mark.parametrize(
    ("ending", "option", "variable"),
    [(".blend", "--blender", "KOEMORPH_BLENDER"), (".mb", "--mayapy", "KOEMORPH_MAYAPY")],
)
def test_without_the_program_it_is_said_how_to_name_it(
    koemorph, scene, tmp_path, monkeypatch, one_sentence, ending, option, variable
):
    monkeypatch.setenv("PATH", str(tmp_path))
    for name in (variable, "MAYA_LOCATION"):
        monkeypatch.delenv(name, raising=False)
    path = scene(ending)
    for words, environment in (((), ""), ((option, "/none/such"), ""), ((), "/none/such")):
        monkeypatch.setenv(variable, environment)
        code, _, err = koemorph("batch", path, "-o", tmp_path / "out", *words)
        assert code == 8 and err.count(" failed ") == 2
        assert option in err and variable in err and ("/none/such" in err) == bool(words or environment)
        one_sentence(err.splitlines()[0])
    assert not (tmp_path / "out" / f"x{ending}").exists()
    code, out, _ = koemorph("batch", path, "-o", tmp_path / "out", "--dry-run")
    assert code == 0 and f"would make a: a.take, x{ending} from " in out and "on face" in out


@pytest.mark.skipif(sys.platform == "win32", reason="the programs of this test are shell scripts")
@pytest.mark.parametrize("does", ["kill -9 $$", "echo Out of paint.; exit 3", "exit 0"])
def test_a_program_that_ends_without_a_word_is_told(koemorph, scene, tmp_path, one_sentence, does):
    program = tmp_path / "blender"
    program.write_text(f"#!/bin/sh\n{does}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    code, _, err = koemorph("batch", scene(".blend"), "-o", tmp_path / "out", "--blender", program)
    assert code == 1 and err.count("Blender did not key") == 2 and ("Out of paint" in err) == ("paint" in does)
    one_sentence(err.splitlines()[0])
    assert sorted(path.suffix for path in (tmp_path / "out").glob("*.*") if path.is_file()) == [
        *(".csv", ".html", ".json", ".take", ".take"),
    ]


BAKE = """
import argparse, json, sys
from pathlib import Path
from koemorph.formats import read_take
from koemorph.hosts.bake import serve
from koemorph.hosts.messages import Keyed
from koemorph.runtime.messages import Failed
from koemorph.timing import FrameRate
given = argparse.ArgumentParser()
for words in (["scene"], ["-o", "--output"]):
    given.add_argument(*words, type=Path)
given.add_argument("--link")
given = given.parse_args()
told = []

def rate():
    assert given.scene.read_text() == "a scene"
    return FrameRate.parse(24)

def key(lines):
    answers = {}
    for line in lines:
        take = read_take(line.take)
        assert take.rate == FrameRate.parse(24) and line.settings["jaw_strength"] == 1.0
        told.append(" ".join(map(str, [line.object, line.first_frame, take.frame_count, *line.keying.values()])))
        wrong = Failed(id=line.id, text="The scene has nothing called nobody; name a face.", exit_code=4)
        answers[line.id] = wrong if line.object == "nobody" else Keyed(id=line.id, keys=9, notes=("A note.",))
    return answers

sys.exit(serve(given.link, rate, key, lambda: given.output.write_text(json.dumps(told)) and None))
"""


@pytest.fixture
def maya(tmp_path, monkeypatch):
    """A program that takes the same words as Maya's entry: this proves nothing of Maya itself."""
    (tmp_path / "bake.py").write_text(BAKE)
    monkeypatch.setenv("KOEMORPH_MAYA_BAKE", str(tmp_path / "bake.py"))
    monkeypatch.setenv("KOEMORPH_MAYAPY", sys.executable)


def test_a_watched_list_keys_its_scenes(maya, koemorph, scene, tmp_path):
    words = ["watch", scene(".mb"), "-o", tmp_path / "out", "--every", "0.1", "--until-idle", "0.4"]
    code, out, err = koemorph(*words)
    assert code == 0 and out.count(" done ") == 2, err
    assert json.loads((tmp_path / "out" / "x.mb").read_text()) == ["face 1 5", "face 1 5"]
    code, out, _ = koemorph(*words)
    assert code == 0 and " done " not in out


def test_a_hosts_entry_is_called_once_for_all_lines_of_a_scene(maya, koemorph, scene, listed, tmp_path):
    words = ["batch", scene(".ma"), "-o", tmp_path / "out"]
    code, _, err = koemorph(*words)
    assert code == 0, err
    assert json.loads((tmp_path / "out" / "x.ma").read_text()) == ["face 1 5", "face 1 5"]
    assert koemorph(*words, "--keys", "bezier", "--tolerance", "0.05")[0] == 0
    assert json.loads((tmp_path / "out" / "x.ma").read_text()) == ["face 1 5 bezier 0.05"] * 2
    rows = [
        {"shot": "a", "audio": "a.wav", "scene": "x.ma", "object": "face", "start_frame": 7},
        {"shot": "b", "audio": "b.wav", "scene": "x.ma", "object": "nobody"},
    ]
    listed(*rows)
    code, _, err = koemorph(*words)
    assert code == 4, "what the host said of the line that failed"
    told = json.loads((tmp_path / "out" / "shots-report.json").read_text())["shots"]
    assert [entry["status"] for entry in told] == ["done", "failed"] and "nobody" in told[1]["message"]
    assert "A note." in told[0]["warnings"]
    assert json.loads((tmp_path / "out" / "x.ma").read_text())[0] == "face 7 5"


def test_another_host_is_a_package_of_its_own(monkeypatch, read, tmp_path):
    other = hosts.HostSpec(
        name="other",
        label="Other",
        suffixes=(".oth",),
        flag="other-py",
        about="Other",
        command=lambda program, words: [],
    )
    entry = SimpleNamespace(name="other", value="other:HOST", load=lambda: other)
    monkeypatch.setattr(hosts, "entry_points", lambda group: [entry] if group == "koemorph.hosts" else [])
    hosts.hosts.cache_clear()
    try:
        (shot,) = read(LIST + "s,a.wav,x.oth,,,\n", output=tmp_path / "out")
        assert shot.keyed_scene == Target(path="x.oth", format="other")
        assert other.variable == "KOEMORPH_OTHER_PY", "a name that shells can set"
        reader = argparse.ArgumentParser()
        batch.add_arguments(reader)
        given = reader.parse_args(["list.csv", "-o", "out", "--other-py", "there"])
        assert batch.options_from(given, 1).programs["other"] == "there"
    finally:
        hosts.hosts.cache_clear()
