"""What holds for every format: chosen by its ending, written whole or not at all, read back by name."""

import importlib.util
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from koemorph import arkit, formats
from koemorph.errors import OutputError, TakeError
from koemorph.take import Take
from koemorph.timing import FrameRate

USABLE = [known for known in formats.FORMATS if known.name != "usd" or importlib.util.find_spec("pxr")]
every_format = pytest.mark.parametrize("known", USABLE, ids=lambda known: known.name)
readable = pytest.mark.parametrize(
    "known", [known for known in formats.FORMATS if known.read], ids=lambda known: known.name
)


def test_names_are_unique_and_one_ending_is_shared():
    assert len({known.name for known in formats.FORMATS}) == len(formats.FORMATS)
    shared = [suffix for known in formats.FORMATS for suffix in known.suffixes]
    assert {suffix for suffix in shared if shared.count(suffix) > 1} == {".csv"}


def test_what_each_carries_is_a_sentence(one_sentence):
    for known in formats.FORMATS:
        one_sentence(known.carries)


@readable
def test_a_take_comes_back(tmp_path, some_take, known):
    take = some_take(125)
    path = tmp_path / f"a{known.suffix.upper()}"
    assert formats.write_take(take, path, known.name) == ()
    back = formats.read_take(path)
    assert back.rate == take.rate and back.start == take.start and back.frame_count == 125
    for name in arkit.SHAPES:
        np.testing.assert_allclose(back.curve(name), take.curve(name), atol=1e-7)


@readable
def test_the_order_of_names_means_nothing(tmp_path, some_take, known):
    take = some_take(70, names=arkit.SHAPES[::-1])
    formats.write_take(take, tmp_path / f"a{known.suffix}", known.name)
    back = formats.read_take(tmp_path / f"a{known.suffix}")
    for name in arkit.SHAPES:
        np.testing.assert_allclose(back.curve(name), take.curve(name), atol=1e-7)


@every_format
def test_an_old_file_survives_a_failed_write(tmp_path, some_take, known, monkeypatch):
    path = tmp_path / f"a{known.suffix}"
    formats.write_take(some_take(10), path, known.name)
    before = path.read_bytes()
    bad = some_take(10)
    monkeypatch.setattr(type(bad.rate), "timecode", lambda *a, **k: 1 / 0)
    object.__setattr__(bad, "provenance", {"cannot": object()})
    object.__setattr__(bad, "start", None)
    with pytest.raises((TypeError, ZeroDivisionError)):
        known.write(bad, path, formats.Wishes())
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


@every_format
def test_what_cannot_be_carried_is_told(tmp_path, some_take, known, one_sentence):
    take = some_take(5, names=(*arkit.SHAPES[:-1], "tailWag"))
    notes = formats.write_take(take, tmp_path / f"a{known.suffix}", known.name)
    if "every shape" in known.carries or "everything" in known.carries:
        assert notes == ()
        return
    assert len(notes) == 2
    assert "tongueOut" in notes[0] and "tailWag" in notes[1]
    for note in notes:
        one_sentence(note)


@readable
def test_a_format_may_be_named(tmp_path, some_take, known):
    formats.write_take(some_take(3), tmp_path / "a.bin", known.name)
    assert formats.read(tmp_path / "a.bin", known.name, FrameRate.parse(60)).take.frame_count == 3


@readable
def test_what_a_file_lacks_is_told(tmp_path, some_take, known, one_sentence):
    path = tmp_path / f"a{known.suffix}"
    formats.write_take(some_take(90, names=("jawOpen", "headYaw")), path, known.name)
    reading = formats.read(path, known.name)
    for note in reading.notes:
        one_sentence(note)
    if known.name in ("livelink", "jsonl"):
        assert reading.notes == ()
    else:
        assert reading.take.names == ("jawOpen", "headYaw") and "44 more" not in reading.notes
        assert any("eyeBlinkLeft" in note and "43 more" in note for note in reading.notes)


@readable
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    names=st.lists(
        st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12),
        min_size=1,
        max_size=4,
        unique=True,
    ),
    rate=st.sampled_from(["24000/1001", "24", "25", "30000/1001", "30", "48", "50", "60000/1001", "60", "120"]),
    start=st.fractions(min_value=0, max_value=4000, max_denominator=48_000),
    frames=st.integers(2, 40),
)
def test_what_is_carried_survives(tmp_path, known, names, rate, start, frames):
    """Names, rate, start, provenance and every digit, as far as each format says that it carries them."""
    everything, every_shape = "everything" in known.carries, "every shape" in known.carries
    if not (everything or every_shape):
        names = ["jawOpen"]
    values = np.random.default_rng(frames).random((frames, len(names)), dtype=np.float32)
    provenance = {"audio": "Grüße 声.wav", "settings": {"a": [1, 2]}}
    take = Take(tuple(names), values, FrameRate.parse(rate), start, provenance)
    path = tmp_path / f"a{known.suffix}"
    formats.write_take(take, path, known.name)
    back = formats.read(path, known.name, take.rate if known.name == "livelink" else None).take
    if everything or every_shape:
        assert back.names == take.names
    for name in take.names:
        np.testing.assert_array_almost_equal_nulp(back.curve(name), take.curve(name), 1 if every_shape else 10**6)
    assert back.rate == take.rate and abs(back.start - start) < Fraction(1, 10_000)
    if everything or known.name == "a2f":
        assert back.start == start and back.provenance == provenance


def test_names_that_are_no_text(tmp_path, some_take, one_sentence):
    """A file name that is not UTF-8 becomes half of a letter; only formats that can hold that take it."""
    take = some_take(90, names=("jawOpen", "caf\udce9"), provenance={"audio": "caf\udce9.wav"})
    for known in USABLE:
        path = tmp_path / f"{known.name}{known.suffix}"
        try:
            formats.write_take(take, path, known.name)
        except OutputError as err:
            one_sentence(err)
            assert "udce9" in str(err) and not path.exists()
        else:
            if known.read and known.name not in ("jsonl", "livelink"):
                assert formats.read_take(path).names == take.names
    assert formats.read_take(tmp_path / "take.take").provenance["audio"] == "caf\udce9.wav"


@readable
@pytest.mark.parametrize("content", [b"", b"\xff\xfe\xfd" * 50, b"\x00" * 100, b"\r\n\r\n", b"hello\nworld\n"])
def test_what_is_no_take_is_a_sentence(tmp_path, known, content, one_sentence):
    path = tmp_path / f"a{known.suffix}"
    path.write_bytes(content)
    with pytest.raises(TakeError) as refusal:
        formats.read_take(path)
    one_sentence(refusal.value)
    assert path.name in str(refusal.value)


@readable
def test_missing_files_and_folders(tmp_path, known, one_sentence):
    (tmp_path / f"folder{known.suffix}").mkdir()
    for name in ("none", "folder"):
        with pytest.raises(TakeError) as refusal:
            formats.read_take(tmp_path / f"{name}{known.suffix}")
        one_sentence(refusal.value)
        assert name in str(refusal.value)


@pytest.mark.parametrize("name", ["a.fbx", "a", "a.take.txt", ".take"])
def test_unknown_endings(tmp_path, some_take, name, one_sentence):
    with pytest.raises(OutputError) as refusal:
        formats.write_take(some_take(1), tmp_path / name)
    one_sentence(refusal.value)
    assert ".csv" in str(refusal.value)
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_read_by_its_ending_names_those_that_can(tmp_path, one_sentence):
    (tmp_path / "a.fbx").write_bytes(b"Kaydara")
    with pytest.raises(TakeError) as refusal:
        formats.read_take(tmp_path / "a.fbx")
    one_sentence(refusal.value)
    assert "a.fbx" in str(refusal.value) and ".csv" in str(refusal.value) and ".usda" not in str(refusal.value)


def test_unknown_names(some_take, tmp_path, one_sentence):
    with pytest.raises(OutputError) as refusal:
        formats.write_take(some_take(1), tmp_path / "a.csv", "fbx")
    one_sentence(refusal.value)
