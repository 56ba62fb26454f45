"""glTF, taken apart by a reader that follows the specification and knows nothing of us."""

import base64
import json
import struct
from fractions import Fraction

import numpy as np
import pytest

from koemorph import arkit, formats
from koemorph.face import load_face
from koemorph.formats import Wishes


def opened(path):
    """The JSON and the binary of a file, every length checked."""
    data = path.read_bytes()
    if path.suffix == ".gltf":
        scene = json.loads(data)
        return scene, base64.b64decode(scene["buffers"][0]["uri"].split(",", 1)[1])
    magic, version, length = struct.unpack_from("<4sII", data)
    assert (magic, version, length) == (b"glTF", 2, len(data))
    text_length, kind = struct.unpack_from("<I4s", data, 12)
    assert kind == b"JSON" and text_length % 4 == 0
    binary_length, kind = struct.unpack_from("<I4s", data, 20 + text_length)
    assert kind == b"BIN\0" and binary_length % 4 == 0 and 28 + text_length + binary_length == length
    return json.loads(data[20 : 20 + text_length]), data[28 + text_length :]


def array(scene, binary, number):
    """An accessor as the specification reads it: sparse values over what lies below, or over zeros."""
    entry = scene["accessors"][number]
    width = {"SCALAR": 1, "VEC3": 3}[entry["type"]]
    kind = {5126: "<f4", 5125: "<u4"}[entry["componentType"]]

    def view(index, kind, count):
        spot = scene["bufferViews"][index]
        assert spot["byteOffset"] % 4 == 0 and spot["byteOffset"] + spot["byteLength"] <= len(binary)
        assert spot["byteLength"] == count * 4
        return np.frombuffer(binary, kind, count, spot["byteOffset"])

    count = entry["count"] * width
    values = view(entry["bufferView"], kind, count) if "bufferView" in entry else np.zeros(count, kind)
    values = values.reshape(-1, width).copy()
    if "sparse" in entry:
        sparse = entry["sparse"]
        places = view(sparse["indices"]["bufferView"], "<u4", sparse["count"])
        assert (np.diff(places.astype(int)) > 0).all() and places.max() < entry["count"]
        values[places] = view(sparse["values"]["bufferView"], kind, sparse["count"] * width).reshape(-1, width)
    if "min" in entry:
        np.testing.assert_array_equal(entry["min"], values.min(axis=0))
        np.testing.assert_array_equal(entry["max"], values.max(axis=0))
    return values if width > 1 else values[:, 0]


@pytest.mark.parametrize("ending", [".glb", ".gltf"])
def test_the_weights_are_the_takes_under_their_names(tmp_path, some_take, ending):
    take = some_take(31, "29.97", names=arkit.SHAPES[::-1], start=Fraction(5, 2), provenance={"audio": "声.wav"})
    assert formats.write_take(take, tmp_path / f"a{ending}") == ()
    scene, binary = opened(tmp_path / f"a{ending}")
    assert scene["asset"]["version"] == "2.0" and scene["buffers"][0]["byteLength"] == len(binary)
    told = scene["asset"]["extras"]["koemorph"]
    assert told == {"rate": "30000/1001", "start": "5/2", "provenance": {"audio": "声.wav"}}
    (animation,), (mesh,) = scene["animations"], scene["meshes"]
    (channel,), (sampler,) = animation["channels"], animation["samplers"]
    assert channel["target"] == {"node": 0, "path": "weights"} and scene["nodes"][0]["mesh"] == 0
    moments = array(scene, binary, sampler["input"])
    np.testing.assert_allclose(moments, np.arange(31) * 1001 / 30000, rtol=1e-6)
    names = mesh["extras"]["targetNames"]
    weights = array(scene, binary, sampler["output"]).reshape(31, len(names))
    for column, name in enumerate(names):
        np.testing.assert_array_equal(weights[:, column], take.curve(name))
    assert len(mesh["weights"]) == len(names) == 52


def test_the_head_is_ours(tmp_path, some_take):
    face = load_face()
    formats.write_take(some_take(2), tmp_path / "a.glb")
    scene, binary = opened(tmp_path / "a.glb")
    (mesh,) = scene["meshes"]
    assert len(mesh["primitives"]) == len(scene["materials"]) == len(face.materials)
    triangles = 0
    for primitive in mesh["primitives"]:
        corners = array(scene, binary, primitive["indices"])
        assert len(corners) % 3 == 0 and corners.max() < len(face.vertices)
        triangles += len(corners) // 3
        assert len(primitive["targets"]) == 52
    assert triangles == 2 * len(face.quads)
    np.testing.assert_array_equal(array(scene, binary, primitive["attributes"]["POSITION"]), face.vertices)
    normals = array(scene, binary, primitive["attributes"]["NORMAL"])
    np.testing.assert_allclose(np.linalg.norm(normals, axis=1), 1.0, atol=1e-5)
    for name, target in zip(mesh["extras"]["targetNames"], primitive["targets"], strict=True):
        np.testing.assert_array_equal(array(scene, binary, target["POSITION"]), face.delta(name))


def test_what_the_head_lacks_is_told(tmp_path, some_take, one_sentence):
    notes = formats.write_take(some_take(2, names=("jawOpen", "earWiggle")), tmp_path / "a.glb")
    assert "eyeBlinkLeft" in notes[0] and "earWiggle" in notes[1]
    for note in notes:
        one_sentence(note)


@pytest.mark.parametrize("face", [False, None])
def test_a_plate_carries_any_names(tmp_path, some_take, face):
    take = some_take(3, names=("CTRL_jaw", "口 open"))
    assert formats.write_take(take, tmp_path / "a.glb", wishes=Wishes(face=face)) == ()
    scene, binary = opened(tmp_path / "a.glb")
    (mesh,) = scene["meshes"]
    assert mesh["extras"]["targetNames"] == ["CTRL_jaw", "口 open"]
    for target in mesh["primitives"][0]["targets"]:
        assert array(scene, binary, target["POSITION"]).any()
