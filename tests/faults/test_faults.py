"""Every step of every run fails once: nothing half-written under its name, nothing lost, and the next run completes."""

import errno
import json
import subprocess
import sys
from pathlib import Path

import pytest

from .layer import Layer, fails_with
from .work import WORKS, prepare, visible

ROOT = Path(__file__).parents[2]


def whole(before, now, after):
    """Each file is as it was before or as it is after the work, in full."""
    for name in before.keys() | now.keys():
        assert now.get(name) in (before.get(name), after.get(name)), f"{name} is neither old nor new"


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", WORKS)
def test_every_step_fails_once(name, tmp_path, quick_emotion, capsys):
    work = WORKS[name]
    clean = tmp_path / "clean"
    clean.mkdir()
    prepare(clean)
    with Layer().beneath() as layer:
        assert work(clean) == 0
    after = visible(clean)
    assert {"open", "write", "sync", "rename"} <= set(layer.steps)
    for at in range(1, len(layer.steps) + 1):
        number = (errno.ENOSPC, errno.EIO)[at % 2]
        folder = tmp_path / f"{at}-{number}"
        folder.mkdir()
        prepare(folder)
        before = visible(folder)
        with Layer(at, fails_with(number)).beneath() as broken:
            code = work(folder)
        step = f"{name}, step {at} ({layer.steps[at - 1]})"
        assert len(broken.steps) >= at and code in (0, 1, 7), f"{step}: {code}"
        whole(before, visible(folder), after)
        left = [path.name for path in folder.rglob(".koemorph-*")]
        assert not left, f"{step} leaves {left}"
        assert work(folder) == 0, step
        assert visible(folder) == after, step
        records = [json.loads(path.read_bytes())["status"] for path in folder.glob("out/.koemorph/??/*.json")]
        assert set(records) <= {"done"}, step
    said = capsys.readouterr()
    assert "Traceback" not in said.out + said.err


@pytest.mark.timeout(600)
def test_killed_at_some_steps(tmp_path):
    """A few of what `python -m tests.faults` does for all."""
    command = [sys.executable, "-m", "tests.faults", "--work", "batch", "--every", "9", "--folder", str(tmp_path)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert " kills" in ended.stdout
