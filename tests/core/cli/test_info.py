"""koemorph info: of recordings and of takes."""

import json
from fractions import Fraction

import pytest

from koemorph import arkit, formats
from koemorph.cli import main
from koemorph.settings import Settings


def facts(capsys, path):
    assert main(["info", str(path), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert main(["info", str(path)]) == 0
    text = capsys.readouterr().out
    for name in told:
        assert f"{name}:" in text
    return told


def test_a_recording(recording, capsys):
    told = facts(capsys, recording(seconds=1.5, rate=44_100, channels=2))
    assert told["seconds"] == 1.5 and told["rate"] == "44100 Hz" and told["channels"] == 2
    assert told["frames"] == {"24": 36, "25": 38, "29.97": 45, "30": 45, "60": 90}
    assert told["gain"].endswith("dB to speaking level") and len(told["sha256"]) == 64


def test_a_file_that_is_only_written_is_no_recording(tmp_path, capsys):
    (tmp_path / "a.usda").write_text("#usda 1.0\n", "utf-8")
    assert main(["info", str(tmp_path / "a.usda")]) == 6
    assert "writes USD files but reads none" in capsys.readouterr().err


@pytest.mark.parametrize("ending", [".take", ".csv", ".jsonl"])
def test_a_take(tmp_path, some_take, capsys, ending):
    path = tmp_path / f"a{ending}"
    formats.write_take(some_take(120, start=Fraction(90)), path)
    told = facts(capsys, path)
    assert (told["frames"], told["fps"], told["seconds"]) == (120, "60", 2.0)
    assert told["shapes"] in (52, 61)
    assert "00:01:30:00" in told["start"] and told["missing"] == []
    assert len(told["strongest"]) == 8


def test_what_a_take_lacks_and_knows(tmp_path, some_take, capsys):
    take = some_take(3, "29.97", names=("jawOpen", "tailWag"), provenance={"audio": "line.wav", "trained": False})
    formats.write_take(take, tmp_path / "a.take")
    told = facts(capsys, tmp_path / "a.take")
    assert told["fps"] == "29.97 (30000/1001)"
    assert set(told["missing"]) == set(arkit.SHAPES) - {"jawOpen"}
    assert told["audio"] == "line.wav" and told["trained"] is False


def test_a_take_cannot_lie_about_itself(tmp_path, some_take, capsys):
    """Provenance comes from a file; it must not hide what the take really holds."""
    formats.write_take(some_take(3, provenance={"frames": 999, "fps": "1"}), tmp_path / "a.take")
    told = facts(capsys, tmp_path / "a.take")
    assert told["frames"] == 3 and told["fps"] == "60"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("none.wav", None, 3),
        ("none.take", None, 6),
        ("bad.wav", b"x" * 100, 3),
        ("empty.wav", b"", 3),
        ("bad.take", b"x" * 100, 6),
        ("bad.csv", b"a,b\n1,2\n", 6),
        ("bad.jsonl", b"{}\n", 6),
    ],
)
def test_what_cannot_be_read(tmp_path, capsys, one_sentence, name, content, code):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    assert main(["info", str(tmp_path / name)]) == code
    out, err = capsys.readouterr()
    assert out == ""
    one_sentence(err.strip())
    assert name in err


def test_only_the_chosen_settings_are_shown(tmp_path, some_take, capsys):
    """There are too many settings to read; programs get them all."""
    for values, shown in (({}, "all as they come"), ({"temperature": 0.3}, "temperature 0.3")):
        settings = Settings(**values).to_dict()
        formats.write_take(some_take(3, provenance={"settings": settings}), tmp_path / "a.take")
        assert main(["info", str(tmp_path / "a.take")]) == 0
        line = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("settings:"))
        assert line.split(maxsplit=1)[1] == shown
        assert facts(capsys, tmp_path / "a.take")["settings"] == settings
