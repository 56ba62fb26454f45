"""How round lips are heard to be: by what a mouth did at such a sound, and by which vowel it may be."""

import io

import numpy as np
import pytest

from koemorph.errors import ModelError
from koemorph.speech.rounding import REACH, SEEN, TOLD, MouthEar, heard_rounding
from koemorph.speech.symbols import classes

SIZE = 512


def stored(**arrays) -> bytes:
    kept = io.BytesIO()
    np.savez(kept, **arrays)
    return kept.getvalue()


def test_narrowness_is_a_filter_of_the_features_around_a_moment():
    draw = np.random.default_rng(0)
    weights = draw.standard_normal((2 * REACH + 1, SIZE)).astype(np.float32) / 100
    features = draw.standard_normal((40, SIZE)).astype(np.float32)
    ear = MouthEar.load(stored(weights=weights, bias=np.float32(0.2)), "here")
    told = ear.narrowness(features)
    expected = [(weights * features[at : at + 2 * REACH + 1]).sum() + 0.2 for at in range(40 - 2 * REACH)]
    np.testing.assert_allclose(told, np.clip(expected, -0.6, 1.6), atol=1e-4)


@pytest.mark.parametrize(
    "arrays",
    [
        {},
        {"weights": np.zeros((3, SIZE)), "bias": 0.0},
        {"weights": np.full((2 * REACH + 1, SIZE), np.nan), "bias": 0.0},
    ],
)
def test_a_file_that_hears_no_mouth_is_told(arrays):
    with pytest.raises(ModelError, match=r"^here .*; reinstall KoeMorph"):
        MouthEar.load(stored(**arrays), "here")


def test_a_round_vowel_and_a_narrow_mouth_both_count():
    phones = np.full((10, len(classes())), -20.0, np.float16)
    phones[:5, classes().index("u")] = 0.0
    phones[5:, classes().index("i")] = 0.0
    by_vowels = heard_rounding(None, phones, 12, 60)
    np.testing.assert_allclose(by_vowels[[0, 1, 11]], [TOLD, TOLD, 0.0], atol=1e-3)
    both = heard_rounding(np.ones(10, np.float16), phones, 12, 60)
    np.testing.assert_allclose(both - by_vowels, SEEN, atol=1e-3)
