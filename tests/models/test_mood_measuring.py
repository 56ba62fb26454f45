"""What is measured of moods: quarrels, honest choices, windows, whispers, and lines that come to rest."""

import numpy as np
import pytest
from acting import CELLS, line

from koemorph.features.melody import melody
from koemorph.moods import MoodKey, MoodTrack
from koemorph_models.evaluation.life import measure
from koemorph_models.moods.choosing import CHOICES, Choice, choose
from koemorph_models.moods.fitting import MOODS
from koemorph_models.moods.quarrels import Quarrel, quarrels, share_told
from koemorph_models.moods.sounds import whispered
from koemorph_models.moods.windows import DOCUMENTS, OURS, functionals, whole


@pytest.fixture(scope="module")
def lines():
    acted = [
        line(100 * a + 10 * n + m, mood, f"a{a}") for a in range(3) for n in range(2) for m, mood in enumerate(MOODS)
    ]
    return acted + [line(1000 + n, "neutral", f"r{n}", acted=False) for n in range(6)]


def test_quarrels_change_their_mood_and_are_scored_where_they_do(lines):
    rows = quarrels([one for one in lines if one.acted], each=4)
    assert len(rows) == 12 and all(len({part.mood for part in row.parts}) == 3 for row in rows)
    assert all(len(row.line.sound) == len(row.truth) == 3 * (CELLS + 1) for row in rows)

    def told(row: Quarrel) -> MoodTrack:
        keys = [MoodKey(seconds=n * (CELLS + 1) / 2, mood=part.mood, intensity=0.8) for n, part in enumerate(row.parts)]
        return MoodTrack(tuple(keys), "detected")

    assert share_told([(row, told(row)) for row in rows]) == 1.0
    assert share_told([(row, None) for row in rows]) < 0.5, "only what is neutral is right then"


def test_a_choice_made_without_an_actor_is_no_better_than_the_best(lines):
    facts = choose(lines, "stage", (*CHOICES[:3], Choice()))
    assert len(facts["what was chosen without"]) == 3
    assert 0.5 < facts["chosen on the other actors"] <= facts["best of all"]["mean recall"] + 1e-9
    assert facts["as shipped"] == facts["choices"][-1]["mean recall"]


def test_windows_of_the_documents_cannot_change_in_a_short_line(lines):
    time = np.arange(40_000) / 16_000
    tone = (0.1 * np.sin(2 * np.pi * 150 * time) * (1 + (time > 1.2))).astype(np.float32)
    theirs, ours = functionals(tone, CELLS, DOCUMENTS), functionals(tone, CELLS, OURS)
    assert theirs.shape == (CELLS, 264) and np.ptp(theirs, axis=0).max() == 0.0
    assert ours.shape == (CELLS, 88) and np.ptp(ours, axis=0).max() > 0.0
    assert np.ptp(whole(lines[0])[0], axis=0).max() == 0.0


def test_a_whisper_has_no_voice():
    time = np.arange(32_000) / 16_000
    spoken = sum(0.05 * np.sin(2 * np.pi * 120 * n * time) for n in range(1, 20)).astype(np.float32)
    whisper = whispered(spoken)
    assert whisper.shape == spoken.shape and np.abs(whisper).max() > 0.01
    assert np.isfinite(melody(lambda a, b: spoken[a:b], 2, 30)).mean() > 0.9
    assert np.isfinite(melody(lambda a, b: whisper[a:b], 2, 30)).mean() < 0.5


def test_lines_come_to_rest_and_heads_live(tiny_engine, speech_like):
    facts = measure(tiny_engine, [speech_like(2.0, seed=seed) for seed in (1, 2)])
    assert facts["lines"] == 2 and facts["at rest 0.4 s after it"] == 1.0
    assert facts["lips meet between two lines"] == 1.0
    assert facts["head, degrees a second while speaking"] > 2 * facts["head, degrees a second in silence"]
