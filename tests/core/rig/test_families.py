"""Every family of faces is recognised by its names, moves sensibly, closes its lips, and is reported as it is."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from koemorph import arkit, rig
from koemorph.rig import Rig
from koemorph.take import Take
from koemorph.timing import FrameRate

TOLD = json.loads(Path(__file__).with_name("families.json").read_text("utf-8"))
FAMILIES = {family: (told["preset"], told["names"].split()) for family, told in TOLD["families"].items()}
VROID, VROID_EMPTY = FAMILIES["VRoid"][1], tuple(TOLD["empty in VRoid"].split())
OPENING = {"jawOpen": 0.3, "mouthLowerDownLeft": 0.2, "mouthLowerDownRight": 0.2}
CLOSED = {"jawOpen": 0.12, "mouthClose": 0.12, "mouthPressLeft": 0.1, "mouthPressRight": 0.1}


def line(*frames: dict[str, float]) -> Take:
    """Each pose held for a tenth of a second, at 60 fps."""
    values = [[pose.get(name, 0.0) for name in arkit.SHAPES] for pose in frames for _ in range(6)]
    return Take(arkit.SHAPES, np.array(values, dtype=np.float32), FrameRate.parse(60))


@pytest.mark.parametrize("family", FAMILIES)
def test_the_family_is_known_and_its_mouth_opens_and_closes(family) -> None:
    preset, names = FAMILIES[family]
    fitted, coverage = rig.match(Rig(names=tuple(names), name=family))
    assert fitted.name == preset
    assert not coverage.ambiguous and set(fitted.targets) <= set(names)
    take = fitted.apply(line({}, OPENING, CLOSED, OPENING, {}))
    moved = np.abs(take.values - take.values[0]).max(axis=1)
    assert moved[8] > 0.29, "a wide open mouth is seen"
    opened = [i for i, name in enumerate(take.names) if take.values[8, i] > 0.2 and take.values[0, i] < 0.1]
    if "mouthClose" in coverage.exact:
        assert take.curve(coverage.matched["mouthClose"][0])[14] == pytest.approx(CLOSED["mouthClose"])
    else:
        assert opened and np.abs(take.values[14, opened]).max() < 0.05, "nothing of it is left where p, b, m close"
    assert np.abs(take.values[0] - take.values[-1]).max() < 1e-6
    assert take.values.min() >= 0.0 and take.values.max() <= 1.0


@pytest.mark.parametrize("family", FAMILIES)
def test_the_report_names_what_is_only_near(family) -> None:
    _, names = FAMILIES[family]
    _, coverage = rig.match(Rig(names=tuple(names), name=family))
    text = coverage.text()
    assert text.startswith(f"{family} with the preset {coverage.mapping}: ")
    assert set(coverage.approximated) <= set(coverage.matched) and len(coverage.exact) > 0
    assert ("by the nearest there is" in text) == bool(coverage.approximated)
    assert all(names[0] in text for names in coverage.approximated.values())
    assert max(map(len, text.splitlines())) < 1200


@pytest.mark.parametrize("family", ["Oculus", "VRChat", "Rocketbox visemes", "Ready Player Me, visemes only"])
def test_all_fifteen_visemes_have_a_place(family) -> None:
    _, coverage = rig.match(Rig(names=tuple(FAMILIES[family][1]), name=family))
    assert set(rig.VISEMES) <= set(coverage.exact)
    assert "15 of 15 visemes" in coverage.text()


def test_empty_keys_of_vroid_are_no_keys() -> None:
    """52 names of which 14 change nothing: the mouth is opened by VRoid's own shapes."""
    character = Rig(names=(*arkit.SHAPES, *VROID), name="Vita", empty=VROID_EMPTY)
    fitted, coverage = rig.match(character)
    assert not set(VROID_EMPTY) & set(fitted.targets)
    assert "viseme_aa" in coverage.exact and "eyeBlinkLeft" in coverage.exact
    assert coverage.matched["viseme_aa"] == ("Fcl_MTH_A",)
    mapped = fitted.apply(line({}, OPENING, {}))
    assert mapped.curve("Fcl_MTH_A").max() > 0.5
    assert fitted.name == "ARKit, mouth by VRoid" and "empty      jawOpen" in coverage.text()
    assert len(coverage.matched) < coverage.wanted


def test_empty_keys_without_anything_else_are_told_apart_from_missing_ones() -> None:
    names = tuple(name for name in arkit.SHAPES if name != "tongueOut")
    fitted, coverage = rig.match(Rig(names=names, name="Vita", empty=("cheekPuff", "mouthPucker")))
    assert coverage.missing == {"tongueOut": ("tongueOut",)} and coverage.empty == {"cheekPuff": ("cheekPuff",)}
    assert coverage.approximated == {"mouthPucker": ("mouthFunnel",)}
    assert "cheekPuff" not in fitted.targets
    assert "1 missing, 1 empty" in coverage.text()


def test_one_link_by_hand_is_not_the_whole_face() -> None:
    own = rig.Mapping("Mine", (rig.Link(source="jawOpen", target="Jaw"),))
    _, coverage = rig.match(Rig(names=("Jaw", "Lips"), name="Vita"), own)
    assert "1 of 52 shapes matched" in coverage.text() and "51 without a place" in coverage.text()


def test_two_families_on_one_face_share_it() -> None:
    """Visemes on the mouth, ARKit's names around the eyes."""
    eyes = [name for name in arkit.SHAPES if name.startswith(("eye", "brow"))]
    fitted, coverage = rig.match(Rig(names=(*eyes, *FAMILIES["V_"][1]), name="Vita"))
    assert coverage.matched["eyeBlinkLeft"] == ("eyeBlinkLeft",) and coverage.matched["viseme_PP"] == ("V_PP",)
    assert set(fitted.targets) == {*eyes, *FAMILIES["V_"][1]}


def test_a_few_mouths_of_a_set_are_enough_if_their_names_are_unmistakable() -> None:
    """A library of five poses; each other viseme shows the nearest of them, and nothing closes but p, b and m."""
    five = ("viseme_aa", "viseme_PP", "viseme_O", "viseme_I", "viseme_FF")
    fitted, coverage = rig.match(Rig(names=(*five, "Walk", "Idle"), name="Vita"))
    assert coverage.mapping == "Oculus visemes" and set(coverage.exact) == set(five) == set(fitted.targets)
    assert coverage.approximated["viseme_E"] == ("viseme_aa", "viseme_I")
    assert [link.source for link in fitted.links if link.target == "viseme_PP"] == ["viseme_PP"]
    for names in (("A", "I", "U"), ("Key 1", "E", "O", "belly"), five[:2]):
        assert not rig.match(Rig(names=names, name="Vita"))[0].links, "short names may mean anything"


def test_an_empty_silence_is_no_lack() -> None:
    names = tuple(FAMILIES["Oculus"][1])
    _, coverage = rig.match(Rig(names=names, name="Vita", empty=("viseme_sil",)))
    assert not coverage.empty and not coverage.missing and len(coverage.exact) == 14


def test_teeth_that_lack_an_empty_silence_make_it_no_lack() -> None:
    """Seen on a face whose teeth have only the shapes that move them."""
    face, teeth = tuple(FAMILIES["Oculus"][1]), ("viseme_aa", "viseme_O")
    character = Rig(names=face, name="Vita", empty=("viseme_sil",), bones=("head",))
    _, coverage = rig.match(character, meshes=(face, teeth))
    assert "viseme_sil" not in {*coverage.missing, *coverage.empty}
    assert "14 of 14 visemes" in coverage.text() and "0 missing" in coverage.text()


def test_bones_alone_have_no_names_of_shapes() -> None:
    mapping, coverage = rig.match_many((), "Vita", None, lambda target: False, bones=("jaw", "head", "eye.L", "eye.R"))
    assert "bone:jaw:rotate x" in mapping.targets and "unused" not in coverage.text()
