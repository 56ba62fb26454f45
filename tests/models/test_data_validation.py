"""The validator says what is wrong with a data set, once for each thing that can be."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import soundfile
from talking import SAMPLE_RATE, delayed, save, talk

from koemorph import arkit
from koemorph.take import Take
from koemorph.timing import FrameRate
from koemorph_models import cli
from koemorph_models.data.dataset import Speaker, write_speakers
from koemorph_models.data.inspection import Level
from koemorph_models.data.validation import MOST_SHOWN, as_text, validate

SECONDS = 6.0
JAW = arkit.INDEX["jawOpen"]


def sound_of(folder: Path) -> Path:
    return folder / "anna" / "line.wav"


def sound(folder: Path, samples: np.ndarray, rate: int = SAMPLE_RATE) -> None:
    soundfile.write(sound_of(folder), samples, rate, subtype="PCM_16")


def curves(folder: Path, take: Take, ending: str = ".jsonl") -> None:
    samples, _ = talk(SECONDS, "60")
    (folder / "anna" / "line.jsonl").unlink()
    save(folder / "anna", "line", samples, take, ending)


def jaw(folder: Path, change) -> None:
    _, take = talk(SECONDS, "60")
    values = take.values.copy()
    values[:, JAW] = change(values[:, JAW])
    curves(folder, take.with_values(values))


def frozen(folder: Path) -> None:
    _, take = talk(SECONDS, "60")
    values = take.values.copy()
    values[100:150] = values[100]
    curves(folder, take.with_values(values))


def with_nan(folder: Path) -> None:
    path = folder / "anna" / "line.jsonl"
    lines = path.read_text().splitlines()
    entry = json.loads(lines[9])
    entry["blendshapes"][3] = float("nan")
    lines[9] = json.dumps(entry)
    path.write_text("\n".join(lines) + "\n")


def another(folder: Path, speaker: str, **facts: str) -> None:
    save(folder / speaker, "other", *talk(SECONDS, "60", 7))
    listed(folder, Speaker(speaker=speaker, licence="ours", **facts))


def listed(folder: Path, *more: Speaker) -> None:
    write_speakers(folder / "speakers.tsv", [*SPEAKERS, *more])


SPEAKERS = [
    Speaker(speaker="anna", group="woman", language="en", licence="ours", part="train"),
    Speaker(speaker="bert", group="man", language="en", licence="ours", part="validation"),
    Speaker(speaker="carl", group="man", language="en", licence="ours", part="test"),
]


@pytest.fixture
def healthy(tmp_path):
    for number, one in enumerate(SPEAKERS):
        save(tmp_path / one.speaker, "line", *talk(SECONDS, "60", number))
    listed(tmp_path)
    return tmp_path


def test_a_healthy_data_set_passes(healthy, capsys):
    verdict = validate(healthy)
    assert verdict.findings == () and verdict.recordings == 3 and verdict.seconds == pytest.approx(3 * SECONDS)
    assert verdict.parts == {"train": ("anna",), "validation": ("bert",), "test": ("carl",)}
    assert cli.main(["validate", str(healthy)]) == 0
    assert "3 recordings, 0.3 min" in capsys.readouterr().out


ERRORS = {
    "no-curves": (lambda f: (f / "anna" / "line.jsonl").unlink(), "no curves beside"),
    "no-sound": (lambda f: sound_of(f).unlink(), "no sound beside"),
    "sound": (lambda f: sound_of(f).write_bytes(b"RIFF" + bytes(60)), ""),
    "curves": (with_nan, "line 10: something there is not a number"),
    "silent": (lambda f: sound(f, np.zeros(int(SECONDS * SAMPLE_RATE))), "silent"),
    "range": (lambda f: jaw(f, lambda v: v * 100), "percent"),
    "still": (lambda f: jaw(f, lambda v: v * 0), "jawOpen never moves"),
    "rate": (lambda f: curves(f, talk(SECONDS, "15")[1]), "15 curves a second cannot follow lips"),
    "length": (lambda f: curves(f, talk(SECONDS, "60")[1].slice(0, 300)), "1.00 s shorter than the sound"),
    "start": (lambda f: curves(f, talk(SECONDS, "60")[1].shift(Fraction(49500)), ".csv"), "koemorph-models import"),
    "missing-shapes": (lambda f: curves(f, Take(("mouthClose",), talk(SECONDS, "60")[1].values[:, :1],
                                                FrameRate.parse("60")), ".take"), "jawOpen"),
    "two-parts": (lambda f: listed(f, Speaker(speaker="anna", licence="ours", part="test")), "train; choose one"),
    "same-sound": (lambda f: save(f / "carl", "copy", *talk(SECONDS, "60", 0)), "in another part of the data"),
    "no-train": (lambda f: write_speakers(f / "speakers.tsv", [Speaker(speaker=one.speaker, licence="ours", part="test")
                                                               for one in SPEAKERS]), "No speaker is left to learn"),
    "folder": (lambda f: (f / "speakers.tsv").write_text("name\nanna\n"), "no column called speaker"),
}  # fmt: skip


@pytest.mark.parametrize("kind", ERRORS)
def test_errors_are_found_said_and_counted(healthy, kind, one_sentence, capsys):
    spoil, told = ERRORS[kind]
    spoil(healthy)
    found = [one for one in validate(healthy).findings if one.kind == kind]
    assert [one.level for one in found] == [Level.ERROR]
    assert told in found[0].sentence
    one_sentence(found[0].sentence)
    assert cli.main(["validate", str(healthy)]) == 1
    assert "error:" in capsys.readouterr().out


def wrong_sound(folder: Path) -> None:
    sound(folder, talk(SECONDS, "60", 11)[0])


WARNINGS = {
    "rate": (lambda f: curves(f, talk(SECONDS, "24")[1]), "24 fps and will be resampled"),
    "range": (lambda f: jaw(f, lambda v: v / v.max() * 1.02), "outside of 0 to 1 (first jawOpen at frame"),
    "frozen": (frozen, "stand still for 0.8"),
    "clipped": (lambda f: sound(f, np.clip(talk(SECONDS, "60")[0] * 8, -1, 1)), "clipped in"),
    "sample-rate": (lambda f: sound(f, talk(SECONDS, "60")[0][::2], 8000), "8000 Hz"),
    "length": (lambda f: curves(f, talk(SECONDS, "60")[1].slice(0, 348)), "0.20 s shorter"),
    "missing-shapes": (lambda f: curves(f, Take(arkit.SHAPES[:-1], talk(SECONDS, "60")[1].values[:, :-1],
                                                FrameRate.parse("60")), ".take"), "no curves for tongueOut"),
    "offset": (lambda f: sound(f, delayed(talk(SECONDS, "60")[0], 0.2)[: int(SECONDS * SAMPLE_RATE)]), "s too early"),
    "unrelated": (wrong_sound, "do sound and curves belong together?"),
    "doubled": (lambda f: (f / "anna" / "line.flac").write_bytes(b"x"), "passed over"),
    "licence": (lambda f: save(f / "dora", "line", *talk(SECONDS, "60", 7)), "No licence is stated"),
    "absent": (lambda f: listed(f, Speaker(speaker="emil", licence="ours")), "there is no recording"),
    "listed-twice": (lambda f: listed(f, SPEAKERS[0]), "2 times"),
    "same-sound": (lambda f: save(f / "anna", "copy", *talk(SECONDS, "60", 0)), "there again as anna/line"),
    "no-test": (lambda f: write_speakers(f / "speakers.tsv", [Speaker(speaker=one.speaker, licence="ours", part="train")
                                                              for one in SPEAKERS]), "left to measure"),
}  # fmt: skip


@pytest.mark.parametrize("kind", WARNINGS)
def test_warnings_are_said_and_do_not_fail(healthy, kind, one_sentence):
    spoil, told = WARNINGS[kind]
    spoil(healthy)
    verdict = validate(healthy)
    found = [one for one in verdict.findings if one.kind == kind]
    assert [one.level for one in found] == [Level.WARNING]
    assert told in found[0].sentence
    assert verdict.errors == 0
    assert f"warning: {found[0].where}" in as_text(verdict) or not found[0].where


def test_one_person_under_two_spellings_in_two_parts_is_an_error(healthy):
    another(healthy, "Anna_", part="test")
    found = [one for one in validate(healthy).findings if one.kind == "two-parts"]
    assert [one.level for one in found] == [Level.ERROR]
    assert "Anna_ (test) and anna (train)" in found[0].sentence


def test_a_clock_that_runs_apart_is_named(tmp_path):
    samples, take = talk(120.0, "60")
    save(tmp_path / "anna", "line", samples, Take(take.names, take.values, FrameRate.parse("59.8")))
    kinds = {one.kind: one.sentence for one in validate(tmp_path).findings}
    assert "another rate than its file says" in kinds["drift"]


def test_shapes_that_never_move_anywhere_are_told_once(tmp_path):
    samples, take = talk(1.0, "30")
    values = take.values.copy()
    values[:, arkit.INDEX["mouthPucker"]] = 0
    for number in range(10):
        save(tmp_path / "anna", f"{number}", samples, take.with_values(values))
    found = [one for one in validate(tmp_path).findings if one.kind == "never-moving"]
    assert len(found) == 1 and "mouthPucker" in found[0].sentence and "jawOpen" not in found[0].sentence


def test_an_empty_folder_is_an_error_and_many_complaints_are_shortened(tmp_path, capsys):
    assert [one.kind for one in validate(tmp_path).findings] == ["empty"]
    assert cli.main(["validate", str(tmp_path / "nowhere")]) == 1
    for number in range(MOST_SHOWN + 3):
        (tmp_path / f"{number}.wav").write_bytes(b"")
    verdict = validate(tmp_path)
    assert "... and 3 more like this" in as_text(verdict)
    assert as_text(verdict, everything=True).count("no curves beside") == MOST_SHOWN + 3
    capsys.readouterr()
    assert cli.main(["validate", str(tmp_path), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["errors"] == MOST_SHOWN + 4 and told["findings"][0]["level"] == "error"
