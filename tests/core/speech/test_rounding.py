"""How round lips are heard to be: by what a mouth did at such a sound, and by which vowel it may be."""

import io

import numpy as np
import pytest

from koemorph.errors import ModelError
from koemorph.speech.rounding import REACH, ROUND, SPREAD, STRIDE, TAPS, MouthEar, heard_rounding
from koemorph.speech.symbols import classes

SIZE = 512


def stored(**arrays) -> bytes:
    kept = io.BytesIO()
    np.savez(kept, **arrays)
    return kept.getvalue()


def test_narrowness_is_a_filter_of_the_features_around_a_moment():
    draw = np.random.default_rng(0)
    weights = draw.standard_normal((TAPS, SIZE)).astype(np.float32) / 100
    features = draw.standard_normal((40, SIZE)).astype(np.float32)
    ear = MouthEar.load(stored(weights=weights, bias=np.float32(0.2)), "here")
    told = ear.narrowness(features)
    expected = [(weights * features[at : at + 2 * REACH + 1 : STRIDE]).sum() + 0.2 for at in range(40 - 2 * REACH)]
    np.testing.assert_allclose(told, np.clip(expected, -0.6, 1.6), atol=1e-4)


@pytest.mark.parametrize(
    "arrays",
    [
        {},
        {"weights": np.zeros((3, SIZE)), "bias": 0.0},
        {"weights": np.full((TAPS, SIZE), np.nan), "bias": 0.0},
    ],
)
def test_a_file_that_hears_no_mouth_is_told(arrays):
    with pytest.raises(ModelError, match=r"^here .*reinstall KoeMorph"):
        MouthEar.load(stored(**arrays), "here")


def test_a_vowel_is_moved_as_far_as_it_must_and_other_sounds_are_as_narrow_as_heard():
    phones = np.full((60, len(classes())), -20.0, np.float16)
    for own, name in ((slice(0, 20), "u"), (slice(20, 40), "i"), (slice(40, 60), "s")):
        phones[own, classes().index(name)] = 0.0

    def told(narrowness: float) -> list[float]:
        """In the middle of each."""
        return heard_rounding(np.full(60, narrowness, np.float16), phones, 72, 60)[[12, 36, 60]].tolist()

    at_rest, wide, between = told(0.0), told(-0.2), told(0.6)
    unit = (between[2] - at_rest[2]) / 0.6
    assert (at_rest[0], wide[0], between[0]) == pytest.approx((at_rest[2] + ROUND * unit,) * 3, abs=1e-3)
    assert between[1] == pytest.approx(at_rest[2] + SPREAD * unit, abs=1e-3)
    assert (wide[1], at_rest[1]) == pytest.approx((wide[2], at_rest[2]), abs=1e-3) and wide[2] < at_rest[2]


def test_a_w_is_rounder_than_an_r_and_neither_less_than_heard():
    def told(name: str, narrowness: float) -> float:
        phones = np.full((20, len(classes())), -20.0, np.float16)
        phones[:, classes().index(name)] = 0.0
        return float(heard_rounding(np.full(20, narrowness, np.float16), phones, 24, 60)[12])

    assert told("w", 0.1) > told("ɹ", 0.1) > told("s", 0.1)
    assert told("w", 1.0) == pytest.approx(told("s", 1.0), abs=1e-3)


def test_a_doubtful_vowel_stays_nearer_to_what_was_heard():
    def round_by(chance: float) -> float:
        phones = np.full((20, len(classes())), -20.0, np.float16)
        phones[:, classes().index("u")], phones[:, classes().index("i")] = np.log(chance), np.log(1 - chance)
        return float(heard_rounding(np.full(20, 0.5, np.float16), phones, 24, 60)[12])

    assert round_by(0.01) < round_by(0.2) < round_by(0.5) < round_by(0.8) < round_by(0.99)
