"""koemorph demo: four files, and the plain word on an untrained model."""

import json
import shutil

from PIL import Image

from koemorph import formats
from koemorph.cli import main
from koemorph.model import load_model


def test_four_files(tmp_path, tiny_folder, capsys):
    assert main(["demo", "-o", str(tmp_path / "demo"), "--model", str(tiny_folder), "--fps", "30"]) == 0
    out, err = capsys.readouterr()
    assert sorted(path.name for path in (tmp_path / "demo").iterdir()) == [
        "line.csv",
        "line.flac",
        "line.png",
        "line.take",
    ]
    take = formats.read_take(tmp_path / "demo" / "line.take")
    assert take.frame_count == formats.read_take(tmp_path / "demo" / "line.csv").frame_count
    assert str(take.frame_count) in out and "30 fps" in out
    assert len(out.splitlines()) == 5, "what was done, and a line for each file"
    with Image.open(tmp_path / "demo" / "line.png") as picture:
        picture.verify()
    assert "UNTRAINED" in err


def test_a_trained_model_is_not_called_untrained(tmp_path, tiny_folder, capsys):
    folder = tmp_path / "model"
    shutil.copytree(tiny_folder, folder)
    config = json.loads((folder / "model.json").read_text("utf-8"))
    (folder / "model.json").write_text(json.dumps({**config, "trained": True}), "utf-8")
    assert main(["demo", "-o", str(tmp_path / "demo"), "--model", str(folder)]) == 0
    out, err = capsys.readouterr()
    assert "untrained" not in (out + err).lower()


def test_the_shipped_model(tmp_path, capsys):
    assert main(["demo", "-o", str(tmp_path)]) == 0
    out, err = capsys.readouterr()
    assert ("untrained" in (out + err).lower()) is not load_model().config.trained


def test_for_programs(tmp_path, tiny_folder, capsys):
    assert main(["demo", "-o", str(tmp_path), "--model", str(tiny_folder), "--progress", "json"]) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    result = next(event for event in events if event["event"] == "result")
    assert result["trained"] is False and len(result["outputs"]) == 4


def test_where_it_cannot_write(tmp_path, tiny_folder, capsys, one_sentence):
    (tmp_path / "file").write_bytes(b"")
    assert main(["demo", "-o", str(tmp_path / "file"), "--model", str(tiny_folder)]) == 7
    one_sentence(capsys.readouterr().err.strip())


def test_quiet(tmp_path, tiny_folder, capsys):
    assert main(["demo", "-q", "-o", str(tmp_path), "--model", str(tiny_folder)]) == 0
    assert capsys.readouterr() == ("", "")
