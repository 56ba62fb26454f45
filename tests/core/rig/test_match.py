"""Matching a rig's names: every usual spelling is understood, and nothing is guessed."""

from __future__ import annotations

import re

import pytest

from koemorph import arkit, rig
from koemorph.errors import RigError
from koemorph.rig import Rig
from koemorph.rig.names import base, common_prefix, spellings

SHAPES = arkit.SHAPES
PLAIN = rig.Mapping("ARKit", tuple(rig.Link(source=name, target=name) for name in SHAPES))
"""The names alone: for a mapping of the user's own nothing stands in."""


def sided(pattern: str) -> tuple[str, ...]:
    """The 52 names with their side written by a pattern of {stem}, {Side}, {S} and {s}."""

    def name(shape: str) -> str:
        found = re.fullmatch(r"(.+?)(Left|Right)", shape)
        if not found:
            return pattern.format(stem=shape, Side="", S="", s="").strip("_.") if "{stem}" in pattern else shape
        return pattern.format(stem=found[1], Side=found[2], S=found[2][0], s=found[2][0].lower())

    return tuple(map(name, SHAPES))


SPELLINGS = {
    "plain": SHAPES,
    "Perfect Sync": tuple(name[0].upper() + name[1:] for name in SHAPES),
    "small": tuple(name.lower() for name in SHAPES),
    "prefix": tuple("face_" + name for name in SHAPES),
    "suffix": tuple(name + "_ctrl" for name in SHAPES),
    "both": tuple(f"bs_{name}_geo" for name in SHAPES),
    "node": tuple("head." + name for name in SHAPES),
    "namespace": tuple("hero:face|" + name for name in SHAPES),
    "snake": tuple(re.sub(r"(?=[A-Z])", "_", name).lower() for name in SHAPES),
    "spaces": tuple(re.sub(r"(?=[A-Z])", " ", name) for name in SHAPES),
    "_L": sided("{stem}_{S}"),
    "_l": sided("{stem}_{s}"),
    ".L": sided("{stem}.{S}"),
    "_Left": sided("{stem}_{Side}"),
    "L": sided("{stem}{S}"),
    "L_": sided("{S}_{stem}"),
    "node and .L": tuple("head." + name for name in sided("{stem}.{S}")),
}


def drives(names, mapping=None) -> dict[str, tuple[str, ...]]:
    fitted, coverage = rig.match(Rig(names=tuple(names), name="hero.json"), mapping)
    assert {source: tuple(link.target for link in fitted.of(source)) for source in coverage.matched} == coverage.matched
    return dict(coverage.matched)


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_all_52_in_any_spelling(spelling) -> None:
    names = SPELLINGS[spelling]
    assert drives(names) == {shape: (name,) for shape, name in zip(SHAPES, names, strict=True)}


TURNING = [preset for preset in rig.shipped() if any(map(rig.Channel.of, preset.targets))]
"""Presets of bones."""


@pytest.mark.parametrize("preset", TURNING, ids=lambda preset: preset.name)
def test_every_preset_of_bones_is_recognised(preset) -> None:
    bones = tuple(dict.fromkeys(rig.Channel.of(target).bone for target in preset.targets))
    fitted, coverage = rig.match(Rig(names=(), name="Vita", bones=("root", "spine", *bones)))
    assert fitted.name == preset.name and set(fitted.targets) == set(preset.targets)
    assert set(preset.sources) <= set(coverage.matched) and "unused" not in coverage.text()
    assert fitted.calibrations == preset.calibrations


@pytest.mark.parametrize("preset", [p for p in rig.shipped() if p not in TURNING], ids=lambda preset: preset.name)
@pytest.mark.parametrize("spelled", [str, str.lower, lambda name: f"hero:{name}", lambda name: f"head.{name}"])
def test_every_preset_is_recognised(preset, spelled) -> None:
    if "L" in preset.targets and spelled("") == "head.":
        pytest.skip("L behind a dot is the left side")
    names = tuple(map(spelled, preset.targets))
    fitted, coverage = rig.match(Rig(names=(*names, "something else")))
    assert fitted.name == preset.name
    assert set(preset.sources) <= set(coverage.matched) and coverage.unused == ("something else",)
    assert set(fitted.targets) == set(names)


@pytest.mark.parametrize(
    "targets", [("viseme_aa", "viseme_O"), ("Jaw_Drop", "Jaw_Fwd"), ("mouth_A", "mouth_O"), ("Mund.a", "Mund.o")]
)
def test_links_by_hand_whose_names_begin_alike(targets) -> None:
    """Findings of a user: two targets picked from the rig's own list were "no shape that fits"."""
    own = rig.Mapping(
        "Mine", (rig.Link(source="jawOpen", target=targets[0]), rig.Link(source="mouthFunnel", target=targets[1]))
    )
    fitted, coverage = rig.match(Rig(names=(*targets, "viseme_E", "Jaw_Up", "other")), own)
    assert fitted.links == own.links and not coverage.missing and not coverage.ambiguous


def test_metahuman_as_attributes_of_a_node() -> None:
    preset = rig.find("MetaHuman")
    names = tuple(name.replace("CTRL_expressions_", "CTRL_expressions.") for name in preset.targets)
    fitted, coverage = rig.match(Rig(names=names))
    assert fitted.name == "MetaHuman" and fitted.targets == names and not coverage.missing


def test_a_name_of_its_own_goes_before_other_spellings() -> None:
    assert drives([*SHAPES, "eyeBlink_L", "EYEBLINKLEFT"])["eyeBlinkLeft"] == ("eyeBlinkLeft",)


def test_what_fits_twice_is_left_out() -> None:
    names = [name for name in SHAPES if name != "eyeBlinkLeft"] + ["eyeBlink_L", "Eye_Blink.L"]
    fitted, coverage = rig.match(Rig(names=tuple(names)))
    assert coverage.ambiguous == {"eyeBlinkLeft": ("eyeBlink_L", "Eye_Blink.L")}
    assert not fitted.of("eyeBlinkLeft") and len(coverage.matched) == 51
    assert "eyeBlinkLeft: eyeBlink_L or Eye_Blink.L" in coverage.text()


def test_two_prefixes_level_are_in_doubt() -> None:
    _, coverage = rig.match(Rig(names=tuple(f"{part}_{name}" for part in ("face", "teeth") for name in SHAPES)))
    assert len(coverage.ambiguous) == 52 and not coverage.matched


def test_the_usual_prefix_wins_and_the_rest_is_unused() -> None:
    names = [f"face_{name}" for name in SHAPES] + [f"teeth_{name}" for name in ("jawOpen", "jawLeft", "jawRight")]
    _, coverage = rig.match(Rig(names=tuple(names)))
    assert len(coverage.matched) == 52 and coverage.unused == ("teeth_jawOpen", "teeth_jawLeft", "teeth_jawRight")


def test_correctives_and_look_alikes_are_not_taken() -> None:
    kept = [name for name in SHAPES if name not in ("tongueOut", "mouthPucker", "jawForward")]
    extra = [f"{name}_jawOpen" for name in ("mouthPucker", "mouthFunnel", "mouthSmileLeft", "mouthRollLower")]
    _, coverage = rig.match(Rig(names=(*kept, *extra, "tongeOut", "jawForward.001")))
    assert set(coverage.missing) == {"tongueOut", "jawForward"}
    assert coverage.approximated == {"mouthPucker": ("mouthFunnel",)}
    assert coverage.hints["tongueOut"] == ("tongeOut",)
    assert "tongueOut; similar: tongeOut" in coverage.text()


def test_halves_and_wholes() -> None:
    """A rig may split what ARKit moves as one, and join what it moves apart."""
    names = [name for name in SHAPES if not name.startswith(("browInnerUp", "cheekSquint", "mouthSmile"))]
    fitted, coverage = rig.match(Rig(names=(*names, "browInnerUp_L", "browInnerUp_R", "cheekSquint", "mouthSmile_L")))
    assert coverage.matched["browInnerUp"] == ("browInnerUp_L", "browInnerUp_R")
    assert coverage.matched["cheekSquintLeft"] == coverage.matched["cheekSquintRight"] == ("cheekSquint",)
    assert [link.gain for link in fitted.links if link.target == "cheekSquint"] == [0.5, 0.5]
    assert set(coverage.approximated) == {"cheekSquintLeft", "cheekSquintRight", "mouthSmileRight"}


def test_left_and_right_of_the_jaw_are_no_halves() -> None:
    _, coverage = rig.match(Rig(names=("jaw", "mouth", "jawOpen", "mouthClose", "mouthFunnel")))
    assert set(coverage.exact) == {"jawOpen", "mouthClose", "mouthFunnel"}
    assert not {"jaw", "mouth"} & {name for names in coverage.matched.values() for name in names}


def test_part_of_an_entry_that_is_missing_is_told() -> None:
    preset = rig.find("CC4 extended")
    fitted, coverage = rig.match(Rig(names=tuple(name for name in preset.targets if name != "Mouth_Funnel_Up_L")))
    assert coverage.missing == {"mouthFunnel": ("Mouth_Funnel_Up_L",)} and not coverage.approximated
    assert len(fitted.of("mouthFunnel")) == 3


def test_nothing_fits() -> None:
    fitted, coverage = rig.match(Rig(names=("foo", "bar")))
    assert not fitted.links and len(coverage.missing) == 52 == coverage.wanted and coverage.unused == ("foo", "bar")


def test_two_presets_that_fit_equally(monkeypatch, one_sentence) -> None:
    one = rig.mapping_of({"schema_version": 1, "name": "One", "entries": {"jawOpen": "Mund"}}, "")
    two = rig.mapping_of({"schema_version": 1, "name": "Two", "entries": {"mouthClose": "Mund"}}, "")
    monkeypatch.setattr("koemorph.rig.matching.shipped", lambda: (one, two))
    with pytest.raises(RigError, match="One and Two") as refusal:
        rig.match(Rig(names=("Mund",)))
    one_sentence(refusal.value)


def test_the_report_adds_up() -> None:
    _, coverage = rig.match(Rig(names=(*SHAPES[:40], *(f"extra{i}" for i in range(30))), name="hero.json"), PLAIN)
    text = coverage.text()
    assert "hero.json with the preset ARKit: 40 of 52 shapes matched, 12 missing, 0 ambiguous" in text
    assert "30 of the rig's 70 names unused" in text and "and 18 more" in text
    assert all(name in text for name in coverage.missing)
    facts = coverage.to_dict()
    assert len(facts["matched"]) == 40 and len(facts["unused"]) == 30


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("rig:face|head.eyeBlink.L", "eyeBlink.L"),
        ("head.jawOpen", "jawOpen"),
        ("jawOpen", "jawOpen"),
        ("jawOpen.001", "jawOpen.001"),
        ("a/b/jawOpen", "jawOpen"),
        ("a:", "a:"),
    ],
)
def test_the_name_itself(name, expected) -> None:
    assert base(name) == expected


def test_spellings() -> None:
    assert spellings("Eye_L_Look_Up") == ("eyellookup", "eyeleftlookup", "eyelookupleft")
    assert spellings("Eye_L_Look_R") == ("eyellookr",)
    assert spellings("mouthFunnelUL") == ("mouthfunnelul",)
    assert common_prefix(("face_a_b", "face_a_c", "face_b")) == "face_"
    assert common_prefix(("jawOpen", "jawLeft")) == "" == common_prefix(("face_a",))


@pytest.mark.parametrize(
    "content",
    [
        [],
        {},
        {"names": []},
        {"shapes": "jawOpen"},
        "jawOpen",
        None,
        ["jawOpen", 3],
        ["jawOpen", " "],
        ["a", "b", "a"],
        [["jawOpen"]],
    ],
)
def test_lists_of_names_that_are_none(content, one_sentence) -> None:
    with pytest.raises(RigError) as refusal:
        Rig.of(content, "hero.json")
    one_sentence(refusal.value)
    assert "hero.json" in str(refusal.value)
