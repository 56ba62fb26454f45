"""The training loop, with the smallest task there is."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("torch")

import torch
from torch import nn

from koemorph_models.training.journal import METRICS
from koemorph_models.training.loop import CHECKPOINT, Plan, add_plan, plan_of, train

PLAN = Plan(folder=Path(), steps=30, rate=0.02, warm_up=4, threads=1, every=10, averaged=0.9)


class Line:
    """Learns y = 2 x through dropout, so that chance matters as well."""

    def __init__(self) -> None:
        torch.manual_seed(0)
        self.layer = nn.Sequential(nn.Linear(3, 8), nn.Dropout(0.3), nn.BatchNorm1d(8), nn.Linear(8, 1))
        self.modes: list[bool] = []

    def module(self):
        return self.layer

    def batch(self, step):
        chance = torch.Generator().manual_seed(step)
        return {"x": torch.randn(16, 3, generator=chance)}

    def loss(self, batch):
        self.modes.append(self.layer.training)
        error = self.layer(batch["x"])[:, 0] - 2 * batch["x"][:, 0]
        return {"error": error.square().mean(), "size": 0.01 * self.layer[0].weight.abs().mean()}

    def validate(self):
        self.modes.append(self.layer.training)
        return {"val_weight": float(self.layer[0].weight.abs().mean())}


def trained(folder: Path, **changed):
    task, kept = Line(), {}

    def write(step):
        kept[step] = {name: value.clone() for name, value in task.layer.state_dict().items()}

    train(task, replace(PLAN, folder=folder, **changed), write)
    return task, kept


def same(one, other):
    return all(torch.equal(one[name], other[name]) for name in one)


def test_it_learns_and_notes_what_it_did(tmp_path):
    task, kept = trained(tmp_path)
    lines = [json.loads(line) for line in (tmp_path / METRICS).read_text().splitlines()]
    assert [line["step"] for line in lines] == [10, 20, 30] == list(kept)
    assert lines[-1]["error"] < 0.5 * lines[0]["error"]
    assert set(lines[0]) == {"step", "error", "size", "val_weight", "steps_per_second"}
    assert task.modes == ([True] * 10 + [False]) * 3
    # What was written is the average, and the task goes on with its own weights.
    assert not same(kept[30], task.layer.state_dict())
    assert json.loads((tmp_path / "plan.json").read_text())["minutes"] is None


@pytest.mark.parametrize("workers", [0, 1])
def test_a_stopped_run_ends_with_the_same_weights(tmp_path, workers):
    whole, kept = trained(tmp_path / "whole")
    trained(tmp_path / "parts", minutes=0.0)
    assert torch.load(tmp_path / "parts" / CHECKPOINT, weights_only=True)["done"] == 1
    again, kept_again = trained(tmp_path / "parts", workers=workers)
    assert same(whole.layer.state_dict(), again.layer.state_dict()) and same(kept[30], kept_again[30])


def test_the_rate_rises_and_falls():
    rates = [PLAN.rate_at(step) for step in range(31)]
    assert rates[0] == pytest.approx(0.005) and max(rates) == rates[4] == 0.02
    assert rates[4:] == sorted(rates[4:], reverse=True) and rates[30] == pytest.approx(0.02 * PLAN.lowest)


def test_flags_are_the_plan(tmp_path):
    parser = argparse.ArgumentParser()
    add_plan(parser, steps=7, rate=0.5)
    plan = plan_of(parser.parse_args([str(tmp_path), "--warm-up", "3"]), averaged=0.5)
    assert (plan.steps, plan.rate, plan.warm_up, plan.averaged, plan.folder) == (7, 0.5, 3, 0.5, tmp_path)
