"""What hosts write: the same keys for the same take, the report on them, and lips that stay sealed."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from motions import smooth

from koemorph import arkit, lips, rig
from koemorph.errors import SettingsError
from koemorph.keying import STYLES, CurveKeys, Keying, plan_keys
from koemorph.take import Take
from koemorph.timing import FrameRate

KEYS = json.loads((Path(__file__).parents[2] / "data" / "keys.json").read_text("utf-8"))
"""Of `motion`, first 120 frames, at 60 fps from frame 101 on, by style and shape: frames, values, slopes."""


def take_of(motion: np.ndarray, frames: int = 600) -> Take:
    return Take(arkit.SHAPES, smooth(motion)[:frames], FrameRate.parse(60))


@pytest.mark.parametrize("style", STYLES)
def test_keys_are_those_of_every_version_before(motion, style) -> None:
    plan = plan_keys(take_of(motion, 120), None, Keying(style=style, tolerance=0.02), Fraction(101))
    for name, (frames, values, slopes) in KEYS[style].items():
        keys = plan.curves[name]
        assert keys.frames.tolist() == frames
        np.testing.assert_allclose(keys.values, values, rtol=0, atol=1e-7)
        np.testing.assert_allclose(keys.slopes, slopes, rtol=0, atol=1e-7)


@pytest.mark.parametrize("style", STYLES)
def test_a_take_and_its_report(motion, style) -> None:
    take = take_of(motion)
    plan = plan_keys(take, None, Keying(style=style, tolerance=0.005), Fraction(101))
    assert tuple(plan.curves) == take.names and (plan.first, plan.last) == (101, 700)
    assert plan.kept == sum(map(len, plan.curves.values())) / take.values.size
    off = {n: np.abs(c.at(101 + np.arange(600)) - take.curve(n)).max() for n, c in plan.curves.items()}
    assert {name: on for name, (on, _) in plan.errors.items()} == pytest.approx(off, abs=1e-5)
    assert plan.error == pytest.approx(max(off.values()), abs=1e-5)
    assert (plan.error == 0.0) == (style == "every") and plan.error <= 0.005
    for name in take.names:
        np.testing.assert_array_equal(plan.samples(name).values, take.curve(name))
        assert plan.samples(name).frames.tolist() == list(range(101, 701))


def test_sealed_lips_stay_sealed_under_a_rigs_names_and_brows_do_not_care(motion) -> None:
    values = smooth(motion)
    values[100:112, arkit.SHAPES.index("mouthClose")] = 1.0  # the lips meet
    take = Take(arkit.SHAPES, values, FrameRate.parse(60))
    frames = np.flatnonzero(lips.sealed(take))
    assert {100, 111} <= set(frames)
    kept = [name != "mouthClose" for name in arkit.SHAPES]  # without it nobody knows where lips meet
    loose = Take(tuple(np.array(arkit.SHAPES)[kept].tolist()), values[:, kept], FrameRate.parse(60))
    assert lips.sealed(loose) is None
    for mapping in (None, rig.find("Character Creator 4 extended")):
        plan = plan_keys(take, mapping, Keying(style="bezier", tolerance=0.05), Fraction(7))
        driven = ("jawOpen", "mouthClose") if mapping is None else ("Jaw_Open", "Mouth_Close", "Mouth_Funnel_Up_L")
        for name in driven:
            np.testing.assert_allclose(plan.curves[name].at(7 + frames), plan.take.curve(name)[frames], atol=1e-4)
    brow = plan_keys(loose, None, Keying(style="bezier", tolerance=0.05)).curves["browInnerUp"]
    assert len(brow) == len(plan_keys(take, None, Keying(style="bezier", tolerance=0.05)).curves["browInnerUp"])


def test_what_only_brows_are_driven_by_has_no_lips_to_seal(motion) -> None:
    brows = rig.Mapping("brows", (rig.Link(source="browInnerUp", target="lift"),))
    plan = plan_keys(take_of(motion), brows, Keying(style="bezier"))
    assert tuple(plan.curves) == ("lift",)


@pytest.mark.parametrize("wrong", [{"tolerance": 0.0}, {"tolerance": float("nan")}, {"style": "wobbly"}])
def test_what_no_keys_can_be(wrong, one_sentence) -> None:
    with pytest.raises(SettingsError) as refusal:
        Keying(**wrong)
    one_sentence(refusal.value)


def test_how_lines_are_keyed_travels_as_two_words() -> None:
    keying = Keying(style="linear", tolerance=0.03)
    assert Keying.from_dict(keying.to_dict()) == keying
    assert Keying.from_dict({"keys": "every", "tolerance": 0.0}) == Keying()
    with pytest.raises(SettingsError, match="curly"):
        Keying.from_dict({"keys": "curly"})


def test_a_style_brings_its_own_way_to_keys(motion, monkeypatch) -> None:
    def on_threes(values, keying, exact):
        return [CurveKeys.dense(column[::3]).placed(0, 3) for column in values.T]

    monkeypatch.setitem(STYLES, "every", replace(STYLES["every"], keys=on_threes))
    plan = plan_keys(take_of(motion), None, Keying(), Fraction(101))
    assert plan.curves["jawOpen"].frames.tolist() == list(range(101, 701, 3))
