"""Our own take file: exact, the same bytes twice, and no damage or malice does more than a sentence."""

import io
import json
import random
import struct
import warnings
import zipfile
from fractions import Fraction

import numpy as np
import pytest

from koemorph import formats
from koemorph.errors import OutputError, TakeError
from koemorph.take import Take
from koemorph.timing import FrameRate


def archive(path, header=None, values=None, **changes):
    """A take file by hand: `header` and `values` replace the bytes, `changes` single fields of the header."""
    fields = {
        "format": "koemorph-take",
        "version": 1,
        "names": ["jawOpen", "mouthClose"],
        "rate": "60",
        "start": "0",
        "provenance": {},
    } | changes
    if values is None:
        values = npy(np.zeros((3, 2), "<f4"))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        if header != b"absent":
            out.writestr("take.json", json.dumps(fields) if header is None else header)
        if values != b"absent":
            out.writestr("values.npy", values)
    return path


def npy(array, **options):
    member = io.BytesIO()
    np.save(member, array, **options)
    return member.getvalue()


def claimed(shape, descr="<f4", data=b""):
    """A NumPy file whose header claims what its data does not keep."""
    text = f"{{'descr': {descr!r}, 'fortran_order': False, 'shape': {shape!r}, }}".encode()
    text += b" " * (-(len(text) + 11) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + data


def refused(path, one_sentence):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(TakeError) as refusal:
            formats.read_take(path)
    one_sentence(refusal.value)
    assert path.name in str(refusal.value)
    return str(refusal.value)


@pytest.mark.parametrize("rate", ["23.976", "24", "25", "29.97", "30", "59.94", "60", "119.88", "1001/77", "1000"])
@pytest.mark.parametrize("start", [Fraction(0), Fraction(-7, 3), Fraction(158760001, 44100)])
def test_everything_comes_back_exactly(tmp_path, some_take, rate, start):
    provenance = {"audio": "Grüße 声.wav", "settings": {"temperature": 0.2}, "warnings": [], "trained": False}
    take = some_take(31, rate, start=start, provenance=provenance)
    assert formats.write_take(take, tmp_path / "a.take") == ()
    back = formats.read_take(tmp_path / "a.take")
    assert (back.names, back.rate, back.start) == (take.names, take.rate, start)
    assert dict(back.provenance) == provenance
    assert back.values.dtype == np.float32 and np.array_equal(back.values, take.values)


def test_foreign_names_and_slices_and_a_single_frame(tmp_path, some_take):
    take = some_take(40, names=("Mouth.Open", "閉じる", "a b,c")).slice(5, 6)
    formats.write_take(take, tmp_path / "a.take")
    back = formats.read_take(tmp_path / "a.take")
    assert back.names == take.names and np.array_equal(back.values, take.values) and back.start == take.start


def test_twice_the_same_bytes(tmp_path, some_take):
    take = some_take(300, provenance={"b": 1, "a": [1, 2]})
    same = Take(take.names, np.asfortranarray(take.values), take.rate, provenance={"a": [1, 2], "b": 1})
    formats.write_take(take, tmp_path / "a.take")
    formats.write_take(same, tmp_path / "b.take")
    assert (tmp_path / "a.take").read_bytes() == (tmp_path / "b.take").read_bytes()


def test_any_zip_tool_and_numpy_can_read_it(tmp_path, some_take):
    take = some_take(5)
    formats.write_take(take, tmp_path / "a.take")
    with zipfile.ZipFile(tmp_path / "a.take") as opened:
        assert opened.testzip() is None
        assert json.loads(opened.read("take.json"))["names"] == list(take.names)
        assert np.array_equal(np.load(io.BytesIO(opened.read("values.npy"))), take.values)


def test_an_hour_keeps_its_last_frame(tmp_path):
    values = np.arange(216_000, dtype=np.float32)[:, None]
    formats.write_take(Take(("jawOpen",), values, FrameRate.parse(60)), tmp_path / "a.take")
    assert formats.read_take(tmp_path / "a.take").values[-1, 0] == 215_999


def test_no_pickle_is_opened(tmp_path, one_sentence):
    class Trap:
        def __reduce__(self):
            return (pytest.fail, ("a pickle was opened",))

    trap = np.array([[Trap(), Trap()]], dtype=object)
    refused(archive(tmp_path / "a.take", values=npy(trap, allow_pickle=True)), one_sentence)


@pytest.mark.parametrize("version", [2, 99, 1e9])
def test_a_newer_version_says_update(tmp_path, version, one_sentence):
    message = refused(archive(tmp_path / "a.take", version=version), one_sentence)
    assert "newer" in message and "update" in message and "damaged" not in message


def test_another_kind_of_zip(tmp_path, one_sentence):
    message = refused(archive(tmp_path / "a.take", format="something-else"), one_sentence)
    assert "damaged" not in message
    refused(archive(tmp_path / "b.take", header=b"absent"), one_sentence)
    refused(archive(tmp_path / "c.take", values=b"absent"), one_sentence)


@pytest.mark.parametrize(
    "changes",
    [
        {"version": "one"},
        {"version": None},
        {"names": None},
        {"names": 3},
        {"names": ["jawOpen"]},
        {"names": ["jawOpen", "jawOpen"]},
        {"names": []},
        {"rate": "0"},
        {"rate": "fast"},
        {"rate": None},
        {"rate": "1e999999999"},
        {"rate": 1e400},
        {"start": "1/0"},
        {"start": "soon"},
        {"start": "1e999999999"},
        {"start": None},
        {"start": float("nan")},
        {"provenance": 3},
        {"provenance": "text"},
    ],
    ids=str,
)
@pytest.mark.timeout(10)
def test_wrong_headers(tmp_path, changes, one_sentence):
    refused(archive(tmp_path / "a.take", **changes), one_sentence)


@pytest.mark.parametrize("header", [b"", b"{", b"[]", b"3", b"null", b"\xff", b"[" * 100_000, b'{"format": 1}'])
def test_headers_that_are_none(tmp_path, header, one_sentence):
    refused(archive(tmp_path / "a.take", header=header), one_sentence)


@pytest.mark.parametrize(
    "values",
    [
        b"",
        b"\x93NUMPY",
        npy(np.zeros((3, 3), "<f4")),
        npy(np.zeros((3, 2), "<f8")),
        npy(np.zeros((3, 2), ">f4")),
        npy(np.zeros(6, "<f4")),
        npy(np.zeros((0, 2), "<f4")),
        npy(np.zeros((3, 2), "<f4"))[:-1],
        npy(np.zeros((3, 2), "<f4")) + b"\x00",
        npy(np.full((3, 2), np.nan, "<f4")),
        npy(np.zeros((3, 2), "<f4")).replace(b"\x01\x00", b"\x07\x00", 1),
        claimed((10**12, 2)),
        claimed((-3, 2)),
        claimed((3, 2), data=b"\x00" * 20),
        claimed("(3, 2"),
        b"\x93NUMPY\x01\x00" + struct.pack("<H", 20) + b"{'descr': '<f4', ((((",
    ],
    ids=range(16),
)
def test_wrong_values(tmp_path, values, one_sentence):
    refused(archive(tmp_path / "a.take", values=values), one_sentence)


def test_huge_claims_are_not_believed(tmp_path, one_sentence):
    """A directory entry that claims 3 GB for a member of a hundred bytes."""
    path = archive(tmp_path / "a.take")
    for member, signature in ((b"values.npy", b"PK\x01\x02"), (b"take.json", b"PK\x01\x02")):
        data = bytearray(path.read_bytes())
        entry = data.rfind(signature, 0, data.rfind(member))
        struct.pack_into("<I", data, entry + 24, 3_000_000_000)
        bomb = tmp_path / "bomb.take"
        bomb.write_bytes(data)
        assert "more than 2 GB" in refused(bomb, one_sentence)


def test_a_bomb_is_not_unpacked(tmp_path, one_sentence):
    """A thousandfold, in the values and in the header."""
    bomb = archive(tmp_path / "a.take", values=npy(np.zeros((20_000_000, 2), "<f4")))
    assert bomb.stat().st_size < 200_000
    assert "16 times its size" in refused(bomb, one_sentence)
    spaced = archive(tmp_path / "b.take", header=b'{"format": 1}' + b" " * 17 * 2**20)
    assert "is larger than 16 MB" in refused(spaced, one_sentence)


@pytest.mark.parametrize("content", [b"", b"PK", b"PK\x05\x06" + b"\x00" * 18, b"hello" * 100, b"\x00" * 5000])
def test_what_is_no_zip(tmp_path, content, one_sentence):
    path = tmp_path / "a.take"
    path.write_bytes(content)
    refused(path, one_sentence)


def test_half_a_file(tmp_path, some_take, one_sentence):
    path = tmp_path / "a.take"
    formats.write_take(some_take(100), path)
    data = path.read_bytes()
    for share in range(1, 20):
        path.write_bytes(data[: len(data) * share // 20])
        refused(path, one_sentence)


@pytest.mark.timeout(60)
def test_mutated_files_are_read_or_refused(tmp_path, some_take, one_sentence):
    """A thousand damaged takes: each either a valid take or one sentence."""
    formats.write_take(some_take(30, provenance={"audio": "line.wav"}), tmp_path / "good.take")
    good, drawn, outcomes = (tmp_path / "good.take").read_bytes(), random.Random(0), set()
    path = tmp_path / "a.take"
    for _ in range(1000):
        data = bytearray(good)
        for _ in range(drawn.randint(1, 4)):
            at = drawn.randrange(len(data)) if drawn.random() < 0.5 else -drawn.randint(1, 250)
            data[at] = drawn.choice((0, 255, drawn.randrange(256)))
        path.write_bytes(data)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                assert isinstance(formats.read_take(path), Take)
            outcomes.add("read")
        except TakeError as err:
            one_sentence(err)
            outcomes.add("refused")
    assert outcomes == {"read", "refused"}


def test_missing_files_and_folders(tmp_path, one_sentence):
    (tmp_path / "folder.take").mkdir()
    for name in ("none.take", "folder.take"):
        refused(tmp_path / name, one_sentence)


def test_unwritable_places(tmp_path, some_take, one_sentence):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OutputError) as refusal:
        formats.write_take(some_take(), tmp_path / "file" / "a.take")
    one_sentence(refusal.value)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
