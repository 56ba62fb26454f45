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
from koemorph.features.mel import speech_features
from koemorph.formats import write_take
from koemorph.model import TOKEN_FRAMES, load_model
from koemorph.take import Take
from koemorph_models.cli import main
from koemorph_models.network import TINY
from koemorph_models.speech.utterance import Phone, Utterance
from koemorph_models.training import disturb, losses
from koemorph_models.training.batches import BORDER, CROP, Batches, crop, other_throat, statistics
from koemorph_models.training.pupil import load_pupil
from koemorph_models.training.reels import CLOCK, plan, prepare, read_shard, save_reels
from koemorph_models.training.split import Part, shipped_split
from koemorph_models.training.trainer import TrainingPlan, train, warmth

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
            phones.append(Phone(symbol, end, end + seconds, stress=2 if symbol == "ɑ" else 0))
            end += seconds
    name = f"{speaker}-{number:02d}"
    soundfile.write(folder / f"{name}.wav", np.concatenate(parts), RATE)
    return Utterance(name, f"{name}.wav", speaker, "man", "en", "human", "ma ma", tuple(phones))


@pytest.fixture(scope="module")
def reels(tmp_path_factory):
    folder = tmp_path_factory.mktemp("speech")
    utterances = [_spoken(folder, number, speaker) for speaker in ("a", "b") for number in range(6)]
    shards = plan(folder / "reels", folder, utterances, warped=False) + plan(folder / "reels", folder, utterances, True)
    prepare(shards[:1], workers=1)
    prepare(shards, workers=1)
    return [reel for shard in shards for reel in read_shard(shard.path)]


def test_a_reel_says_what_the_face_does(reels):
    reel = reels[0]
    assert reel.targets.shape == (reel.frames, 52)
    assert len(reel.phones) == reel.frames
    assert abs(len(reel.audio) / RATE * 60 - reel.frames) <= 1
    jaw = reel.targets[:, arkit.INDEX["jawOpen"]].astype(float)
    gap = jaw - reel.targets[:, arkit.INDEX["mouthClose"]]
    assert gap.min() < 0.03 < 0.1 < gap.max()


def test_a_crop_hears_what_the_engine_would(reels):
    reel = max(reels, key=lambda one: one.frames)
    item = crop(reel, 0)
    assert item.speech.shape == (CROP, 200)
    assert item.emotion.shape == (CROP // TOKEN_FRAMES + 1, 264)
    assert item.speech_inside.sum() == min(CROP, reel.frames)
    later = crop(reel, 36)
    np.testing.assert_allclose(later.speech[:100], item.speech[36:136], atol=1e-4)
    assert (later.counted[:BORDER] == 0).all()


def test_batches_depend_on_the_step_alone(reels):
    first, again = (Batches([(reels, 1.0)], steps=50, size=2, seed=3) for _ in range(2))
    for name, value in first[7].items():
        assert torch.equal(value, again[7][name]), name
    assert not torch.equal(first[7]["speech"], first[8]["speech"])
    assert not torch.equal(first[7]["speech"], Batches([(reels, 1.0)], 50, 2, 3, replica=1)[7]["speech"])


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
    base = TrainingPlan(tmp_path / "whole", steps=20, batch=2, every=10, warm_up=4, workers=0, threads=1)
    whole = train(base, groups, reels[:2], TINY)
    lines = [json.loads(line) for line in (base.folder / "metrics.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines] == [10, 20]
    assert lines[1]["mse"] < lines[0]["mse"]
    assert 0 < lines[1]["val_mae"] < 0.5

    halves = replace(base, folder=tmp_path / "halves")
    train(replace(halves, minutes=0.0), groups, [], TINY)
    resumed = train(halves, groups, [], TINY)
    expected, got = load_pupil(whole).state_dict(), load_pupil(resumed).state_dict()
    for name, value in expected.items():
        assert torch.equal(value, got[name]), name

    tuned = replace(base, folder=tmp_path / "tuned", steps=10, start=whole, rate=1e-4, warm_up=2)
    moved = load_pupil(train(tuned, groups, [], None)).state_dict()
    start = expected["net.renderer.theta"]
    assert not torch.equal(moved["net.renderer.theta"], start)
    assert (moved["net.renderer.theta"] - start).abs().max() < 0.01


def test_statistics_are_those_of_the_inputs(reels):
    found = statistics(Batches([(reels, 1.0)], 10, 2, 0), 3)
    mean, spread = found["speech"]
    assert mean.shape == (200,)
    assert (spread > 0).all()
    assert -75 < mean.mean() < 10


def test_the_learning_rate_rises_and_falls():
    base = TrainingPlan(Path("x"), steps=100, warm_up=10)
    course = [warmth(step, base) for step in range(100)]
    assert course[0] < course[9] == pytest.approx(1.0)
    assert course[-1] < 0.03


def test_a_plan_without_an_end_is_valid_json():
    def refuse(name):
        raise AssertionError(f"{name} is no JSON")

    for one, minutes in ((TrainingPlan(Path("x")), None), (TrainingPlan(Path("x"), minutes=2.5), 2.5)):
        told = json.loads(one.as_json(), parse_constant=refuse)
        assert told["minutes"] == minutes and told["folder"] == "x"


def test_nobody_is_in_two_parts():
    split = shipped_split()
    assert not split.validation & split.test
    entry = Utterance("x", "x.wav", "librispeech-27", "man", "en", "librispeech", "", ())
    assert split.part(entry) is Part.TEST
    assert split.part(replace(entry, speaker="librispeech-19")) is Part.TRAIN
    assert split.part(replace(entry, source="festival", speaker="x")) is Part.TEST


def test_a_studio_tunes_a_model_on_its_captures(reels, tmp_path, capsys):
    start = train(TrainingPlan(tmp_path / "start", steps=4, batch=2, workers=0, threads=1), [(reels, 1.0)], [], TINY)
    for speaker in ("anna", "berta"):
        reel = reels[0]
        (tmp_path / "captures" / speaker).mkdir(parents=True)
        soundfile.write(tmp_path / "captures" / speaker / "line.wav", reel.audio, RATE)
        take = Take(arkit.SHAPES, reel.targets.astype(np.float32), CLOCK)
        write_take(take, tmp_path / "captures" / speaker / "line.jsonl")
    listed = "speaker\tgroup\tlanguage\tlicence\tpart\nanna\twoman\ten\town\ttrain\nberta\twoman\ten\town\tvalidation\n"
    (tmp_path / "captures" / "speakers.tsv").write_text(listed)
    options = ["--steps", "4", "--every", "4", "--batch", "2", "--workers", "0", "--threads", "1"]
    tuned = ["finetune", str(tmp_path / "captures"), str(tmp_path / "run"), "--weights", str(start), *options]
    assert main(tuned) == 0, capsys.readouterr().err
    assert main(["export", str(tmp_path / "run" / "weights.pt"), str(tmp_path / "model")]) == 0
    model = load_model(tmp_path / "model")
    assert model.config.trained
    assert Engine(model).animate(tmp_path / "captures" / "anna" / "line.wav").frame_count > 60


def test_two_processes_train_together_and_stop_at_the_same_step(reels, tmp_path):
    folder = tmp_path / "reels" / "train" / "human"
    folder.mkdir(parents=True)
    save_reels(folder / "one.npz", reels[:1])
    run = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "--module"]
    options = ["--steps", "1000", "--minutes", "0.02", "--batch", "1", "--workers", "0", "--threads", "1"]
    command = [*run, "koemorph_models", "train", str(tmp_path / "reels"), str(tmp_path / "run"), *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=280, check=False, env=environment())
    assert done.returncode == 0, done.stderr[-2000:]
    last = json.loads((tmp_path / "run" / "metrics.jsonl").read_text("utf-8").splitlines()[-1])
    assert 1 <= last["step"] < 1000
    assert load_pupil(tmp_path / "run" / "weights.pt").net.parameter_count() > 1_000_000


def environment() -> dict[str, str]:
    """Child processes find the packages where this one did."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path), "OMP_NUM_THREADS": "1"}


def test_what_are_no_weights_is_told(tmp_path, capsys, one_sentence):
    for number, content in enumerate((b"", b"no weights at all", (json.dumps({}) * 99).encode())):
        path = tmp_path / f"{number}.pt"
        path.write_bytes(content)
        assert main(["export", str(path), str(tmp_path / "model")]) == 1
        one_sentence(capsys.readouterr().err.strip())
    torch.save({"weights": {}}, tmp_path / "other.pt")
    assert main(["export", str(tmp_path / "other.pt"), str(tmp_path / "model")]) == 1
    assert "other.pt" in capsys.readouterr().err
    assert not (tmp_path / "model").exists()


def test_half_a_shard_is_no_shard(tmp_path, reels, monkeypatch):
    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(np, "savez", stop)
    with pytest.raises(KeyboardInterrupt):
        save_reels(tmp_path / "a.npz", reels[:1])
    assert list(tmp_path.rglob("*.npz")) == []


@pytest.mark.parametrize(("view", "bands"), [(0, 80), (80, 40), (160, 40)])
def test_another_throat_moves_all_formants_by_one_factor(view, bands):
    """A tone at 1500 Hz, heard from a throat a tenth shorter, has its middle where a tone at 1650 Hz has it."""

    def middle(hertz: float, formants: float) -> float:
        tone = np.sin(2 * np.pi * hertz * np.arange(RATE) / RATE).astype(np.float32)
        heard = other_throat(speech_features(lambda a, b: tone[a:b], 10, 20, CLOCK).bands, formants)
        power = 10 ** (heard[:, view : view + bands] / 10)
        return float((power @ np.arange(bands) / power.sum(axis=1)).mean())

    assert middle(1500, 1.1) == pytest.approx(middle(1650, 1.0), abs=0.6)
    assert middle(1500, 1.1) - middle(1500, 1.0) > 1.0
    assert middle(1500, 1.0) == pytest.approx(middle(1500, 1.0 + 1e-9), abs=1e-4)
