"""Scripts: text to phones, laid on what is heard; edits; tracks in the files of other tools."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from koemorph.errors import OutputError, TakeError
from koemorph.speech.alignment import align, listen
from koemorph.speech.companion import script_of
from koemorph.speech.files import Tracks, read_tracks, write_tracks
from koemorph.speech.laying import KEPT, WINDOW
from koemorph.speech.reading import ScriptWord, read_script
from koemorph.speech.recognition import hear
from koemorph.speech.script import Script, ScriptError
from koemorph.speech.symbols import classes, is_stop, units
from koemorph.speech.track import Phone, Word
from koemorph.speech.variants import variants

F = Fraction


def phones_of(text: str, language: str = "en") -> list[str]:
    return ["".join(symbol for symbol, _ in word.phones) for word in read_script(Script(text, language))]


def spoken(text: str) -> np.ndarray:
    """A posterior in which a text is said."""
    return sounding([symbol for word in read_script(Script(text)) for symbol, _ in word.phones])


def sounding(symbols: Iterable[str], sure: float = 0.8) -> np.ndarray:
    """A posterior of phones, a tenth of a second each."""
    rows = [0] * 15
    for symbol in symbols:
        parts = units(symbol)
        rows += [classes().index(name) for name in parts for _ in range(4 // len(parts) + 1)]
    rows += [0] * 15
    likely = np.full((len(rows), len(classes())), (1 - sure) / (len(classes()) - 1))
    likely[np.arange(len(rows)), rows] = sure
    return np.log(likely)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("puppet", ["pʌpət"]),
        ("[laughs] Mom (off)", ["mɑm"]),
        ("/ˈzɔɹb/", ["zɔɹb"]),
        ("Dr. Bob", ["dɑktɚ", "bɑb"]),
        ("21st", ["twɛntifɝst"]),
        ("$2", ["tudɑlɚz"]),
        ("1995", ["naɪntinnaɪntifaɪv"]),
        ("BBC", ["bibisi"]),
        ("gromble", ["ɡɹɑmbl"]),
    ],
)
def test_english_is_read_as_people_say_it(text: str, said: list[str]) -> None:
    assert phones_of(text) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Dr. Smith lives in Baker St., near St. Paul's.", "doctor smith lives in baker street near saint paul's"),
        ("It cost $2.5 million, or £1.", "it cost two point five million dollars or one pound"),
        ("Call 555-0199 at 3:05!", "call five five five oh one nine nine at three oh five"),
        ("No. No. 5 ran 3 km at -5°C.", "no number five ran three kilometers at minus five degrees celsius"),
        (
            "Henry VIII, Part II; 1/2 of 3/4, 24/7.",
            "henry the eighth part two one half of three quarters twenty four seven",
        ),
        ("WWII ended in 1945, on Sept. 2nd.", "world war two ended in nineteen forty five on september second"),
        ("ANNA: (sighs) I can't. (beat) 'Fine.' [exit]", "i can't fine"),
        ("He is 6 ft. 2 in. tall in 2 min", "he is six feet two inches tall in two minutes"),
        ("well-known — e.g. 50% & 1 lb", "well known for example fifty percent and one pound"),
    ],
)
def test_awkward_lines_are_read_as_people_do(text: str, said: str) -> None:
    assert "".join(phones_of(text)) == "".join(phones_of(said))


def test_initials_are_spelled() -> None:
    assert phones_of("the U.S. and the résumé") == ["ðə", "juɛs", "ənd", "ðə", "ɹɪzumeɪ"]


def test_kana_is_read_by_table_and_kanji_are_refused() -> None:
    assert phones_of("こんばんは", "ja") == ["kombaŋha".replace("ŋ", "n")]
    with pytest.raises(ScriptError, match="kana"):
        read_script(Script("漢字", "ja"))


def test_a_script_that_cannot_be_read_is_one_sentence_and_hearing_goes_on() -> None:
    sound = spoken("Bob")
    for script in (Script("hm", "xx-nowhere"), Script("[silence]"), Script("/☃/")):
        found = listen(sound, script)
        assert found.phones == hear(sound) and len(found.notes) == 1, script


def test_a_text_beside_a_recording_is_its_script(tmp_path: Path) -> None:
    line, text = tmp_path / "line.wav", tmp_path / "line.txt"
    assert script_of(line) == (None, ())
    text.write_text("Bob", "utf-8")
    script, notes = script_of(line, "de")
    assert script == Script("Bob", "de") and "line.txt" in notes[0]
    for damaged in (b"", b"\xff\xfe\xff"):
        text.write_bytes(damaged)
        script, notes = script_of(line)
        assert script is None and len(notes) == 1


def test_a_word_that_ends_a_question_keeps_its_mark() -> None:
    words = read_script(Script('Who?! [turns] "You?" Sure. And now ?'))
    assert [word.text for word in words] == ["Who?", "You?", "Sure", "And", "now?"]


def test_a_script_is_laid_on_the_sound() -> None:
    text = "please bring my puppet back?"
    found = align(read_script(Script(text)), spoken(text))
    assert [word.text for word in found.words] == text.split()
    assert "".join(phone.symbol for phone in found.phones) == "".join(phones_of(text))
    assert {phone.source for phone in found.phones} == {"script"} and not found.notes


def test_words_that_are_not_said_are_named_and_those_that_are_said_again_stand_twice() -> None:
    found = align(
        read_script(Script("please bring my banana puppet back")), spoken("please bring my puppet my puppet back")
    )
    assert [word.text for word in found.words] == ["please", "bring", "my", "puppet", "my", "puppet", "back"]
    assert "banana" in found.notes[0]


def test_minutes_of_text_are_laid_window_by_window() -> None:
    said = "please bring my puppet back before five nobody knows which weather tomorrow shows us then "
    sound, script = spoken(said * 27), read_script(Script(said * 27))
    assert len(sound) > WINDOW + KEPT
    found = align(script, sound)
    assert [word.text for word in found.words] == (said * 27).split() and not found.notes
    assert all(phone.source == "script" for phone in found.phones)


def test_a_phrase_that_is_begun_again_is_found_twice() -> None:
    for said in ("please please bring my puppet back", "my puppet my puppet back", "I went I went home"):
        script = dict.fromkeys(said.split())
        assert [word.text for word in align(read_script(Script(" ".join(script))), spoken(said)).words] == said.split()


def test_between_words_what_is_heard_stays() -> None:
    found = align(read_script(Script("please bring back")), spoken("please bring fifty back"))
    assert [word.text for word in found.words] == ["please", "bring", "back"]
    heard = "".join(phone.symbol for phone in found.phones if phone.source == "heard")
    assert "f" in heard and "t" in heard


def test_the_script_of_another_line_changes_nothing() -> None:
    sound = spoken("please bring my puppet back before five")
    found = align(read_script(Script("nobody knows which weather tomorrow shows us then")), sound)
    assert found.phones == hear(sound) == listen(sound).phones
    assert not found.words and "does not fit" in found.notes[0]


@pytest.mark.parametrize("said", ["hɑbən", "hɑbm", "hɑm"])
def test_german_endings_are_laid_as_they_are_said(said: str) -> None:
    written = tuple((symbol, 0) for symbol in "hɑbənɛs")
    words = [ScriptWord("haben", written[:5], variants("hɑbən", "de")), ScriptWord("es", written[5:])]
    found = align(words, sounding([*said, "ɛ", "s"]))
    assert "".join(phone.symbol for phone in found.phones) == said + "ɛs"
    assert [word.text for word in found.words] == ["haben", "es"] and not found.notes
    assert found.words[1].start == pytest.approx(F(3, 10) + F(len(said), 10) + F("0.02") * ("b" in said), abs=0.03)


def test_only_endings_have_variants() -> None:
    assert [len(variants(word, "de-at")) for word in ("ɑbənt", "lapən", "zɑɡən", "ebənə", "ʃtʊndən")] == [2, 1, 2, 0, 0]
    assert variants("hæpən", "en") == ()
    assert not any(variant.first == 0 for variant in variants("ɡənt", "de"))


PHONES = (
    Phone(start=F(1, 10), end=F(3, 10), symbol="n"),
    Phone(start=F(3, 10), end=F(1, 2), symbol="aɪ", stress=2),
    Phone(start=F(7, 10), end=F(9, 10), symbol="p", release=F(4, 5)),
)
WORDS = (Word(start=F(1, 10), end=F(1, 2), text="night"), Word(start=F(7, 10), end=F(9, 10), text='"p"'))


@pytest.mark.parametrize("name", ["a.TextGrid", "a.json", "a.tsv", "a.rhubarb.json", "a.srt", "a.vtt"])
def test_tracks_go_through_the_files_of_other_tools(tmp_path: Path, name: str) -> None:
    write_tracks(Tracks(PHONES, WORDS), tmp_path / name)
    read = read_tracks(tmp_path / name)
    if name.endswith(("TextGrid", "a.json")):
        assert [(p.start, p.end, p.symbol, p.stress) for p in read.phones] == [
            (p.start, p.end, p.symbol, p.stress) for p in PHONES
        ]
        assert all((p.release is not None) == is_stop(p.symbol) for p in read.phones)
    elif "a.tsv" in name or "rhubarb" in name:
        assert [p.symbol for p in read.phones][-1] == "m"
    if name.endswith(("TextGrid", "json", "srt", "vtt")) and "rhubarb" not in name:
        assert [(w.start, w.text) for w in read.words] == [(w.start, w.text) for w in WORDS]


def test_textgrids_of_other_aligners(tmp_path: Path) -> None:
    short = 'File type = "ooTextFile"\nObject class = "TextGrid"\n\n0\n0.5\n<exists>\n1\n"IntervalTier"\n"A - phones"\n'
    (tmp_path / "mfa.TextGrid").write_text(
        short + '0\n0.5\n3\n0\n0.1\n"sil"\n0.1\n0.3\n"AH0"\n0.3\n0.5\n"☃"\n', "utf-16"
    )
    read = read_tracks(tmp_path / "mfa.TextGrid")
    assert [phone.symbol for phone in read.phones] == ["ʌ"] and "☃" in read.notes[0]


@pytest.mark.parametrize(
    ("name", "text"), [("a.TextGrid", "hello"), ("a.json", "[1]"), ("a.tsv", "x"), ("a.srt", ""), ("a.json", "{")]
)
def test_what_is_no_track_is_one_sentence(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    with pytest.raises(TakeError, match="holds no track"):
        read_tracks(tmp_path / name)
    with pytest.raises(OutputError, match="ending"):
        write_tracks(Tracks(), tmp_path / "a.doc")
