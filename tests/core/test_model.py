"""A model folder: read and verified, or a sentence that says what is wrong with it."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from koemorph import arkit
from koemorph.engine import Engine
from koemorph.errors import KoeMorphError, MissingPieceError, ModelError, SettingsError
from koemorph.model import FEATURES, FORMAT, GRAPHS, GRID_FRAMES, ModelConfig, load_model, shipped_model
from koemorph.sessions import open_session
from koemorph.threads import default_threads


@pytest.fixture
def folder(tmp_path, tiny_folder):
    copy = tmp_path / "model"
    shutil.copytree(tiny_folder, copy)
    return copy


def refused(folder, one_sentence):
    with pytest.raises(ModelError) as refusal:
        load_model(folder)
    one_sentence(refusal.value)
    return str(refusal.value)


def edit(folder, **changes):
    path = folder / "model.json"
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), **changes}), "utf-8")


def test_the_shipped_model_is_complete():
    model = load_model()
    assert model.folder == shipped_model()
    assert model.config.shapes == arkit.SHAPES
    assert model.config.licence == "MIT"
    assert len(model.sha256) == 64
    Engine(model)


def test_the_light_model_is_named_not_looked_for(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    light = load_model(Path("light"))
    assert light.folder == shipped_model() / "light"
    assert light.config.name == "koemorph-light" and light.config.trained and light.ear
    assert sum(path.stat().st_size for path in light.folder.iterdir()) <= 8_300_000
    Engine(light)
    (tmp_path / "light").mkdir()
    with pytest.raises(ModelError, match="there is no"):  # a folder of that name comes first
        load_model(Path("light"))


def test_a_package_without_the_light_model_says_so(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("koemorph.model.shipped_model", lambda: tmp_path)
    with pytest.raises(ModelError, match="does not come with this package; name the folder"):
        load_model(Path("light"))


def test_the_shipped_model_is_small():
    assert load_model().config.parameters < 2_500_000
    assert sum(path.stat().st_size for path in shipped_model().iterdir() if path.is_file()) <= 22_000_000


@pytest.mark.parametrize("which", ["shipped", "tiny"])
def test_what_a_block_must_see_fits_the_grid(which, tiny):
    config = (tiny if which == "tiny" else load_model()).config
    assert config.halo_frames % GRID_FRAMES == 0 and config.edge_frames % GRID_FRAMES == 0
    assert config.halo_frames >= max(config.past_frames, config.ahead_frames) + config.receptive_frames
    assert config.edge_frames > config.receptive_frames


def test_the_description_round_trips(tiny):
    assert ModelConfig.from_json(tiny.config.to_json(), "here") == tiny.config


def test_what_a_later_version_adds_is_ignored(folder):
    edit(folder, mood="cheerful")
    assert load_model(folder).config.name == "koemorph-tiny-untrained"


def test_the_hash_stands_for_every_graph(folder, tiny):
    assert load_model(folder).sha256 == tiny.sha256
    graph = folder / "render.onnx"
    graph.write_bytes(graph.read_bytes() + b"\x00")
    edit(folder, sha256={name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in GRAPHS})
    assert load_model(folder).sha256 != tiny.sha256


@pytest.mark.parametrize("name", GRAPHS)
@pytest.mark.parametrize("damage", ["flip", "cut", "empty"])
def test_damaged_graphs(folder, name, damage, one_sentence):
    graph = folder / name
    data = bytearray(graph.read_bytes())
    if damage == "flip":
        data[len(data) // 2] ^= 1
    graph.write_bytes({"flip": bytes(data), "cut": bytes(data[:-1]), "empty": b""}[damage])
    assert name in refused(folder, one_sentence)


@pytest.mark.parametrize("name", ["model.json", *GRAPHS])
def test_missing_files(folder, name, one_sentence):
    (folder / name).unlink()
    assert str(folder) in refused(folder, one_sentence)


def test_no_folder_at_all(tmp_path, one_sentence):
    assert "none" in refused(tmp_path / "none", one_sentence)
    file = tmp_path / "file"
    file.write_bytes(b"")
    refused(file, one_sentence)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b"3", b'"x"', b"{}", b'{"format": 1}', b"\xff\xfe", b"[" * 100_000],
    ids=lambda content: repr(content[:12]),
)
def test_wrong_json(folder, content, one_sentence):
    (folder / "model.json").write_bytes(content)
    refused(folder, one_sentence)


@pytest.mark.parametrize(
    "changes",
    [
        {"shapes": None},
        {"shapes": 3},
        {"shapes": [["jawOpen"]] * 52},
        {"latent_rank": "2"},
        {"latent_rank": None},
        {"past_frames": -1},
        {"receptive_frames": 1.5},
        {"trained": "no"},
        {"parameters": True},
        {"name": 7},
        {"sha256": []},
        {"sha256": None},
        {"smoothing_seconds": 0.1},
    ],
    ids=str,
)
def test_descriptions_of_the_wrong_kind(folder, changes, one_sentence):
    edit(folder, **changes)
    refused(folder, one_sentence)


def test_a_description_that_lacks_something(folder, one_sentence):
    path = folder / "model.json"
    data = json.loads(path.read_text("utf-8"))
    for name in ("name", "past_frames", "sha256", "shapes", "format", "features"):
        path.write_text(json.dumps({key: value for key, value in data.items() if key != name}), "utf-8")
        assert name in refused(folder, one_sentence)


@pytest.mark.parametrize("changes", [{"features": "mel80/2"}, {"features": FEATURES + "x"}, {"format": FORMAT + 1}])
def test_a_model_of_another_version(folder, changes, one_sentence):
    edit(folder, **changes)
    assert "version" in refused(folder, one_sentence)


@pytest.mark.parametrize(
    "shapes",
    [
        arkit.SHAPES[:-1],
        (*arkit.SHAPES, "jawOpen"),
        (*arkit.SHAPES[:-1], "headYaw"),
        (*arkit.SHAPES[:-1], "JawOpen"),
        arkit.SHAPES[::-1],
    ],
    ids=["51", "twice", "foreign", "capital", "order"],
)
def test_other_shapes(folder, shapes, one_sentence):
    """Performance works on columns in Apple's order: a model of another order must not pass unnoticed."""
    edit(folder, shapes=list(shapes))
    assert "52" in refused(folder, one_sentence)


def test_a_graph_that_is_none(folder, one_sentence):
    """The hashes fit, but ONNX Runtime cannot open it."""
    graph = folder / "analyse.onnx"
    graph.write_bytes(b"not a graph at all")
    edit(folder, sha256={name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in GRAPHS})
    with pytest.raises(ModelError) as refusal:
        Engine(load_model(folder))
    one_sentence(refusal.value)


def test_unknown_providers(tiny, one_sentence):
    with pytest.raises(SettingsError, match="CPUExecutionProvider") as refusal:
        open_session(tiny.render, 1, ("WarpDrive",))
    one_sentence(refusal.value)


def test_threads_from_the_environment(monkeypatch, one_sentence):
    monkeypatch.delenv("KOEMORPH_THREADS", raising=False)
    assert default_threads() == 2
    for text, threads in (("5", 5), ("0", 1), ("-3", 1)):
        monkeypatch.setenv("KOEMORPH_THREADS", text)
        assert default_threads() == threads
    monkeypatch.setenv("KOEMORPH_THREADS", "many")
    with pytest.raises(SettingsError) as refusal:
        default_threads()
    one_sentence(refusal.value)


def test_without_onnxruntime_there_is_a_remedy(tiny, monkeypatch, one_sentence):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    for platform, remedy in (("linux", "pip install"), ("win32", "Visual C")):
        monkeypatch.setattr("koemorph.sessions.sys.platform", platform)
        with pytest.raises(MissingPieceError, match=remedy) as refusal:
            open_session(tiny.render, 1, ("CPUExecutionProvider",))
        one_sentence(refusal.value)


def test_onnxruntime_neither_reports_nor_leaves_anything(tmp_path):
    """Its makers' builds write an identifier and send events unless told not to; we promise no network."""
    code = "from koemorph.sessions import import_onnxruntime; import_onnxruntime().SessionOptions()"
    places = {name: str(tmp_path) for name in ("TMPDIR", "HOME", "XDG_CACHE_HOME", "LOCALAPPDATA", "TEMP")}
    clean = {name: value for name, value in os.environ.items() if "TELEMETRY" not in name and name != "CI"}
    subprocess.run([sys.executable, "-c", code], check=True, env=clean | places, timeout=60)
    assert list(tmp_path.rglob("*")) == []


def test_every_error_has_an_exit_code_of_its_own():
    kinds = [kind for kind in KoeMorphError.__subclasses__() if kind.__module__ == KoeMorphError.__module__]
    own = [kind.exit_code for kind in kinds if "exit_code" in vars(kind)]
    assert len(own) == len(set(own)) >= 7
    assert not {0, 1, 2} & set(own)
