"""The teacher's face: relaxed in plain speech, larger in a shout, and between contained and whole."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from koemorph import lips
from koemorph.arkit import SHAPES, sides
from koemorph.timing import FrameRate
from koemorph_models.speech.utterance import Phone
from koemorph_models.teacher import Ends, MouthCourse, Prosody, Style, participation_at, reference, teach, teach_ends
from koemorph_models.teacher.expression import normalise

RATE = FrameRate.parse("60")
LINE = "ð ə m ɛ n w ɑ z n aɪ ð ɚ p l i z d n ɔ ɹ f ʊ l b ʌ t h i s m oʊ k t ə p aɪ p"


def phones(seconds: float = 0.085, start: float = 0.3) -> list[Phone]:
    symbols = LINE.split()
    return [
        Phone(
            symbol=s,
            start=start + i * seconds,
            end=start + (i + 1) * seconds,
            stress=2 if i % 6 == 3 else 0,
            release=None,
        )
        for i, s in enumerate(symbols)
    ]


def voice(tilt: float = -16.0, semitones: float = 0.0, voicing: float = 1.0, seconds: float = 3.8) -> Prosody:
    """A line that rises and falls a little, with syllables and pauses."""
    time = np.arange(round(seconds * 60)) / 60
    speech = (time > 0.3) & (time < 0.3 + 0.085 * len(LINE.split()))
    loudness = np.where(speech, -20 + 4 * np.sin(2 * np.pi * 4 * time), -60).astype(np.float32)
    f0 = np.where(speech & (voicing > 0), 120 * 2 ** ((semitones + np.sin(time)) / 12), 0).astype(np.float32)
    return Prosody(
        loudness=loudness,
        f0=f0,
        voicing=np.full(len(time), voicing, np.float32),
        tilt=np.full(len(time), tilt, np.float32),
    )


def mean(take, name: str) -> float:
    return float(np.mean([take.curve(side).mean() for side in sides(name)]))


def ends(prosody: Prosody | None = None) -> Ends:
    return teach_ends(phones(), prosody or voice(), 3.8, RATE, Style(), reference([voice()]))


def jaw(prosody: Prosody) -> float:
    take = teach(phones(), prosody, 3.8, RATE, Style(), reference([voice()]))
    assert (lips.closure(take)[frames_of("m")] > lips.THRESHOLD).all()
    return float(np.percentile(take.curve("jawOpen"), 95))


def frames_of(symbol: str) -> np.ndarray:
    middles = [(phone.start + phone.end) / 2 for phone in phones() if phone.symbol == symbol]
    return np.round(np.array(middles) * 60).astype(int)


@pytest.mark.parametrize("name", ["eyeSquint", "cheekSquint", "noseSneer", "eyeWide", "mouthSmile", "browDown"])
def test_plain_speech_leaves_the_face_relaxed(name):
    assert mean(ends().at(Style().participation), name) < 0.08


def test_the_jaw_of_plain_speech_opens_as_in_ordinary_talk():
    assert 0.22 < jaw(voice()) < 0.38


def test_a_shout_opens_the_jaw_and_a_whisper_hardly():
    plain, shouted, whispered = jaw(voice()), jaw(voice(tilt=-4, semitones=9)), jaw(voice(voicing=0.0))
    assert 1.4 < shouted / plain < 1.8
    assert whispered < 0.85 * plain


def test_effort_is_told_from_the_voices_colour_not_from_its_level():
    def effort(prosody):
        found = normalise(prosody, reference([voice()])).effort[30:170]
        return float(found.mean())

    assert abs(effort(voice())) < 0.15
    assert effort(voice(tilt=-4, semitones=9)) > 0.8
    assert effort(voice(tilt=-22)) < -0.2
    assert effort(voice(voicing=0.0)) < -0.7
    louder = replace(voice(), loudness=voice().loudness + 3)
    assert abs(effort(louder) - effort(voice())) < 0.02


def test_a_speakers_plain_voice_is_told_from_his_calmer_recordings():
    assert reference([voice(tilt=tilt) for tilt in (-16, -16.5, -15.5, -4, -3)]).tilt == pytest.approx(-16, abs=0.6)


@pytest.mark.parametrize(
    "name", ["jawOpen", "mouthLowerDown", "mouthUpperUp", "mouthStretch", "cheekSquint", "noseSneer"]
)
def test_participation_moves_more_of_the_face_and_monotonously(name):
    both = ends(voice(tilt=-8, semitones=3))
    sizes = [mean(both.at(part), name) for part in (0, 0.25, 0.5, 0.75, 1)]
    assert (np.diff(sizes) > 0).all()
    assert sizes[-1] > 1.15 * sizes[0]


def test_participation_keeps_closures_and_the_styles_is_what_teach_gives():
    both = ends()
    for part in (0.0, 0.3, 1.0):
        shut = lips.closure(both.at(part))
        assert (shut[frames_of("m")] > lips.THRESHOLD).all()
        assert (shut[frames_of("ɔ")] < lips.THRESHOLD).all()
    style = Style(participation=0.7)
    take = teach(phones(), voice(), 3.8, RATE, style, reference([voice()]))
    assert np.array_equal(take.values, both.at(0.7).values)
    assert both.contained.names == both.whole.names == SHAPES


def test_the_usual_temperature_is_a_third_of_the_way():
    assert participation_at(0.05) == 0 and participation_at(0.5) == 1
    assert participation_at(0.2) == pytest.approx(1 / 3) == Style().participation


def heard(gap: float, chin: float, narrowness: float) -> MouthCourse:
    level = np.ones(190, np.float32)
    return MouthCourse(50.0, gap * level, chin * level, narrowness * level)


def follow(course: MouthCourse | None):
    return teach(phones(), voice(), 3.8, RATE, Style(), reference([voice()]), course)


def test_between_contacts_the_mouth_follows_what_is_heard():
    vowel = frames_of("ɔ")
    small, large = follow(heard(0.2, 0.2, 0.0)), follow(heard(1.0, 1.0, 0.0))
    assert (large.curve("jawOpen")[vowel] > small.curve("jawOpen")[vowel] + 0.1).all()
    assert (lips.lip_gap(large)[vowel] > lips.lip_gap(small)[vowel] + 0.1).all()
    spread, rounded = follow(heard(0.5, 0.5, -0.3)), follow(heard(0.5, 0.5, 1.0))
    assert (lips.rounding(rounded)[vowel] > lips.rounding(spread)[vowel] + 0.1).all()


@pytest.mark.parametrize("course", [heard(1.2, 1.2, -0.4), heard(0.0, 0.0, 1.4), heard(-0.1, 1.5, 0.0)])
def test_contacts_stay_with_the_phones_whatever_is_heard(course):
    take = follow(course)
    shut = lips.closure(take) > lips.THRESHOLD
    assert shut[frames_of("m")].all() and shut[frames_of("p")].all()
    for symbol in ("ɔ", "i", "n", "z", "s"):
        assert not shut[frames_of(symbol)].any(), symbol
    assert (lips.labiodental(take)[frames_of("f")] > lips.THRESHOLD).all()


def test_a_pause_is_at_rest_whatever_is_heard():
    quiet = voice(seconds=4.6)
    course = MouthCourse(50.0, *np.ones((3, 230), np.float32))
    take = teach(phones(), quiet, 4.6, RATE, Style(), reference([voice()]), course)
    assert take.curve("jawOpen")[-36:].max() < 0.06
