"""The head: nods on stresses, still in silence, the same again for the same line, carried where files can."""

import json
import struct

import numpy as np

from koemorph import arkit, formats
from koemorph.performance import Frames, names, perform, perform_take
from koemorph.performance.head import move_head
from koemorph.settings import Settings
from koemorph.take import Take
from koemorph.timing import FrameRate

SIXTY = FrameRate.parse(60)
RAW = Settings.raw()
SPOKEN = np.array([[6.0 * i + 1.0, 6.0 * i + 4.5] for i in range(20)])


def turned(stress=None, strength=1.0, key="line", seed=0, frames=7200):
    head = np.zeros((frames, 3), np.float32)
    stress = np.zeros(frames, np.float32) if stress is None else stress
    move_head(
        head, Frames(rate=SIXTY, count=frames), SPOKEN, stress, RAW.with_values(head_strength=strength, seed=seed), key
    )
    return head


def test_sizes_are_those_of_people_talking():
    lines = np.degrees([turned(key=str(line)) for line in range(8)])
    degrees = np.concatenate(lines)
    assert 1.5 < degrees[:, 0].std() < 5.0 and 0.8 < degrees[:, 1].std() < 3.0 and 0.8 < degrees[:, 2].std() < 3.0
    assert np.abs(degrees).max() < 15.0 and np.abs(np.diff(lines, axis=1)).max() * 60 < 40.0


def test_it_is_stiller_in_silence_than_in_speech():
    moving = np.abs(np.diff(turned(), axis=0)).sum(axis=1) * 60
    t = np.arange(1, 7200) / 60 % 6.0
    assert moving[(t > 1.5) & (t < 4.0)].mean() > 4 * moving[(t > 5.2) & (t < 5.7)].mean()


def test_it_nods_where_the_voice_stresses():
    stress = np.zeros(7200, np.float32)
    stress[120:132] = 1.0
    nod = (turned(stress) - turned())[:, 1]
    assert 120 <= nod.argmax() < 132 and np.degrees(nod.max()) > 3.0 and not nod[:115].any()


def test_nobody_speaks():
    head = np.zeros((60, 3), np.float32)
    still = np.zeros(60, np.float32)
    move_head(head, Frames(rate=SIXTY, count=60), np.zeros((0, 2)), still, RAW.with_values(head_strength=1.0), "line")
    assert not head.any()


def test_strength_scales_it_and_nothing_else_is_drawn_anew():
    np.testing.assert_allclose(turned(strength=2.0), 2 * turned(strength=1.0), atol=1e-6)
    assert not turned(strength=0.0).any() and np.array_equal(turned(), turned())
    assert not np.array_equal(turned(), turned(seed=1)) and not np.array_equal(turned(), turned(key="another"))


def test_eyes_stay_where_they_look_while_the_head_turns(speaking):
    curves, level, _ = speaking(12.0)
    wide = np.concatenate([curves, np.zeros((len(curves), 3), np.float32)], axis=1)
    moved = perform(wide, level, RAW.with_values(head_strength=1.0), SIXTY)
    look = moved[:, arkit.INDEX["eyeLookOutLeft"]] - moved[:, arkit.INDEX["eyeLookInLeft"]]
    np.testing.assert_allclose(look, -moved[:, 52] / np.radians(30.0), atol=1e-5)


def test_mirror_turns_it_the_other_way(speaking):
    curves, level, _ = speaking(12.0)
    wide = np.concatenate([curves, np.zeros((len(curves), 3), np.float32)], axis=1)
    plain, mirrored = (
        perform(wide.copy(), level, RAW.with_values(head_strength=1.0, mirror=mirror), SIXTY)[:, 52:]
        for mirror in (False, True)
    )
    np.testing.assert_allclose(mirrored, plain * np.float32([-1, 1, -1]), atol=1e-7)


def test_a_captured_head_is_moved_on_top(speaking):
    curves, _, _ = speaking(4.0)
    values = np.concatenate([curves, np.full((240, 1), 0.2, np.float32)], axis=1)
    take = Take((*arkit.SHAPES, "headYaw"), values, SIXTY)
    moved = perform_take(take, RAW.with_values(head_strength=1.0))
    assert set(moved.names) == set(names(Settings())) and 0.1 < moved.curve("headYaw").mean() < 0.3
    assert np.array_equal(perform_take(take, RAW).curve("headYaw"), take.curve("headYaw"))


def test_live_link_and_gltf_carry_it(tmp_path):
    values = np.zeros((90, 55), np.float32)
    values[:, 52] = np.linspace(0.0, 0.3, 90)
    take = Take(names(Settings()), values, FrameRate.parse(30))
    assert formats.write_take(take, tmp_path / "a.csv") == ()
    read = formats.read_take(tmp_path / "a.csv")
    np.testing.assert_allclose(read.curve("headYaw"), values[:, 52], atol=1e-6)
    assert formats.write_take(take, tmp_path / "a.glb") == ()
    data = (tmp_path / "a.glb").read_bytes()
    scene = json.loads(data[20 : 20 + struct.unpack("<I", data[12:16])[0]])
    channels = scene["animations"][0]["channels"]
    assert [channel["target"]["path"] for channel in channels] == ["weights", "rotation"]
    assert scene["nodes"][channels[1]["target"]["node"]]["children"] == [channels[0]["target"]["node"]]
    sampler = scene["animations"][0]["samplers"][1]
    view = scene["bufferViews"][scene["accessors"][sampler["output"]]["bufferView"]]
    begin = 20 + struct.unpack("<I", data[12:16])[0] + 8 + view["byteOffset"]
    last = np.frombuffer(data[begin : begin + view["byteLength"]], "<f4").reshape(-1, 4)[-1]
    np.testing.assert_allclose(last, [0, np.sin(0.15), 0, np.cos(0.15)], atol=1e-6)
