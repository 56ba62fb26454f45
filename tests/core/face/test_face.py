"""The head: whole, symmetric, lips that meet, and shapes that do what their names say and nothing elsewhere."""

import numpy as np
import pytest

from koemorph import arkit
from koemorph.errors import TakeError
from koemorph.face import COLOURS, load_face
from koemorph_models.face import CENTIMETRE
from koemorph_models.face.form import EYE

FACE = load_face()
PART = {name: np.arange(part.start, part.stop) for name, part in FACE.parts.items()}
LEFT, RIGHT = "eye_left", "eye_right"
SEAM_TOLERANCE = 2e-5
"""Metres."""


def vertices_of(*materials):
    chosen = np.isin(FACE.material, [FACE.materials.index(name) for name in materials])
    return np.unique(FACE.quads[chosen])


def seam():
    """Pairs of an upper and a lower vertex that lie in the same place at rest."""
    lips = vertices_of("lips")
    spots = FACE.vertices[lips]
    apart = np.linalg.norm(spots[:, None] - spots[None], axis=2)
    first, second = np.nonzero(np.triu(apart < SEAM_TOLERANCE, 1))
    return lips[first], lips[second]


def mirror():
    """For each vertex the one across; where two lie in one place the one that moves alike."""
    signature = np.concatenate([FACE.vertices[None], FACE.deltas[[FACE.names.index("mouthFunnel")]]])
    key = signature.transpose(1, 0, 2).reshape(len(FACE.vertices), -1)
    other = (signature * np.float32([-1, 1, 1])).transpose(1, 0, 2).reshape(len(key), -1)
    found = np.array([np.abs(key - row).sum(axis=1).argmin() for row in other])
    assert np.abs(key[found] - other).max() < 2e-5
    return found


ACROSS = mirror()


def test_all_52_by_name():
    assert FACE.names == arkit.SHAPES
    assert FACE.deltas.shape == (52, len(FACE.vertices), 3)
    assert np.isfinite(FACE.deltas).all() and np.isfinite(FACE.vertices).all()
    assert set(FACE.materials) == set(COLOURS)


def test_a_head_of_human_size_that_looks_along_z():
    size = np.ptp(FACE.vertices[PART["head"]], axis=0)
    assert 0.12 < size[0] < 0.20 and 0.20 < size[1] < 0.40
    assert FACE.vertices[PART[LEFT], 0].min() > 0 > FACE.vertices[PART[RIGHT], 0].max()
    assert FACE.vertices[vertices_of("iris"), 2].min() > FACE.vertices[PART["head"], 2].mean()


def test_quads_are_sound():
    """Four different corners, every vertex used, and no edge in more than two quads or twice in one direction."""
    assert (np.diff(np.sort(FACE.quads, axis=1), axis=1) > 0).all()
    assert len(np.unique(FACE.quads)) == len(FACE.vertices)
    edges = np.stack([FACE.quads, np.roll(FACE.quads, -1, axis=1)], axis=-1).reshape(-1, 2)
    assert len(np.unique(edges, axis=0)) == len(edges)


@pytest.mark.parametrize("part", [LEFT, "tongue", "hair", "ear_left", "brow_right"])
def test_quads_face_outwards(part):
    chosen = FACE.quads[np.isin(FACE.quads[:, 0], PART[part])]
    corners = FACE.vertices[chosen]
    normal = np.cross(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1])
    outwards = corners.mean(axis=1) - FACE.vertices[PART[part]].mean(axis=0)
    assert np.einsum("qc,qc->q", normal, outwards).sum() > 0


def test_parts_cover_the_mesh_once():
    assert sorted(int(i) for part in PART.values() for i in part) == list(range(len(FACE.vertices)))


def test_lips_meet_at_rest():
    upper, _ = seam()
    assert len(upper) >= 20
    assert np.ptp(FACE.vertices[upper, 0]) > 0.04


@pytest.mark.parametrize("amount", [0.25, 0.6, 1.0])
def test_mouth_close_shuts_the_lips_over_an_open_jaw(amount):
    upper, lower = seam()
    open_jaw = FACE.posed({"jawOpen": amount})
    gap = np.linalg.norm(open_jaw[upper] - open_jaw[lower], axis=1)
    assert gap.max() > 0.02 * amount
    shut = FACE.posed({"jawOpen": amount, "mouthClose": amount})
    assert np.linalg.norm(shut[upper] - shut[lower], axis=1).max() < SEAM_TOLERANCE
    teeth = PART["teeth_lower"]
    np.testing.assert_array_equal(shut[teeth], open_jaw[teeth])


@pytest.mark.parametrize("name", arkit.SHAPES)
def test_sides_are_mirror_images(name):
    expected = FACE.delta(arkit.mirrored(name))[ACROSS] * np.float32([-1, 1, 1])
    np.testing.assert_allclose(FACE.delta(name), expected, atol=5e-6)


@pytest.mark.parametrize("name", arkit.SHAPES)
def test_each_shape_moves_its_region_and_nothing_far_from_it(name):
    way = np.linalg.norm(FACE.delta(name), axis=1)
    assert way.max() > 0.0015
    moved = way > 0.0003
    middle = FACE.vertices[moved].mean(axis=0)
    still = {"teeth_upper", "ear_left", "ear_right", "hair"}
    assert not moved[np.concatenate([PART[part] for part in still])].any()
    if name.endswith(("Left", "Right")) and name not in ("jawLeft", "jawRight", "mouthLeft", "mouthRight"):
        assert middle[0] * (1 if name.endswith("Left") else -1) > 0.004
    height = FACE.vertices[moved, 1]
    if name in arkit.REGIONS["eyes"] or name in arkit.REGIONS["brows"]:
        assert height.min() > -0.045
    if name in arkit.REGIONS["jaw"] or name in arkit.REGIONS["lips"]:
        assert height.max() < 0.0
    if not name.startswith("eye") or "Blink" in name:
        assert not moved[PART[LEFT]].any() and not moved[PART[RIGHT]].any()
    if name not in arkit.REGIONS["jaw"]:
        assert not moved[PART["teeth_lower"]].any()


def gaze(weights):
    """Where the left pupil has gone, in metres: to the character's left, up."""
    pupil = np.intersect1d(vertices_of("pupil"), PART[LEFT])
    return (FACE.posed(weights)[pupil] - FACE.vertices[pupil]).mean(axis=0)[:2]


def test_the_eyes_look_where_the_names_say():
    assert gaze({"eyeLookOutLeft": 1.0})[0] > 0.005 > -0.005 > gaze({"eyeLookInLeft": 1.0})[0]
    assert gaze({"eyeLookUpLeft": 1.0})[1] > 0.004 > -0.004 > gaze({"eyeLookDownLeft": 1.0})[1]
    np.testing.assert_array_equal(gaze({"eyeLookOutRight": 1.0}), 0)


def test_a_turned_eye_is_still_round():
    centre = np.array(EYE) * CENTIMETRE
    before, after = (np.linalg.norm(FACE.posed(w)[PART[LEFT]] - centre, axis=1) for w in ({}, {"eyeLookOutLeft": 1.0}))
    np.testing.assert_allclose(after, before, atol=1e-5)


def test_lids_meet_in_a_blink():
    rim = vertices_of("lashes", "lids")
    rim = rim[FACE.vertices[rim, 0] > 0]
    open_, shut = (np.ptp(FACE.posed(w)[rim, 1]) for w in ({}, {"eyeBlinkLeft": 1.0}))
    assert shut < 0.45 * open_


@pytest.mark.parametrize(
    ("name", "axis", "sign"),
    [
        ("mouthSmileLeft", 1, 1),
        ("mouthFrownLeft", 1, -1),
        ("mouthStretchLeft", 0, 1),
        ("mouthPucker", 2, 1),
        ("mouthFunnel", 2, 1),
        ("mouthRollLower", 2, -1),
        ("mouthRollUpper", 2, -1),
        ("mouthUpperUpLeft", 1, 1),
        ("mouthLowerDownLeft", 1, -1),
        ("mouthLeft", 0, 1),
        ("jawLeft", 0, 1),
        ("jawForward", 2, 1),
        ("jawOpen", 1, -1),
        ("tongueOut", 2, 1),
        ("browInnerUp", 1, 1),
        ("browDownLeft", 1, -1),
        ("browOuterUpLeft", 1, 1),
        ("cheekPuff", 2, 1),
        ("cheekSquintLeft", 1, 1),
        ("noseSneerLeft", 1, 1),
        ("mouthShrugLower", 1, 1),
        ("mouthShrugUpper", 1, 1),
    ],
)
def test_what_moves_most_goes_the_right_way(name, axis, sign):
    delta = FACE.delta(name)
    most = delta[np.argmax(np.linalg.norm(delta, axis=1))]
    assert most[axis] * sign > 0.001


def test_unknown_shapes(one_sentence):
    with pytest.raises(TakeError) as refusal:
        FACE.posed({"jawOpne": 1.0})
    one_sentence(refusal.value)
    with pytest.raises(TakeError):
        FACE.delta("jawOpne")


def test_posing_adds_up_and_leaves_the_face_alone():
    both = FACE.posed({"jawOpen": 0.5, "mouthPucker": 0.25})
    expected = FACE.vertices + 0.5 * FACE.delta("jawOpen") + 0.25 * FACE.delta("mouthPucker")
    np.testing.assert_allclose(both, expected, atol=1e-6)
    np.testing.assert_array_equal(FACE.posed({}), FACE.vertices)
    with pytest.raises(ValueError, match="read-only"):
        FACE.vertices[0] = 0
