"""Time must be exact at every rate: no drift over ten hours, every timecode there and back."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koemorph.errors import SettingsError
from koemorph.timing import FrameRate, parse_exact, parse_seconds, round_half_up

RATES = ["12", "15", "23.976", "24", "25", "29.97", "30", "47.952", "48", "50", "59.94", "60", "100", "119.88", "120"]
TEN_HOURS = 36_000
rates = st.sampled_from(RATES).map(FrameRate.parse)


@pytest.mark.parametrize(
    ("text", "fraction"),
    [
        ("24", Fraction(24)),
        ("23.976", Fraction(24000, 1001)),
        ("23.98", Fraction(24000, 1001)),
        ("29.97", Fraction(30000, 1001)),
        ("30000/1001", Fraction(30000, 1001)),
        ("59.94", Fraction(60000, 1001)),
        (29.97002997002997, Fraction(30000, 1001)),
        (30 / 1.001, Fraction(30000, 1001)),
        (25.0, Fraction(25)),
        ("12.5", Fraction(25, 2)),
        (Fraction(24000, 1001), Fraction(24000, 1001)),
    ],
)
def test_parse(text, fraction):
    assert FrameRate.parse(text).fps == fraction


@pytest.mark.parametrize("text", ["", "fast", "0", "-24", "1/0", "nan", "inf", "1e9", "24,5", float("nan"), None])
def test_parse_refuses(text):
    with pytest.raises(SettingsError):
        FrameRate.parse(text)


@pytest.mark.parametrize("number", [10**400, -(10**400), Fraction(1, 10**400)])
def test_numbers_too_large_to_show_are_no_rates(number, one_sentence):
    with pytest.raises(SettingsError) as refusal:
        FrameRate.parse(number)
    one_sentence(refusal.value)


@pytest.mark.parametrize("text", ["1e999999999", "-1e999999999", "1/1e999999999", "9" * 10_000, "24/" + "9" * 10_000])
@pytest.mark.timeout(5)
def test_absurd_numbers_are_refused_at_once(text):
    for understand in (FrameRate.parse, parse_seconds):
        with pytest.raises(SettingsError) as refusal:
            understand(text)
        assert "\n" not in str(refusal.value)


def test_many_decimals_stay_a_handy_fraction():
    assert FrameRate.parse("12.345678901234").fps.denominator <= 100_000
    assert FrameRate.parse("100000000/3000000").fps == Fraction(100, 3)


@given(rates, st.integers(0, TEN_HOURS * 120))
def test_frame_seconds_round_trip(rate, frame):
    assert rate.frame(rate.seconds(frame)) == frame


@given(rates, st.integers(0, TEN_HOURS * 24))
def test_samples_never_drift(rate, frame):
    exact = frame * 16000 / rate.fps
    assert abs(rate.sample(frame, 16000) - exact) <= Fraction(1, 2)
    assert rate.frame(Fraction(rate.sample(frame, 16000), 16000)) == frame


@given(rates, st.integers(0, 23 * 3600 * 12))
def test_timecode_round_trip(rate, frame):
    for drop in {False, rate.drops}:
        assert rate.parse_timecode(rate.timecode(frame, drop=drop)) == frame


@given(st.sampled_from(["29.97", "59.94", "119.88"]).map(FrameRate.parse), st.integers(0, 10 * 3600))
def test_drop_frame_timecode_keeps_to_the_clock(rate, second):
    """Drop-frame exists so that the label stays within two frames (of 30) of true time; it loses a millionth."""
    frame = rate.frame(Fraction(second))
    hours, minutes, rest = rate.timecode(frame).replace(";", ":").split(":", 2)
    seconds, frames = rest.split(":")
    label = (int(hours) * 60 + int(minutes)) * 60 + int(seconds) + Fraction(int(frames), rate.nominal)
    assert abs(label - second) <= Fraction(rate.nominal // 15 + 1, rate.nominal) + Fraction(second, 1_000_000)


def test_known_timecodes():
    ntsc = FrameRate.parse("29.97")
    assert ntsc.timecode(1799) == "00:00:59;29"
    assert ntsc.timecode(1800) == "00:01:00;02"
    assert ntsc.timecode(17982) == "00:10:00;00"
    assert ntsc.timecode(107892) == "01:00:00;00"
    assert ntsc.timecode(1800, drop=False) == "00:01:00:00"
    assert FrameRate.parse(60).timecode(3661 * 60 + 7) == "01:01:01:07"
    assert FrameRate.parse(60).parse_timecode("12:21:59:06.595") == (44519 * 60 + 6) + Fraction(595, 1000)


@pytest.mark.parametrize("text", ["00:01:00;00", "00:00:60:00", "00:00:00:30", "1:2:3", "aa:bb:cc:dd", ""])
def test_impossible_timecodes(text):
    with pytest.raises(SettingsError):
        FrameRate.parse("29.97").parse_timecode(text)


def test_drop_frame_only_where_it_exists():
    with pytest.raises(SettingsError):
        FrameRate.parse("25").timecode(10, drop=True)
    with pytest.raises(SettingsError):
        FrameRate.parse("24").parse_timecode("00:00:01;00")


@pytest.mark.parametrize("rate", ["24", "25", "29.97", "30", "60"])
@pytest.mark.parametrize("duration", ["0.05", "0.5", "8.4", "8.5", "60", "3600"])
def test_frame_count_is_duration_times_rate_half_up(rate, duration):
    exact = Fraction(duration) * FrameRate.parse(rate).fps
    assert FrameRate.parse(rate).frame_count(Fraction(duration)) == max(1, (exact + Fraction(1, 2)) // 1)


def test_shortest_clip_gets_a_frame():
    assert FrameRate.parse(24).frame_count(Fraction(1, 1000)) == 1
    assert round_half_up(Fraction(25, 2)) == 13


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("12.5", "25/2"), ("1:02.5", "125/2"), ("1:00:00", "3600"), ("00:00:01:12", "3/2"), ("0", "0")],
)
def test_parse_seconds(text, seconds):
    assert parse_seconds(text, FrameRate.parse(24)) == Fraction(seconds)


@pytest.mark.parametrize("text", ["-1", "1:60", "x", "1:2:3:4:5", "00:00:01:12"])
def test_parse_seconds_refuses(text):
    with pytest.raises(SettingsError):
        parse_seconds(text)


def test_exact_moments_are_read_as_programs_write_them():
    assert parse_seconds("1001/30000") == Fraction(1001, 30000)
    assert (parse_exact("12.5"), parse_exact("-3"), parse_exact("1/3")) == (Fraction(25, 2), -3, Fraction(1, 3))
    for text in ("1/0", "1e9", "0x1", "1/", "", "1" * 5000, "soon"):
        with pytest.raises(SettingsError):
            parse_exact(text)
