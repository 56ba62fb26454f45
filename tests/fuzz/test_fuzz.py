"""A few seconds of fuzzing, the same inputs every time; and everything that was ever found."""

import random
import zipfile
from pathlib import Path

import numpy as np
import pytest

from koemorph import formats
from koemorph.timing import FrameRate

from . import child, doors

CORPUS = Path(__file__).parent / "corpus"
FOUND = sorted(path.name for path in CORPUS.iterdir())
ENTER = {
    ".take": formats.read,
    ".npz": formats.read,
    ".jsonl": lambda path: formats.read(path, rate=FrameRate.parse(1000)),
    ".csv": lambda path: (doors._list if path.stem in LISTS else formats.read)(path),
    ".json": lambda path: (doors._request if path.stem == "long_rate" else doors._list)(path),
    ".edl": doors._timeline,
}
LISTS = ("nul", "widebad", "escape")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return doors.doors(tmp_path_factory.mktemp("seeds"))


@pytest.mark.parametrize("name", FOUND)
def test_what_was_found_once(name, made, tmp_path):
    """Crashes, hangs, tracebacks, gigabytes: today a sentence, at once, in little memory."""
    path = tmp_path / name
    path.write_bytes((CORPUS / name).read_bytes())
    if path.suffix == ".edl":
        pytest.importorskip("opentimelineio")
    refusals = (*made["list"].refusals, *made["take"].refusals, *made["worker"].refusals)
    door = doors.Door(path.suffix, (), made["list"].mutate, ENTER[path.suffix], refusals)
    assert child.judge(door, path) is None


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("batch", range(4))
def test_the_same_inputs_every_time(made, tmp_path, batch):
    pytest.importorskip("opentimelineio")
    findings = []
    for seed in range(batch * 200, batch * 200 + 200):
        name = list(made)[seed % len(made)]
        if why := child.attempt(made[name], seed, tmp_path):
            findings.append(f"{name} {seed}: {why}")
    assert not findings, findings[0]


def test_an_input_is_its_seeds_alone(made):
    for door in made.values():
        assert door.mutate(door.seeds[0], random.Random(5)) == door.mutate(door.seeds[0], random.Random(5))


def test_a_finding_is_a_finding(made, tmp_path):
    """The judge itself: tracebacks, wrong sentences and gigabytes are told."""
    path = tmp_path / "input.take"
    path.write_bytes(b"")

    def judged(enter):
        return child.judge(doors.Door(".take", (), made["take"].mutate, enter, made["take"].refusals), path)

    def breaks(_):
        raise TypeError("x")

    def mumbles(_):
        raise made["take"].refusals[0]("two\nlines")

    assert "TypeError" in judged(breaks) and "its sentence" in judged(mumbles)
    assert judged(lambda _: None) is None
    if child.peak_mb():
        assert "MB" in judged(lambda _: np.ones(2**27 + 2**25).sum())


def test_seeds_are_whole(made, tmp_path):
    """What is damaged must be let in before, or nothing is tried."""
    for name, door in made.items():
        if name in ("edl", "otio"):
            pytest.importorskip("opentimelineio")
        for seed in door.seeds:
            path = tmp_path / f"whole{door.suffix}"
            path.write_bytes(seed)
            door.enter(path)
    assert zipfile.is_zipfile(tmp_path / "whole.npz")
