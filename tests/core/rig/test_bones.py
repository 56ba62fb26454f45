"""Channels of bones: one motion, whether the bone turns by Euler angles, a quaternion or an axis with an angle."""

from __future__ import annotations

import numpy as np
import pytest

from koemorph import rig
from koemorph.rig import Calibration, Channel, Link, Mapping, Rig, rotation_vector
from koemorph.take import Take
from koemorph.timing import FrameRate

TAKE = Take(
    ("jawOpen", "jawLeft", "headYaw"),
    np.array([[0, 0, 0], [0.5, 0.2, 0.1], [1.0, -1.0, 0.3], [0.2, 0, 0]], dtype=np.float32),
    FrameRate.parse(24),
)
JAW = (
    Link(source="jawOpen", target="bone:jaw:rotate x", gain=20),
    Link(source="jawLeft", target="bone:jaw:rotate z", gain=10),
)
ORDERS = ("XYZ", "XZY", "YXZ", "YZX", "ZXY", "ZYX")


def matrices(mode: str, columns: np.ndarray) -> np.ndarray:
    """What Blender makes of a bone's numbers: Euler angles are applied in the order of their names."""
    if mode == "QUATERNION":
        return np.array([turn(2 * np.arccos(np.clip(q[0], -1, 1)), q[1:]) for q in columns])
    if mode == "AXIS_ANGLE":
        return np.array([turn(a[0], a[1:]) for a in columns])
    every = []
    for angles in columns:
        matrix = np.eye(3)
        for axis in mode:
            i = "XYZ".index(axis)
            matrix = turn(angles[i], np.eye(3)[i]) @ matrix
        every.append(matrix)
    return np.array(every)


def turn(angle: float, axis: np.ndarray) -> np.ndarray:
    size = np.linalg.norm(axis)
    x, y, z = axis / size if size > 1e-12 else (0.0, 0.0, 0.0)
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross


def expected() -> np.ndarray:
    vectors = np.radians(
        np.stack([20 * TAKE.curve("jawOpen"), 0 * TAKE.curve("jawOpen"), 10 * TAKE.curve("jawLeft")], 1)
    )
    return np.array([turn(float(np.linalg.norm(v)), v) for v in vectors])


@pytest.mark.parametrize("mode", ["QUATERNION", "AXIS_ANGLE", *ORDERS])
def test_it_is_the_same_turn_in_every_mode(mode) -> None:
    mapping = Mapping("Mine", JAW).with_bones((("jaw", mode),))
    mapped = mapping.apply(TAKE)
    assert mapped.names == mapping.targets and len(mapped.names) == (3 if mode in ORDERS else 4)
    assert all(name.startswith('pose.bones["jaw"].rotation_') for name in mapped.names)
    np.testing.assert_allclose(matrices(mode, mapped.values.astype(float)), expected(), atol=2e-6)
    np.testing.assert_allclose(matrices(mode, mapped.values[:1].astype(float))[0], np.eye(3), atol=1e-6)


def test_one_axis_of_an_euler_bone_leaves_the_others_alone() -> None:
    mapped = Mapping("Mine", JAW[:1]).with_bones((("jaw", "ZYX"),)).apply(TAKE)
    assert mapped.names == ('pose.bones["jaw"].rotation_euler[0]',)
    np.testing.assert_allclose(mapped.values[:, 0], np.radians([0, 10, 20, 4]), rtol=1e-6)


def test_a_path_to_an_euler_angle_moves_a_quaternion_bone_too() -> None:
    """Finding 4: such a target was keyed, reported, and moved nothing."""
    path = 'pose.bones["jaw"].rotation_euler[0]'
    own = Mapping("Mine", (Link(source="jawOpen", target=path, gain=float(np.radians(20))),))
    assert own.with_bones((("jaw", "XYZ"),)).targets == (path,)
    mapped = own.with_bones((("jaw", "QUATERNION"),)).apply(TAKE)
    assert mapped.names == tuple(f'pose.bones["jaw"].rotation_quaternion[{i}]' for i in range(4))
    np.testing.assert_allclose(mapped.values[2], [np.cos(np.radians(10)), np.sin(np.radians(10)), 0, 0], atol=1e-6)


def test_the_rest_pose_and_the_full_pose_are_both_met() -> None:
    rest, full = np.array([4.0, 0, 0]), np.array([30.0, 5.0, -2.0])
    links = tuple(
        Link(source="jawOpen", target=f"bone:jaw:rotate {axis}", gain=full[i] - rest[i]) for i, axis in enumerate("xyz")
    )
    rests = tuple(Calibration(target=f"bone:jaw:rotate {axis}", rest=rest[i]) for i, axis in enumerate("xyz"))
    mapped = Mapping("Mine", links, calibrations=rests).with_bones((("jaw", "QUATERNION"),)).apply(TAKE)
    assert rotation_vector(mapped.values[0]) == pytest.approx(rest, abs=1e-3)
    assert rotation_vector(mapped.values[2]) == pytest.approx(full, abs=1e-3)


def test_limits_of_a_bone_are_degrees_and_those_of_shapes_do_not_touch_it() -> None:
    links = (JAW[0], Link(source="jawOpen", target="Open", gain=2.0))
    limited = Mapping("Mine", links, limits=(0.0, 1.0), calibrations=(Calibration(target=JAW[0].target, maximum=15),))
    mapped = limited.apply(TAKE)
    assert mapped.curve(JAW[0].target).max() == 15 and mapped.curve("Open").max() == 1


def test_moves_and_sizes() -> None:
    links = (
        Link(source="jawOpen", target="bone:lip.B:move z", gain=-0.5),
        Link(source="jawOpen", target="bone:lip.B:scale x", gain=0.2),
    )
    mapped = Mapping("Mine", links).with_bones((("lip.B", "QUATERNION"),)).apply(TAKE)
    assert mapped.curve('pose.bones["lip.B"].location[2]').tolist() == pytest.approx([0, -0.25, -0.5, -0.1])
    assert mapped.curve('pose.bones["lip.B"].scale[0]').tolist() == pytest.approx([1, 1.1, 1.2, 1.04])


def test_without_a_host_channels_keep_their_names() -> None:
    mapping = Mapping("Mine", JAW)
    assert mapping.apply(TAKE).names == mapping.targets == ("bone:jaw:rotate x", "bone:jaw:rotate z")


@pytest.mark.parametrize("target", ["jaw", "bone:jaw", "bone:jaw:rotate w", "bone::rotate x", "bone:jaw:turn x"])
def test_what_is_no_channel(target) -> None:
    assert Channel.of(target) is None


def test_a_bone_is_found_in_its_rigs_spelling_and_missing_ones_are_told() -> None:
    fitted, coverage = rig.match(Rig(names=(), name="Vita", bones=("Root", "Armature:Jaw")), Mapping("Mine", JAW))
    assert {Channel.of(target).bone for target in fitted.targets} == {"Armature:Jaw"}
    _, coverage = rig.match(Rig(names=(), name="Vita", bones=("Root",)), Mapping("Mine", JAW))
    assert coverage.missing == {"jawOpen": ("jaw",), "jawLeft": ("jaw",)}


def test_a_name_with_quotes_is_spelled_as_blender_does() -> None:
    mapping = Mapping("Mine", (Link(source="jawOpen", target='bone:the "jaw":rotate x', gain=20),)).with_bones(
        (('the "jaw"', "XYZ"),)
    )
    assert mapping.targets == ('pose.bones["the \\"jaw\\""].rotation_euler[0]',)


def test_a_jaw_bone_and_eye_bones_complete_a_face_without_them() -> None:
    """Shapes around the eyes, a jaw that is a bone, as Character Creator and many games have it."""
    brows = ("browDownLeft", "browDownRight", "browInnerUp", "browOuterUpLeft", "browOuterUpRight")
    fitted, coverage = rig.match(Rig(names=brows, name="Vita", bones=("Hips", "CC_Base_JawRoot", "CC_Base_Head")))
    assert "bone:CC_Base_JawRoot:rotate x" in fitted.targets and "bone:CC_Base_Head:rotate y" in fitted.targets
    assert "jawOpen" in coverage.exact and set(brows) <= set(coverage.exact)
    closed = Take(("jawOpen", "mouthClose"), np.array([[0.3, 0.3], [0.3, 0.0]], np.float32), FrameRate.parse(24))
    turns = fitted.apply(closed).curve("bone:CC_Base_JawRoot:rotate x")
    assert turns[0] == pytest.approx(0, abs=1e-6) and turns[1] == pytest.approx(0.3 * 22)


def test_a_turned_head_turns_its_bone() -> None:
    turned = rig.find("Head and eyes").with_bones((("head", "QUATERNION"),)).apply(TAKE)
    quaternion = [turned.curve(f'pose.bones["head"].rotation_quaternion[{i}]')[2] for i in range(4)]
    assert rotation_vector(quaternion) == pytest.approx((0, 0.3 * 57.3, 0), abs=1e-3)


def test_moves_of_a_preset_that_was_measured_are_as_large_as_the_face() -> None:
    """Seen on a Rigify face of another maker: on a smaller head lids went past each other, and lips met in a point."""
    preset = rig.find("Rigify")
    half = rig.sized(preset, lambda left, right: 0.0352 if (left, right) == ("lips.L", "lips.R") else 0.0)
    for before, after in zip(preset.links, half.links, strict=True):
        share = 0.5 if ":move " in before.target else 1.0
        assert after.gain == pytest.approx(share * before.gain)
    assert rig.sized(preset, lambda left, right: 0.0) is preset, "nobody says how large it is"
    assert rig.sized(rig.find("Jaw bone"), lambda left, right: 1.0) is rig.find("Jaw bone")
