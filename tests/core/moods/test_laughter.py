"""Laughter is open voice in bursts without the consonants of speech; it shows as joy where no other mood is heard."""

import numpy as np
import pytest

from koemorph.moods import MoodKey, MoodTrack
from koemorph.moods.laughter import BURSTS, SHOWS, laughing, with_laughter
from koemorph.speech.symbols import classes

CELLS = 24
LAUGHS = slice(8, 16)
"""Cells of half a second in which somebody laughs."""


def sound(consonant=0.05, vowel=0.3, bursts=5.0, voiced=True):
    """Phones, level and melody of somebody who speaks but for those cells."""
    likely = np.full((CELLS * 25, len(classes())), 1e-4)
    vowels, consonants, none = (classes().index(name) for name in ("ɑ", "n", ""))
    likely[:, vowels], likely[:, consonants] = 0.45, 0.5
    own = slice(LAUGHS.start * 25, LAUGHS.stop * 25)
    likely[own, vowels], likely[own, consonants], likely[own, none] = vowel, consonant, 1.0 - vowel - consonant
    time = np.arange(CELLS * 30) / 60
    level = -22.0 + np.random.default_rng(0).normal(0.0, 6.0, len(time))
    inside = (time >= LAUGHS.start / 2) & (time < LAUGHS.stop / 2)
    level[inside] = -26.0 + 10.0 * np.sin(2 * np.pi * bursts * time[inside])
    melody = np.full(CELLS * 10, 1.0, np.float32)
    if not voiced:
        melody[LAUGHS.start * 10 : LAUGHS.stop * 10] = np.nan
    return np.log(likely).astype(np.float16), level.astype(np.float32), melody


def test_bursts_without_consonants_are_laughter():
    found = laughing(*sound(), CELLS)
    assert found[9:15].all() and not found[:6].any() and not found[18:].any()


@pytest.mark.parametrize(
    "told", [{"consonant": 0.4}, {"vowel": 0.02}, {"bursts": 1.0}, {"voiced": False}], ids=lambda told: next(iter(told))
)
def test_speech_noise_slow_swells_and_whispers_are_none(told):
    assert not laughing(*sound(**told), CELLS)[11:13].any(), "where nothing else is near"


@pytest.mark.parametrize(("loud", "laughter"), [(-26.0, True), (-40.0, False)])
def test_what_lies_under_the_line_does_not_laugh(loud, laughter):
    phones, level, melody = sound(vowel=0.2)
    inside = slice(LAUGHS.start * 30, LAUGHS.stop * 30)
    level[inside] = loud + 4.0 * np.sin(2 * np.pi * 5.0 * np.arange(level[inside].size) / 60)
    assert laughing(phones, level, melody, CELLS).any() == laughter


def test_an_hour_is_as_its_parts():
    phones, level, melody = sound()
    many = 40
    longer = laughing(np.tile(phones, (many, 1)), np.tile(level, many), np.tile(melody, many), many * CELLS)
    own = laughing(phones, level, melody, CELLS)
    assert np.array_equal(longer.reshape(many, CELLS)[1:-1, 3:-3], np.tile(own[3:-3], (many - 2, 1)))


def test_a_sound_shorter_than_a_burst_is_no_laughter():
    phones, level, melody = sound()
    assert not laughing(phones[:3], level[:4], melody[:2], 1).any() and max(BURSTS) > 4


def test_joy_takes_the_place_of_boredom_and_of_nothing_else():
    bored = MoodKey(seconds=0.0, mood="boredom", intensity=0.6, arousal=-0.7, valence=-0.2)
    sad = MoodKey(seconds=2.0, mood="sadness", intensity=0.9, arousal=-0.6, valence=-0.7)
    track = MoodTrack((bored, sad), "detected")
    laughs = np.array([False, True, True, False, True, False])
    shown = with_laughter(track, laughs)
    assert [(key.seconds, key.mood, key.intensity) for key in shown.keys] == [
        (0.0, "boredom", 0.6),
        (0.5, "joy", SHOWS),
        (1.5, "boredom", 0.6),
        (2.0, "sadness", 0.9),
    ]
    assert shown.keys[1].valence > 0.5 and shown.source == "detected"
    assert with_laughter(track, np.zeros(6, bool)) is track and with_laughter(None, laughs) is None
