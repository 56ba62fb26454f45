"""Shot lists in a real Blender: by the button, and by the runner that opens scenes in the background."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bpy
import numpy as np
import pytest
from blender_addon import compat
from blender_addon.line import lines_of, source_from_dict
from blender_addon.process import worker
from blender_addon.shot_list import faces

from koemorph.cli import main
from koemorph.errors import RigError
from koemorph.formats import read_take
from koemorph.runtime import Runtime
from tests.blender_addon.reading import curves, path_of, pose, state

RATE = "24"


@pytest.fixture
def stage(context: Any) -> Any:
    """A scene of 24 frames a second with two faces."""
    for name in ("Aoi", "Ken"):
        bpy.ops.koemorph.add_sample_face()
        bpy.context.object.name = name
    bpy.context.scene.render.fps = int(RATE)
    return bpy.context.scene


@pytest.fixture
def listed(tmp_path: Path, recording: Path) -> Callable[..., Path]:
    """`listed(row, ...)`: a list of rows that lack their recording."""

    def make(*rows: dict[str, Any]) -> Path:
        path = tmp_path / "list.json"
        path.write_text(json.dumps({"defaults": {"audio": str(recording), "fps": RATE}, "shots": rows}), "utf-8")
        return path

    return make


def keyed_frames(one: Any) -> tuple[float, float]:
    points = curves(one.data.shape_keys)[path_of("jawOpen")].keyframe_points
    return points[0].co[0], points[-1].co[0]


def test_the_button_keys_every_line_onto_its_character(stage: Any, listed: Callable[..., Path], expected: Any) -> None:
    stage.koemorph.shot_list = str(
        listed(
            {"shot": "1", "character": "Aoi", "start_frame": 11},
            {"shot": "2", "character": "Kenji", "object": "Ken", "start_frame": 101, "jaw_strength": 0.5},
            {"shot": "3", "character": "Aoi", "start_frame": 201},
            {"shot": "4", "object": "Nobody"},
        )
    )
    assert bpy.ops.koemorph.key_shot_list() == {"FINISHED"}
    aoi, ken = bpy.data.objects["Aoi"], bpy.data.objects["Ken"]
    take = expected(RATE)
    last = take.frame_count - 1
    assert keyed_frames(aoi) == (11, 201 + last) and keyed_frames(ken) == (101, 101 + last)
    jaw = [float(value) for value in take.curve("jawOpen")]
    for first in (11, 201):
        assert [pose(aoi, first + frame)["jawOpen"] for frame in range(len(jaw))] == pytest.approx(jaw, abs=1e-4)
    assert pose(ken, 101 + int(np.argmax(jaw)))["jawOpen"] < max(jaw)
    action = aoi.data.shape_keys.animation_data.action
    assert [line.first for line in lines_of(action)] == [11, 201]


def test_a_list_of_which_nothing_can_be_keyed_changes_nothing(stage: Any, listed: Callable[..., Path]) -> None:
    before = state()
    with pytest.raises(RuntimeError, match="nothing called Nobody"):
        bpy.ops.koemorph.key_shot_list(filepath=str(listed({"object": "Nobody"})))
    with pytest.raises(RuntimeError, match="2 faces"):
        bpy.ops.koemorph.key_shot_list(filepath=str(listed({})))
    with pytest.raises(RuntimeError, match="no line for this scene"):
        bpy.ops.koemorph.key_shot_list(filepath=str(listed({"scene": "other.blend", "object": "Ken"})))
    assert state() == before


def test_a_worker_that_cannot_start_is_not_started_for_every_line(
    stage: Any, listed: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    worker.close()
    monkeypatch.setattr(worker, "wanted", Runtime(model=Path("/none")))
    starts = []
    real = Runtime.start_worker
    monkeypatch.setattr(Runtime, "start_worker", lambda runtime: starts.append(1) or real(runtime))
    with pytest.raises(RuntimeError, match="No line could be keyed"):
        bpy.ops.koemorph.key_shot_list(filepath=str(listed(*({"shot": f"{n}", "object": "Ken"} for n in range(9)))))
    assert len(starts) == 2
    worker.close()


def test_a_name_stands_for_faces_below_it(stage: Any) -> None:
    parent = bpy.data.objects.new("Hero", None)
    bpy.context.collection.objects.link(parent)
    bpy.data.objects["Ken"].parent = parent
    crowd = bpy.data.collections.new("Crowd")
    stage.collection.children.link(crowd)
    for name in ("Aoi", "Ken"):
        crowd.objects.link(bpy.data.objects[name])
    assert faces("Hero") == ("Ken",) and faces("Aoi") == ("Aoi",) and set(faces("Crowd")) == {"Aoi", "Ken"}
    parent.name = "Empty"
    bpy.data.objects["Ken"].parent = None
    with pytest.raises(RigError, match="no mesh with shape keys"):
        faces("Empty")


@pytest.fixture
def batch(
    tmp_path: Path, tiny_folder: Path, stage: Any, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, list[str], str]]:
    """The runner on the list, with this Python, which has bpy, as the Blender: exit code, states, errors."""
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "scene.blend"), compress=True)

    def run(*words: str) -> tuple[int, list[str], str]:
        told = ["batch", str(tmp_path / "list.json"), "-o", str(tmp_path / "out"), "--blender", sys.executable]
        code = main([*told, "--model", str(tiny_folder), "--jobs", "1", *words])
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return code, [line.split()[1] for line in out.splitlines() if line.startswith("[")], err

    return run


ROWS = (
    {
        "shot": "1",
        "scene": "scene.blend",
        "object": "Aoi",
        "start_frame": 11,
        "target": "takes/1.take | ep/keyed.blend",
    },
    {
        "shot": "2",
        "scene": "scene.blend",
        "object": "Ken",
        "start_frame": 101,
        "target": "takes/2.take | ep/keyed.blend",
    },
)


def test_lines_are_keyed_into_a_copy_of_their_scene(
    batch: Callable[..., Any], listed: Callable[..., Path], tmp_path: Path, recording: Path
) -> None:
    before = (tmp_path / "scene.blend").read_bytes()
    listed(*ROWS)
    assert batch()[:2] == (0, ["done", "done"])
    keyed = tmp_path / "out" / "ep" / "keyed.blend"
    assert (tmp_path / "scene.blend").read_bytes() == before
    assert [path.name for path in keyed.parent.iterdir()] == ["keyed.blend"]
    assert keyed.read_bytes()[:7] != b"BLENDER", "compressed as its scene was"
    bpy.ops.wm.open_mainfile(filepath=str(keyed))
    for name, first in (("Aoi", 11), ("Ken", 101)):
        face, take = (
            bpy.data.objects[name],
            read_take(tmp_path / "out" / "takes" / f"{ROWS[name == 'Ken']['shot']}.take"),
        )
        for shape in ("jawOpen", "mouthPucker"):
            found = [pose(face, first + frame)[shape] for frame in range(take.frame_count)]
            assert found == pytest.approx([float(value) for value in take.curve(shape)], abs=1e-4)
        (line,) = lines_of(face.data.shape_keys.animation_data.action)
        assert source_from_dict(line.source).recording.path == recording


def test_a_scene_is_made_again_when_one_of_its_lines_has_changed(
    batch: Callable[..., Any], listed: Callable[..., Path], tmp_path: Path
) -> None:
    listed(*ROWS)
    assert batch()[1] == ["done", "done"]
    keyed = tmp_path / "out" / "ep" / "keyed.blend"
    first = keyed.read_bytes()
    assert batch()[1] == ["skipped", "skipped"]
    (tmp_path / "scene.blend").touch()
    assert batch()[1] == ["skipped", "skipped"] and keyed.read_bytes() == first
    listed(ROWS[0], {**ROWS[1], "start_frame": 121})
    assert batch("--only", "1")[1] == ["done", "done"], "a scene is keyed as a whole"
    bpy.ops.wm.open_mainfile(filepath=str(keyed))
    assert [keyed_frames(bpy.data.objects[name])[0] for name in ("Aoi", "Ken")] == [11, 121]
    listed(ROWS[0])
    assert batch("--keys", "bezier")[1] == ["done"], "the other one's keys have to go"
    bpy.ops.wm.open_mainfile(filepath=str(keyed))
    assert not curves(bpy.data.objects["Ken"].data.shape_keys)
    points = curves(bpy.data.objects["Aoi"].data.shape_keys)[path_of("jawOpen")].keyframe_points
    assert {point.interpolation for point in points} == {"BEZIER"}


def test_what_an_animator_went_on_with_is_left_alone(
    batch: Callable[..., Any], listed: Callable[..., Path], tmp_path: Path
) -> None:
    listed(*ROWS)
    batch()
    keyed = tmp_path / "out" / "ep" / "keyed.blend"
    bpy.ops.wm.open_mainfile(filepath=str(keyed))
    bpy.context.scene.frame_end = 777
    bpy.context.preferences.filepaths.save_version = 0
    bpy.ops.wm.save_mainfile()
    theirs = keyed.read_bytes()
    listed(ROWS[0], {**ROWS[1], "start_frame": 121})
    code, states, err = batch()
    assert (code, states) == (7, []) and err.count("left alone") == 2
    assert keyed.read_bytes() == theirs
    assert batch("--force")[1] == ["done", "done"]
    assert (keyed.parent / "keyed.backup.blend").read_bytes() == theirs
    assert batch("--force")[1] == ["done", "done"]
    assert sorted(path.name for path in keyed.parent.iterdir()) == ["keyed.backup.blend", "keyed.blend"]


def test_one_line_that_cannot_be_keyed_stops_no_other(
    batch: Callable[..., Any], listed: Callable[..., Path], tmp_path: Path
) -> None:
    listed(ROWS[0], {**ROWS[1], "object": "Nobody"})
    code, states, err = batch()
    assert (code, states) == (RigError.exit_code, ["done"]) and "nothing called Nobody" in err
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "out" / "ep" / "keyed.blend"))
    assert keyed_frames(bpy.data.objects["Aoi"])[0] == 11
    assert not curves(bpy.data.objects["Ken"].data.shape_keys)
    (tmp_path / "scene.blend").write_bytes(b"BLENDER is what it is not")
    code, states, err = batch()
    assert states == [] and err.count("cannot open") == 2


def test_the_command_is_known_to_blender(addon: Any) -> None:
    from blender_addon import batch as entry

    assert entry.parser().parse_args(["a.blend", "-o", "b.blend", "--file", "c.wav"]).where == "new"
    assert compat.SLOTTED or bpy.app.version < (4, 4, 0)
