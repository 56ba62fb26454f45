"""koemorph map: from a list of names to a take under them."""

from __future__ import annotations

import json

import numpy as np
import pytest

from koemorph import arkit, formats
from koemorph.cli import main


@pytest.fixture
def hero(tmp_path):
    path = tmp_path / "hero.json"
    path.write_text(json.dumps([f"face_{name}" for name in arkit.SHAPES if name != "tongueOut"]), "utf-8")
    return path


@pytest.fixture
def line(tmp_path, some_take):
    path = tmp_path / "line.take"
    formats.write_take(some_take(7, "24"), path)
    return path


def test_a_take_gets_the_names_of_the_rig(tmp_path, hero, line, capsys) -> None:
    out = tmp_path / "hero.take"
    assert main(["map", "--rig", str(hero), str(line), "-o", str(out)]) == 0
    told = capsys.readouterr().out
    assert "51 of 52 shapes matched, 1 missing" in told and "tongueOut" in told and "hero.take" in told
    mapped, take = formats.read_take(out), formats.read_take(line)
    assert len(mapped.names) == 51
    np.testing.assert_array_equal(mapped.curve("face_jawOpen"), take.curve("jawOpen"))


def test_the_fit_alone_as_json(hero, capsys) -> None:
    assert main(["map", "--rig", str(hero), "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["matched"]["jawOpen"] == ["face_jawOpen"] and list(facts["missing"]) == ["tongueOut"]


def test_a_saved_mapping_is_a_preset(tmp_path, hero, line, capsys) -> None:
    saved, out = tmp_path / "mine.json", tmp_path / "out.take"
    assert main(["map", "--rig", str(hero), "--save", str(saved)]) == 0
    assert main(["map", "--rig", str(saved), str(line), "-o", str(out)]) == 0
    assert "face_jawOpen" in formats.read_take(out).names
    assert "51 shapes drive 51 names" in capsys.readouterr().out


def test_what_a_format_has_no_place_for_is_told(tmp_path, hero, line, capsys) -> None:
    assert main(["map", "--rig", str(hero), str(line), "-o", str(tmp_path / "out.jsonl")]) == 0
    assert "out.jsonl: Left out, because the format has no place for face_eyeBlinkLeft" in capsys.readouterr().err


def test_what_the_take_lacks_is_told(tmp_path, hero, some_take, capsys) -> None:
    source = tmp_path / "jaw.take"
    formats.write_take(some_take(7, "24", ("jawOpen", "jawLeft")), source)
    assert main(["map", "--rig", str(hero), str(source), "-o", str(tmp_path / "out.take")]) == 0
    assert "jaw.take: It has no eyeBlinkLeft" in capsys.readouterr().err


def test_a_take_is_not_replaced_by_itself(hero, line, capsys, one_sentence) -> None:
    before = line.read_bytes()
    assert main(["map", "--rig", str(hero), str(line), "-o", str(line)]) == 7
    one_sentence(capsys.readouterr().err.strip())
    assert line.read_bytes() == before


def test_a_preset_by_name(tmp_path, line, capsys) -> None:
    out = tmp_path / "out.take"
    assert main(["map", "--preset", "vrm", str(line), "-o", str(out)]) == 0
    assert {"aa", "blinkLeft"} <= set(formats.read_take(out).names)


def test_the_presets_are_listed(capsys) -> None:
    assert main(["map", "--list"]) == 0
    told = capsys.readouterr().out
    assert all(name in told for name in ("ARKit", "Ready Player Me", "MetaHuman", "Daz Genesis 9", "VRM 1.0"))


@pytest.mark.parametrize(
    ("arguments", "content", "code"),
    [
        ([], None, 4),
        (["--rig", "bad.json"], None, 4),
        (["--rig", "bad.json"], "{", 4),
        (["--rig", "bad.json"], "[1]", 4),
        (["--rig", "bad.json"], '["foo", "bar"]', 4),
        (["--rig", "bad.json"], '{"entries": {}}', 4),
        (["--rig", "bad.json", "--preset", "nobody"], '["jawOpen"]', 4),
        (["--rig", "bad.json", "-o", "out.take"], '["jawOpen"]', 4),
        (["--rig", "bad.json", "none.take", "-o", "out.take"], '["jawOpen"]', 6),
        (["--rig", "bad.json", "--preset", "vrm"], '{"schema_version": 1, "name": "a", "entries": {}}', 4),
    ],
)
def test_what_cannot_be_mapped(tmp_path, monkeypatch, capsys, one_sentence, arguments, content, code) -> None:
    monkeypatch.chdir(tmp_path)
    if content is not None:
        (tmp_path / "bad.json").write_text(content, "utf-8")
    assert main(["map", *arguments]) == code
    one_sentence(capsys.readouterr().err.strip())
    assert not (tmp_path / "out.take").exists()
