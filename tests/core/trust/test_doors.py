"""What every door lets in: regular files of bounded size, JSON of bounded depth and count, and no bombs."""

import json
import os
import random
import zipfile
from pathlib import Path

import pytest

from koemorph.errors import ShotListError
from koemorph.trust import Door, Limit
from koemorph.trust.doors import measured

SMALL = Limit(1000, "bytes", "nothing honest is larger")
DOOR = Door(what="thing", error=ShotListError, size=SMALL)


@pytest.fixture
def refused(one_sentence):
    def check(act, *words):
        with pytest.raises(ShotListError) as refusal:
            act()
        one_sentence(refusal.value)
        for word in words:
            assert word in str(refusal.value)

    return check


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
@pytest.mark.timeout(20)
def test_what_is_no_regular_file_is_not_waited_for(tmp_path, refused):
    os.mkfifo(tmp_path / "pipe")
    refused(lambda: DOOR.read(tmp_path / "pipe"), "a pipe or a device")
    refused(lambda: DOOR.text(Path("/dev/zero")), "a pipe or a device")
    refused(lambda: DOOR.read(tmp_path), "a folder")
    refused(lambda: DOOR.read(tmp_path / "nothing"), "No such file")
    refused(lambda: DOOR.read(tmp_path / "a\0b"), "null")


def test_sizes(tmp_path, refused):
    (tmp_path / "a").write_bytes(b"x" * 1000)
    assert len(DOOR.read(tmp_path / "a")) == 1000
    (tmp_path / "a").write_bytes(b"x" * 1001)
    refused(lambda: DOOR.read(tmp_path / "a"), "is larger", SMALL.reason)


def test_endless_lines(tmp_path, refused):
    door = Door(what="thing", error=ShotListError, size=Limit(2**30, "bytes", "x"))
    (tmp_path / "a").write_bytes("\ufeffeins\r\nzwei\n".encode())
    assert list(door.lines(tmp_path / "a")) == ["eins\r\n", "zwei\n"]
    (tmp_path / "a").write_bytes(b"eins\n" + b"x" * (2**20 + 1))
    refused(lambda: list(door.lines(tmp_path / "a")), "line 2", "is longer")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("[" * 65 + "]" * 65, "64 levels"),
        ("[" * 100_000, "64 levels"),
        ("[1, 2", "not valid JSON"),
        ("[NaN]", "NaN is not a number"),
        ("[-Infinity]", "not a number"),
        ("[1e999]", "not a number"),
        ("[" + "1" * 5000 + "]", "not valid JSON"),
        ('{"a": 1, "a": 2}', "twice"),
        (b"\xff\xfe[\0]\0", "not UTF-8"),
        ("[" + "1," * 300 + "1]", "200 values"),
    ],
)
def test_json(text, word, refused):
    refused(lambda: DOOR.json(text, "it", once=True, values=Limit(200, "values", "nothing holds more")), word)


def test_json_that_is_fine():
    content = {"a": ['[[[["\\', {"\ud800": "é" * 10}], "b": 1.5}
    assert DOOR.json(json.dumps(content), "it", once=True) == content


def test_depth_is_measured_without_being_fooled_by_strings(monkeypatch):
    """Against a slow count, letter by letter, whatever a block's edge cuts in two."""
    monkeypatch.setattr("koemorph.trust.doors._BLOCK", 7)
    dice = random.Random(0)
    for _ in range(500):
        text = "".join(dice.choice('[]{}",\\a') for _ in range(dice.randrange(1, 60)))
        assert measured(text.encode()) == _slowly(text), text


def _slowly(text):
    deepest = depth = count = 0
    inside = escaped = False
    for letter in text:
        if escaped and letter in '\\"':
            escaped = False
            continue
        escaped = letter == "\\"  # outside of strings it is no JSON, so what it means there does not matter
        if escaped:
            continue
        if letter == '"':
            inside = not inside
        elif not inside:
            depth += (letter in "[{") - (letter in "]}")
            count += letter in "[{,"
        deepest = max(deepest, depth)
    return deepest, count


def test_archives(tmp_path, refused):
    door = Door(what="thing", error=ShotListError, size=Limit(2**30, "bytes", "x"))
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(2**20))
        archive.writestr("b", bytes(200 * 2**20))
    with zipfile.ZipFile(path) as archive:
        refused(lambda: door.archive(archive, "it", path.stat().st_size), "16 times its size")
        door.archive(archive, "it", 20 * 2**20)
    with zipfile.ZipFile(path, "w") as archive, pytest.warns(UserWarning):
        archive.writestr("a", b"1")
        archive.writestr("a", b"2")
    with zipfile.ZipFile(path) as archive:
        refused(lambda: door.archive(archive, "it", 200), "twice")
