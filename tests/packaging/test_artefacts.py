"""What is handed out to hosts: the engine and its model, and nothing that another command alone needs."""

from __future__ import annotations

import importlib
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def artefacts(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "packaging"))
    yield importlib.import_module("artefacts")
    sys.modules.pop("artefacts", None)


def test_hosts_carry_the_model_and_no_other_weights_in_the_same_bytes_each_time(artefacts, tmp_path):
    one, two = (artefacts.core_wheel(ROOT, tmp_path / name) for name in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()
    with zipfile.ZipFile(one) as wheel:
        everything = wheel.namelist()
        weights = [entry for entry in wheel.infolist() if entry.filename.startswith("koemorph/weights/")]
    names = {entry.filename.removeprefix("koemorph/weights/") for entry in weights}
    folder = ROOT / "models" / "weights"
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert names == there and {"model.json", "listener.onnx", "analyse.onnx", "render.onnx"} <= names
    assert not any(part in name for name in everything for part in ("/ave/", "flipbook", "encoder.onnx"))
    assert sum(entry.file_size for entry in weights) <= 31e6  # the usual model and the light one
