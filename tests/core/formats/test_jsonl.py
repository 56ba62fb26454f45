"""JSON lines: as the reference project writes them, and every bad line named by its number."""

import json
from fractions import Fraction

import numpy as np
import pytest

from koemorph import arkit, formats
from koemorph.errors import TakeError
from koemorph.take import Take
from koemorph.timing import FrameRate

RATES = ["12", "23.976", "24", "25", "29.97", "30", "47.952", "48", "50", "59.94", "60", "119.88", "120", "12.5"]


def line(timestamp, values=None):
    return json.dumps({"timestamp": timestamp, "blendshapes": [0.5] * 52 if values is None else values})


def refused(tmp_path, lines, one_sentence):
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join(lines), "utf-8")
    with pytest.raises(TakeError) as refusal:
        formats.read_take(path)
    one_sentence(refusal.value)
    assert "a.jsonl" in str(refusal.value)
    return str(refusal.value)


def test_it_is_what_the_reference_project_writes(tmp_path, some_take):
    take = some_take(4, "30", start=Fraction(1, 2))
    formats.write_take(take, tmp_path / "a.jsonl")
    entries = [json.loads(text) for text in (tmp_path / "a.jsonl").read_text("utf-8").splitlines()]
    assert [set(entry) for entry in entries] == [{"timestamp", "blendshapes"}] * 4
    assert [entry["timestamp"] for entry in entries] == [float(Fraction(1, 2) + Fraction(n, 30)) for n in range(4)]
    np.testing.assert_allclose([entry["blendshapes"] for entry in entries], take.values, rtol=1e-6)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("frames", [2, 7, 1000])
@pytest.mark.parametrize("start", [Fraction(0), Fraction(3601), Fraction(12345, 48000), Fraction(7007, 30000)])
def test_rate_and_start_are_read_from_the_timestamps(tmp_path, rate, frames, start):
    take = Take(arkit.SHAPES, np.zeros((frames, 52)), FrameRate.parse(rate), start)
    formats.write_take(take, tmp_path / "a.jsonl")
    back = formats.read_take(tmp_path / "a.jsonl")
    assert (back.rate, back.start, back.frame_count) == (take.rate, start, frames)


def test_rounded_timestamps_still_tell_the_rate(tmp_path):
    for rate, decimals in (("30", 3), ("29.97", 4), ("60", 3), ("24", 2)):
        fps = float(FrameRate.parse(rate).fps)
        path = tmp_path / "a.jsonl"
        path.write_text("\n".join(line(round(n / fps, decimals)) for n in range(900)), "utf-8")
        assert formats.read_take(path).rate == FrameRate.parse(rate)


def test_values_keep_six_digits(tmp_path, some_take):
    take = some_take(100)
    formats.write_take(take, tmp_path / "a.jsonl")
    np.testing.assert_allclose(formats.read_take(tmp_path / "a.jsonl").values, take.values, rtol=1e-6)


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_blank_lines_line_ends_and_a_byte_order_mark(tmp_path, ending, mark):
    path = tmp_path / "a.jsonl"
    path.write_bytes((mark + ending.join([line(0), "", line(0.04), "  ", line(0.08), ""])).encode("utf-8"))
    take = formats.read_take(path)
    assert take.frame_count == 3 and take.rate == FrameRate.parse(25)


def test_a_single_line_is_a_take(tmp_path):
    (tmp_path / "a.jsonl").write_text(line(2.5), "utf-8")
    take = formats.read_take(tmp_path / "a.jsonl")
    assert take.frame_count == 1 and take.start == Fraction(5, 2)


@pytest.mark.parametrize(
    "bad",
    [
        "{",
        "[]",
        "null",
        "7",
        '"x"',
        "{}",
        '{"timestamp": 0.1}',
        '{"blendshapes": []}',
        line(None),
        line("soon"),
        line([1]),
        line(float("nan")),
        line(float("inf")),
        line(0.04, []),
        line(0.04, [0.5] * 51),
        line(0.04, [0.5] * 53),
        line(0.04, [0.5] * 51 + [None]),
        line(0.04, [0.5] * 51 + ["x"]),
        line(0.04, [0.5] * 51 + [float("nan")]),
        line(0.04, [0.5] * 51 + [float("-inf")]),
        line(0.04, 3),
        line(0.04, None).replace("0.04", "1" + "0" * 400),
        "[" * 100_000,
        line(0.04)[:-20],
    ],
    ids=range(24),
)
@pytest.mark.parametrize("alone", [True, False], ids=["alone", "second"])
def test_bad_lines_are_named(tmp_path, bad, alone, one_sentence):
    message = refused(tmp_path, [bad] if alone else [line(0), bad, line(0.08)], one_sentence)
    assert f"line {1 if alone else 2}" in message


@pytest.mark.parametrize(
    "times",
    [
        *((0, 0), (0, 0.1, 0.05), (0, 0.1, 0.1), (0, 0.04, 1.0, 1.04)),
        *((0, 60, 120), (0, 1e-5, 2e-5), (0, 1e-320), (0, 1e308)),
    ],
)
def test_timestamps_that_make_no_rate(tmp_path, times, one_sentence):
    refused(tmp_path, [line(time) for time in times], one_sentence)


def test_half_a_file_names_its_last_line(tmp_path, some_take, one_sentence):
    path = tmp_path / "a.jsonl"
    formats.write_take(some_take(10), path)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 19 // 20])
    with pytest.raises(TakeError, match="line 10") as refusal:
        formats.read_take(path)
    one_sentence(refusal.value)
