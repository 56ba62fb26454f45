"""The renderer: the head in the middle of a clean ground, different for different poses and views, without holes."""

import numpy as np
import pytest

from koemorph.errors import TakeError
from koemorph.face import load_face
from koemorph.preview.actor import WHOLE_FACE, Actor
from koemorph.preview.render import PAPER, Portrait, View
from koemorph.take import Take
from koemorph.timing import FrameRate

FACE = load_face()
PORTRAIT = Portrait(FACE)
SIZE = (120, 110)
GROUND = np.round(np.array(PAPER) * 255)


def drawn(weights=None, view=WHOLE_FACE, size=SIZE):
    return PORTRAIT.draw_on_paper(FACE.posed(weights or {}), view, size).astype(int)


def empty(picture):
    return (np.abs(picture - GROUND) <= 2).all(axis=2)


def test_a_head_on_a_clean_ground():
    picture = drawn()
    assert picture.shape == (SIZE[1], SIZE[0], 3)
    ground = empty(picture)
    assert 0.15 < 1 - ground.mean() < 0.8
    assert ground[:5, :20].all() and ground[:5, -20:].all()


def test_no_holes_even_close_up():
    """From row to row the head is one stretch; ground shows inside of it nowhere."""
    assert not empty(drawn(view=View(centre=(0.0, -0.06, 0.0), height=0.05))).any()
    covered = ~empty(drawn(size=(200, 200)))
    for row in covered[covered.any(axis=1)][5:]:
        columns = np.flatnonzero(row)
        assert row[columns[0] : columns[-1]].mean() > 0.97 or columns[-1] - columns[0] + 1 - row.sum() < 12


def test_it_is_about_symmetric_but_for_the_light():
    covered = ~empty(drawn())
    assert (covered == covered[:, ::-1]).mean() > 0.97


@pytest.mark.parametrize("name", FACE.names)
def test_every_shape_is_seen(name):
    change = np.abs(drawn({name: 1.0}) - drawn())
    assert (change.max(axis=2) > 12).sum() >= 12


def test_an_open_mouth_is_dark_inside():
    close = View(centre=(0.0, -0.075, 0.0), height=0.03)
    assert drawn({"jawOpen": 1.0}, close).min(axis=2).mean() < 0.7 * drawn({}, close).min(axis=2).mean()


def test_the_view_turns():
    front, side, back = (drawn(view=View(turn=turn)) for turn in (0, 90, 180))
    assert (front != side).any(axis=2).mean() > 0.2 and (front != back).any(axis=2).mean() > 0.2


def test_the_lefts_are_the_characters():
    """The character's left is on the right of a picture from the front."""
    change = np.abs(drawn({"eyeBlinkLeft": 1.0}) - drawn()).max(axis=2) > 12
    assert np.flatnonzero(change.any(axis=0)).min() > SIZE[0] / 2


def test_an_actor_plays_by_name():
    rate = FrameRate.parse(30)
    take = Take(("earWiggle", "jawOpen"), np.float32([[5, 0], [-5, 1]]), rate)
    actor = Actor(take, SIZE)
    np.testing.assert_array_equal(actor.picture(0), drawn().astype(np.uint8))
    np.testing.assert_array_equal(actor.picture(1), drawn({"jawOpen": 1.0}).astype(np.uint8))


def test_values_far_beyond_do_not_tear_it():
    take = Take(("jawOpen",), np.float32([[1e6], [-1e6]]), FrameRate.parse(30))
    assert 0.1 < 1 - empty(Actor(take, SIZE).picture(0).astype(int)).mean() < 0.9


def test_a_take_without_any_of_the_shapes(one_sentence):
    with pytest.raises(TakeError) as refusal:
        Actor(Take(("Kiefer",), np.zeros((1, 1)), FrameRate.parse(30)), SIZE)
    one_sentence(refusal.value)


WINDOW = (150, 180)
FRONT = View(height=0.30)


@pytest.fixture(scope="module")
def portrait():
    return Portrait(FACE)


def weights(portrait, **values):
    row = np.zeros(len(portrait.names), np.float32)
    for name, value in values.items():
        row[portrait.names.index(name)] = value
    return row


def live(portrait, view, size=WINDOW, **values):
    return portrait.draw(portrait.posed(weights(portrait, **values)), view, size)


def test_it_poses_as_the_face_does(portrait):
    row = np.random.default_rng(0).random(len(portrait.names), dtype=np.float32)
    assert np.allclose(portrait.posed(row), FACE.posed_row(row), atol=1e-6)


def test_the_head_fills_the_same_places_in_a_window_and_on_paper(portrait):
    """And has no holes."""
    drawn = live(portrait, FRONT)[..., 3] > 0
    covered = ~empty(portrait.draw_on_paper(FACE.vertices, FRONT, WINDOW).astype(int))
    assert np.mean(drawn != covered) < 0.02
    inside = covered.copy()
    for axis in (0, 1):
        inside &= np.roll(covered, 2, axis) & np.roll(covered, -2, axis)
    assert drawn[inside].mean() > 0.999


@pytest.mark.parametrize("near, size", [(1.0, (1400, 1400)), (5.0, (500, 500)), (5.0, (1400, 1400))])
def test_there_are_no_holes_in_large_and_near_pictures(portrait, near, size):
    seen = live(portrait, FRONT.nearer(near), size, jawOpen=0.3)[..., 3] > 0
    closed = [np.roll(seen, 3, axis) & np.roll(seen, -3, axis) for axis in (0, 1)]
    assert (closed[0] & closed[1] & ~seen).sum() < 2e-4 * seen.sum()


def test_shapes_move_what_they_should(portrait):
    rest = live(portrait, FRONT).astype(int)
    for name, upper in (("jawOpen", False), ("eyeBlinkLeft", True), ("browInnerUp", True), ("mouthSmileLeft", False)):
        moved = live(portrait, FRONT, **{name: 1.0}).astype(int)
        rows = np.argwhere(np.abs(moved - rest).max(axis=2) > 20)[:, 0]
        assert len(rows) > 20, name
        assert (rows.mean() < 0.56 * WINDOW[1]) == upper, name


def test_turning_shows_the_other_side_and_nearer_shows_more(portrait):
    left = live(portrait, View(height=0.30, turn=40))
    right = live(portrait, View(height=0.30, turn=-40))
    assert not np.array_equal(left, right)
    near = live(portrait, FRONT.nearer(3.0))
    assert (near[..., 3] > 0).sum() > 1.5 * (left[..., 3] > 0).sum()
    assert FRONT.turned(400, 500).above == 80 and FRONT.nearer(1e9).height == 0.06
