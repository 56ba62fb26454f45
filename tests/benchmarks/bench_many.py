"""Does anything grow? `python tests/benchmarks/bench_many.py [jobs] [panel] [runners]`; all three without a word.

jobs      the worker makes 1,000 takes with the tiny model: its memory after 100 of them and after all
panel     the panel opens 200 recordings, without a screen: its memory after 50 of them and after all
runners   four batches on one folder of 40 recordings: each line is made once, to the bytes of one batch alone
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import soundfile

from koemorph.recording import Recording
from koemorph.runtime import Runtime
from koemorph.runtime.session import Session
from koemorph.settings import Settings
from koemorph.timing import FrameRate

MODEL = Path(__file__).parents[1] / "data" / "tiny_model"


def resident_mb(process: int) -> int:
    told = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) // 1024 for line in told if line.startswith("VmRSS"))


def sounds(folder: Path, count: int) -> list[Path]:
    time, paths = np.arange(4_800) / 16_000, []
    for number in range(count):
        paths.append(folder / f"{number:03}.wav")
        tone = 0.2 * np.sin(2 * np.pi * (120 + number) * time) * np.sin(2 * np.pi * 3 * time) ** 2
        soundfile.write(paths[-1], tone, 16_000, subtype="PCM_16")
    return paths


def jobs(folder: Path, count: int = 1_000, early: int = 100) -> None:
    paths, seen = sounds(folder, 20), []
    with Session(Runtime(model=MODEL, threads=1)) as session:
        for number in range(1, count + 1):
            recording = Recording(paths[number % len(paths)])
            session.ask(recording, Settings(seed=number % 7), FrameRate.parse(30), keep=number % 2 == 0).wait()
            if number in (early, count):
                seen.append(f"{resident_mb(session.pid or 0)} MB after {number}")
    print("worker jobs:", ", ".join(seen), flush=True)


def panel(folder: Path, count: int = 200, early: int = 50) -> None:
    from koemorph.panel.app import application
    from koemorph.panel.document.memory import Memory
    from koemorph.panel.document.sound import Silence
    from koemorph.panel.qt import QtCore
    from koemorph.panel.window import Panel

    app, seen = application(), []
    window = Panel(runtime=Runtime(model=MODEL), memory=Memory(folder / "memory"), output=Silence("none here"))
    window.show()
    for number, path in enumerate(sounds(folder, count), 1):
        before = window.state.take
        window.open(path)
        while window.state.take is before or window.line.maker.busy:
            app.processEvents(QtCore.QEventLoop.ProcessEventsFlag.AllEvents, 20)
        if number in (early, count):
            seen.append(f"{resident_mb(os.getpid())} MB after {number}")
    window.shut()
    print("panel files:", ", ".join(seen), flush=True)


def runners(folder: Path, count: int = 40, at_once: int = 4) -> None:
    (folder / "in").mkdir()
    sounds(folder / "in", count)

    def batch(out: str) -> subprocess.Popen[str]:
        words = ["batch", str(folder / "in"), "-o", str(folder / out), "--model", str(MODEL), "--jobs", "1"]
        return subprocess.Popen(
            [sys.executable, "-m", "koemorph", *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    together = [batch("together") for _ in range(at_once)]
    told = [runner.communicate()[0] for runner in together]
    batch("alone").communicate()
    made = sum(one.count(" done ") for one in told)
    same = all(
        path.read_bytes() == (folder / "together" / path.name).read_bytes()
        for path in (folder / "alone").glob("*.take")
    )
    codes = [runner.returncode for runner in together]
    print(f"{at_once} runners: {made} lines made of {count}, exit codes {codes}, the same bytes: {same}", flush=True)


if __name__ == "__main__":
    for name in sys.argv[1:] or ["jobs", "panel", "runners"]:
        with tempfile.TemporaryDirectory() as place:
            {"jobs": jobs, "panel": panel, "runners": runners}[name](Path(place))
