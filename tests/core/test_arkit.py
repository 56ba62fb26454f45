"""The names are a contract with every other tool: one list, every name once."""

import re

from koemorph import arkit

APPLE = re.findall(
    r"\w+",
    """
eyeBlinkLeft eyeLookDownLeft eyeLookInLeft eyeLookOutLeft eyeLookUpLeft eyeSquintLeft eyeWideLeft
eyeBlinkRight eyeLookDownRight eyeLookInRight eyeLookOutRight eyeLookUpRight eyeSquintRight eyeWideRight
jawForward jawLeft jawRight jawOpen
mouthClose mouthFunnel mouthPucker mouthLeft mouthRight mouthSmileLeft mouthSmileRight mouthFrownLeft
mouthFrownRight mouthDimpleLeft mouthDimpleRight mouthStretchLeft mouthStretchRight mouthRollLower mouthRollUpper
mouthShrugLower mouthShrugUpper mouthPressLeft mouthPressRight mouthLowerDownLeft mouthLowerDownRight
mouthUpperUpLeft mouthUpperUpRight
browDownLeft browDownRight browInnerUp browOuterUpLeft browOuterUpRight
cheekPuff cheekSquintLeft cheekSquintRight noseSneerLeft noseSneerRight tongueOut
""",
)


def test_the_order_is_apples():
    assert list(arkit.SHAPES) == APPLE
    assert len(set(arkit.SHAPES)) == 52


def test_regions_and_halves_hold_every_shape_once():
    assert sorted(name for names in arkit.REGIONS.values() for name in names) == sorted(APPLE)
    assert sorted((*arkit.LOWER_FACE, *arkit.UPPER_FACE)) == sorted(APPLE)


def test_what_speech_moves_is_in_the_lower_face():
    assert {"jawOpen", "mouthClose", "mouthPressLeft", "cheekPuff", "tongueOut"} <= set(arkit.LOWER_FACE)
    assert {"eyeBlinkLeft", "browInnerUp", "noseSneerLeft", "cheekSquintRight"} <= set(arkit.UPPER_FACE)


def test_mirroring_stays_in_the_list_and_undoes_itself():
    for name in arkit.SHAPES:
        assert arkit.mirrored(name) in arkit.SHAPES
        assert arkit.mirrored(arkit.mirrored(name)) == name
    assert arkit.mirrored("mouthSmileLeft") == "mouthSmileRight"
    assert arkit.mirrored("jawRight") == "jawLeft"
    assert arkit.mirrored("mouthUpperUpLeft") == "mouthUpperUpRight"
    assert {name for name in arkit.SHAPES if arkit.mirrored(name) == name} == {
        *("jawForward", "jawOpen", "mouthClose", "mouthFunnel", "mouthPucker", "mouthRollLower", "mouthRollUpper"),
        *("mouthShrugLower", "mouthShrugUpper", "browInnerUp", "cheekPuff", "tongueOut"),
    }


def test_indices_are_columns():
    assert arkit.indices(("jawOpen", "eyeBlinkLeft", "tongueOut")) == [17, 0, 51]
