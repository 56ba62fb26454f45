"""The whole recipe: its steps are commands that take what they are given, and go on from where they were."""

from __future__ import annotations

import argparse

import pytest

pytest.importorskip("torch")

from koemorph_models import cli, recipe
from koemorph_models.errors import DataError

GIVEN = ("speech", "runs", "model", "--weights", "ears.npz", "--film", "film")


def options(*more: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    recipe.add_arguments(parser)
    return parser.parse_args([*GIVEN, *more])


def test_every_step_is_a_command_that_takes_its_arguments():
    given = options("--steps", "7", "--network", "light", "--like", "large")
    names = []
    for step in recipe.steps(given.speech, given.runs, given.model, given):
        parsed = cli._parser(step.arguments[0]).parse_args(step.arguments)
        assert callable(parsed.run)
        names.append(step.arguments[0])
        if step.arguments[0] == "train":
            assert parsed.steps == 7 and parsed.folder == given.runs / "model"
    assert names.index("prepare") < names.index("train-phones") < names.index("train") < names.index("export")


def test_what_is_done_is_passed_over_and_a_failure_ends_it(tmp_path, monkeypatch, capsys):
    called = []
    monkeypatch.setattr(cli, "main", lambda arguments: called.append(arguments[0]) or int(arguments[0] == "prepare"))
    given = options()
    given.runs = tmp_path
    (tmp_path / "listener-koemorph.onnx").write_bytes(b"")
    with pytest.raises(DataError, match="prepare"):
        recipe.run(given)
    assert called == ["synthesise", "synthesise", "prepare"]
    given.dry_run = True
    called.clear()
    recipe.run(given)
    assert not called and "koemorph-models compact" in capsys.readouterr().out
