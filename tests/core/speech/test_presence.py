"""Sound that is no speech is told: the shipped model hears the difference."""

import numpy as np
import pytest

from koemorph.audio import Clip
from koemorph.engine import Engine
from koemorph.speech.presence import absence_of_speech
from koemorph.speech.symbols import classes


def posterior(features, share):
    phones = np.full((features, len(classes())), -9.0, dtype=np.float16)
    pauses = round(features * share)
    phones[:pauses, classes().index("")] = 0.0
    phones[pauses:, classes().index("a")] = 0.0
    return phones


@pytest.mark.parametrize(("share", "told"), [(0.0, False), (0.3, False), (0.8, True), (1.0, True)])
def test_by_what_is_heard_where_it_sounds(share, told, one_sentence):
    level = np.full(122, -20.0, dtype=np.float32)
    found = absence_of_speech(posterior(100, share), level)
    assert bool(found) is told
    if found:
        one_sentence(found)
    assert absence_of_speech(posterior(100, 1.0), level - 40) is None, "silence is told as silence"
    assert absence_of_speech(posterior(20, 1.0), level[:25]) is None, "too short to tell"


def test_noise_and_a_tune_are_told_and_our_example_is_not():
    from koemorph.cli.demo import EXAMPLE

    engine, time = Engine(), np.arange(3 * 16_000) / 16_000
    tune = sum(np.sin(2 * np.pi * f * time) for f in (220, 277, 330)) * np.exp(-(time % 0.5) * 4) * 0.05
    noise = np.random.default_rng(0).standard_normal(len(time)) * 0.05
    for sound in (tune, noise):
        with Clip.from_samples(sound.astype(np.float32), 16_000) as clip:
            assert any("not heard as speech" in one for one in engine.animate(clip).provenance["warnings"])
    assert not engine.animate(EXAMPLE).provenance["warnings"]
