"""What shot lists cost: processes side by side, a second run, two runners, kills, and a disk that is full.

    python tests/benchmarks/bench_shots.py jobs [--lines 40]        # --jobs 1 against 2, memory of a worker
    python tests/benchmarks/bench_shots.py again                    # a second run over 10 to 10,000 unchanged lines
    python tests/benchmarks/bench_shots.py two [--lines 40]         # two runners on one folder
    python tests/benchmarks/bench_shots.py show [--lines 200]       # a whole show: killed, resumed, changed, run again
    python tests/benchmarks/bench_shots.py full DIR                 # DIR is a small disk, for example a tmpfs of 2 MB

Processor seconds are those of the runner and of all that it started; they say more than the clock on a machine that has
other work.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import psutil
import soundfile
import soxr

from koemorph.cli.demo import EXAMPLE
from koemorph.files import SCRATCH
from koemorph.formats import read_take
from koemorph.model import load_model
from koemorph.shots import read_shots
from koemorph.shots.batch import due
from koemorph.shots.records import Record, Records, Stamp
from koemorph.shots.unchanged import fingerprint

NAMES = ("line {}", 'it\'s "{}"', "日本語の台詞 {}", "=SUM({})", "ep/" + "very long " * 11 + "{}", "plain{}")
KINDS = (("wav", "PCM_16"), ("flac", "PCM_16"), ("ogg", "VORBIS"), ("aiff", "PCM_24"), ("wav", "FLOAT"), ("mp3", None))
RATES = (16000, 48000, 44100, 22050)
KILLS = 5
ROOM = 220_000
"""Bytes that are left on the disk that fills up."""


@dataclass(frozen=True)
class Ran:
    code: int
    seconds: float
    processor: float
    worker_mb: float
    """The largest resident size of a worker."""
    counts: dict[str, int]

    def __str__(self) -> str:
        return f"exit code {self.code}, {self.seconds:.1f} s, {self.processor:.1f} s of processor, {self.counts}"


def show(folder: Path, lines: int, longest: float, wrong: bool) -> Path:
    """Lines of 1 s to `longest` in all kinds of files under all kinds of names; some missing, broken or twice."""
    rng = np.random.default_rng(0)
    samples, rate = soundfile.read(EXAMPLE, dtype="float32")
    long = np.tile(samples, 1 + int(longest * rate / len(samples)))
    rows, recordings = [], folder / "vo"
    recordings.mkdir(parents=True)
    for number in range(lines):
        count = int(rng.uniform(1.0, longest) * rate)
        first = int(rng.integers(0, len(long) - count + 1))
        ending, subtype = KINDS[number % len(KINDS)]
        path = recordings / f"{NAMES[number % 3].format(number)}.{ending}".replace('"', "'")
        own_rate = RATES[number % 4] if ending != "mp3" else 44100
        spoken = soxr.resample(long[first : first + count], rate, own_rate)
        soundfile.write(path, np.clip(spoken, -1.0, 1.0), own_rate, subtype)
        rows.append({"shot": NAMES[number % len(NAMES)].format(number), "audio": f"vo/{path.name}"})
    if wrong:
        rows[lines // 4]["audio"] = "vo/missing.wav"
        (folder / "vo" / "broken.wav").write_bytes(b"RIFF----WAVEnothing")
        rows[lines // 3]["audio"] = "vo/broken.wav"
        rows[lines // 2]["shot"] = rows[0]["shot"]
    _write(folder / "list.csv", rows)
    return folder / "list.csv"


def _write(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, list(dict.fromkeys(name for row in rows for name in row)))
        writer.writeheader()
        writer.writerows(rows)


def start(source: Path, output: Path, *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "koemorph", "batch", str(source), "-o", str(output), "--progress", "json", *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)


def finish(process: subprocess.Popen[str], began: float) -> tuple[Ran, list[dict[str, object]]]:
    """Wait for a runner, watching its workers."""
    watched = psutil.Process(process.pid)
    largest, processor, told = [0.0], [0.0], []
    reader = threading.Thread(target=lambda: told.extend(process.stdout or ()), daemon=True)
    reader.start()
    while process.poll() is None:
        spent = 0.0
        try:
            for one in (watched, *watched.children(recursive=True)):
                times = one.cpu_times()
                spent += times.user + times.system
                if one.pid != process.pid:
                    largest[0] = max(largest[0], one.memory_info().rss / 2**20)
            processor[0] = max(processor[0], spent)
        except psutil.Error:
            pass
        time.sleep(0.05)
    reader.join()
    events = [json.loads(line) for line in told]
    counts: dict[str, int] = {}
    for event in events:
        if "shot" in event or event["event"] == "error":
            state = str(event.get("status", "failed"))
            counts[state] = counts.get(state, 0) + 1
    return Ran(process.returncode, time.monotonic() - began, processor[0], largest[0], counts), events


def run(source: Path, output: Path, *words: str) -> Ran:
    began = time.monotonic()
    return finish(start(source, output, *words), began)[0]


def digests(folder: Path) -> dict[str, str]:
    found = sorted(path for path in folder.rglob("*.take") if ".koemorph" not in path.parts)
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


def jobs(folder: Path, lines: int) -> None:
    source = show(folder, lines, 8.0, wrong=False)
    print(f"{lines} lines of 1 to 8 s\n\n| --jobs | s | processor s | lines a minute | MB a worker |")
    print("|---|---|---|---|---|")
    for number in (1, 2):
        ran = run(source, folder / f"out{number}", "--jobs", str(number), "--threads", "1")
        assert ran.counts == {"done": lines}, ran
        pace = f"{60 * lines / ran.seconds:.0f}"
        print(f"| {number} | {ran.seconds:.1f} | {ran.processor:.1f} | {pace} | {ran.worker_mb:.0f} |", flush=True)
    assert digests(folder / "out1") == digests(folder / "out2")


def again(folder: Path) -> None:
    """Records as a run leaves them, for one recording and one result a line; the least of five looks."""
    model = load_model()
    print("| unchanged lines | ms | ms a line |\n|---|---|---|")
    (folder / "a.wav").write_bytes(b"never read")
    audio = Stamp.of(folder / "a.wav", "a.wav")
    for lines in (10, 100, 1000, 10000):
        source, output = folder / f"{lines}.csv", folder / str(lines)
        source.write_text("shot,audio,jaw_strength\n" + "".join(f"s{n},a.wav,1.1\n" for n in range(lines)))
        records = Records(output)
        records.prepare()
        for shot in read_shots(source):
            (output / shot.targets[0].path).write_bytes(b"x")
            stamps = (Stamp.of(output / shot.targets[0].path, shot.targets[0].path),)
            record = Record(
                shot.name,
                status="done",
                fingerprint=fingerprint(shot, audio.sha256, model.sha256),
                audio=audio,
                outputs=stamps,
            )
            records._path(shot).parent.mkdir(parents=True, exist_ok=True)
            records._path(shot).write_text(json.dumps({"format": 1, **asdict(record)}))
        spent = []
        for _ in range(5):
            began = time.process_time()
            needed, current = due(read_shots(source, output=output), output, None)
            spent.append(1000 * (time.process_time() - began))
            assert not needed and len(current) == lines
        print(f"| {lines} | {min(spent):.1f} | {min(spent) / lines:.2f} |", flush=True)


def two(folder: Path, lines: int) -> None:
    source = show(folder, lines, 4.0, wrong=False)
    began = time.monotonic()
    both = [start(source, folder / "out", "--jobs", "1", "--threads", "1") for _ in range(2)]
    ended: list[tuple[Ran, list[dict[str, object]]]] = []
    waiting = [threading.Thread(target=lambda one=one: ended.append(finish(one, began))) for one in both]
    for thread in waiting:
        thread.start()
    for thread in waiting:
        thread.join()
    done = [event["shot"] for _, events in ended for event in events if event.get("status") == "done"]
    print(*(ran for ran, _ in ended), sep="\n")
    print(f"{len(done)} lines made, {len(set(done))} different ones, {len(digests(folder / 'out'))} results")
    assert len(done) == len(set(done)) == lines


def whole(folder: Path, lines: int) -> None:
    """Everything that happens to a show overnight."""
    source = show(folder, lines, 20.0, wrong=True)
    rows = list(csv.DictReader(source.open(encoding="utf-8")))
    keep = ["--keep-going", "--threads", "1", "--jobs", "2"]
    print("undisturbed:", calm := run(source, folder / "calm", *keep), flush=True)
    rng, moments = np.random.default_rng(1), []
    for _ in range(KILLS):
        process = start(source, folder / "out", *keep)
        moments.append(float(rng.uniform(0.1, 0.7)) * calm.seconds / 4)
        time.sleep(moments[-1])
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        good = digests(folder / "calm")
        assert all(good[name] == digest for name, digest in digests(folder / "out").items())
    print(f"killed after {', '.join(f'{moment:.0f}' for moment in moments)} s; results so far are whole and the same")
    print("resumed:", run(source, folder / "out", *keep), flush=True)
    print("the same bytes as undisturbed:", digests(folder / "out") == digests(folder / "calm"))
    seconds = [run(source, folder / "out", *keep).seconds for _ in range(3)]
    print(f"nothing changed: {run(source, folder / 'out', *keep)}; median {statistics.median(seconds):.1f} s")
    for row in rows[:7]:
        row["jaw_strength"] = "0.9"
    rows[lines // 4]["audio"] = rows[1]["audio"]
    _write(source, rows)
    print("7 lines changed, the missing recording found:", run(source, folder / "out", *keep), flush=True)


def full(folder: Path, disk: Path) -> None:
    """With room for about half of the results, then with all of the disk again."""
    source = show(folder, 20, 4.0, wrong=False)
    ballast = disk / "ballast"
    ballast.write_bytes(bytes(max(0, shutil.disk_usage(disk).free - ROOM)))
    ran, events = finish(start(source, disk / "out", "--jobs", "1"), time.monotonic())
    print("full disk:", ran, f"{len(digests(disk / 'out'))} results")
    print("the first error:", next((event["message"] for event in events if event["event"] == "error"), "none"))
    for path in (disk / "out").rglob("*.take"):
        read_take(path)
    left = [path.name for path in (disk / "out").rglob(f"{SCRATCH}*")]
    print("half-written:", left or "nothing")
    ballast.unlink()
    print("with room again:", run(source, disk / "out", "--jobs", "1"), f"{len(digests(disk / 'out'))} results")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("jobs", "again", "two", "show", "full"))
    parser.add_argument("disk", nargs="?", type=Path)
    parser.add_argument("--lines", type=int)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        if given.what == "again":
            again(folder)
        elif given.what == "full":
            full(folder, given.disk)
        else:
            steps = {"jobs": (jobs, 40), "two": (two, 40), "show": (whole, 200)}
            step, usual = steps[given.what]
            step(folder, given.lines or usual)


if __name__ == "__main__":
    main()
