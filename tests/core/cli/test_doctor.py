"""koemorph doctor: says what is there and what each missing piece would give."""

import json
import sys

import pytest

from koemorph import doctor, model
from koemorph.cli import main
from koemorph.errors import MissingPieceError


def told(capsys):
    code = main(["doctor", "--json"])
    return code, {finding["name"]: finding for finding in json.loads(capsys.readouterr().out)}


def test_in_order(capsys):
    code, findings = told(capsys)
    assert code == 0
    assert set(findings) >= {"KoeMorph", "numpy", "soundfile", "soxr", "onnxruntime", "model", "emotion", "ffmpeg"}
    assert all(set(finding) == {"name", "ok", "text"} for finding in findings.values())
    shipped = model.load_model()
    assert shipped.sha256[:16] in findings["model"]["text"]
    assert ("UNTRAINED" in findings["model"]["text"]) is not shipped.config.trained
    assert "CPUExecutionProvider" in findings["onnxruntime"]["text"]


def test_for_people(capsys):
    assert main(["doctor"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(doctor.examine())
    assert not any("BROKEN" in line for line in lines)


def test_a_broken_model_is_a_finding(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(model, "shipped_model", lambda: tmp_path)
    code, findings = told(capsys)
    assert code == MissingPieceError.exit_code
    assert findings["model"]["ok"] is False and str(tmp_path) in findings["model"]["text"]
    main(["doctor"])
    assert "BROKEN  model" in capsys.readouterr().out


def test_without_onnxruntime(capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    code, findings = told(capsys)
    assert code == MissingPieceError.exit_code and findings["onnxruntime"]["ok"] is False
    assert "pip install" in findings["onnxruntime"]["text"] or "Visual C" in findings["onnxruntime"]["text"]


@pytest.mark.parametrize(("module", "name"), [("soundfile", "soundfile"), ("PIL", "pillow")])
def test_a_library_that_does_not_load(capsys, monkeypatch, module, name):
    """Installed is not enough: its own libraries may be missing."""
    monkeypatch.setitem(sys.modules, module, None)
    code, findings = told(capsys)
    assert code == MissingPieceError.exit_code and findings[name]["ok"] is False
    assert f"pip install --force-reinstall {name}" in findings[name]["text"]


def test_a_wrong_number_of_threads_is_a_finding(capsys, monkeypatch):
    monkeypatch.setenv("KOEMORPH_THREADS", "many")
    code, findings = told(capsys)
    assert code != 0 and "KOEMORPH_THREADS" in findings["onnxruntime"]["text"]


@pytest.mark.parametrize("name", ["ffmpeg", "imageio-ffmpeg", "PySide6", "sounddevice", "usd-core", "torch"])
def test_optional_pieces_are_no_illness(capsys, monkeypatch, name):
    monkeypatch.setattr(doctor.shutil, "which", lambda program: None)
    monkeypatch.setattr(doctor, "find_spec", lambda module: None)
    code, findings = told(capsys)
    assert code == 0 and findings[name]["ok"] is None
    assert "not installed" in findings[name]["text"]
