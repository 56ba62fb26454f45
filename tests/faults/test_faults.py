"""Every step of every run fails once: nothing half-written under its name, nothing lost, and the next run completes."""

import contextlib
import errno
import json
import os
import shutil
import threading

import numpy as np
import pytest

from . import kills
from .layer import Layer, fails_with, out_of_memory
from .work import WORKS, prepare, visible

IN_ONE_SENTENCE = range(9)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    folder = tmp_path_factory.mktemp("prepared")
    prepare(folder)
    return folder


@pytest.fixture
def broken(prepared, tmp_path, quick_emotion, capsys):
    """`broken(name, layer, beneath, step)`: a run that breaks there, what it leaves, and the run after it."""
    number = iter(range(10**6))
    after: dict[str, dict[str, bytes]] = {}

    def run(name, layer, beneath, step):
        folder = tmp_path / f"{next(number)}"
        shutil.copytree(prepared, folder)
        before = visible(folder)
        with getattr(layer, beneath)():
            code = WORKS[name](folder)
        if not step:
            assert code == 0, name
            after[name] = visible(folder)
            return
        assert code in IN_ONE_SENTENCE, f"{step}: {code}"
        now = visible(folder)
        for file in before.keys() | now.keys():
            assert now.get(file) in (before.get(file), after[name].get(file)), f"{step}: {file} is neither old nor new"
        left = [path.name for path in folder.rglob(".koemorph-*")]
        assert not left, f"{step} leaves {left}"
        assert WORKS[name](folder) == 0, step
        assert visible(folder) == after[name], step
        records = [json.loads(path.read_bytes())["status"] for path in folder.glob("out/.koemorph/??/*.json")]
        assert set(records) <= {"done"}, step
        shutil.rmtree(folder)

    yield run
    said = capsys.readouterr()
    assert "Traceback" not in said.out + said.err


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", WORKS)
def test_every_step_fails_once(name, broken):
    broken(name, Layer(), "beneath_files", "")  # from here on each sound is known
    broken(name, whole := Layer(), "beneath_files", "")
    assert {"open", "write", "sync", "rename"} <= set(whole.steps)
    for at, step in enumerate(whole.steps, 1):
        layer = Layer(at, fails_with((errno.ENOSPC, errno.EIO)[at % 2]))
        broken(name, layer, "beneath_files", f"{name}, step {at} ({step})")
        assert len(layer.steps) >= at, "the step was not reached"


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", [name for name in WORKS if name != "animate"])
def test_memory_ends_at_every_place_of_a_run(name, broken):
    """What `animate` does beside listening, which has its own test with one engine, `batch` does too."""
    broken(name, Layer(), "beneath_memory", "")
    broken(name, whole := Layer(), "beneath_memory", "")
    for step in dict.fromkeys(whole.steps):
        broken(name, Layer(whole.steps.index(step) + 1, out_of_memory), "beneath_memory", f"{name}, {step}")


def test_memory_ends_at_every_place_of_listening(tiny_engine, speech_clip, quick_emotion):
    """No thread hangs, nothing but the want of memory is told, and the next take is what it would have been."""
    clip = speech_clip(0.3)
    with Layer().beneath_memory() as whole:
        wanted = tiny_engine.animate(clip).values
    for step in dict.fromkeys(whole.steps):
        layer = Layer(whole.steps.index(step) + 1, out_of_memory)
        with layer.beneath_memory(), contextlib.suppress(MemoryError):
            tiny_engine.animate(clip)
            assert step not in layer.steps, f"{step} was not reached, or was swallowed"
        assert threading.active_count() < 20
    np.testing.assert_array_equal(tiny_engine.animate(clip).values, wanted)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked to be killed")
def test_killed_at_some_steps(tmp_path):
    """A little of what `python -m tests.faults` does."""
    assert kills.at_every_step("batch", tmp_path, every=9) >= 5
    assert kills.at_random("preset", tmp_path, count=3) == 3
    with pytest.raises(kills.Torn, match="neither old nor new"):
        kills.compared({"mine.json": b"old"}, {"mine.json": b"ha"}, {"mine.json": b"half"}, "x")
