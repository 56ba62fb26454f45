"""NumPy archives: readable with numpy alone, and nothing in one can run code."""

import numpy as np
import pytest

from koemorph import formats
from koemorph.errors import TakeError
from koemorph.timing import FrameRate


def archive(path, **changes):
    fields = {"values": np.zeros((3, 2)), "names": np.array(["jawOpen", "mouthClose"]), "fps": 30} | changes
    np.savez(path, **{name: value for name, value in fields.items() if value is not None})
    return path


def test_numpy_alone_reads_it(tmp_path, some_take):
    take = some_take(5, "29.97")
    formats.write_take(take, tmp_path / "a.npz")
    with np.load(tmp_path / "a.npz", allow_pickle=False) as stored:
        assert tuple(stored["names"]) == take.names and stored["fps"] == float(take.rate.fps)
        np.testing.assert_array_equal(stored["values"], take.values)
        np.testing.assert_allclose(stored["times"], np.arange(5) * 1001 / 30000)


def test_what_a_script_saved(tmp_path):
    reading = formats.read(archive(tmp_path / "a.npz", more=np.zeros(3)))
    assert reading.take.rate == FrameRate.parse(30) and reading.take.names == ("jawOpen", "mouthClose")
    assert reading.take.provenance == {"source": "a.npz"} and any("more" in note for note in reading.notes)


def test_a_rate_may_be_named(tmp_path):
    path = archive(tmp_path / "a.npz", fps=None)
    assert formats.read(path, rate=FrameRate.parse(25)).take.rate == FrameRate.parse(25)


@pytest.mark.parametrize(
    "changes",
    [
        {"values": None},
        {"names": None},
        {"fps": None},
        {"fps": 0},
        {"fps": np.zeros(3)},
        {"fps": float("nan")},
        {"rate": "fast"},
        {"start": "soon"},
        {"provenance": "{"},
        {"provenance": "3"},
        {"values": np.zeros((3, 3))},
        {"values": np.zeros(6)},
        {"values": np.full((3, 2), np.nan)},
        {"values": np.array([["a", "b"]])},
        {"values": np.zeros((3, 2), dtype=complex)},
        {"names": np.zeros(2)},
        {"names": np.array([["a", "b"]])},
        {"names": np.array(["a", "a"])},
        {"values": np.array([[None, None]], dtype=object)},
    ],
    ids=" ".join,
)
def test_crooked_files(tmp_path, changes, one_sentence):
    with pytest.raises(TakeError) as refusal:
        formats.read_take(archive(tmp_path / "a.npz", **changes))
    one_sentence(refusal.value)


def test_half_a_file(tmp_path, some_take, one_sentence):
    formats.write_take(some_take(50), tmp_path / "a.npz")
    data = (tmp_path / "a.npz").read_bytes()
    for share in range(1, 10):
        (tmp_path / "half.npz").write_bytes(data[: len(data) * share // 10])
        with pytest.raises(TakeError) as refusal:
            formats.read_take(tmp_path / "half.npz")
        one_sentence(refusal.value)
