"""Export: the graphs say what torch says, at every length, and tell nothing of where they were made."""

import re
import shutil

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the making of the model needs torch")
onnx = pytest.importorskip("onnx", reason="the making of the model needs onnx")

from koemorph import arkit  # noqa: E402
from koemorph.engine import Engine  # noqa: E402
from koemorph.model import (  # noqa: E402
    ANALYSE_NAME,
    CONFIG_NAME,
    FEATURES,
    GRID_FRAMES,
    RENDER_NAME,
    load_model,
    shipped_model,
)
from koemorph_models.cli import main  # noqa: E402
from koemorph_models.export import onnx as export  # noqa: E402
from koemorph_models.listener import Listener  # noqa: E402
from koemorph_models.listener.export import export_listener  # noqa: E402
from koemorph_models.network import TINY, KoeMorphNet  # noqa: E402


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """A tiny network and the folder it was exported to."""
    torch.manual_seed(5)
    net = KoeMorphNet(TINY)
    folder = tmp_path_factory.mktemp("exported")
    ears = tmp_path_factory.mktemp("ears") / "listener.onnx"
    export_listener(Listener(layers=0, hidden=4), ears)
    config = export.export_model(net, ears, folder, name="test", trained=True, version="7")
    return net, folder, config


@pytest.fixture(scope="module")
def engine(exported):
    return Engine(load_model(exported[1]))


def test_many_lengths_agree_with_torch(exported):
    net, folder, _ = exported
    assert export.largest_difference(net, folder, lengths=12, seed=99) <= 1e-4


@pytest.mark.parametrize("blocks", [2, 3, 35])
def test_analysis_at_the_shortest_and_the_usual_block(exported, engine, blocks):
    inputs = export.analyse_example(blocks, seed=blocks)
    with torch.no_grad():
        expected = exported[0].analyser(*inputs)
    got = engine.network.analyse(*(x[0].numpy() for x in inputs))
    for ours, theirs in zip(got, expected, strict=True):
        assert ours.shape[0] in (blocks * GRID_FRAMES, blocks * export.GRID_FEATURES)
        np.testing.assert_allclose(ours, theirs[0].numpy(), atol=1e-4)


@pytest.mark.parametrize("frames", [1, 2, 3, 1799, 1801])
@pytest.mark.parametrize("temperature", [0.05, 0.5])
def test_rendering_at_every_length(exported, engine, frames, temperature):
    """A clip's last block may be one frame long."""
    speech, emotion, _ = export.render_example(exported[0], frames, seed=frames)
    with torch.no_grad():
        expected = exported[0].renderer(speech, emotion, torch.tensor([temperature]))[0].numpy()
    got = engine.network.render(speech[0].numpy(), emotion[0].numpy(), temperature)
    assert got.shape == (frames, 52)
    np.testing.assert_allclose(got, expected, atol=1e-4)


def test_the_description_tells_what_the_network_is(exported):
    net, folder, config = exported
    assert load_model(folder).config == config
    assert (config.name, config.trained, config.version, config.licence) == ("test", True, "7", "MIT")
    assert config.shapes == arkit.SHAPES and config.features == FEATURES
    assert config.parameters == net.parameter_count() and config.latent_rank == TINY.latent_rank
    assert config.receptive_frames == TINY.receptive_frames
    assert (config.past_frames, config.ahead_frames) == (256, 256)
    assert config.past_frames + config.ahead_frames == 512, "the long context of the documents at 60 fps"
    assert config.emotion_tokens == TINY.emotion_reach
    assert config.smoothing_seconds == {"lower_face": 0.01, "upper_face": 0.01}
    assert sorted(path.name for path in folder.iterdir()) == [
        "analyse.onnx",
        "listener.onnx",
        "model.json",
        "render.onnx",
    ]


def test_the_opset_is_the_stated_one(exported):
    for name in ("analyse.onnx", "render.onnx"):
        graph = onnx.load(exported[1] / name)
        assert {entry.version for entry in graph.opset_import if entry.domain == ""} == {exported[2].opset}
        assert {entry.domain for entry in graph.opset_import} <= {""}, "only operators that every ONNX Runtime has"
        assert [x.name for x in graph.graph.input] == list(
            export.ANALYSE_INPUTS if name == "analyse.onnx" else export.RENDER_INPUTS
        )


@pytest.mark.parametrize("which", ["exported", "shipped", "tiny"])
def test_no_paths_in_the_files(exported, tiny_folder, which):
    """The exporter notes the source line of every operator; nothing of that may travel."""
    folder = {"exported": exported[1], "shipped": shipped_model(), "tiny": tiny_folder}[which]
    for path in (folder / name for name in (CONFIG_NAME, ANALYSE_NAME, RENDER_NAME)):
        data = path.read_bytes()
        for trace in (b"koemorph_models", b"site-packages", b"torch.nn", b"/home/", b"/root/", b"/usr/"):
            assert trace not in data, (path.name, trace)
        assert not re.search(rb"[\w/]{3,}\.py\b", data), path.name


def test_a_graph_that_strays_is_not_accepted(exported, tmp_path, monkeypatch):
    def written(net, folder, **facts):
        """What was exported before: it costs half a minute."""
        shutil.copytree(exported[1], folder, dirs_exist_ok=True)
        return exported[2]

    monkeypatch.setattr(export, "_write", written)
    monkeypatch.setattr(export, "TOLERANCE", -1.0)
    with pytest.raises(ValueError, match="differ from torch"):
        export.export_model(exported[0], exported[1] / "listener.onnx", tmp_path, name="test", trained=False)
    assert list(tmp_path.iterdir()) == [], "nor does it replace anything"


def test_the_same_network_gives_the_same_bytes(exported, tmp_path):
    again = export.export_model(
        exported[0], exported[1] / "listener.onnx", tmp_path, name="test", trained=True, version="7"
    )
    assert again == exported[2]


@pytest.mark.parametrize(("kind", "share", "strays"), [("float16", 0.75, 1e-3), ("int8", 0.7, 0.03)])
def test_smaller_files_say_nearly_the_same(exported, engine, tmp_path, kind, share, strays):
    """The graphs around the weights stay, so a tiny model shrinks less than the shipped one."""
    folder, small = exported[1], tmp_path / "small"
    assert main(["compact", str(folder), str(small), "--weights", kind]) == 0
    smaller = Engine(load_model(small))
    size = {
        place: sum((place / name).stat().st_size for name in (ANALYSE_NAME, RENDER_NAME)) for place in (folder, small)
    }
    assert size[small] < share * size[folder]
    inputs = [x[0].numpy() for x in export.analyse_example(3, seed=3)]
    ours, theirs = (one.network.render(*one.network.analyse(*inputs)[:2], 0.2) for one in (smaller, engine))
    assert 0 < np.abs(ours - theirs).max() < strays
