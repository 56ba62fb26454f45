"""Plain CSV: what spreadsheets and capture tools write, and every bad cell named by its line."""

import csv
from fractions import Fraction

import numpy as np
import pytest

from koemorph import formats
from koemorph.errors import TakeError
from koemorph.timing import FrameRate


def written(path, *lines):
    path.write_text("\n".join([*lines, ""]), "utf-8")
    return path


def test_a_spreadsheet_reads_it(tmp_path, some_take):
    take = some_take(9, "25", names=("jawOpen", 'odd, "name"'), start=Fraction(3))
    formats.write_take(take, tmp_path / "a.csv", "csv")
    with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    np.testing.assert_allclose([float(row["time"]) for row in rows], 3 + np.arange(9) / 25, rtol=1e-15)
    for name in take.names:
        np.testing.assert_array_equal(np.array([row[name] for row in rows], dtype=np.float32), take.curve(name))


def test_columns_of_words_are_left_out_and_told(tmp_path, one_sentence):
    path = written(tmp_path / "a.csv", "Speaker,Seconds,JawOpen,extra", "Ann,0,0.5,1", "Bob,0.04,0.25,2")
    reading = formats.read(path)
    assert reading.take.names == ("jawOpen", "extra") and reading.take.rate == FrameRate.parse(25)
    assert any("Speaker" in note for note in reading.notes)
    for note in reading.notes:
        one_sentence(note)


def test_uneven_moments_need_a_rate(tmp_path, one_sentence):
    path = written(tmp_path / "a.csv", "time,jawOpen", "0,0", "0.1,1", "0.5,0")
    with pytest.raises(TakeError, match="--source-fps") as refusal:
        formats.read(path)
    one_sentence(refusal.value)
    reading = formats.read(path, rate=FrameRate.parse(10))
    np.testing.assert_allclose(reading.take.values[:, 0], [0, 1, 0.75, 0.5, 0.25, 0], atol=1e-6)
    assert any("10 fps" in note for note in reading.notes)


def test_a_single_frame_is_taken_as_sixty_and_told(tmp_path):
    reading = formats.read(written(tmp_path / "a.csv", "time,jawOpen", "2.5,1"))
    assert reading.take.rate == FrameRate.parse(60) and any("60 fps" in note for note in reading.notes)


@pytest.mark.parametrize(
    ("lines", "word"),
    [
        ((), "column of seconds"),
        (("jawOpen", "1"), "column of seconds"),
        (("time",), "no frames"),
        (("time,jawOpen",), "no frames"),
        (("time", "0", "1"), "column of numbers"),
        (("time,name", "0,x"), "column of numbers"),
        (("time,", "0,1"), "without a name"),
        (("time,jawOpen,jawOpen", "0,1,1", "1,1,1"), "jawOpen"),
        (("time,jawOpen", "0,"), "line 2"),
        (("time,jawOpen", "0,1", "1"), "line 3"),
        (("time,jawOpen", "0,1", "1,2,3"), "line 3"),
        (("time,jawOpen", "0,1", "1,x"), "line 3"),
        (("time,jawOpen", "0,1", "1,nan"), "line 3"),
        (("time,jawOpen", "0,1", "1,1e99"), "line 3"),
        (("time,jawOpen", "soon,1"), "line 2"),
        (("time,jawOpen", "inf,1"), "line 2"),
        (("time,jawOpen", "0,1", "0,1"), "rise"),
        (("time,jawOpen", '0,"1'), "CSV"),
    ],
)
def test_crooked_files(tmp_path, lines, word, one_sentence):
    with pytest.raises(TakeError, match=word) as refusal:
        formats.read_take(written(tmp_path / "a.csv", *lines))
    one_sentence(refusal.value)
    assert "a.csv" in str(refusal.value)
