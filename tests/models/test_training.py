"""A real, small training: from speech with phone times to weights, stopped and resumed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from koemorph import arkit
from koemorph.engine import Engine
from koemorph.formats import write_take
from koemorph.model import TOKEN_FRAMES, load_model
from koemorph.take import Take
from koemorph_models.cli import main
from koemorph_models.data.split import Part, shipped_split
from koemorph_models.errors import DataError
from koemorph_models.listener import Listener
from koemorph_models.listener.export import export_listener
from koemorph_models.network import TINY
from koemorph_models.speech.classifier import Aligner, PhoneHead
from koemorph_models.speech.training import statistics as statistics_of_phones
from koemorph_models.speech.utterance import Phone, Utterance
from koemorph_models.training import disturb, losses
from koemorph_models.training.batches import BORDER, CROP, Batches, at_temperature, crop, statistics
from koemorph_models.training.loop import Plan
from koemorph_models.training.reels import CLOCK, EDGE, learnt_from, save_reels, save_targets
from koemorph_models.training.stringing import VARIANTS, plan, prepare
from koemorph_models.training.trainer import train
from koemorph_models.training.weights import load_net

RATE = 16000


def _spoken(folder: Path, number: int, speaker: str) -> Utterance:
    """Not speech, but timed like it: a buzz for vowels, silence for lips together."""
    chance = np.random.default_rng(number)
    phones, parts, end = [], [], 0.0
    for _ in range(8):
        for symbol, seconds in (("m", 0.09), ("ɑ", float(chance.uniform(0.12, 0.25)))):
            time = np.arange(round(seconds * RATE)) / RATE
            buzz = np.sign(np.sin(2 * np.pi * 120 * time)) * (0.02 if symbol == "m" else 0.2)
            parts.append(buzz + chance.normal(0, 0.001, len(time)))
            phones.append(Phone(symbol=symbol, start=end, end=end + seconds, stress=2 if symbol == "ɑ" else 0))
            end += seconds
    name = f"{speaker}-{number:02d}"
    soundfile.write(folder / f"{name}.wav", np.concatenate(parts), RATE)
    return Utterance(
        id=name,
        audio=f"{name}.wav",
        speaker=speaker,
        group="man",
        language="en",
        source="human",
        text="ma ma",
        phones=tuple(phones),
    )


@pytest.fixture(scope="module")
def ears(tmp_path_factory):
    """A listener that was never taught, but hears what changes."""
    torch.manual_seed(2)
    path = tmp_path_factory.mktemp("ears") / "listener.onnx"
    export_listener(Listener(layers=0, hidden=8), path)
    return path


@pytest.fixture(scope="module")
def reels(tmp_path_factory, ears):
    folder = tmp_path_factory.mktemp("speech")
    utterances = [_spoken(folder, number, speaker) for speaker in ("a", "b") for number in range(3)]
    shards = [one for variant in VARIANTS for one in plan(folder / "reels", folder, ears, utterances, variant)]
    prepare(shards[:1], workers=1)
    prepare(shards, workers=1)
    assert main(["teach-reels", str(folder / "reels"), "--workers", "1"]) == 0
    return learnt_from(folder / "reels")


def test_a_reel_says_what_the_face_does(reels):
    reel = reels[0]
    assert reel.curves.shape == (2, reel.frames, 52)
    assert abs(reel.phones[-1].end * 60 - reel.frames) <= 1
    assert abs((len(reel.features) - 2 * EDGE) / 50 * 60 - reel.frames) <= 2
    jaw = reel.curves[0, :, arkit.INDEX["jawOpen"]].astype(float)
    gap = jaw - reel.curves[0, :, arkit.INDEX["mouthClose"]]
    assert gap.min() < 0.03 < 0.1 < gap.max()


def test_a_reel_without_curves_says_what_to_do(reels):
    with pytest.raises(DataError, match="teach-reels"):
        _ = replace(reels[0], targets=None).frames


def test_a_crop_hears_what_the_engine_would(reels):
    reel = max(reels, key=lambda one: one.frames)
    item = crop(reel, 0)
    assert item.features.shape == (CROP * 5 // 6, 512)
    assert item.emotion.shape == (CROP // TOKEN_FRAMES + 1, 264)
    assert item.inside.sum() == min(CROP, reel.frames)
    np.testing.assert_array_equal(item.features[:100], reel.features[EDGE : EDGE + 100].astype(np.float32))
    later = crop(reel, 36)
    np.testing.assert_array_equal(later.features[:100], item.features[30:130])
    assert (later.counted[:BORDER] == 0).all()


def test_a_temperature_lies_between_the_contained_face_and_the_whole_one(reels):
    item = crop(reels[0], 0)
    batch = {"targets": torch.from_numpy(np.stack([item.targets] * 3)), "temperature": torch.tensor([0.05, 0.275, 0.5])}
    cold, middle, hot = at_temperature(batch)["targets"].numpy()
    np.testing.assert_allclose(cold, item.targets[0], atol=1e-6)
    np.testing.assert_allclose(hot, item.targets[1], atol=1e-6)
    np.testing.assert_allclose(middle, item.targets.mean(axis=0), atol=1e-6)


def test_batches_depend_on_the_step_alone(reels):
    first, again = (Batches([(reels, 1.0)], steps=50, size=2, seed=3) for _ in range(2))
    for name, value in first[7].items():
        assert torch.equal(value, again[7][name]), name
    assert not torch.equal(first[7]["features"], first[8]["features"])
    assert not torch.equal(first[7]["features"], Batches([(reels, 1.0)], 50, 2, 3, replica=1)[7]["features"])


def test_disturbances_keep_length_and_stay_finite():
    chance = np.random.default_rng(1)
    sound = chance.normal(0, 0.07, RATE).astype(np.float32)
    heard = [disturb.disturbed(sound, sound[::-1].copy(), chance) for _ in range(40)]
    assert all(len(one) == len(sound) and np.isfinite(one).all() and one.dtype == np.float32 for one in heard)
    assert len({float(one.std()) for one in heard}) == 40


@pytest.mark.parametrize("make", [disturb.music, disturb.breaths])
@pytest.mark.parametrize("count", [RATE // 10, 3 * RATE])
def test_what_else_sounds_is_repeatable_and_no_louder_than_told(make, count):
    sound = make(count, np.random.default_rng(4))
    assert sound.shape == (count,) and sound.dtype == np.float32 and np.isfinite(sound).all()
    assert float(np.sqrt(np.mean(sound**2))) <= 1.001
    assert np.array_equal(sound, make(count, np.random.default_rng(4)))


def test_contacts_in_the_loss_are_those_of_the_evaluation():
    curves = torch.zeros(3, 52)
    curves[1, arkit.INDEX["jawOpen"]] = 0.3
    curves[2, arkit.INDEX["jawOpen"]] = 0.3
    curves[2, arkit.INDEX["mouthClose"]] = 0.3
    closed = losses.contact_logits(curves)[:, 0] > 0
    assert closed.tolist() == [True, False, True]


def test_a_short_training_learns_and_resumes_exactly(reels, tmp_path):
    groups = [(reels, 1.0)]
    base = Plan(folder=tmp_path / "whole", steps=20, every=10, warm_up=4, threads=1)
    whole = train(base, groups, reels[:2], TINY, batch=2)
    lines = [json.loads(line) for line in (base.folder / "metrics.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines] == [10, 20]
    assert lines[1]["mse"] < lines[0]["mse"]
    assert 0 < lines[1]["val_mae"] < 0.5

    halves = replace(base, folder=tmp_path / "halves")
    train(replace(halves, minutes=0.0), groups, [], TINY, batch=2)
    resumed = train(halves, groups, [], TINY, batch=2)
    expected, got = load_net(whole).state_dict(), load_net(resumed).state_dict()
    for name, value in expected.items():
        assert torch.equal(value, got[name]), name

    tuned = replace(base, folder=tmp_path / "tuned", steps=10, rate=1e-4, warm_up=2)
    moved = load_net(train(tuned, groups, [], batch=2, start=whole)).state_dict()
    start = expected["renderer.theta"]
    assert not torch.equal(moved["renderer.theta"], start)
    assert (moved["renderer.theta"] - start).abs().max() < 0.01


def test_statistics_are_those_of_the_inputs(reels):
    found = statistics(Batches([(reels, 1.0)], 10, 2, 0), 3)
    mean, spread = found["speech"]
    assert mean.shape == (512,)
    assert (spread > 0).all()


def test_nobody_is_in_two_parts():
    split = shipped_split()
    assert not split.validation & split.test
    entry = Utterance(
        id="x",
        audio="x.wav",
        speaker="librispeech-27",
        group="man",
        language="en",
        source="librispeech",
        text="",
        phones=(),
    )
    assert split.part(entry) is Part.TEST
    assert split.part(replace(entry, speaker="librispeech-19")) is Part.TRAIN
    assert split.part(replace(entry, source="festival", speaker="x")) is Part.TEST


def test_a_studio_tunes_a_model_on_its_captures(reels, ears, tmp_path, capsys):
    start = train(Plan(folder=tmp_path / "start", steps=4, threads=1), [(reels, 1.0)], [], TINY, batch=2)
    for speaker in ("anna", "berta"):
        reel = reels[0]
        (tmp_path / "captures" / speaker).mkdir(parents=True)
        sound = np.random.default_rng(1).normal(0, 0.05, reel.frames * RATE // 60)
        soundfile.write(tmp_path / "captures" / speaker / "line.wav", sound, RATE)
        take = Take(arkit.SHAPES, reel.curves[0].astype(np.float32), CLOCK)
        write_take(take, tmp_path / "captures" / speaker / "line.jsonl")
    listed = "speaker\tgroup\tlanguage\tlicence\tpart\nanna\twoman\ten\town\ttrain\nberta\twoman\ten\town\tvalidation\n"
    (tmp_path / "captures" / "speakers.tsv").write_text(listed)
    options = ["--steps", "4", "--every", "4", "--batch", "2", "--workers", "0", "--threads", "1"]
    tuned = ["finetune", str(tmp_path / "captures"), str(tmp_path / "run"), "--weights", str(start), *options]
    tuned += ["--listener", str(ears)]
    assert main(tuned) == 0, capsys.readouterr().err
    assert main(["export", str(tmp_path / "run" / "weights.pt"), str(tmp_path / "model"), "--listener", str(ears)]) == 0
    model = load_model(tmp_path / "model")
    assert model.config.trained
    assert Engine(model).animate(tmp_path / "captures" / "anna" / "line.wav").frame_count > 60


def test_two_processes_train_together_and_stop_at_the_same_step(reels, tmp_path):
    folder = tmp_path / "reels" / "train" / "human"
    folder.mkdir(parents=True)
    save_reels(folder / "one.npz", reels[:1])
    save_targets(folder / "one.npz", [reels[0].curves])
    Aligner(Path(), PhoneHead(), *statistics_of_phones(())).save(tmp_path / "phones.pt")
    run = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "--module"]
    options = ["--steps", "1000", "--minutes", "0.02", "--batch", "1", "--workers", "0", "--threads", "1"]
    command = [*run, "koemorph_models", "train", str(tmp_path / "reels"), str(tmp_path / "run"), *options]
    command += ["--phones", str(tmp_path / "phones.pt")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=280, check=False, env=environment())
    assert done.returncode == 0, done.stderr[-2000:]
    last = json.loads((tmp_path / "run" / "metrics.jsonl").read_text("utf-8").splitlines()[-1])
    assert 1 <= last["step"] < 1000
    assert load_net(tmp_path / "run" / "weights.pt").parameter_count() > 1_000_000


def environment() -> dict[str, str]:
    """Child processes find the packages where this one did."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path), "OMP_NUM_THREADS": "1"}


def test_what_are_no_weights_is_told(tmp_path, capsys, one_sentence):
    for number, content in enumerate((b"", b"no weights at all", (json.dumps({}) * 99).encode())):
        path = tmp_path / f"{number}.pt"
        path.write_bytes(content)
        assert main(["export", str(path), str(tmp_path / "model"), "--listener", "none.onnx"]) == 1
        one_sentence(capsys.readouterr().err.strip())
    torch.save({"weights": {}}, tmp_path / "other.pt")
    assert main(["export", str(tmp_path / "other.pt"), str(tmp_path / "model"), "--listener", "none.onnx"]) == 1
    assert "other.pt" in capsys.readouterr().err
    assert not (tmp_path / "model").exists()


def test_half_a_shard_is_no_shard(tmp_path, reels, monkeypatch):
    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(np, "savez", stop)
    with pytest.raises(KeyboardInterrupt):
        save_reels(tmp_path / "a.npz", reels[:1])
    assert list(tmp_path.rglob("*.npz")) == []
