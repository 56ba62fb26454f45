"""What a mapping does to a take: gain, offset, ranges, several to one and one to several."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from koemorph import rig
from koemorph.errors import TakeError
from koemorph.rig import Calibration, Link, Mapping
from koemorph.take import Take
from koemorph.timing import FrameRate


@pytest.fixture
def take() -> Take:
    values = np.array([[0.0, 0.0, 0.4], [0.2, 0.1, 0.4], [0.5, 0.5, 0.4], [1.0, 0.25, 0.4]])
    names = ("jawOpen", "mouthClose", "cheekPuff")
    return Take(names, values, FrameRate.parse(24), Fraction(3), {"audio": "a.wav"})


def values(take: Take, *links: Link, limits=None) -> list[list[float]]:
    return Mapping("some", links, limits=limits).apply(take).values.T.round(6).tolist()


JAW = "jawOpen"


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        (Link(source=JAW, target="a"), [0, 0.2, 0.5, 1]),
        (Link(source=JAW, target="a", gain=-2), [0, -0.4, -1, -2]),
        (Link(source=JAW, target="a", offset=0.1), [0.1, 0.3, 0.6, 1.1]),
        (Link(source=JAW, target="a", inverted=True), [1, 0.8, 0.5, 0]),
        (Link(source=JAW, target="a", source_range=(0, 0.5)), [0, 0.4, 1, 1]),
        (Link(source=JAW, target="a", source_range=(0.5, 0.2)), [1, 1, 0, 0]),
        (Link(source=JAW, target="a", target_range=(0, 100)), [0, 20, 50, 100]),
        (Link(source=JAW, target="a", target_range=(1, -1)), [1, 0.6, 0, -1]),
        (Link(source="mouthClose", target="a", share_of=JAW), [0, 0.5, 1, 0.25]),
        (
            Link(
                source=JAW, target="a", gain=2, offset=0.5, inverted=True, source_range=(0, 0.5), target_range=(0, 10)
            ),
            [20.5, 12.5, 0.5, 0.5],
        ),
    ],
)
def test_one_link(take, link, expected) -> None:
    assert values(take, link) == [pytest.approx(expected)]


def test_several_to_one_is_their_sum_within_the_limits(take) -> None:
    links = (
        Link(source=JAW, target="a"),
        Link(source="cheekPuff", target="a"),
        Link(source="mouthClose", target="a", gain=-1),
    )
    assert values(take, *links) == [pytest.approx([0.4, 0.5, 0.4, 1.15])]
    assert values(take, *links, limits=(0.45, 1)) == [pytest.approx([0.45, 0.5, 0.45, 1.0])]


def test_one_to_several(take) -> None:
    mapped = Mapping("some", (Link(source=JAW, target="a"), Link(source=JAW, target="b", gain=0.5))).apply(take)
    assert mapped.names == ("a", "b")
    np.testing.assert_allclose(mapped.curve("b"), take.curve(JAW) / 2)


def test_a_calibration_is_of_the_sum_and_its_bounds_hold(take) -> None:
    links = (Link(source=JAW, target="a"), Link(source="cheekPuff", target="a"))
    mapping = Mapping("some", links).calibrated(target="a", gain=2, maximum=1.5)
    assert mapping.calibrations == (Calibration(target="a", gain=2, maximum=1.5),)
    assert mapping.apply(take).curve("a").tolist() == pytest.approx([0.8, 1.2, 1.5, 1.5])
    assert mapping.calibrated(target="a") == Mapping("some", links)


def test_calibrations_follow_their_targets_to_the_rigs_own_names() -> None:
    own = Mapping("Mine", (Link(source="cheekPuff", target="puff"), Link(source=JAW, target="Jaw"))).calibrated(
        target="puff", gain=0.5
    )
    fitted, _ = rig.match(
        rig.Rig(names=("puff_L", "puff_R", "head:jaw")), own.calibrated(target="Jaw", gain=1, maximum=0.7)
    )
    assert fitted.calibrations == (
        *(Calibration(target=f"puff_{side}", gain=0.5) for side in "LR"),
        Calibration(target="head:jaw", maximum=0.7),
    )


def test_what_else_the_take_knows_stays(take) -> None:
    mapped = Mapping("My rig", (Link(source=JAW, target="a"),)).apply(take)
    assert (mapped.rate, mapped.start, mapped.frame_count) == (take.rate, take.start, take.frame_count)
    assert mapped.provenance == {"audio": "a.wav", "mapping": "My rig"}


def test_shapes_that_the_take_lacks_do_nothing(take, one_sentence) -> None:
    lacking = (Link(source="tongueOut", target="tongue"), Link(source="cheekPuff", target="puff", share_of="tongueOut"))
    assert Mapping("some", (Link(source=JAW, target="a"), *lacking)).apply(take).names == ("a",)
    with pytest.raises(TakeError) as refusal:
        Mapping("some", lacking).apply(take)
    one_sentence(refusal.value)


def test_plain_arkit_changes_nothing(some_take) -> None:
    take = some_take(5)
    mapped = rig.find("ARKit").apply(take)
    assert mapped.names == take.names
    np.testing.assert_array_equal(mapped.values, take.values)


def test_metahuman_lips_close_when_the_jaw_is_undone(some_take) -> None:
    """ARKit closes the lips of an open jaw by as much as it opens; MetaHuman by a share."""
    take = some_take(3, names=("jawOpen", "mouthClose")).with_values(np.array([[0.3, 0.3], [0.3, 0.0], [0.3, 0.15]]))
    mapped = rig.find("MetaHuman").apply(take)
    assert mapped.curve("CTRL_expressions_mouthLipsTogetherDL").tolist() == pytest.approx([1, 0, 0.5])


def test_vrm_vowels() -> None:
    names = ("jawOpen", "mouthClose", "mouthPucker")
    take = Take(names, np.array([[0.4, 0, 0], [0.4, 0.4, 0], [0.1, 0, 0.5]]), FrameRate.parse(24))
    mapped = rig.find("VRM 1.0").apply(take)
    assert mapped.curve("aa").tolist() == pytest.approx([1, 0, 0], abs=0.01)
    assert mapped.curve("ou").tolist() == pytest.approx([0, 0, 0.7], abs=0.1)
