"""The teacher: lips meet when they must and only then, at every frame rate, for every phone that may come."""

from __future__ import annotations

import numpy as np
import pytest

from koemorph import lips
from koemorph.arkit import SHAPES
from koemorph.speech.articulation import resolve, unknown_symbols
from koemorph.timing import FrameRate
from koemorph_models.speech.utterance import Phone
from koemorph_models.teacher import Prosody, Style, analyse, reference, teach

ESPEAK = {
    "English": "aɪ aɪə aɪɚ aʊ b d dʒ eɪ eə f h i iə iː j k l m n n̩ o oʊ oː oːɹ p r s t tʃ uː v w x z æ ç ð ŋ ɐ ɑː ɑːɹ "
    "ɒ ɔ ɔɪ ɔː ɔːɹ ə əl əʊ ɚ ɛ ɛɹ ɜ ɜː ɡ ɪ ɪɹ ɹ ɾ ʃ ʊ ʊə ʊɹ ʌ ʒ ʔ θ ᵻ",
    "German": "?? a aɪ aɪə aʊ b d dʒ eə eɪ eː f h i iː j k l m n oː p pf r s t ts tʃ uː v x y yː z ç øː ŋ œ œ̃ ɐ ɑ ɑː ɑ̃ "
    "ɒ ɔ ɔø ɔɪ ɔː ɔ̃ ə əʊ ɛ ɛɪ ɛː ɜ ɜː ɡ ɪ ɹ ɾ ʃ ʊ ʌ ʒ",
    "French": "a a- aː b d e e- f i j k l m n o p s t u v w y z ø ŋ œ œ̃ ɑː ɑ̃ ɔ ɔ̃ ə ə- ɛ ɛ̃ ɡ ɪ ɲ ɥ ʁ ʃ ʒ",
    "Spanish": "a aɪ aʊ b d e eɪ eʊ f i j k l m n o oɪ p r s t tʃ u w x ð ŋ ɛ ɡ ɣ ɲ ɾ ʎ ʝ β θ",
    "Italian": "a b bː d dz dzː dʒ e f i j k kː l m n o p r s ss t ts tsː tʃ tː u v w z ŋ ɔ ɛ ɡ ɡː ɪ ɲ ɾ ʃ ʊ ʎ",
    "Japanese": "b bʲ d dʑ e̞ h i iː j k kʲ m mʲ n nʲ o̞ o̞o̞ p pʲ s t ts tɕ v w z ä ç ŋ ũ ɕ ɡ ɡʲ ɯᵝ ɴ ɸ ɽ ɽʲ ʲ",
    "Mandarin": "a ai5 aɪ aʊ b d dʒ ei5 eiɜ eɪ f h i i.5 iɑ iou iː j k kh l m n o2 onɡ5 ou5 p r s s. t th ts. ts.h tɕ "
    "tɕh tʃ u2 u5 uai uei uo uə5 uː v w y2 yɛ5 yɜ z z. ŋ ɐ ɑ2 ɑ5 ɑu5 ɑɜ ɑː ɒ ɔː ə ə5 ər5 ərɜ əɜ ɛ ɡ ɪ ɕ ɹ ʃ ʌ ʲ θ",
}
VOWELS = (*"iɪeɛæaɑɐʌəɜɚɨɒɔoʊuyøœɯɤ", "ɑ̃", "ɔ̃", "ɛ̃")
RATES = ("24", "25", "29.97", "30", "60")
STOPS = "pbtdkɡ"


def say(text: str, seconds: float = 0.09, start: float = 0.4) -> list[Phone]:
    """Phones from "m a p a": stops release at 60 % of their time, first vowels are stressed."""
    phones = []
    for number, symbol in enumerate(text.split()):
        begin, end = start + number * seconds, start + (number + 1) * seconds
        release = begin + 0.6 * seconds if symbol in STOPS else None
        phones.append(
            Phone(
                symbol=symbol, start=begin, end=end, stress=2 if symbol in VOWELS and number < 2 else 0, release=release
            )
        )
    return phones


def voice(seconds: float, dip: float = 0.0) -> Prosody:
    """A steady voice, `dip` dB softer in its second half."""
    count = round(seconds * 60)
    loudness = np.full(count, -20.0, np.float32)
    loudness[count // 2 :] -= dip
    return Prosody(
        loudness=loudness,
        f0=np.full(count, 120.0, np.float32),
        voicing=np.ones(count, np.float32),
        tilt=np.full(count, -15, np.float32),
    )


def act(phones: list[Phone], rate: str = "60", style: Style | None = None, seconds: float = 0.0):
    seconds = seconds or phones[-1].end + 0.4
    return teach(phones, voice(seconds), seconds, FrameRate.parse(rate), style)


def frames(take, start: float, end: float) -> np.ndarray:
    time = np.arange(take.frame_count) / float(take.rate.fps)
    return np.flatnonzero((time >= start - 1e-9) & (time < end - 1e-9))


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("seed", [None, 1, 2, 3])
def test_lips_meet_for_p_b_m_and_open_for_vowels(rate, seed):
    phones = say("ɑ p ɑ m i b u m æ p ɪ b ɔ m ə p ʊ", 0.1)
    take = act(phones, rate, Style.draw(seed) if seed else None)
    shut = lips.closure(take)
    for phone in phones:
        if phone.symbol in "pbm":
            held = frames(take, phone.start + 0.006, phone.release or phone.end - 0.006)
            assert (shut[held] > lips.THRESHOLD).all(), phone
            assert (shut[frames(take, phone.start - 0.02, phone.end)] > lips.THRESHOLD).any()
        else:
            middle = frames(take, phone.start + 0.02, phone.end - 0.02)
            assert (shut[middle] < lips.THRESHOLD).all(), phone


@pytest.mark.parametrize("closure", [0.02, 0.04, 0.06])
@pytest.mark.parametrize("phase", np.arange(0, 1 / 30, 0.007))
def test_the_shortest_closure_shows_on_a_frame(closure, phase):
    start = 0.5 + phase
    phones = [
        Phone(symbol="ɑ", start=0.3, end=start, stress=2),
        Phone(symbol="b", start=start, end=start + closure + 0.01, release=start + closure),
        Phone(symbol="i", start=start + closure + 0.01, end=0.9),
    ]
    assert (lips.closure(act(phones, "30")) > lips.THRESHOLD)[frames(act(phones, "30"), 0.35, 0.85)].any()


def test_no_vowel_closes_even_in_a_whisper():
    for vowel in VOWELS:
        phones = say(f"t {vowel} s {vowel} k {vowel}", 0.1)
        seconds = phones[-1].end + 0.4
        take = teach(phones, voice(seconds, dip=20), seconds, FrameRate.parse("60"), Style.draw(5))
        assert (lips.closure(take)[frames(take, 0.42, phones[-1].end - 0.03)] < lips.THRESHOLD).all(), vowel


def test_vowel_time_is_open_by_the_evaluations_count():
    phones = say("m ɑ p i t ɑ n i b u s ɑ l i m ə k ɔ d e p a ʃ u m ɪ n ɑ t i", 0.085)
    take = act(phones)
    vowel = np.concatenate([frames(take, p.start, p.end) for p in phones if p.symbol in VOWELS])
    assert (lips.closure(take)[vowel] > lips.THRESHOLD).mean() < 0.03


@pytest.mark.parametrize("rate", RATES)
def test_lower_lip_meets_the_teeth_for_f_and_v_only(rate):
    phones = say("ɑ f i v u f ə v ɛ m a p o", 0.1)
    take = act(phones, rate)
    touch, shut = lips.labiodental(take), lips.closure(take)
    for phone in phones:
        inside = frames(take, phone.start + 0.02, phone.end - 0.02)
        if phone.symbol in "fv":
            assert (touch[inside] > lips.THRESHOLD).all()
            assert (shut[inside] < lips.THRESHOLD).all()
        else:
            assert (touch[inside] < lips.THRESHOLD).all(), phone


def test_rounding_spreads_over_tongue_sounds_and_starts_early():
    rounded, spread = act(say("s t ɹ u s")), act(say("s t l i s"))
    over_consonants = frames(rounded, 0.4, 0.58)
    assert (lips.rounding(rounded) - lips.rounding(spread))[over_consonants].mean() > 0.05
    vowel = frames(rounded, 0.69, 0.74)
    assert lips.rounding(rounded)[vowel].min() > 0.25 > lips.rounding(spread).max()
    for symbol in ("w", "ʃ", "tʃ"):
        take = act(say(f"t a {symbol} a t"))
        assert lips.rounding(take)[frames(take, 0.4, 0.85)].max() > 0.15, symbol


def test_tongue_sounds_leave_the_lips_to_their_neighbours():
    for consonant in "tdnlkɡ":
        take = act(say(f"u {consonant} u"))
        assert lips.rounding(take)[frames(take, 0.49, 0.58)].min() > 0.8 * lips.rounding(take).max() - 0.05
        assert take.curve("tongueOut").max() <= 0.01


def test_diphthongs_move():
    take = act(say("h aʊ t", 0.2))
    shape, jaw = lips.rounding(take), take.curve("jawOpen")
    assert shape[frames(take, 0.76, 0.8)].mean() > shape[frames(take, 0.6, 0.65)].mean() + 0.1
    assert jaw[frames(take, 0.64, 0.7)].mean() > jaw[frames(take, 0.76, 0.8)].mean() + 0.03


def test_jaw_follows_height_stress_and_loudness():
    def opening(phones, dip=0.0):
        seconds = 2.0
        take = teach(phones, voice(seconds, dip), seconds, FrameRate.parse("60"), usual=reference([voice(2.0)]))
        return take.curve("jawOpen")[frames(take, 1.3, 1.5)].max()

    def line(vowel, stress=0):
        return [
            Phone(symbol="t", start=1.2, end=1.3, release=1.27),
            Phone(symbol=vowel, start=1.3, end=1.5, stress=stress),
            Phone(symbol="s", start=1.5, end=1.6),
        ]

    assert opening(line("ɑ")) > opening(line("ə")) > opening(line("i"))
    assert opening(line("ɑ", 2)) > opening(line("ɑ", 0)) * 1.05
    assert opening(line("ɑ")) > opening(line("ɑ"), dip=12) * 1.3


def test_same_seed_same_bytes_and_other_seed_another_face():
    phones = say("m a p i f u")
    takes = [act(phones, style=Style.draw(seed)) for seed in (7, 7, 8)]
    assert takes[0].values.tobytes() == takes[1].values.tobytes()
    assert np.abs(takes[0].values - takes[2].values).max() > 0.01
    assert Style.for_speaker("19") == Style.for_speaker("19") != Style.for_speaker("26")


def test_thirty_is_every_second_frame_of_sixty():
    phones = say("m a p i f u ʃ aɪ b ə")
    thirty, sixty = act(phones, "30", Style.draw(3)), act(phones, "60", Style.draw(3))
    assert np.array_equal(thirty.values, sixty.values[::2][: thirty.frame_count])
    assert act(phones, "23.976").frame_count == round((phones[-1].end + 0.4) * 24000 / 1001)


@pytest.mark.parametrize("seed", range(6))
def test_range_blinks_and_sides(seed):
    take = act(say("m a p i f u ʃ aɪ b ə w ɔ t æ"), style=Style.draw(seed, expression=1.5))
    assert take.names == SHAPES
    assert take.values.min() >= 0 and take.values.max() <= 1
    for name in SHAPES:
        if name.startswith(("eyeBlink", "eyeLook")):
            assert not take.curve(name).any()
    left, right = take.curve("mouthLowerDownLeft"), take.curve("mouthLowerDownRight")
    assert 0 < np.abs(left - right).max() < 0.12
    assert np.corrcoef(left, right)[0, 1] > 0.98


@pytest.mark.parametrize("seed", range(4))
def test_silence_rests_and_breathes(seed):
    phones = [Phone(symbol="", start=0, end=4.0)]
    quiet = Prosody(
        **{
            name: np.full(240, value, np.float32)
            for name, value in {"loudness": -90, "f0": 0, "voicing": 0, "tilt": -10}.items()
        }
    )
    take = teach(phones, quiet, 4.0, FrameRate.parse("60"), Style.draw(seed))
    mouth = [i for i, name in enumerate(SHAPES) if name.startswith(("mouth", "jaw", "tongue", "cheekPuff"))]
    assert take.values[:, mouth].max() < 0.05
    assert np.ptp(take.curve("jawOpen")) > 0.002
    assert (lips.closure(take) > lips.THRESHOLD).all()
    after = act(say("m a t a"), style=Style.draw(seed), seconds=1.6)
    assert after.values[frames(after, 1.0, 1.6)][:, mouth].max() < 0.06


@pytest.mark.parametrize("language", ESPEAK)
def test_the_table_knows_every_espeak_phone(language):
    phones = [Phone(symbol=symbol, start=0.1, end=0.2) for symbol in ESPEAK[language].split()]
    assert not unknown_symbols(phone.symbol for phone in phones)


def test_unknown_symbols_are_reported_and_leave_the_mouth_alone():
    assert unknown_symbols(["ʘ", "a"]) == {"ʘ": 1}
    assert resolve("a☃").unknown == "☃"
    assert [shape.symbol for shape, _ in resolve("a☃").parts] == ["a"]
    assert act([Phone(symbol="ʘ", start=0.3, end=0.4)]).provenance["unknown_phones"] == {"ʘ": 1}


def test_marks_keep_the_phone_and_labial_marks_round_it():
    for plain, marked in (("t", "tʰ"), ("i", "iː"), ("n", "n̩"), ("e", "e̞"), ("a", "ä")):
        assert resolve(marked).parts == resolve(plain).parts
    take, plain = act(say("a kʷ a")), act(say("a k a"))
    assert lips.rounding(take).max() > lips.rounding(plain).max() + 0.05


def test_no_phones_and_no_length_are_taken_calmly():
    assert teach([], voice(0.1), 0.05, FrameRate.parse("30")).frame_count == 2
    assert teach([], analyse(np.zeros(0, np.float32)), 0.0, FrameRate.parse("30")).frame_count == 1


@pytest.mark.parametrize("hertz", [80, 110, 150, 210, 300, 400])
def test_pitch_and_loudness_are_measured(hertz):
    time = np.arange(16000) / 16000
    sound = sum(np.sin(2 * np.pi * hertz * k * time + k) / k for k in range(1, 12)).astype(np.float32) * 0.1
    sound[8000:] = 0
    prosody = analyse(sound)
    assert len(prosody.f0) == 60
    assert np.allclose(prosody.f0[3:27], hertz, rtol=0.02)
    assert not prosody.f0[32:].any()
    assert prosody.loudness[3:27].min() > prosody.loudness[33:].max() + 60
    assert np.ptp(analyse(sound / 10).loudness[3:27] - prosody.loudness[3:27] + 20) < 0.1


def test_accents_raise_brows_and_expression_scales_them():
    prosody = voice(2.0)
    time = np.arange(120) / 60
    f0 = (120 * 2 ** (0.6 * np.exp(-((time - 1.0) ** 2) / 0.02))).astype(np.float32)
    accented = Prosody(loudness=prosody.loudness, f0=f0, voicing=prosody.voicing, tilt=prosody.tilt)
    phones = say("t a t a t a t a t a t a t a", 0.1, 0.3)
    brows = [
        teach(phones, accented, 2.0, FrameRate.parse("60"), Style(expression=strength)).curve("browInnerUp")
        for strength in (0.0, 1.0)
    ]
    assert np.ptp(brows[0]) < 0.01 < 0.1 < np.ptp(brows[1])
    assert abs(int(np.argmax(brows[1])) - 57) < 9


def test_round_vowels_are_those_that_are_seen_round():
    assert {symbol for symbol in "iɪeɛæaɑʌəɔoʊuyø" if resolve(symbol).parts[0][0].rounded} == set("ɔoʊuyø")
