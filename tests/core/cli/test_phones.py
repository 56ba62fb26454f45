"""koemorph phones: printed, edited, rendered anew where the edit is, never over what it was made from."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile

import koemorph
from koemorph import formats
from koemorph.cli import main
from koemorph.speech.editing import phones_of
from koemorph.speech.files import read_tracks

EXAMPLE = Path(koemorph.__file__).parent / "example" / "line.flac"


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("line")
    shutil.copy(EXAMPLE, folder / "line.flac")
    (folder / "line.txt").write_text("Please bring my puppet back before five. Oh, wow!", "utf-8")
    assert main(["animate", str(folder / "line.flac"), "-o", str(folder / "line.take"), "--quiet"]) == 0
    return folder / "line.take"


def test_the_script_beside_a_line_names_its_words(line: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["phones", str(line)]) == 0
    printed = capsys.readouterr().out
    assert "script  Please" in printed and "puppet" in printed
    take = formats.read_take(line)
    assert main(["info", str(line)]) == 0
    assert f"{len(take.words)} words ({len(take.words)} script)" in capsys.readouterr().out


def test_an_edit_changes_its_neighbourhood_alone(line: Path) -> None:
    take, edited = formats.read_take(line), line.with_name("edited.take")
    bring = next(phone for phone in take.phones if phone.symbol == "b")
    middle = float(bring.start + bring.end) / 2
    assert main(["phones", str(line), "--set", f"{middle:.3f}", "n", "-o", str(edited), "--quiet"]) == 0
    after = formats.read_take(edited)
    changed = np.flatnonzero((take.values != after.values).any(axis=1)) / 60
    assert len(changed) and middle - 0.5 < changed.min() and changed.max() < middle + 0.5
    assert [phone.source for phone in after.phones].count("edited") == 1


def test_an_edit_hears_the_channel_and_the_stretch_of_its_take(line: Path) -> None:
    sound, rate = soundfile.read(EXAMPLE)
    stereo, take, edited = (line.with_name(name) for name in ("stereo.wav", "part.take", "part-edited.take"))
    soundfile.write(stereo, np.stack([np.zeros_like(sound), sound], axis=1), rate)
    part = ["--channel", "right", "--in", "0.4", "--fps", "24", "--pre-roll", "0.5"]
    assert main(["animate", str(stereo), "-o", str(take), *part, "--quiet"]) == 0
    before = formats.read_take(take)
    assert before.provenance["recording"] == {"in": "2/5", "channel": "right"}
    last = f"{float(before.phones[-1].start) + 0.001:.4f}"
    assert main(["phones", str(take), "--drop", last, "-o", str(edited), "--quiet"]) == 0
    after = formats.read_take(edited)
    assert (after.start, after.phones) == (before.start, before.phones[:-1])
    assert np.array_equal(after.values[:24], before.values[:24]) and before.values[:24].any()


def test_nothing_is_written_over_the_take_and_no_edit_is_lost(line: Path) -> None:
    before = line.read_bytes()
    assert main(["phones", str(line), "--drop", "0.5", "-o", str(line)]) == 7
    assert main(["phones", str(line), "--drop", "0.5"]) == 6
    assert main(["phones", str(line), "--drop", "0.01", "-o", str(line.with_name("x.take"))]) == 6
    assert line.read_bytes() == before


def test_words_are_edited_with_their_phones_in_the_order_of_the_flags(line: Path) -> None:
    take, file = formats.read_take(line), line.with_name("edited.json")
    puppet = next(word for word in take.words if word.text == "puppet")
    middle = f"{float(puppet.start + puppet.end) / 2:.4f}"
    edits = ["--set-word", middle, "mummy", "--set", f"{float(puppet.start) + 0.001:.4f}", "b"]
    assert main(["phones", str(line), *edits, "--export", str(file), "--quiet"]) == 0
    tracks = read_tracks(file)
    (word,) = [word for word in tracks.words if word.text == "mummy"]
    assert "".join(phone.symbol for phone in phones_of(tracks, word)) == "bʌmi"
    assert len(tracks.words) == len(take.words)


def test_a_script_that_cannot_be_meant_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a.flac", "b.flac"):
        shutil.copy(EXAMPLE, tmp_path / name)
    lines = [str(tmp_path / "a.flac"), str(tmp_path / "b.flac"), "-o", str(tmp_path / "out")]
    assert main(["animate", *lines, "--script", "Hello"]) and "beside each" in capsys.readouterr().err
    missing = ["--script-file", str(tmp_path / "none.txt")]
    assert main(["animate", lines[0], "-o", str(tmp_path), *missing]) and "none.txt" in capsys.readouterr().err
    named = ["--script", "none.txt"]
    assert main(["animate", lines[0], "-o", str(tmp_path), *named]) and "it is --script-file" in capsys.readouterr().err


def test_letters_of_every_keyboard_name_a_phone_and_none_lies_behind_the_end(
    line: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = line.with_name("sh.json")
    middle = f"{float(formats.read_take(line).phones[3].start) + 0.001:.4f}"
    assert main(["phones", str(line), "--set", middle, "sh", "--export", str(file), "--quiet"]) == 0
    assert read_tracks(file).phones[3].symbol == "ʃ"
    assert main(["phones", str(line), "--insert", "9", "12", "m", "--export", str(file)]) == 6
    assert "The take ends at 9.2" in capsys.readouterr().err


def test_words_that_are_imported_are_seen_and_said_to_leave_the_lips(
    line: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words, take = line.with_name("words.srt"), line.with_name("words.take")
    words.write_text("1\n00:00:01,013 --> 00:00:01,300\nhello\n", "utf-8")
    assert main(["phones", str(line), "--import", str(words), "-o", str(take)]) == 0
    assert "the lips, stay" in capsys.readouterr().err
    assert main(["phones", str(take)]) == 0 and capsys.readouterr().out.count("hello") == 1
