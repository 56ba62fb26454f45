"""Visemes from curves and from phones: a partition that closes where p, b and m do."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from koemorph import arkit, rig
from koemorph.rig import VISEMES, visemes
from koemorph.speech import symbols
from koemorph.speech.track import Phone
from koemorph.take import Take
from koemorph.timing import FrameRate


def take_of(seconds: float = 1.0, fps: str = "60", **curves) -> Take:
    rate = FrameRate.parse(fps)
    count = round(seconds * float(rate.fps))
    moments = np.arange(count) / float(rate.fps)
    values = np.zeros((count, len(arkit.SHAPES)), dtype=np.float32)
    for name, curve in curves.items():
        values[:, arkit.SHAPES.index(name)] = curve(moments) if callable(curve) else curve
    return Take(arkit.SHAPES, values, rate, Fraction(2))


def spoken(take: Take, text: str) -> Take:
    """Phones of a tenth of a second each from the beginning on; a dot is a pause."""
    phones = [
        Phone(start=2 + Fraction(i, 10), end=2 + Fraction(i + 1, 10), symbol=symbol)
        for i, symbol in enumerate(text.split())
        if symbol != "."
    ]
    return replace(take, phones=tuple(phones))


def weights(take: Take) -> dict[str, np.ndarray]:
    heard = visemes.added(take)
    return {name: heard.curve(name) for name in VISEMES}


def test_they_are_a_partition_whatever_the_face_does(some_take) -> None:
    for take in (some_take(50), spoken(some_take(50), "p a m i f u")):
        heard = np.stack(list(weights(take).values()), axis=1)
        np.testing.assert_allclose(heard.sum(axis=1), 1.0, atol=1e-5)
        assert heard.min() >= 0.0


def test_a_face_at_rest_is_silent_and_presses_no_lips() -> None:
    heard = weights(take_of())
    assert heard["viseme_sil"].min() == pytest.approx(1.0)


def test_lips_that_meet_between_openings_are_a_p_and_not_in_a_pause() -> None:
    jaw = take_of(2.0, jawOpen=lambda t: 0.3 * (np.abs(t - 0.5) > 0.05) * (t < 1.0))
    heard = weights(jaw)
    assert heard["viseme_PP"][30] > 0.9, "between two openings"
    assert heard["viseme_PP"][100] < 0.01 and heard["viseme_sil"][100] > 0.99, "after the line"
    assert max(heard[name][30] for name in VISEMES if name != "viseme_PP") < 0.1


@pytest.mark.parametrize(
    ("viseme", "pose"),
    [
        ("viseme_aa", {"jawOpen": 0.35}),
        ("viseme_O", {"jawOpen": 0.2, "mouthFunnel": 0.6, "mouthPucker": 0.3}),
        ("viseme_U", {"jawOpen": 0.06, "mouthPucker": 0.7}),
        ("viseme_I", {"jawOpen": 0.08, "mouthStretchLeft": 0.3, "mouthStretchRight": 0.3}),
        ("viseme_E", {"jawOpen": 0.19, "mouthStretchLeft": 0.3, "mouthStretchRight": 0.3}),
        ("viseme_FF", {"jawOpen": 0.1, "mouthRollLower": 0.5, "mouthUpperUpLeft": 0.1, "mouthUpperUpRight": 0.1}),
        ("viseme_TH", {"jawOpen": 0.1, "tongueOut": 0.8}),
    ],
)
def test_what_a_pose_shows_most(viseme, pose) -> None:
    heard = weights(take_of(**pose))
    assert max(VISEMES, key=lambda name: heard[name][30]) == viseme


def test_a_rounder_mouth_has_more_of_u_and_a_wider_one_more_of_aa() -> None:
    rounder = weights(take_of(jawOpen=0.1, mouthPucker=lambda t: 0.5 * t))["viseme_U"]
    wider = weights(take_of(jawOpen=lambda t: 0.4 * t))["viseme_aa"]
    assert (np.diff(rounder) > -1e-6).all() and rounder[-1] > 0.45
    assert (np.diff(wider) > -1e-6).all() and wider[-1] > 0.9


@pytest.mark.parametrize("fps", ["24", "30", "60"])
def test_phones_close_the_lips_even_where_the_curves_do_not(fps) -> None:
    """Lips that the curves leave open by a hair close in the time of each p, b, m, and bite in that of f."""
    take = spoken(take_of(0.9, fps, jawOpen=0.15), "a p a m a b a f a")
    heard = weights(take)
    moments = np.arange(take.frame_count) / float(take.rate.fps)
    for name, places in (("viseme_PP", (1, 3, 5)), ("viseme_FF", (7,))):
        for place in places:
            inside = (moments >= 0.1 * place + 0.01) & (moments <= 0.1 * place + 0.09)
            assert heard[name][inside].min() > 0.99
    between = heard["viseme_PP"][np.abs(moments - 0.25) < 0.01]
    assert between.size == 0 or between.max() < 0.01


def test_phones_say_what_the_tongue_does() -> None:
    heard = weights(spoken(take_of(1.0, jawOpen=0.08), ". θ t k ʃ s n ɹ . ."))
    for i, name in enumerate(("TH", "DD", "kk", "CH", "SS", "nn", "RR"), 1):
        assert heard[f"viseme_{name}"][6 * i + 3] > 0.3, name
        assert heard[f"viseme_{name}"][6 * ((i + 3) % 10)] < 0.1 or i + 3 > 7
    assert heard["viseme_PP"].max() == 0.0


def test_a_diphthong_passes_through_both_its_vowels() -> None:
    take = take_of(0.6, jawOpen=0.3)
    heard = weights(
        replace(spoken(take, "."), phones=(Phone(start=Fraction(21, 10), end=Fraction(25, 10), symbol="aɪ"),))
    )
    assert heard["viseme_aa"][10] > heard["viseme_I"][10] and heard["viseme_I"][26] > 0.5


def test_a_louder_vowel_opens_wider() -> None:
    soft, loud = (weights(spoken(take_of(0.3, jawOpen=jaw), "a a a"))["viseme_aa"][9] for jaw in (0.05, 0.4))
    assert 0.3 < soft < 0.7 < loud


def test_every_phone_of_every_language_is_known_or_left_to_the_curves() -> None:
    told = visemes.tables()
    unseen = set(symbols.tables().fold) - set(told.shown_by) - set(told.passing)
    assert unseen == {"h", "ɦ", "ʔ"}, "these take the mouth of what stands beside them"
    assert {part for parts in told.passing.values() for part in parts} <= set(told.shown_by)


def test_strengths_of_the_mouth_reach_the_visemes() -> None:
    mapping = rig.find("Oculus visemes")
    assert mapping.targets_of(["jawOpen"]) == mapping.targets and mapping.targets_of(["browInnerUp"]) == ()
