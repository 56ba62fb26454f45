"""The audio encoder: its network, other people's checkpoints, export, and a real, small training."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from talking import talk

from koemorph import arkit
from koemorph_ave.encoder import GRAPH_NAME, load_encoder
from koemorph_models.ave import AudioEncoder
from koemorph_models.ave import checkpoint as checkpoints
from koemorph_models.ave.evaluation import best_lag, figures, fitted, material
from koemorph_models.ave.export import TOLERANCE, export_encoder, largest_difference
from koemorph_models.ave.training import MOUTH, WEIGHTS, mean_correlation, train
from koemorph_models.ave.windows import EACH, MOMENTS, STRETCH, Windows, piece
from koemorph_models.cli import main
from koemorph_models.errors import DataError
from koemorph_models.speech.utterance import Phone
from koemorph_models.teacher import Reference
from koemorph_models.training.loop import CHECKPOINT, Plan
from koemorph_models.training.reels import Reel, save_reels, save_targets

PLAN = Plan(folder=Path(), steps=12, rate=2e-3, warm_up=3, threads=1, every=6)


USUAL = Reference(loud=-20.0, floor=-50.0, pitch=150.0, spread=2.0, tilt=-8.0)


@pytest.fixture(scope="module")
def reels() -> list[Reel]:
    made = []
    for seed in range(3):
        samples, take = talk(8.0, "60", seed)
        audio = (np.clip(samples, -1, 1) * 32767).astype(np.int16)
        opened = take.curve("jawOpen") > 0.1
        edges = [0, *(np.flatnonzero(np.diff(opened)) + 1), len(opened)]
        phones = tuple(Phone(symbol="a" if opened[i] else "m", start=i / 60, end=j / 60) for i, j in pairwise(edges))
        none, tones = np.zeros((450, 512), np.float16), np.zeros((16, 1024), np.float16)
        curves = np.stack([take.values, take.values]).astype(np.float16)
        made.append(
            Reel(
                audio=audio,
                features=none,
                tones=tones,
                windows=np.zeros((1, 88), np.float32),
                phones=phones,
                usual=USUAL,
                targets=curves,
            )
        )
    return made


@pytest.fixture(scope="module")
def encoder() -> AudioEncoder:
    """Drawn weights, with batch norms that do something."""
    torch.manual_seed(0)
    made = AudioEncoder()
    for module in made.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(module.weight, 0.8, 1.4)
            module.running_mean.normal_(0, 0.2)
            module.running_var.uniform_(0.5, 1.5)
    return made.eval()


@pytest.fixture(scope="module")
def exported(encoder, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("encoder")
    export_encoder(encoder, folder, name="drawn", version="0", licence="MIT")
    return folder


def mels(count: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(count, 1, 80, 16, generator=torch.Generator().manual_seed(seed)).clamp(-4, 4)


def test_the_network_is_the_publics(encoder):
    """13 blocks, 2.8 million parameters; names and sizes as public checkpoints have them."""
    weights = {name: tuple(value.shape) for name, value in encoder.state_dict().items()}
    assert len(encoder.audio_encoder) == 13 and encoder.parameter_count() == 2_812_672
    assert weights["audio_encoder.0.conv_block.0.weight"] == (32, 1, 3, 3)
    assert weights["audio_encoder.3.conv_block.0.weight"] == (64, 32, 3, 3)
    assert weights["audio_encoder.11.conv_block.0.weight"] == (512, 256, 3, 3)
    assert weights["audio_encoder.12.conv_block.0.weight"] == (512, 512, 1, 1)
    assert weights["audio_encoder.12.conv_block.1.running_var"] == (512,)
    with torch.no_grad():
        sizes = [tuple(encoder.audio_encoder[:count](mels(1)).shape[1:]) for count in range(1, 14)]
    assert sizes[2::3][:3] == [(32, 80, 16), (64, 27, 16), (128, 9, 6)] and sizes[-2:] == [(512, 1, 1), (512, 1, 1)]
    assert [index for index, block in enumerate(encoder.audio_encoder) if block.residual] == [1, 2, 4, 5, 7, 8, 10]


@pytest.mark.parametrize("prefix", ["", "audio_encoder.", "module.audio_encoder.", "module."])
@pytest.mark.parametrize("wrapped", [False, True])
def test_public_checkpoints_load(encoder, tmp_path, prefix, wrapped):
    """With any prefix, as a bare dictionary or inside one, with a face encoder beside it, without counters."""
    path = tmp_path / "audio_visual_encoder.pth"
    stored = {prefix + name.removeprefix("audio_encoder."): value for name, value in encoder.state_dict().items()}
    stored = {name: value for name, value in stored.items() if "num_batches" not in name}
    stored["face_encoder.0.conv_block.0.weight"] = torch.zeros(3)
    torch.save({"state_dict": stored, "global_step": 7} if wrapped else stored, path)
    loaded = checkpoints.load_encoder(path)
    with torch.no_grad():
        assert torch.equal(loaded(mels(4)), encoder(mels(4)))


class Dangerous:
    def __reduce__(self):
        return (Path.touch, (Path("executed"),))


@pytest.mark.parametrize("spoil", ["code", "text", "other network", "other size", "numbers", "not finite"])
def test_what_is_no_encoder_is_refused_with_a_sentence(encoder, tmp_path, monkeypatch, one_sentence, spoil):
    monkeypatch.chdir(tmp_path)
    path, weights = tmp_path / "weights.pth", dict(encoder.state_dict())
    first = "audio_encoder.0.conv_block.0.weight"
    stored = {
        "code": {"state_dict": Dangerous()},
        "other network": {"layer.weight": torch.zeros(3)},
        "other size": {**weights, first: torch.zeros(16, 1, 3, 3)},
        "numbers": [1, 2, 3],
        "not finite": {**weights, first: torch.full((32, 1, 3, 3), float("nan"))},
    }
    if spoil == "text":
        path.write_text("no weights")
    else:
        torch.save(stored[spoil], path)
    with pytest.raises(DataError) as caught:
        checkpoints.load_encoder(path)
    one_sentence(caught.value)
    assert not (tmp_path / "executed").exists()


def test_the_exported_graph_is_torch(encoder, exported):
    """And again over batches of other sizes, through the runtime's own loader."""
    assert largest_difference(encoder, exported / GRAPH_NAME) <= TOLERANCE == 1e-6
    windows = mels(150, seed=5)
    with torch.no_grad():
        wanted = encoder(windows).numpy()
    got = load_encoder(exported)(windows[:, 0].numpy())
    assert got.shape == (150, 512)
    assert np.abs(got - wanted).max() <= 1e-6 * max(1.0, np.abs(wanted).max())


def test_weights_come_back_from_an_exported_graph(encoder, exported):
    again = checkpoints.load_encoder(exported / GRAPH_NAME)
    with torch.no_grad():
        wanted = encoder(mels(8))
        assert (again(mels(8)) - wanted).abs().max() <= 1e-5 * wanted.abs().max()


def test_a_window_has_the_mouth_of_its_own_moments(reels):
    """Of a sound that is loud while the jaw is open, the mels are loud where the target's jaw is open."""
    jaw = MOUTH.index(arkit.INDEX["jawOpen"])
    taken = [piece(reels[0], first, np.arange(0, STRETCH - 16, 4)) for first in range(0, 500, 100)]
    assert taken[0].mels.shape[1:] == (80, 16) and taken[0].mouth.shape[1:] == (len(MOMENTS), len(MOUTH))
    loud = np.concatenate([one.mels[:, :40].mean(axis=1) for one in taken])
    opened = np.concatenate([one.mouth[:, :, jaw] for one in taken])
    found = [[np.corrcoef(loud[:, mel], opened[:, moment])[0, 1] for mel in range(16)] for moment in range(5)]
    best = np.argmax(found, axis=1)
    assert np.max(found) > 0.7
    assert np.abs(best / 80 - np.minimum(MOMENTS, 15 / 80)).max() < 0.03, best


def test_a_batch_depends_on_its_step_alone(reels):
    one, two = (Windows([(reels, 1.0)], 20, 2, seed=3) for _ in range(2))
    _ = one[4]
    assert all(torch.equal(one[5][name], two[5][name]) for name in ("mels", "mouth", "phones"))
    assert not torch.equal(one[5]["mels"], one[6]["mels"])
    assert one[5]["mels"].shape == (2 * EACH, 80, 16)


def test_training_learns_and_goes_on_exactly_where_it_stopped(reels, tmp_path):
    whole = train(replace(PLAN, folder=tmp_path / "whole"), [(reels, 1.0)], reels[:1], batch=1)
    train(replace(PLAN, folder=tmp_path / "halves", minutes=0.0), [(reels, 1.0)], batch=1)
    stopped = torch.load(tmp_path / "halves" / CHECKPOINT, weights_only=True)
    assert 0 < stopped["done"] < PLAN.steps
    again = train(replace(PLAN, folder=tmp_path / "halves"), [(reels, 1.0)], batch=1)
    left, right = (torch.load(path, weights_only=True) for path in (whole, again))
    assert all(torch.equal(left[name], right[name]) for name in left)
    lines = (tmp_path / "whole" / "metrics.jsonl").read_text().splitlines()
    mouths = [json.loads(line)["mouth"] for line in lines]
    assert mouths[-1] < mouths[0]
    assert (tmp_path / "whole" / WEIGHTS).is_file()


def test_from_reels_to_an_encoder_of_half_the_size_by_the_command_line(reels, exported, tmp_path, capsys):
    save_reels(tmp_path / "reels" / "train" / "human" / "a.npz", reels)
    save_targets(tmp_path / "reels" / "train" / "human" / "a.npz", [reel.curves for reel in reels])
    run, out = str(tmp_path / "run"), str(tmp_path / "encoder")
    options = ["--steps", "2", "--batch", "1", "--every", "1", "--warm-up", "1"]
    assert main(["train-ave", str(tmp_path / "reels"), run, *options]) == 0
    assert main(["export-ave", f"{run}/{WEIGHTS}", out, "--name", "mine", "--licence", "MIT", "--half"]) == 0
    small, windows = load_encoder(Path(out)), mels(32)
    assert small.config.name == "mine"
    with torch.no_grad():
        whole = checkpoints.load_encoder(Path(run) / WEIGHTS)(windows).numpy()
    assert 0 < np.abs(small(windows[:, 0].numpy()) - whole).max() <= 5e-3 * np.abs(whole).max()
    assert (Path(out) / GRAPH_NAME).stat().st_size < 0.51 * (exported / GRAPH_NAME).stat().st_size
    capsys.readouterr()
    assert main(["train-ave", str(tmp_path / "nowhere"), run]) == 1
    assert "koemorph-models prepare" in capsys.readouterr().err


def test_a_linear_layer_finds_what_is_there_and_a_lag_is_told():
    random = np.random.default_rng(0)
    hidden = np.cumsum(random.normal(size=(600, 4)), axis=0)
    hidden -= np.linspace(0, 1, 600)[:, None] * hidden[-1]
    values = hidden @ random.normal(size=(4, 30)) + random.normal(0, 0.1, (600, 30))
    wanted = np.tanh(hidden / 10) @ random.normal(size=(4, len(MOUTH)))
    told = fitted(values[:400], wanted[:400])(values)
    assert mean_correlation(told[:400], wanted[:400]) > 0.9
    late = np.roll(wanted, 3, axis=0)
    assert best_lag(late, wanted) == 3 and best_lag(wanted, late) == -3
    assert figures([wanted], [wanted])["in sync"] == 1.0
    assert figures([late], [wanted])["in sync"] == 0.0


def test_the_material_of_the_linear_layer(reels):
    windows, mouth = material(reels, 64)
    assert windows.shape == (64, 80, 16) and mouth.shape == (64, len(MOUTH))
