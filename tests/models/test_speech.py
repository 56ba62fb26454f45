"""Speech with phone times: synthesis, symbols, alignment, and what goes through files."""

from __future__ import annotations

import json
import random
import shutil
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import cast

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

pytest.importorskip("torch")

from koemorph.errors import AudioError
from koemorph.speech import symbols
from koemorph.speech.decoding import Unit, viterbi
from koemorph_models.cli import main
from koemorph_models.errors import DataError
from koemorph_models.listener import Listener, hear, open_listener
from koemorph_models.listener.export import export_listener
from koemorph_models.speech import dialogue, pinyin, synthesis, texts
from koemorph_models.speech.alignment import AlignmentFailed, align, as_json, as_tsv
from koemorph_models.speech.classifier import Aligner, PhoneHead
from koemorph_models.speech.corpora import groups, read_corpora, read_timed
from koemorph_models.speech.engine_symbols import engine_tables, from_engine
from koemorph_models.speech.engines import (
    ENGINES,
    EngineMissing,
    Rendering,
    Segment,
    Style,
    Voice,
    base,
    espeak,
    kokoro,
)
from koemorph_models.speech.phones import from_espeak, from_labels, with_stress
from koemorph_models.speech.reading import Spoken, read_text, spoken
from koemorph_models.speech.sound import at_level
from koemorph_models.speech.training import Lesson, lesson, spans, standardise, statistics, train
from koemorph_models.speech.utterance import SILENCE, Phone, Utterance, read_utterances, write_utterances


def needs(name: str) -> pytest.MarkDecorator:
    lacking = ENGINES[name].missing()
    return pytest.mark.skipif(bool(lacking), reason=lacking)


needs_espeak, needs_flite = needs("espeak"), needs("flite")


def covers(phones: tuple[Phone, ...] | list[Phone], seconds: float) -> bool:
    """From 0 to the end, no gap, no overlap, releases inside their stops, only known symbols."""
    edges = [phones[0].start == 0.0, abs(phones[-1].end - seconds) < 2e-3]
    touching = [abs(a.end - b.start) < 1e-6 for a, b in pairwise(phones)]
    known = [p.symbol == SILENCE or p.symbol in symbols.tables().fold for p in phones]
    released = [
        (p.release is not None and p.start <= p.release <= p.end) if symbols.is_stop(p.symbol) else p.release is None
        for p in phones
    ]
    return all(edges + touching + known + released) and all(p.end > p.start for p in phones)


def said(voice: Voice, text: str) -> tuple[np.ndarray, list[Phone]]:
    rendering = ENGINES[voice.engine].speak(voice, [(text, Style())])[0]
    assert rendering is not None
    return synthesis.finish(rendering, voice, text, warp=1.05)


def voice_named(key: str) -> Voice:
    return next(voice for engine in ENGINES.values() for voice in engine.voices() if voice.key == key)


@needs_espeak
@pytest.mark.parametrize(
    ("key", "text", "expected"),
    [
        ("en-us+f2", "Bob made a map.", "b b m m p"),
        ("de+m3", "Papa baut Möbel.", "p p b m b"),
        ("fr+f1", "Ma maman parle beaucoup.", "m m m p b"),
        ("es+m1", "Mamá piensa poco.", "m m p p"),
        ("it+f3", "Mamma balla bene.", "m m b b"),
        ("ja+m5", "まめ ぱん", "m m p"),
        ("cmn-latn-pinyin+f4", "mama3 piao4", "m m p"),
    ],
)
def test_espeak_speaks_every_language_with_phone_times(key: str, text: str, expected: str) -> None:
    samples, phones = said(voice_named(key), text)
    assert covers(phones, len(samples) / 16000)
    lips = " ".join(p.symbol for p in phones if p.symbol in "pbm" and p.symbol)
    assert lips == expected
    assert sum(p.stress > 0 for p in phones) >= 1


@needs_flite
def test_flite_speaks_with_phone_times() -> None:
    samples, phones = said(voice_named("rms"), "Bob may keep a map.")
    assert covers(phones, len(samples) / 16000)
    assert [p.symbol for p in phones if p.symbol in set("pbm")] == ["b", "b", "m", "p", "m", "p"]
    stop = next(p for p in phones[3:] if p.symbol == "p")
    assert stop.release is not None and 0.01 < stop.release - stop.start < 0.2


FESTIVAL_TEXTS = {"cmu": "Bob may keep a map.", "italian": "Mamma balla più bene.", "czech": "Dobrý pán říká ano.",
                  "finnish": "Hyvää päivää.", "catalan": "Bon dia, mamà.", "russian": "мама пьёт"}  # fmt: skip


@needs("festival")
@pytest.mark.parametrize("voice", ENGINES["festival"].voices(), ids=lambda voice: voice.key)
def test_festival_speaks_with_phone_times(voice: Voice) -> None:
    rendering = ENGINES["festival"].speak(voice, [(FESTIVAL_TEXTS[voice.table], Style())])[0]
    if rendering is None:
        pytest.skip(f"festival's voice {voice.key} is not installed")
    samples, phones = synthesis.finish(rendering, voice, "")
    assert covers(phones, len(samples) / 16000)
    assert sum(p.symbol in set("pbm") for p in phones) >= 1


def test_folding_covers_every_symbol_of_every_engine() -> None:
    for table in engine_tables():
        for symbol in engine_tables()[table]:
            ipa, _ = from_engine(symbol, table)
            assert ipa == SILENCE or ipa in symbols.tables().fold
            assert all(unit in symbols.classes() for unit in symbols.units(ipa))
    assert symbols.classes()[0] == SILENCE
    assert symbols.units("p") == ("p_", "p") and symbols.units("tʃ") == ("t_", "tʃ") and symbols.units("m") == ("m",)
    assert from_engine("a1", "italian") == ("a", 2)
    with pytest.raises(KeyError):
        from_engine("xyz", "cmu")


def test_espeak_spellings_are_cut_into_symbols() -> None:
    assert symbols.from_ipa("ˈaɪɚ") == (["aɪ", "ɚ"], 2)
    assert symbols.from_ipa("ts.ˈonɡ5") == (["ʈʂ", "o", "ŋ"], 2)
    assert symbols.from_ipa("ˌɯᵝ") == (["ɯ"], 1)
    assert symbols.from_ipa("ɑː") == (["ɑ"], 0)
    assert symbols.from_ipa("ˈ??") == (["ʊ", "ɐ"], 2)
    assert symbols.from_ipa("ɜ") == (["ɐ"], 0) and symbols.from_ipa("ɜː") == (["ɜ"], 0)
    assert symbols.from_ipa("ˈɑuɜ") == (["aʊ"], 2)
    assert symbols.from_ipa("(en)") == ([], 0)


@needs_espeak
@pytest.mark.parametrize("language", ["en-us", "en", "de", "fr", "es", "it", "ja", "cmn-latn-pinyin"])
def test_every_phone_of_a_language_is_known(language: str) -> None:
    chance = random.Random(3)
    for _ in range(30):
        for word in espeak.text_to_phones(texts.random_words(language, chance), language):
            for written in word:
                names, _ = symbols.from_ipa(written)
                plain = written.strip("ˈˌː-_ʲ0123456789.")
                assert names or not plain or plain.startswith("("), written


def test_espeak_stops_begin_before_their_event_and_after_a_vowel_at_it() -> None:
    silent = np.zeros(8000, np.float32)
    phones = from_espeak(
        [
            Segment(symbol="a", start=0.0, end=0.1),
            Segment(symbol="p", start=0.1, end=0.14),
            Segment(symbol="a", start=0.14, end=0.3),
        ],
        silent,
        16000,
    )
    assert phones[1].start == pytest.approx(0.064) and phones[1].release == 0.1 and phones[0].end == phones[1].start
    burst = silent.copy()
    burst[int(0.135 * 16000) :] = np.random.default_rng(0).normal(0, 0.1, 8000 - int(0.135 * 16000))
    phones = from_espeak(
        [
            Segment(symbol="a", start=0.0, end=0.1),
            Segment(symbol="b", start=0.1, end=0.15),
            Segment(symbol="a", start=0.15, end=0.3),
        ],
        burst,
        16000,
    )
    assert phones[1].start == 0.1 and phones[1].release == pytest.approx(0.135, abs=0.006)


def test_recorded_stops_are_cut_at_the_burst_and_labels_moved_by_the_offset() -> None:
    sound = np.zeros(8000, np.float32)
    sound[int(0.17 * 16000) :] = np.random.default_rng(0).normal(0, 0.1, 8000 - int(0.17 * 16000))
    segments = [
        Segment(symbol="pau", start=0.0, end=0.11),
        Segment(symbol="p", start=0.11, end=0.21),
        Segment(symbol="aa", start=0.21, end=0.5),
    ]
    phones = from_labels(segments, "cmu", sound, 16000, offset=0.01)
    assert [p.symbol for p in phones] == ["", "p", "ɑ"]
    assert phones[1].start == pytest.approx(0.1) and phones[1].release == pytest.approx(0.17, abs=0.006)


def test_stress_is_found_by_reading() -> None:
    phones = [
        Phone(symbol="m", start=0, end=0.1),
        Phone(symbol="a", start=0.1, end=0.2),
        Phone(symbol="m", start=0.2, end=0.3),
        Phone(symbol="a", start=0.3, end=0.4),
    ]
    assert [p.stress for p in with_stress(phones, [["m", "a", "m", "ˈa"]])] == [0, 0, 0, 2]


def test_sentences_are_seeded_and_full_of_lip_sounds() -> None:
    spoken_twice = [[texts.random_words("cs", random.Random(5)) for _ in range(3)] for _ in range(2)]
    assert spoken_twice[0] == spoken_twice[1]
    letters = "".join(texts.random_words("cs", random.Random(n)) for n in range(50))
    assert sum(letters.count(lip) for lip in "pbmfv") > 0.1 * len(letters)


@needs_flite
def test_a_corpus_is_resumed_and_repeats(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    only = voice_named("kal16")
    monkeypatch.setattr(ENGINES["flite"], "voices", lambda: [only])
    monkeypatch.setattr(synthesis, "LINES", 2)
    count = synthesis.write_corpus(tmp_path / "a", 0.004, seed=4, engines=["flite"])
    first = list(read_utterances(tmp_path / "a" / "utterances.jsonl"))
    assert count == len(first) >= 2 and all((tmp_path / "a" / one.audio).is_file() for one in first)
    shutil.copytree(tmp_path / "a" / "batches", tmp_path / "b" / "batches")
    monkeypatch.setattr(synthesis, "render", None)  # everything is there: nothing may be spoken again
    assert synthesis.write_corpus(tmp_path / "b", 0.004, seed=4, engines=["flite"]) == count
    assert (tmp_path / "a" / "utterances.jsonl").read_text() == (tmp_path / "b" / "utterances.jsonl").read_text()


def test_every_engine_keeps_the_protocol() -> None:
    """Whatever lies in the folder is found; what is missing is told in one sentence, not by an exception."""
    assert {"espeak", "festival", "flite", "kokoro"} <= set(ENGINES)
    needed = [name for name in vars(base.SpeechEngine) if not name.startswith("_")]
    assert len(needed) >= 5
    for name, engine in ENGINES.items():
        assert name == engine.NAME and isinstance(engine.RECORDED, bool)
        assert all(hasattr(engine, part) for part in needed)
        assert isinstance(engine.missing(), str)
        assert all(voice.engine == name and voice.share > 0 for voice in engine.voices())


def test_kokoro_says_what_it_lacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(espeak, "missing", lambda: "")
    monkeypatch.delenv(kokoro.FOLDER, raising=False)
    assert "KOEMORPH_KOKORO" in kokoro.missing()
    monkeypatch.setenv(kokoro.FOLDER, str(tmp_path))
    assert "model_1" in kokoro.missing()
    assert main(["synthesise", str(tmp_path / "corpus"), "--engines", "kokoro"]) == EngineMissing.exit_code
    for name in base.data("kokoro")["sha256"]:
        (tmp_path / name).write_bytes(b"not it")
    assert kokoro.missing() == ""
    with pytest.raises(EngineMissing, match="SHA-256"):
        kokoro.speak(voice_named("af_alloy"), [("Hello.", Style())])


def test_kokoros_mixed_voices_leave_those_that_are_held_out_alone() -> None:
    keys = [voice.key for voice in kokoro.voices()]
    alone = base.data("kokoro")["alone"].split()
    mixed = {name for key in keys if "+" in key for name in key.split("+")}
    assert set(alone) <= set(keys) and not mixed & set(alone) and len(mixed) > 20
    shares: dict[str, float] = {}
    for voice in kokoro.voices():
        shares[voice.language] = shares.get(voice.language, 0) + voice.share
    assert {language: round(share, 6) for language, share in shares.items()} == {
        language: entry["share"] for language, entry in base.data("kokoro")["languages"].items()
    }


def test_kokoros_phones_are_moved_and_words_run_into_each_other() -> None:
    """A short gap between words belongs to the next phone, a long quiet one and a comma are pauses."""
    rate = kokoro.RATE
    sound = np.random.default_rng(0).normal(0, 0.1, 2 * rate).astype(np.float32)
    sound[round(1.04 * rate) : round(1.24 * rate)] = 0.0
    segments = [("", 0, 0.3), ("m", 0.3, 0.4), ("ˈa", 0.4, 0.6), (" ", 0.6, 0.65), ("b", 0.65, 0.75), ("a", 0.75, 1.1),
                (" ", 1.1, 1.3), ("n", 1.3, 1.4), ("", 1.4, 1.5), ("a", 1.5, 1.7), ("", 1.7, 2.0)]  # fmt: skip
    rendering = Rendering(
        sound, rate, tuple(Segment(symbol=symbol, start=start, end=end) for symbol, start, end in segments)
    )
    phones = kokoro.phones(rendering, voice_named("af_alloy"), "")
    assert covers(phones, 2.0)
    assert [p.symbol for p in phones] == ["", "m", "a", "b", "a", "", "n", "", "a", ""]
    assert phones[1].start == pytest.approx(0.24) and phones[3].start == pytest.approx(0.54) and phones[2].stress == 2


@needs("kokoro")
@pytest.mark.parametrize("key", ["af_heart", "ff_siwis", "zf_xiaoxiao"])
def test_kokoro_speaks(key: str) -> None:
    voice = voice_named(key)
    text = kokoro.sentence(voice, random.Random(4))
    samples, phones = said(voice, text)
    assert covers(phones, len(samples) / 16000) and sum(p.symbol != SILENCE for p in phones) > 5
    assert np.sqrt(np.mean(samples**2)) > 0.02


@needs_espeak
@pytest.mark.parametrize("language", base.data("kokoro")["languages"])
def test_every_line_of_dialogue_can_be_read(language: str) -> None:
    """Only phones we know, and no slot without a filling."""
    chance = random.Random(1)
    lines = {dialogue.dialogue(language, chance) for _ in range(60)}
    assert len(lines) > 55 and not any("{" in line for line in lines)
    if language.startswith("cmn"):
        words = [word for line in lines for word in line.split() if word[0].isalpha()]
        written = ["".join(syllable) for word in words for syllable, _ in pinyin.read(word)]
    else:
        written = [one for line in lines for word in espeak.text_to_phones(line, language) for one in word]
        assert not any(one.startswith("(") for one in written)  # nothing is taken for another language
    assert all(symbols.from_ipa(one)[0] for one in written if one.strip("ˈˌː-_ʲ0123456789."))


def test_pinyin_is_read() -> None:
    assert pinyin.read("Zhong1guo2") == [(["ʈʂ", "ʊ", "ŋ"], 1), (["k", "w", "o"], 2)]
    assert pinyin.read("xue2") == [(["ɕ", "ɥ", "e"], 2)] and pinyin.read("si4") == [(["s", "ɨ"], 4)]
    assert pinyin.read("nü3") == [(["n", "y"], 3)] and pinyin.read("wo3") == [(["w", "o"], 3)]
    for wrong in ("hello", "xyz1", ""):
        with pytest.raises(DataError):
            pinyin.read(wrong)


def test_viterbi_finds_a_toy_sequence_exactly() -> None:
    truth = [(0, 8), (3, 12), (5, 4), (2, 9), (0, 7)]
    labels = np.concatenate([np.full(length, name) for name, length in truth])
    emissions = np.full((len(labels), 6), -4.0)
    emissions[np.arange(len(labels)), labels] = 0.0
    pause = Unit(index=0, shortest=5, longest=0, optional=True, entry=-3.0)
    sequence = [pause, Unit(index=3), Unit(index=4, optional=True), Unit(index=5), pause, Unit(index=2), pause]
    path, total = viterbi(emissions, np.zeros(len(labels)), sequence, np.full(6, 2.0), np.full(6, 0.5))
    assert path == [(0, 8), (8, 20), None, (20, 24), None, (24, 33), (33, 40)]
    assert np.isfinite(total)


def test_a_text_may_end_where_its_recording_was_cut() -> None:
    labels = [1] * 10 + [2] * 10
    emissions = np.full((20, 6), -5.0)
    emissions[np.arange(20), labels] = 0.0
    sequence = [Unit(index=1), Unit(index=2), Unit(index=3), Unit(index=4)]
    statistics = np.full(6, 2.0), np.full(6, 0.5)
    path, _ = viterbi(emissions, np.zeros(20), sequence, *statistics, cut=True)
    assert path == [(0, 10), (10, 20), None, None]
    whole, _ = viterbi(emissions, np.zeros(20), sequence, *statistics)
    assert whole[-1] is not None and whole[-1][1] == 20


def test_one_of_two_ways_is_taken_where_a_sequence_branches() -> None:
    sequence = [
        Unit(index=1),
        Unit(index=2, optional=True),
        Unit(index=3, after=(1,)),
        Unit(index=4, after=(0,)),
        Unit(index=5, after=(2, 3)),
    ]
    for way, places in (([2, 3], [0, 1, 2, 4]), ([3], [0, 2, 4]), ([4], [0, 3, 4])):
        labels = np.repeat([1, *way, 5], 6)
        emissions = np.full((len(labels), 6), -4.0)
        emissions[np.arange(len(labels)), labels] = 0.0
        path, _ = viterbi(emissions, np.zeros(len(labels)), sequence, np.full(6, 1.8), np.full(6, 0.5))
        spans = {place: (6 * number, 6 * number + 6) for number, place in enumerate(places)}
        assert path == [spans.get(place) for place in range(5)]


def test_viterbi_agrees_with_trying_everything() -> None:
    rng = np.random.default_rng(1)
    emissions, edges = rng.normal(size=(9, 3)), rng.normal(size=9)
    mean, sd = np.array([0.5, 1.0, 1.2]), np.array([0.5, 0.6, 0.7])
    units = [
        Unit(index=0, shortest=1, longest=4, optional=True, entry=-0.3),
        Unit(index=1, shortest=2, longest=5),
        Unit(index=2, shortest=1, longest=0),
    ]

    def total(spans_: list[tuple[int, int, Unit]]) -> float:
        value = 0.0
        for start, end, unit in spans_:
            value += emissions[start:end, unit.index].sum() + edges[start] + unit.entry
            if unit.longest:
                value -= 0.5 * 2.0 * ((np.log(end - start) - mean[unit.index]) / sd[unit.index]) ** 2
        return value

    best = -np.inf
    for a in range(0, 5):
        for b in range(a + 2, min(a + 5, 8) + 1):
            spans_ = ([(0, a, units[0])] if a else []) + [(a, b, units[1]), (b, 9, units[2])]
            best = max(best, total(spans_))
    assert viterbi(emissions, edges, units, mean, sd)[1] == pytest.approx(best)


def test_a_text_too_long_for_its_sound_fails_plainly(ears: Path) -> None:
    aligner = untrained(ears)
    with pytest.raises(AlignmentFailed, match="do not fit"):
        align(np.zeros(1600, np.float32), [Spoken("a")] * 50, aligner)
    with pytest.raises(AlignmentFailed, match="no phones"):
        align(np.zeros(1600, np.float32), [], aligner)


@pytest.fixture(scope="module")
def ears(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A listener that was never taught, but hears what changes."""
    torch.manual_seed(2)
    path = tmp_path_factory.mktemp("ears") / "listener.onnx"
    export_listener(Listener(layers=0, hidden=16), path)
    return path


def untrained(ears: Path) -> Aligner:
    torch.manual_seed(1)  # whatever ran before, it hears the same
    size = len(symbols.classes())
    return Aligner(ears, PhoneHead(16).eval(), np.full(size, 1 / size), np.full(size, 2.0), np.full(size, 0.6))


def toy(number: int) -> tuple[np.ndarray, Utterance]:
    """Noise for s, a tone for a, silence between: what a net can learn in a few steps."""
    rng = np.random.default_rng(number)
    samples, phones, time = [], [], 0.0
    for symbol in ["", "s", "a", "s", "a", ""]:
        count = int(rng.integers(1600, 3200)) // 160 * 160
        noise = rng.normal(0, 1e-3, count)
        tone = 0.2 * np.sign(np.sin(2 * np.pi * 150 * np.arange(count) / 16000))
        samples.append(noise + {"": 0.0, "s": rng.normal(0, 0.1, count), "a": tone}[symbol])
        phones.append(Phone(symbol=symbol, start=time, end=time + count / 16000))
        time += count / 16000
    utterance = Utterance(
        id=str(number), audio="", speaker="toy", group="man", language="en", source="toy", text="", phones=tuple(phones)
    )
    return np.concatenate(samples).astype(np.float32), utterance


def test_a_trained_aligner_finds_the_edges_and_survives_saving(tmp_path: Path, ears: Path) -> None:
    made = [toy(number) for number in range(30)]
    listener, head = open_listener(ears), PhoneHead(32)
    taught = [lesson(hear(at_level(samples), listener).features, utterance.phones) for samples, utterance in made]
    standardise(head, taught)
    head = train([(taught, 1.0)], head, steps=60, rate=4e-3, batch=4)
    Aligner(ears, head, *statistics((u.phones, True) for _, u in made)).save(tmp_path / "aligner.pt")
    again = Aligner.load(tmp_path / "aligner.pt", ears)
    samples, utterance = toy(99)
    found = align(samples, spoken(utterance.phones), again)
    assert covers(found.phones, len(samples) / 16000)
    assert [p.symbol for p in found.phones] == [p.symbol for p in utterance.phones]
    assert max(abs(a.start - b.start) for a, b in zip(found.phones, utterance.phones, strict=True)) <= 0.021


def test_a_stop_teaches_its_closure_and_its_release() -> None:
    phones = (Phone(symbol="p", start=0.0, end=0.1, release=0.08), Phone(symbol="a", start=0.1, end=0.31))
    made = lesson(np.zeros((30, 512), np.float16), phones)
    names = symbols.classes()
    assert [names[made.labels[m]] for m in (0, 3, 4, 5, 15)] == ["p_", "p_", "p", "a", "a"]
    assert made.labels[16] == -1, "nothing is known after the last phone"
    assert made.edges[0] == 1.0 and made.edges[4] == 1.0 and made.edges[10] == 0.0
    assert [names[name] for name, _, _ in spans(phones)] == ["p_", "p", "a"]


def test_a_head_learns_what_a_larger_one_hears_rather_than_a_label() -> None:
    """As where a text has an n and an m is said."""
    n, m = symbols.classes().index("n"), symbols.classes().index("m")
    sounds = np.random.default_rng(1).standard_normal((2, 1, 512)).repeat(100, axis=1).reshape(200, 512)
    told = lesson(sounds.astype(np.float16), (Phone(symbol="n", start=0.0, end=4.0),))
    heard = np.zeros((200, len(symbols.classes())), np.float16)
    heard[:100, n] = heard[100:, m] = 1.0

    def learnt(one: Lesson) -> list[int]:
        head = PhoneHead(16)
        standardise(head, [one])
        head = train([([one], 1.0)], head, steps=40, rate=1e-2, batch=2)
        return [int(row.argmax()) for row in head(torch.from_numpy(sounds.astype(np.float32))[None])[0][0, [50, 150]]]

    assert learnt(told) == [n, n]
    assert learnt(replace(told, heard=heard)) == [n, m]


@dataclass
class Heard:
    """An aligner that hears these phones, a tenth of a second each."""

    said: str
    priors: NDArray[np.float64] = field(default_factory=lambda: np.full(len(symbols.classes()), 0.015))
    log_mean: NDArray[np.float64] = field(default_factory=lambda: np.full(len(symbols.classes()), 2.0))
    log_sd: NDArray[np.float64] = field(default_factory=lambda: np.full(len(symbols.classes()), 0.6))

    def listen(self, samples: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        units = [symbols.units(phone) for phone in self.said]
        rows = [symbols.classes().index(name) for unit in units for name in unit for _ in range(10 // len(unit))]
        likely = np.full((len(rows), len(symbols.classes())), 0.003)
        likely[np.arange(len(rows)), rows] = 0.8
        return likely, np.full(len(rows), 0.1)


@needs_espeak
def test_an_ending_is_aligned_as_it_is_said_unless_it_is_to_be_measured() -> None:
    for said in ("hɑbənɛs", "hɑbmɛs", "hɑmɛs"):
        sound, aligner = np.zeros(1600 * len(said), np.float32), cast(Aligner, Heard(said))
        assert "".join(phone.symbol for phone in align(sound, read_text("haben es", "de"), aligner).phones) == said
        written = align(sound, read_text("haben es", "de", as_written=True), aligner)
        assert "".join(phone.symbol for phone in written.phones) == "hɑbənɛs"


@needs_espeak
def test_one_recording_is_aligned_from_the_command_line(
    tmp_path: Path, ears: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    soundfile = pytest.importorskip("soundfile")
    untrained(ears).save(tmp_path / "aligner.pt")
    soundfile.write(tmp_path / "a.wav", np.random.default_rng(0).normal(0, 0.1, 24000), 16000)
    options = ["align", str(tmp_path / "a.wav"), "BABY MAP", "--aligner", str(tmp_path / "aligner.pt")]
    options += ["--listener", str(ears)]
    assert main([*options, "--format", "json", "--picture", str(tmp_path / "a.png")]) == 0
    printed = json.loads(capsys.readouterr().out)
    laid = [p["symbol"] for p in printed["phones"] if p["symbol"]]
    said = [p.symbol for p in read_text("baby map", "en")]
    assert laid == said[: len(laid)] and len(laid) >= len(said) - 2, "only a recording's end may cut a text off"
    assert (tmp_path / "a.png").stat().st_size > 1000
    assert main([*options[:1], str(tmp_path / "missing.wav"), *options[2:]]) == AudioError.exit_code


def test_phones_are_written_as_json_and_tsv() -> None:
    phones = (
        Phone(symbol="", start=0.0, end=0.1),
        Phone(symbol="p", start=0.1, end=0.2, stress=0, release=0.18),
        Phone(symbol="a", start=0.2, end=0.3, stress=2),
    )
    assert as_tsv(phones).splitlines()[2] == "0.100\t0.200\tp\t0\t0.180"
    assert json.loads(as_json(phones, 1.0))["phones"][2] == {
        "symbol": "a", "start": 0.2, "end": 0.3, "stress": 2, "release": None,
    }  # fmt: skip


def test_utterances_survive_a_round_trip(tmp_path: Path) -> None:
    phones = (
        Phone(symbol="", start=0.0, end=0.25),
        Phone(symbol="p", start=0.25, end=0.5, stress=0, release=0.4),
        Phone(symbol="ɑ̃", start=0.5, end=1.0, stress=2),
    )
    written = [
        Utterance(
            id=f"u{n}",
            audio="a/b.flac",
            speaker="me",
            group="child",
            language="fr",
            source="corpus",
            text="pão «x»\n",
            phones=phones,
        )
        for n in range(3)
    ]
    assert write_utterances(tmp_path / "deep" / "list.jsonl", written) == 3
    assert list(read_utterances(tmp_path / "deep" / "list.jsonl")) == written


def test_corpora_are_read_with_their_groups(tmp_path: Path) -> None:
    for corpus, columns, row in (
        ("kerstin", "file\tspeaker\tlanguage\ttext", 'k/1.opus\tkerstin\tde\tSie "sagt" ja.'),
        ("studio", "file\tspeaker\tlanguage\ttext\tgroup", "2.wav\tanna\tfr\tOui.\tchild"),
    ):
        (tmp_path / corpus).mkdir()
        (tmp_path / corpus / "transcripts.tsv").write_text(f"{columns}\n{row}\n", "utf-8")
    first, second = read_corpora(tmp_path)
    assert (first.audio, first.group, first.text) == ("kerstin/k/1.opus", "woman", 'Sie "sagt" ja.')
    assert (second.speaker, second.group, second.phones) == ("studio-anna", "child", ())


def test_phones_that_others_have_placed_are_read_in_our_symbols(tmp_path: Path) -> None:
    corpus = tmp_path / "studio"
    corpus.mkdir()
    (corpus / "transcripts.tsv").write_text("file\tspeaker\tlanguage\ttext\n2.wav\tanna\tnl\tMaar ja.\n", "utf-8")
    placed = [("\u02c8m", 0.5, 0.25), ("a\u02d0", 0.75, 0.25), ("SIL", 1.0, 0.25), ("\u025bi", 1.25, 0.25)]
    told = [{"phone": phone, "start": start, "duration": seconds} for phone, start, seconds in placed]
    (corpus / "phones.jsonl").write_text(
        json.dumps({"id": "2", "words": [{"word": "x", "phones": told}]}) + "\n", "utf-8"
    )
    assert list(read_timed(tmp_path)) == [], "a line without its sound is none"
    (corpus / "2.wav").touch()
    (line,) = read_timed(tmp_path)
    assert [(one.symbol, one.start, one.end) for one in line.phones] == [
        ("m", 0.5, 0.75),
        ("a", 0.75, 1.0),
        (SILENCE, 1.0, 1.25),
        ("\u025b", 1.25, 1.5),
    ]


def test_every_voice_has_a_licence_and_a_group() -> None:
    voices = [voice for engine in ENGINES.values() for voice in engine.voices()]
    assert all(voice.licence and voice.group in ("man", "woman", "child") for voice in voices)
    assert {group for people in groups().values() for group in people.values()} == {"man", "woman", "child"}


def test_a_larger_head_that_heard_none_of_the_reels_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = ["train-phones", str(tmp_path), str(tmp_path / "phones.pt"), "--listener", str(tmp_path / "listener.onnx")]
    assert main([*given, "--like", str(tmp_path / "large.pt"), str(tmp_path / "elsewhere")])
    assert "holds none of the reels" in capsys.readouterr().err
