"""Our head as a scene: well-formed, complete, and keyed once it is opened; and that malformed scenes are noticed."""

from __future__ import annotations

import re

import numpy as np
import pytest

from koemorph import arkit
from koemorph.face import load_face
from koemorph.formats import read_take

from .memory.ascii import Malformed
from .memory.reading import read

WEIGHTS = "koemorphFaceShapes"


@pytest.fixture(scope="module")
def text():
    from importlib.util import module_from_spec, spec_from_file_location

    from .conftest import MODULE

    described = spec_from_file_location("sample", MODULE / "scripts" / "koemorph_maya" / "sample_face.py")
    assert described and described.loader
    sample = module_from_spec(described)
    described.loader.exec_module(sample)
    return sample.scene()


@pytest.fixture
def opened(maya, cmds, text, tmp_path):
    path = tmp_path / "face.ma"
    path.write_text(text)
    cmds.file(str(path), open=True, force=True)
    return maya


def test_the_scene_is_the_head(text):
    scene, face = read(text), load_face()
    mesh, shapes = scene.nodes["koemorphFaceShapeOrig"], scene.nodes[WEIGHTS]
    np.testing.assert_allclose(mesh.joined("vt"), 100 * face.vertices, atol=1e-5)
    assert len(mesh.joined("fc")) == len(face.quads)
    assert list(shapes.held["aal"]) == list(face.names) and set(face.names) == set(arkit.SHAPES)
    for number in (0, 17, 51):
        moved = np.zeros_like(face.vertices)
        held = f"it[0].itg[{number}].iti[6000]"
        moved[shapes.held[f"{held}.ict"]] = shapes.held[f"{held}.ipt"][:, :3]
        np.testing.assert_allclose(moved, 100 * face.deltas[number], atol=1e-5)
    coloured = [node.held["ic"] for name, node in scene.nodes.items() if node.kind == "groupParts"]
    assert sorted(np.concatenate(coloured)) == list(range(len(face.quads)))


def test_faces_turn_as_the_head_has_them(text):
    mesh, face = read(text).nodes["koemorphFaceShapeOrig"], load_face()
    edges, walks = mesh.joined("ed")[:, :2].astype(int), mesh.joined("fc")
    corners = np.where(walks < 0, edges[np.where(walks < 0, -walks - 1, walks), 1], edges[np.maximum(walks, 0), 0])
    assert (corners == face.quads).all()


def test_it_is_opened_and_keyed(opened, cmds, take_file):
    path = take_file(48)
    cmds.select("koemorphFace")
    assert "52 of 52 shapes matched" in cmds.koemorphCoverage()
    cmds.koemorphImport(file=str(path), startFrame=1)
    take = read_take(path)
    for name in take.names:
        np.testing.assert_allclose(opened.drawn(f"{WEIGHTS}.{name}", 1, 48), take.curve(name), atol=1e-6)


def test_what_is_saved_holds_the_keys(opened, cmds, take_file, tmp_path):
    path = take_file()
    cmds.koemorphImport(file=str(path), targets="koemorphFace", startFrame=11)
    cmds.file(rename=str(tmp_path / "keyed.ma"))
    cmds.file(save=True, type="mayaAscii")
    cmds.file(str(tmp_path / "keyed.ma"), open=True, force=True)
    curve = read_take(path).curve("jawOpen")
    np.testing.assert_allclose(opened.drawn(f"{WEIGHTS}.jawOpen", 11, 24), curve, atol=1e-6)


def test_two_references_are_two_characters(opened, cmds, take_file, tmp_path):
    cmds.file(new=True, force=True)
    for name in ("hero", "villain"):
        cmds.refer(str(tmp_path / "face.ma"), name)
    cmds.koemorphImport(file=str(take_file()), targets="hero:koemorphFace")
    assert len(opened.frames_of(f"hero:{WEIGHTS}.jawOpen")) == 24
    assert not opened.state.mover(f"villain:{WEIGHTS}.jawOpen")
    cmds.undo()
    assert not opened.state.mover(f"hero:{WEIGHTS}.jawOpen")


def test_the_menu_adds_it_to_a_scene(face, in_window, cmds):
    from koemorph_maya import menu

    cmds.currentUnit(time="pal")
    menu.add_sample_face()
    assert face.state.selection == ["koemorphFace"] and face.state.unit == "pal"
    assert face.state.nodes[WEIGHTS].aliases == list(load_face().names)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (("createNode blendShape", "createNode blendshape"), "type is not known"),
        (('setAttr ".io" yes', 'setAttr ".ioo" yes'), "has no attribute ioo"),
        (('setAttr ".io" yes', 'setAttr -sz 3 ".io" yes'), "no flag -sz"),
        (('".vt[0:159]"', '".vt[0:160]"'), "numbers are wanted"),
        (("setAttr -s 8427", "setAttr -s 8428"), "8428 elements"),
        (("f 4 0 ", "f 4 1 "), "does not close"),
        (('"weight[51]"', '"weight[52]"'), "does not name each"),
        (("koemorphFaceShapes.orggeom[0]", "koemorphFaceShapes.origgeom[0]"), "does not exist"),
        (('-p "koemorphFace";', '-p "koemorphFate";'), "no node is called koemorphFate"),
        (('-type "pointArray" 2475', '-type "pointArray" 2474'), "points"),
        (('"koemorphFaceShape.i";', '"koemorphFaceShape.i'), "cannot be read"),
        (("//Maya ASCII", "//Maya Ascii"), "begins with"),
    ],
)
def test_malformed_scenes_are_refused(text, wrong, said):
    assert wrong[0] in text
    with pytest.raises(Malformed, match=re.escape(said)):
        read(text.replace(*wrong, 1))
