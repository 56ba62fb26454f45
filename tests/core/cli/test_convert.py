"""koemorph convert and koemorph formats."""

import json

import pytest

from koemorph import formats
from koemorph.cli import main
from koemorph.timing import FrameRate


@pytest.fixture
def source(tmp_path, some_take):
    formats.write_take(some_take(90, "30", provenance={"audio": "line.wav"}), tmp_path / "a.take")
    return tmp_path / "a.take"


def converted(capsys, *words):
    code = main(["convert", *map(str, words)])
    return code, *capsys.readouterr()


@pytest.mark.parametrize("name", [known.name for known in formats.FORMATS if known.name != "usd"])
def test_to_each_format_and_back(source, tmp_path, capsys, name):
    known = formats.by_name(name)
    target = tmp_path / f"b{known.suffix}"
    code, out, err = converted(capsys, source, target, "--format", name)
    assert code == 0 and target.exists() and "90 frames at 30 fps" in out
    assert known.carries in err
    if known.read:
        assert converted(capsys, target, tmp_path / "back.take")[0] == 0
        assert formats.read_take(tmp_path / "back.take").rate == FrameRate.parse(30)
    else:
        code, out, err = converted(capsys, target, tmp_path / "back.take")
        assert code == 6 and "reads none" in err and not (tmp_path / "back.take").exists()


def test_another_rate(source, tmp_path, capsys):
    assert converted(capsys, source, tmp_path / "b.take", "--fps", "24")[0] == 0
    assert formats.read_take(tmp_path / "b.take").frame_count == 72


def test_the_rate_of_the_source(tmp_path, some_take, capsys):
    formats.write_take(some_take(9, "29.97"), tmp_path / "short.csv")
    code, _, err = converted(capsys, tmp_path / "short.csv", tmp_path / "b.take")
    assert code == 6 and "--source-fps" in err
    assert converted(capsys, tmp_path / "short.csv", tmp_path / "b.take", "--source-fps", "29.97")[0] == 0
    assert formats.read_take(tmp_path / "b.take").rate == FrameRate.parse("29.97")


def test_endings_may_be_anything_when_formats_are_named(source, tmp_path, capsys):
    assert converted(capsys, source, tmp_path / "b.txt", "--format", "jsonl")[0] == 0
    assert converted(capsys, tmp_path / "b.txt", tmp_path / "c.take", "--from", "jsonl")[0] == 0


def test_what_is_left_out_is_told(tmp_path, some_take, capsys):
    formats.write_take(some_take(90, names=("jawOpen", "tailWag")), tmp_path / "a.take")
    code, out, _ = converted(capsys, tmp_path / "a.take", tmp_path / "b.jsonl", "--progress", "json")
    told = [json.loads(line) for line in out.splitlines()]
    notes = " ".join(entry["message"] for entry in told if entry["event"] == "note")
    assert code == 0 and "tailWag" in notes and "eyeBlinkLeft" in notes
    assert told[-1]["event"] == "result" and told[-1]["frames"] == 90


def test_what_cannot_be_done(source, tmp_path, capsys, one_sentence):
    before = source.read_bytes()
    for words, code in (
        ((source, source), 7),
        ((source, tmp_path / "b.fbx"), 7),
        ((tmp_path / "none.take", tmp_path / "b.csv"), 6),
        ((source, tmp_path / "b.csv", "--fps", "fast"), 4),
        ((source, tmp_path / "b.anim", "--node", "two words"), 7),
    ):
        returned, out, err = converted(capsys, *words)
        assert returned == code and out == ""
        one_sentence(err.strip())
    assert source.read_bytes() == before and [path.name for path in tmp_path.iterdir()] == ["a.take"]


def test_the_list(capsys):
    assert main(["formats"]) == 0
    text = capsys.readouterr().out
    assert main(["formats", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [entry["name"] for entry in told] == [known.name for known in formats.FORMATS]
    for entry in told:
        assert entry["name"] in text and all(ending in text for ending in entry["endings"])
        assert entry["reads"] is (formats.by_name(entry["name"]).read is not None)
