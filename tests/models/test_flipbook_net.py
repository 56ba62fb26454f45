"""The net from sound to pictures: its sizes, its footage, a short training that stops and goes on, its measures."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from koemorph import arkit, lips
from koemorph.audio import SAMPLE_RATE
from koemorph.cli.demo import EXAMPLE
from koemorph.take import Take
from koemorph_flipbook.flipbook import Flipbook
from koemorph_flipbook.geometry import RATE, SIDE, WINDOW_FRAMES, WINDOW_SAMPLES
from koemorph_flipbook.model import load_flipbook
from koemorph_models.cli import main
from koemorph_models.flipbook import measures
from koemorph_models.flipbook.export import export_flipbook
from koemorph_models.flipbook.footage import Footage, footage_of, read, save
from koemorph_models.flipbook.net import LEGACY, TINY, AudioToVideoNet, NetConfig, parameter_counts
from koemorph_models.flipbook.training import load_net, train
from koemorph_models.flipbook.windows import lesson, window
from koemorph_models.speech.sound import load
from koemorph_models.training.loop import Plan

TINY_NET = Path(__file__).parents[1] / "extras" / "flipbook" / "tiny"


@pytest.fixture(scope="module")
def footage() -> Footage:
    """Of the bundled line, in which lips really open and close."""
    return footage_of(load(EXAMPLE)[: 5 * SAMPLE_RATE], 5, np.random.default_rng(1))


def test_the_described_net_has_these_parameters(capsys):
    counts = dict(parameter_counts(AudioToVideoNet(NetConfig())))
    assert counts == {
        "audio encoder": 176_032,
        "transformer": 3_159_552,
        "spatial projection": 4_210_688,
        "picture decoder": 690_339,
        "in all": 8_236_611,
    }
    assert "transformer" not in dict(parameter_counts(AudioToVideoNet(LEGACY)))
    assert main(["flipbook-sizes"]) == 0
    assert "8,236,611" in capsys.readouterr().out


@pytest.mark.parametrize("config", [TINY, replace(TINY, legacy=True)])
def test_three_seconds_become_ninety_pictures(config):
    net = AudioToVideoNet(config).eval()
    with torch.no_grad():
        pictures = net(torch.randn(2, WINDOW_SAMPLES) * 0.1)
    assert pictures.shape == (2, WINDOW_FRAMES, 3, SIDE, SIDE)
    assert 0 <= float(pictures.min()) < float(pictures.max()) <= 1


def test_the_encoder_has_the_described_places():
    encoder = AudioToVideoNet(TINY).listener.encoder.eval()
    sound, places = torch.zeros(1, 1, WINDOW_SAMPLES), []
    for layer in encoder:
        sound = layer(sound)
        if isinstance(layer, torch.nn.Conv1d):
            places.append(sound.shape[2])
    assert places == [12_000, 3_000, 750, 187]


def test_footage_shows_what_the_curves_do(footage):
    assert footage.curves.shape == (150, 52) and len(footage.audio) == 5 * SAMPLE_RATE
    assert footage.pictures.shape == (30, SIDE, SIDE, 3) and (np.diff(footage.drawn) > 0).all()
    gap = lips.lip_gap(Take(arkit.SHAPES, footage.curves.astype(np.float32), RATE))[footage.drawn]
    assert np.corrcoef(measures.opening(footage.pictures), gap)[0, 1] > 0.8


def test_a_window_is_heard_half_a_frame_early():
    audio = np.arange(10 * SAMPLE_RATE, dtype=np.int32)
    assert window(audio, 30)[0] == SAMPLE_RATE - 267 and len(window(audio, 30)) == WINDOW_SAMPLES
    for first in (-30, 0, 230, 299):
        assert len(window(audio, first)) == WINDOW_SAMPLES
    assert (window(audio, -30)[: SAMPLE_RATE + 266] == 0).all()


def test_a_step_sees_the_same_whenever_it_is_taken(footage):
    one, other, next_ = (lesson([footage], 3, 6, 7, step) for step in (4, 4, 5))
    torch.testing.assert_close(one.samples, other.samples)
    torch.testing.assert_close(one.pictures, other.pictures)
    assert not torch.equal(one.samples, next_.samples)
    assert len(one.at) == len(one.pictures) and int(one.at.max()) < 3 * WINDOW_FRAMES
    assert one.inside.sum() > 100


SMALL = {"windows": 2, "pictures": 6}


def test_twenty_steps_learn_and_go_on_where_they_stopped(footage, tmp_path, monkeypatch):
    plan = Plan(folder=tmp_path / "whole", steps=20, warm_up=2, rate=3e-3, threads=1, every=10)
    whole = train(plan, [footage], [footage], TINY, **SMALL)
    noted = [json.loads(line) for line in (tmp_path / "whole" / "metrics.jsonl").read_text("utf-8").splitlines()]
    assert [line["step"] for line in noted] == [10, 20]
    assert noted[1]["curves"] < noted[0]["curves"] and noted[1]["val_curves"] < noted[0]["val_curves"]
    stopped = replace(plan, folder=tmp_path / "parts")

    class Killed(Exception):
        pass

    def killed(_footage, _windows, _pictures, _seed, step):
        if step == 13:
            raise Killed
        return lesson(_footage, _windows, _pictures, _seed, step)

    with monkeypatch.context() as patch:
        patch.setattr("koemorph_models.flipbook.training.lesson", killed)
        with pytest.raises(Killed):
            train(stopped, [footage], [], TINY, **SMALL)
    parts = train(stopped, [footage], [], TINY, **SMALL)
    one, other = (load_net(path).state_dict() for path in (whole, parts))
    for name, value in one.items():
        torch.testing.assert_close(other[name], value, rtol=0, atol=0)


def test_what_is_exported_does_what_torch_does(footage, tmp_path):
    """Nearly, with rounded weights; before they are rounded the export itself compares, to a level."""
    torch.manual_seed(2)
    net = AudioToVideoNet(TINY).train()
    net(torch.randn(4, WINDOW_SAMPLES) * 0.1)  # so that the batch norms have something to fold
    net.eval()
    config = export_flipbook(net, tmp_path, name="tiny", weights="int8")
    assert config.parameters == sum(parameter.numel() for parameter in net.parameters())
    book = Flipbook(load_flipbook(tmp_path), threads=1)
    sound = window(footage.audio, 20).astype(np.float32) / 32767
    with torch.no_grad():
        true = net(torch.from_numpy(sound[None]))[0, :15].permute(0, 2, 3, 1).numpy() * 255
    (heard,) = book._listener.run(None, {"samples": sound[None]})
    assert np.abs(book.draw(heard[0, :15]) - true).max() < 20


def test_the_table_of_held_out_voices(footage, speech_like, tmp_path, capsys):
    save(tmp_path / "train" / "a.npz", footage)
    save(tmp_path / "test" / "woman" / "b.npz", footage_of(speech_like(1.5, seed=3), 1, np.random.default_rng(1)))
    np.testing.assert_array_equal(read(tmp_path / "train")[0].pictures, footage.pictures)
    arguments = ["--model", str(TINY_NET), "--against", f"older={TINY_NET}", "--out", str(tmp_path / "out")]
    assert main(["evaluate-flipbook", str(tmp_path), *arguments]) == 0
    table = json.loads((tmp_path / "out" / "table.json").read_text("utf-8"))
    assert set(table) == {"woman", "all"}
    assert set(table["all"]) == {"the flip-book", "older", "the usual face", "the renderer itself"}
    true = table["all"]["the renderer itself"]
    assert true["sync"] > 0.999 and true["ssim"] > 0.999 and true["motion_error"] == 0
    assert true["gap"] > 0.8 and table["all"]["the usual face"]["sync"] == 0
    assert "older" in (tmp_path / "out" / "table.md").read_text("utf-8")
    assert (tmp_path / "out" / "sheet.png").stat().st_size > 10_000


def test_what_cannot_be_trained_on_or_exported(footage, tmp_path, capsys, one_sentence):
    save(tmp_path / "train" / "a.npz", footage)
    assert main(["train-flipbook", str(tmp_path / "nowhere"), str(tmp_path / "run"), "--steps", "1"]) == 1
    one_sentence(capsys.readouterr().err.strip())
    assert main(["export-flipbook", str(tmp_path / "train" / "a.npz"), str(tmp_path / "net")]) == 1
    assert "a.npz" in capsys.readouterr().err


def pictures(count=40, seed=0):
    """A grey face whose mouth opens and shuts."""
    chance = np.random.default_rng(seed)
    made = np.full((count, SIDE, SIDE, 3), (210, 160, 140), np.uint8)
    wide = np.clip(np.cumsum(chance.normal(0, 3, count)) + 12, 1, 24).astype(int)
    for frame, rows in zip(made, wide, strict=True):
        frame[100 : 100 + rows, 50:78] = (40, 10, 10)
    return made


def test_measures_of_the_truth_and_of_a_still():
    true = pictures()
    still = np.broadcast_to(true[0], true.shape)
    assert measures.psnr(true, true).min() > 70 and measures.psnr(still, true).mean() < 40
    assert measures.ssim(true[:3], true[:3]).min() > 0.9999 > measures.ssim(still[-1:], true[-1:])[0]
    assert measures.mouth_error(true, true).max() == 0 < measures.mouth_error(still, true).mean()
    assert measures.motion_error(true, true) == 0 and measures.motion_error(still, true) == 1
    assert measures.motion(true, true) == 1 and measures.motion(still, true) == 0
    assert measures.sync(measures.opening(still), measures.opening(true)).correlation == 0


@pytest.mark.parametrize("late", [-3, 0, 2])
def test_a_late_mouth_is_told(late):
    opening = measures.opening(pictures(120))
    found = measures.sync(np.roll(opening, late)[5:-5], opening[5:-5])
    assert abs(found.lag_ms - late * 1000 / 30) < 8 and found.best > 0.99
