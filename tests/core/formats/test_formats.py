"""What holds for every format: chosen by its ending, written whole or not at all, read back by name."""

import numpy as np
import pytest

from koemorph import arkit, formats
from koemorph.errors import OutputError, TakeError

every_format = pytest.mark.parametrize("known", formats.FORMATS, ids=lambda known: known.name)


def test_names_and_endings_are_unique():
    assert len({known.name for known in formats.FORMATS}) == len({known.suffix for known in formats.FORMATS})
    assert {known.name for known in formats.FORMATS} >= {"take", "livelink", "jsonl"}


@every_format
def test_a_take_comes_back(tmp_path, some_take, known):
    take = some_take(125)
    path = tmp_path / f"a{known.suffix.upper()}"
    assert formats.write_take(take, path) == ()
    back = formats.read_take(path)
    assert back.rate == take.rate and back.start == take.start and back.frame_count == 125
    for name in arkit.SHAPES:
        np.testing.assert_allclose(back.curve(name), take.curve(name), atol=1e-7)


@every_format
def test_the_order_of_names_means_nothing(tmp_path, some_take, known):
    take = some_take(70, names=arkit.SHAPES[::-1])
    formats.write_take(take, tmp_path / f"a{known.suffix}")
    back = formats.read_take(tmp_path / f"a{known.suffix}")
    for name in arkit.SHAPES:
        np.testing.assert_allclose(back.curve(name), take.curve(name), atol=1e-7)


@every_format
def test_an_old_file_survives_a_failed_write(tmp_path, some_take, known, monkeypatch):
    path = tmp_path / f"a{known.suffix}"
    formats.write_take(some_take(10), path)
    before = path.read_bytes()
    bad = some_take(10)
    monkeypatch.setattr(type(bad.rate), "timecode", lambda *a, **k: 1 / 0)
    object.__setattr__(bad, "provenance", {"cannot": object()})
    object.__setattr__(bad, "start", None)
    with pytest.raises((TypeError, ZeroDivisionError)):
        known.write(bad, path)
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


@every_format
def test_what_cannot_be_carried_is_told(tmp_path, some_take, known, one_sentence):
    take = some_take(5, names=(*arkit.SHAPES[:-1], "tailWag"))
    notes = formats.write_take(take, tmp_path / f"a{known.suffix}")
    if known.name == "take":
        assert notes == ()
        return
    assert len(notes) == 2
    assert "tongueOut" in notes[0] and "tailWag" in notes[1]
    for note in notes:
        one_sentence(note)


@every_format
def test_a_format_may_be_named(tmp_path, some_take, known):
    formats.write_take(some_take(3), tmp_path / "a.bin", known.name)
    assert known.read(tmp_path / "a.bin").frame_count == 3


@every_format
@pytest.mark.parametrize("content", [b"", b"\xff\xfe\xfd" * 50, b"\x00" * 100, b"\r\n\r\n", b"hello\nworld\n"])
def test_what_is_no_take_is_a_sentence(tmp_path, known, content, one_sentence):
    path = tmp_path / f"a{known.suffix}"
    path.write_bytes(content)
    with pytest.raises(TakeError) as refusal:
        formats.read_take(path)
    one_sentence(refusal.value)
    assert path.name in str(refusal.value)


@every_format
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


def test_unknown_names(some_take, tmp_path, one_sentence):
    with pytest.raises(OutputError) as refusal:
        formats.write_take(some_take(1), tmp_path / "a.csv", "fbx")
    one_sentence(refusal.value)
