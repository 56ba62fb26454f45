"""Live Link Face CSV: as the phone app writes it, read back by name, whatever the phone left out."""

import csv
import re
from fractions import Fraction

import numpy as np
import pytest

from koemorph import arkit, formats
from koemorph.errors import TakeError
from koemorph.formats.livelink import HEADER, ORDER
from koemorph.take import Take
from koemorph.timing import FrameRate


def parsed(path):
    """An importer that knows nothing of us: names to columns, a list of timecodes."""
    with path.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    return [row["Timecode"] for row in rows], rows


def row(timecode, value=0.5, count=61, columns=61):
    return ",".join([timecode, str(count), *[str(value)] * columns])


def written(path, rows, header=HEADER, ending="\n", mark=""):
    path.write_bytes((mark + ending.join([",".join(header), *rows, ""])).encode("utf-8"))
    return path


def codes(frames, fps=60, first=0):
    return [f"00:00:{(n + first) // fps:02}:{(n + first) % fps:02}.000" for n in range(frames)]


def refused(path, one_sentence):
    with pytest.raises(TakeError) as refusal:
        formats.read_take(path)
    one_sentence(refusal.value)
    assert path.name in str(refusal.value)
    return str(refusal.value)


def test_sixty_three_columns_in_the_apps_order(tmp_path, some_take):
    formats.write_take(some_take(2), tmp_path / "a.csv")
    header = (tmp_path / "a.csv").read_text("utf-8").splitlines()[0].split(",")
    assert len(header) == 63 and len(set(header)) == 63
    assert header[:3] == ["Timecode", "BlendShapeCount", "EyeBlinkLeft"]
    assert header.index("JawRight") + 1 == header.index("JawLeft")
    assert header.index("MouthRight") + 1 == header.index("MouthLeft")
    assert header[-10:] == [
        *("TongueOut", "HeadYaw", "HeadPitch", "HeadRoll"),
        *("LeftEyeYaw", "LeftEyePitch", "LeftEyeRoll", "RightEyeYaw", "RightEyePitch", "RightEyeRoll"),
    ]
    assert {name[0].lower() + name[1:] for name in header[2:54]} == set(arkit.SHAPES)


@pytest.mark.parametrize("rate", ["24", "29.97", "60"])
def test_an_importer_of_others_reads_every_value_under_its_name(tmp_path, some_take, rate):
    take = some_take(130, rate)
    formats.write_take(take, tmp_path / "a.csv")
    timecodes, rows = parsed(tmp_path / "a.csv")
    assert len(rows) == 130 and {entry["BlendShapeCount"] for entry in rows} == {"61"}
    for name in arkit.SHAPES:
        column = [float(entry[name[0].upper() + name[1:]]) for entry in rows]
        np.testing.assert_allclose(column, take.curve(name), atol=1e-8)
    assert {float(entry["HeadYaw"]) for entry in rows} == {0.0}
    assert all(re.fullmatch(r"\d\d:\d\d:\d\d:\d\d\.\d{3}", code) for code in timecodes)
    assert timecodes[0] == "00:00:00:00.000" and timecodes[1] == "00:00:00:01.000"


def test_left_is_left(tmp_path):
    """The app swaps these pairs' columns; a reader by position would turn the jaw around."""
    take = Take(("jawLeft", "mouthRight"), np.array([[0.25, 0.75]]), FrameRate.parse(60))
    formats.write_take(take, tmp_path / "a.csv")
    _, rows = parsed(tmp_path / "a.csv")
    assert (float(rows[0]["JawLeft"]), float(rows[0]["JawRight"])) == (0.25, 0.0)
    assert (float(rows[0]["MouthLeft"]), float(rows[0]["MouthRight"])) == (0.0, 0.75)
    assert formats.read(tmp_path / "a.csv", rate=take.rate).take.curve("jawLeft")[0] == 0.25


@pytest.mark.parametrize("frames", [1, 2, 24, 60])
def test_less_than_a_second_tells_no_rate(tmp_path, some_take, frames, one_sentence):
    take = some_take(frames, "60")
    formats.write_take(take, tmp_path / "a.csv")
    assert "--source-fps" in refused(tmp_path / "a.csv", one_sentence)
    back = formats.read(tmp_path / "a.csv", rate=take.rate).take
    assert (back.rate, back.frame_count) == (take.rate, frames)


def test_a_short_take_that_comes_into_another_second_tells_its_rate(tmp_path, some_take):
    formats.write_take(some_take(8, "24", start=Fraction(20, 24)), tmp_path / "a.csv")
    assert formats.read_take(tmp_path / "a.csv").rate == FrameRate.parse(24)


def test_a_rate_that_the_file_contradicts(tmp_path, some_take, one_sentence):
    formats.write_take(some_take(70, "60"), tmp_path / "a.csv")
    with pytest.raises(TakeError, match="59") as refusal:
        formats.read(tmp_path / "a.csv", rate=FrameRate.parse(30))
    one_sentence(refusal.value)


def test_ntsc_survives_when_it_is_named(tmp_path, some_take, one_sentence):
    take = some_take(70, "29.97", start=Fraction(1001, 3))
    (note,) = formats.write_take(take, tmp_path / "a.csv")
    one_sentence(note)
    back = formats.read(tmp_path / "a.csv", rate=take.rate).take
    assert (back.rate, back.start, back.frame_count) == (take.rate, take.start, 70)


def test_other_columns_are_told(tmp_path, one_sentence):
    header = (*HEADER[:4], "TailWag", "Note")
    path = written(tmp_path / "a.csv", [f"{code},61,0.1,0.2,9,hm" for code in codes(61)], header=header)
    reading = formats.read(path)
    assert reading.take.names == ("eyeBlinkLeft", "eyeLookDownLeft")
    assert any("TailWag, Note" in note for note in reading.notes)
    for note in reading.notes:
        one_sentence(note)


@pytest.mark.parametrize("rate", ["12", "15", "24", "25", "30", "48", "50", "60", "90", "100", "120", "240"])
@pytest.mark.parametrize("start", ["0", "1/4", "3661", "1441/16"])
def test_whole_rates_come_back(tmp_path, some_take, rate, start):
    take = some_take(int(rate) + 3, rate, start=Fraction(start))
    formats.write_take(take, tmp_path / "a.csv")
    back = formats.read_take(tmp_path / "a.csv")
    assert back.rate == take.rate and back.frame_count == take.frame_count
    assert abs(back.start - take.start) * take.rate.fps <= Fraction(1, 1000)
    np.testing.assert_allclose(back.curve("jawOpen"), take.curve("jawOpen"), atol=1e-7)


@pytest.mark.parametrize(("rate", "neighbour"), [("23.976", 24), ("29.97", 30), ("59.94", 60)])
def test_ntsc_rates_look_like_their_whole_neighbours(tmp_path, some_take, rate, neighbour):
    """The format counts frames and does not say how long one is; the frames themselves are all there."""
    take = some_take(200, rate)
    formats.write_take(take, tmp_path / "a.csv")
    back = formats.read_take(tmp_path / "a.csv")
    assert back.rate == FrameRate.parse(neighbour) and back.frame_count == 200
    np.testing.assert_allclose(back.curve("jawOpen"), take.curve("jawOpen"), atol=1e-7)


def test_the_end_of_an_hour_is_at_its_timecodes(tmp_path):
    hour = Take(("jawOpen",), (np.arange(3600 * 60) % 1000 / 1000)[:, None], FrameRate.parse(60))
    end = hour.slice(3570 * 60, 3600 * 60)
    formats.write_take(end, tmp_path / "a.csv")
    timecodes, _ = parsed(tmp_path / "a.csv")
    assert (timecodes[0], timecodes[-1]) == ("00:59:30:00.000", "00:59:59:59.000")
    back = formats.read_take(tmp_path / "a.csv")
    assert back.frame_count == end.frame_count and back.start == 3570
    np.testing.assert_allclose(back.curve("jawOpen"), end.curve("jawOpen"), atol=1e-7)


def test_a_frame_dropped_after_an_hour_is_noticed(tmp_path):
    """A whole frame is never too little to see, however large the numbers have become by then."""
    frames = 130_000
    timecodes = [f"{n // 216_000:02}:{n // 3600 % 60:02}:{n // 60 % 60:02}:{n % 60:02}.000" for n in range(frames)]
    kept = [n for n in range(frames) if n != 120_000]
    header = ("Timecode", "BlendShapeCount", "JawOpen")
    path = written(tmp_path / "a.csv", [f"{timecodes[n]},61,{n / frames:.8f}" for n in kept], header=header)
    take = formats.read_take(path)
    assert take.frame_count == frames
    np.testing.assert_allclose(take.curve("jawOpen"), np.arange(frames) / frames, atol=1e-6)


def test_dropped_frames_are_filled(tmp_path):
    """The phone drops frames; the row after a gap is still at its own moment."""
    rows = [row(code, value=n / 100) for n, code in enumerate(codes(100)) if n not in (10, 40, 41, 42)]
    take = formats.read_take(written(tmp_path / "a.csv", rows))
    assert take.frame_count == 100 and take.rate == FrameRate.parse(60)
    np.testing.assert_allclose(take.curve("jawOpen"), np.arange(100) / 100, atol=1e-6)


def test_rows_between_frames_are_moved_onto_them(tmp_path):
    rows = [row(f"00:00:{n // 60:02}:{n % 60:02}.{500 if n else 0:03}", value=n / 100) for n in range(100)]
    take = formats.read_take(written(tmp_path / "a.csv", rows))
    assert take.rate == FrameRate.parse(60)
    np.testing.assert_allclose(take.curve("jawOpen")[2:100], np.arange(2, 100) / 100 - 0.005, atol=1e-5)


def test_rows_without_shapes_are_skipped(tmp_path):
    """When the phone sees no face it writes rows with count 0 and no values."""
    lines = [row(code, value=0.25) for code in codes(70)]
    lines[0] = codes(70)[0] + ",0"
    lines[30] = codes(70)[30] + ",0"
    lines[31] = row(codes(70)[31], value=0, count=0)
    take = formats.read_take(written(tmp_path / "a.csv", lines))
    assert take.frame_count == 69 and take.start == Fraction(1, 60)
    assert (take.curve("jawOpen") == 0.25).all()


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_byte_order_marks(tmp_path, ending, mark):
    path = written(tmp_path / "a.csv", [row(code) for code in codes(61)], ending=ending, mark=mark)
    take = formats.read_take(path)
    assert take.frame_count == 61 and set(take.names) == set(ORDER)


def test_past_midnight(tmp_path, some_take):
    take = some_take(180, "60", start=Fraction(24 * 3600 - 1))
    formats.write_take(take, tmp_path / "a.csv")
    back = formats.read_take(tmp_path / "a.csv")
    assert back.frame_count == 180 and back.start == take.start
    np.testing.assert_allclose(back.curve("jawOpen"), take.curve("jawOpen"), atol=1e-7)


def test_a_pre_roll_that_timecode_puts_on_the_day_before_is_told(tmp_path, some_take):
    path = tmp_path / "a.csv"
    notes = formats.write_take(some_take(120, start=Fraction(-1)), path)
    assert any("before zero" in note and "23:59:59:00" in note for note in notes)
    assert not any("before zero" in note for note in formats.write_take(some_take(120), path))


def test_fewer_columns_in_another_order(tmp_path):
    header = ("Timecode", "BlendShapeCount", "MouthClose", "HeadYaw", "JawOpen")
    path = written(tmp_path / "a.csv", [f"{code},3,0.1,-0.2,0.3" for code in codes(61)], header=header)
    take = formats.read_take(path)
    assert take.names == ("mouthClose", "headYaw", "jawOpen")
    np.testing.assert_allclose(take.values[60], (0.1, -0.2, 0.3), atol=1e-7)


def test_rotations_of_a_take_are_kept(tmp_path, some_take):
    take = some_take(65, names=(*arkit.SHAPES, "headYaw"))
    assert formats.write_take(take, tmp_path / "a.csv") == ()
    np.testing.assert_allclose(formats.read_take(tmp_path / "a.csv").curve("headYaw"), take.curve("headYaw"), atol=1e-7)


@pytest.mark.parametrize(
    ("header", "word"),
    [
        (("Clock", *HEADER[1:]), "Timecode"),
        (HEADER[:2], "column"),
        (HEADER[:1], "Timecode"),
        ((*HEADER[:2], "TailWag"), "column"),
        ((*HEADER[:-1], "JawOpen"), "jawOpen"),
        ((*HEADER[:-1], ""), "columns"),
    ],
)
def test_bad_columns(tmp_path, header, word, one_sentence):
    path = written(tmp_path / "a.csv", [row(code, columns=len(header) - 2) for code in codes(61)], header=header)
    with pytest.raises(TakeError, match=word) as refusal:
        formats.read_take(path)
    one_sentence(refusal.value)


@pytest.mark.parametrize(
    "bad",
    [
        row("00:00:00:01.000", columns=60),
        row("00:00:00:01.000", columns=62),
        row("soon"),
        row("00:00:01"),
        row("1:2:3:4:5"),
        row("00:00:00:" + "9" * 5000),
        row("9" * 5000 + ":00:00:00"),
        row("00:00:00:01.000", value="x"),
        row("00:00:00:01.000", value=""),
        row("00:00:00:01.000", value="nan"),
        row("00:00:00:01.000", value="-inf"),
        row("00:00:00:01.000", value="1e999"),
        "00:00:00:01.000",
        '"' + "x" * 200_000,
    ],
    ids=range(14),
)
def test_bad_rows_are_named(tmp_path, bad, one_sentence):
    path = written(tmp_path / "a.csv", [row("00:00:00:00.000"), bad, row("00:00:00:02.000")])
    message = refused(path, one_sentence)
    assert "line 3" in message or "field" in message


@pytest.mark.parametrize(
    "timecodes",
    [
        ("00:00:00:05.000", "00:00:00:04.000"),
        ("00:00:00:05.000", "00:00:00:05.000"),
        ("00:00:00:05.000", "00:10:00:05.000"),
        ("00:00:00:05.000", "23:00:00:05.000"),
        ("00:00:00:05.000", "99:00:00:05.000"),
    ],
)
@pytest.mark.timeout(10)
def test_timecodes_that_do_not_rise_or_leap(tmp_path, timecodes, one_sentence):
    refused(written(tmp_path / "a.csv", [row(code) for code in timecodes]), one_sentence)


def test_no_rows_at_all(tmp_path, one_sentence):
    refused(written(tmp_path / "a.csv", []), one_sentence)
    refused(written(tmp_path / "a.csv", [f"{code},0" for code in codes(5)]), one_sentence)


def test_half_a_file(tmp_path, some_take, one_sentence):
    path = tmp_path / "a.csv"
    formats.write_take(some_take(10), path)
    data = path.read_bytes()
    for share in (0.01, 0.3, 0.55, 0.97):
        path.write_bytes(data[: int(len(data) * share)])
        refused(path, one_sentence)
