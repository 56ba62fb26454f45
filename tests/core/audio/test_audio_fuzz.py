"""Two thousand damaged files: each is read or refused, none crashes, hangs or eats the memory."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import koemorph.audio

CHILD = Path(__file__).with_name("fuzz_child.py")
CORE = Path(koemorph.audio.__file__).parents[2]
PEAK_MIB = 400


def run(folder: Path, corpus: str, first: int, count: int, seconds: float) -> None:
    log = folder / "log.txt"
    with log.open("wb") as out:
        try:
            code: int | str = subprocess.run(
                [sys.executable, CHILD, folder, corpus, str(first), str(count)],
                check=False,
                stdout=out,
                stderr=subprocess.STDOUT,
                timeout=seconds,
                env={**os.environ, "PYTHONPATH": str(CORE), "PYTHONFAULTHANDLER": "1"},
            ).returncode
        except subprocess.TimeoutExpired:
            code = f"no end after {seconds} s"
    text = log.read_text("utf-8", "replace")
    last = re.findall(r"^seed (\d+)", text, re.MULTILINE)[-1:]
    assert code == 0, f"{corpus}: exit {code} at seed {last}:\n{text[-3000:]}"
    report = re.search(r"^peak (\d+) (.*)", text, re.MULTILINE)
    assert report and int(report[1]) < PEAK_MIB, text[-300:]
    assert "'read'" in report[2] and "'AudioError'" in report[2], report[2]


pytestmark = pytest.mark.slow


@pytest.mark.parametrize("batch", range(4))
def test_damaged_files(tmp_path, batch):
    run(tmp_path, "sndfile", batch * 500, 500, 60)


def test_damaged_files_through_ffmpeg(tmp_path):
    if shutil.which("ffmpeg") is None:
        pytest.skip("ffmpeg is not on the PATH")
    run(tmp_path, "ffmpeg", 0, 60, 60)
