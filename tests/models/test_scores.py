"""How well curves speak is counted as the table says it is."""

import numpy as np
import pytest
import soundfile

from koemorph import arkit, formats
from koemorph.audio import Clip
from koemorph.engine import Engine
from koemorph.model import load_model
from koemorph.settings import Settings
from koemorph.take import Take
from koemorph.timing import SAMPLE_RATE, FrameRate
from koemorph_models.cli import main
from koemorph_models.evaluation.contacts import Contacts
from koemorph_models.evaluation.endings import as_spoken
from koemorph_models.evaluation.look_ahead import heard_live
from koemorph_models.evaluation.rest import BACKGROUNDS, rest_table, resting
from koemorph_models.evaluation.scores import Scores, auc, best_lag
from koemorph_models.speech.utterance import SILENCE, Phone, Utterance, write_utterances

FPS = 60
PHONES = [("a", 0.0, 0.2), ("m", 0.2, 0.3), ("a", 0.3, 0.5), ("n", 0.5, 0.6), ("d", 0.6, 0.7), ("a", 0.7, 1.0)]
WANTED = [(start, end) for name, start, end in PHONES if name == "m"]
OTHERS = [(start, end) for name, start, end in PHONES if name != "m"]


def counted(*touches, wanted=WANTED, others=OTHERS):
    time = np.arange(FPS) / FPS
    touching = np.zeros(FPS, dtype=bool)
    for begin, end in touches:
        touching |= (time >= begin) & (time < end)
    contacts = Contacts()
    contacts.add(wanted, others, touching, time)
    return contacts


def test_a_touch_in_time_is_right_and_one_out_of_time_is_wrong():
    assert vars(counted((0.2, 0.3))) == {"wanted": 1, "made": 1, "wrong": 0}
    assert vars(counted((0.17, 0.33))) == {"wanted": 1, "made": 1, "wrong": 0}
    assert vars(counted((0.36, 0.44))) == {"wanted": 1, "made": 0, "wrong": 1}
    assert counted((0.2, 0.3)).f1 == 1.0 and counted((0.36, 0.44)).f1 == 0.0


def test_one_touch_over_the_border_of_two_phones_is_wrong_once():
    assert counted((0.2, 0.3), (0.57, 0.63)).wrong == 1


def test_a_touch_is_wrong_with_each_phone_that_it_closes():
    assert counted((0.2, 0.3), (0.5, 0.7)).wrong == 2
    always = counted((0.0, 1.0))
    assert always.made == 1 and always.wrong == len(OTHERS)


def test_lips_together_in_silence_are_no_fault():
    assert counted((0.8, 1.0), wanted=[], others=[(0.0, 0.7)]).wrong == 0


@pytest.mark.parametrize(("high", "low", "expected"), [([2, 3], [0, 1], 1.0), ([0], [1], 0.0), ([1, 1], [1], 0.5)])
def test_auc_is_the_chance_of_being_greater(high, low, expected):
    assert auc(high, low) == expected


def test_a_late_jaw_has_its_lag():
    movement = np.random.default_rng(0).normal(size=420).cumsum()
    movement -= np.linspace(movement[0], movement[-1], 420)
    pairs = []
    for late in (0, 3):
        curves = np.zeros((400, len(arkit.SHAPES)))
        curves[:, arkit.INDEX["jawOpen"]] = movement[10 - late : 410 - late]
        pairs.append(curves)
    assert best_lag([(pairs[1], pairs[0])]) == pytest.approx(3, abs=0.2)


def test_a_take_that_is_the_teachers_has_no_error_and_an_open_one_makes_no_closure():
    rate = FrameRate.parse(FPS)
    phones = [Phone(symbol=name, start=start, end=end) for name, start, end in PHONES] + [
        Phone(symbol=SILENCE, start=1.0, end=2.0)
    ]
    values = np.zeros((2 * FPS, len(arkit.SHAPES)), dtype=np.float32)
    values[:FPS, arkit.INDEX["jawOpen"]] = 0.3 + 0.1 * np.sin(np.arange(FPS))
    values[12:18, arkit.INDEX["jawOpen"]] = 0.0
    truth = Take(arkit.SHAPES, values, rate)
    scores = Scores()
    scores.add(truth, phones, truth)
    figures = scores.figures()
    assert figures["closure_f1"] == 1.0 and figures["mae"] == 0.0 and figures["rest_p99"] == 0.0
    opened = values.copy()
    opened[12:18, arkit.INDEX["jawOpen"]] = 0.3
    scores = Scores()
    scores.add(Take(arkit.SHAPES, opened, rate), phones, truth)
    assert scores.figures()["closure_f1"] == 0.0 and scores.figures()["mae"] > 0


def test_lips_that_stay_together_in_an_ending_are_right_where_it_is_spoken_so():
    said = [("ɑ", 0.0, 0.2), ("b", 0.2, 0.23), ("ə", 0.23, 0.26), ("n", 0.26, 0.4), ("a", 0.4, 1.0)]
    phones = [Phone(symbol=name, start=start, end=end) for name, start, end in said]
    values = np.zeros((FPS, len(arkit.SHAPES)), dtype=np.float32)
    values[:, arkit.INDEX["jawOpen"]] = 0.3
    values[17:23, arkit.INDEX["jawOpen"]] = 0.0
    take = Take(arkit.SHAPES, values, FrameRate.parse(FPS))
    for line, right in (("emodb-09b02Tb", 1.0), ("emodb-09b02Ta", 0.0)):
        scores = Scores()
        scores.add(take, phones, take, as_spoken(line, phones))
        figures = scores.joined(Scores()).figures()
        assert (figures["closure_f1"], figures["closure_f1_spoken"]) == (0.0, right)


def test_curves_made_elsewhere_are_scored_and_none_may_be_missing(tmp_path, capsys):
    time = np.arange(SAMPLE_RATE) / SAMPLE_RATE
    soundfile.write(tmp_path / "a.wav", 0.3 * np.sin(2 * np.pi * 150 * time), SAMPLE_RATE)
    phones = tuple(Phone(symbol=name, start=start, end=end) for name, start, end in PHONES)
    line = Utterance(
        id="one",
        audio="a.wav",
        speaker="librispeech-27",
        group="man",
        language="en",
        source="librispeech",
        text="ah",
        phones=phones,
    )
    write_utterances(tmp_path / "list.jsonl", [line])
    command = ["evaluate-takes", str(tmp_path / "list.jsonl"), "--folder", str(tmp_path / "theirs")]
    assert main([*command, "--write-sounds"]) == 0
    sounds = sorted((tmp_path / "theirs").glob("*.wav"))
    assert len(sounds) == 4
    values = np.zeros((FPS, len(arkit.SHAPES)), dtype=np.float32)
    values[:, arkit.INDEX["jawOpen"]] = 0.3
    values[12:18, arkit.INDEX["jawOpen"]] = 0.0
    for sound in sounds:
        assert main(command) != 0 and "put them beside" in capsys.readouterr().err
        formats.write_take(Take(arkit.SHAPES, values, FrameRate.parse(FPS)), sound.with_suffix(".take"))
    assert main(command) == 0
    assert capsys.readouterr().out.count("| 1.000 | 0.000 |") == 4


def test_a_look_ahead_of_the_whole_line_hears_what_a_recording_gives(tiny_engine, speech_like):
    samples = speech_like(1.5)
    with Clip.from_samples(samples, SAMPLE_RATE) as clip:
        whole = tiny_engine.analyse(clip)
    far, near = (heard_live(tiny_engine, samples, seconds) for seconds in (2.0, 0.0))
    for name in ("speech", "emotion"):
        assert np.array_equal(getattr(far, name), getattr(whole, name))
        assert not np.array_equal(getattr(near, name), getattr(whole, name))
    assert np.array_equal(far.heard.phones, whole.heard.phones)
    assert not np.array_equal(near.heard.phones[:60], whole.heard.phones[:60])


def test_a_vowel_beside_a_round_sound_may_be_round():
    phones = [Phone(symbol=name, start=n / 6, end=(n + 1) / 6) for n, name in enumerate(("u", "t", "a", "t", "w", "i"))]
    values = np.zeros((FPS, len(arkit.SHAPES)), dtype=np.float32)
    values[:10, arkit.INDEX["mouthPucker"]], values[50:, arkit.INDEX["mouthPucker"]] = 0.3, 0.5
    take, both = Take(arkit.SHAPES, values, FrameRate.parse(FPS)), Scores()
    for _ in range(2):
        scores = Scores()
        scores.add(take, phones, take)
        both = both.joined(scores)
    figures = both.figures()
    assert (figures["rounding_auc"], figures["rounding_auc_apart"]) == (0.5, 1.0)


def test_rest_is_watched_before_and_after_the_line_and_not_in_it():
    tone = (0.2 * np.sin(np.arange(16000) * 2 * np.pi * 150 / 16000)).astype(np.float32)
    engine = Engine(load_model())
    assert len(resting(engine, tone, "silence", Settings())) == pytest.approx(2 * 1.3 * FPS, abs=2)
    table = rest_table(engine, [tone], Settings())
    assert list(table) == list(BACKGROUNDS)
    assert table["silence"]["p99"] < 0.05 and table["silence"]["moving"] == 0.0
