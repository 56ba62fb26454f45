"""A run over a list: skipped, made again, failed, resumed; by one runner or two."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pytest
import soundfile

from koemorph import formats
from koemorph.files import SCRATCH
from koemorph.runtime import Runtime
from koemorph.runtime.session import Session
from koemorph.shots import read_shots
from koemorph.shots.batch import due
from koemorph.shots.make_line import BatchOptions, Workplace, make_line
from koemorph.shots.records import Record, Records, Stamp
from koemorph.shots.unchanged import fingerprint

LEADER = "import sys; from koemorph.cli import main; sys.exit(main(sys.argv[1:]))"


def results(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.take")}


def states(out):
    return [line.split()[1] for line in out.splitlines() if line.startswith("[")]


def test_everything_is_accounted_for(koemorph, recording, listed, tmp_path):
    names = ["plain", "with space", "quo'te \"d", "日本語の台詞", "=formula()", "ep/" + "long" * 40]
    rows = [{"shot": name, "audio": recording(f"in/{n}.wav", 0.3).name} for n, name in enumerate(names)]
    (tmp_path / "in" / "broken.wav").write_bytes(b"RIFF----WAVEnothing")
    (tmp_path / "in" / "text.wav").write_text("no sound")
    rows += [{"shot": name, "audio": f"{name}.wav"} for name in ("broken", "text", "missing")]
    rows += [{"shot": "plain", "audio": "0.wav"}]
    path = listed(*rows, name="in/list.csv")
    code, _, err = koemorph("batch", path, "-o", tmp_path / "out")
    assert code == 4 and "line 10: audio" in err and "line 11: shot" in err and "--keep-going" in err
    assert not (tmp_path / "out").exists()
    code, out, err = koemorph("batch", path, "-o", tmp_path / "out", "--keep-going")
    assert code == 3
    assert states(out) == ["done"] * len(names)
    assert err.count(" failed ") == 3 and "line 8" in err and "line 10" in err
    assert len(results(tmp_path / "out")) == len(names)
    told = json.loads((tmp_path / "out" / "shots-report.json").read_text())
    assert told["counts"] == {"done": len(names), "failed": 3, "wrong": 1}
    page = (tmp_path / "out" / "shots-report.html").read_text("utf-8")
    assert "日本語の台詞" in page and "quo&#x27;te &quot;d" in page and page.count("<svg") == len(names)


def test_only_what_changed_is_made_again(koemorph, recording, listed, tmp_path):
    for name in "abc":
        recording(f"{name}.wav", 0.3)
    rows = [{"shot": name, "audio": f"{name}.wav", "seed": ""} for name in "abc"]
    again = ["batch", listed(*rows), "-o", tmp_path / "out"]
    assert states(koemorph(*again)[1]) == ["done"] * 3
    before = results(tmp_path / "out")
    assert states(koemorph(*again)[1]) == ["skipped"] * 3
    os.utime(tmp_path / "a.wav", ns=(1, 1))  # touched, not changed
    os.utime(tmp_path / "out" / "b.take", ns=(1, 1))
    assert states(koemorph(*again)[1]).count("skipped") == 3
    rows[1]["seed"] = "7"
    listed(*rows)
    soundfile.write(tmp_path / "c.wav", np.linspace(-0.5, 0.5, 4000), 16000)
    (tmp_path / "out" / "a.take").unlink()
    code, out, _ = koemorph(*again, "--dry-run")
    assert code == 0 and out.count("would make") == 3
    assert sorted(states(koemorph(*again)[1])) == ["done"] * 3
    after = results(tmp_path / "out")
    assert [after[f"{name}.take"] == before[f"{name}.take"] for name in "abc"] == [True, False, False]
    assert states(koemorph(*again, "--only", "a", "--force")[1]) == ["done"]
    assert results(tmp_path / "out") == after


def test_what_was_changed_by_hand_is_left_alone(koemorph, recording, listed, tmp_path):
    recording("a.wav", 0.3)
    again = ["batch", listed({"shot": "a", "audio": "a.wav"}), "-o", tmp_path / "out"]
    koemorph(*again)
    (tmp_path / "out" / "a.take").write_bytes(b"an animator's work")
    code, _, err = koemorph(*again)
    assert code == 7 and "changed since" in err
    assert (tmp_path / "out" / "a.take").read_bytes() == b"an animator's work"
    assert koemorph(*again, "--force")[0] == 0
    assert formats.read_take(tmp_path / "out" / "a.take").frame_count == 18


def test_place_rig_and_origin_are_in_the_result(koemorph, recording, listed, tmp_path):
    recording("a.wav", 1.0)
    row = {"shot": "s 1", "audio": "a.wav", "in": 0.25, "out": 0.75, "fps": 24, "start_frame": 1001}
    row |= {"character": "Aoi", "target": "x/s.take|x/s.jsonl"}
    assert koemorph("batch", listed(row), "-o", tmp_path / "out")[0] == 0
    take = formats.read_take(tmp_path / "out" / "x" / "s.take")
    assert (take.frame_count, take.rate.position(take.start)) == (12, 1001)
    assert (take.provenance["shot"], take.provenance["character"]) == ("s 1", "Aoi")
    (shot,) = read_shots(tmp_path / "list.csv")
    record = Records(tmp_path / "out").read(shot)
    assert take.provenance["made_from"] == record.fingerprint
    assert [stamp.path for stamp in record.outputs] == ["x/s.take", "x/s.jsonl"]


def test_the_fingerprint_holds_all_that_makes_a_result(recording, tmp_path):
    recording("a.wav", 0.2)
    (shot,) = read_shots(tmp_path)
    changes = [
        replace(shot, name="b"),
        replace(shot, character="b"),
        replace(shot, settings=shot.settings.with_values(seed=1)),
        replace(shot, recording=replace(shot.recording, channel="left")),
        replace(shot, start_frame=0),
        replace(shot, targets=shot.targets * 2),
        replace(shot, recording=replace(shot.recording, path=tmp_path / "b.wav")),
    ]
    prints = {fingerprint(changed, "audio", "model") for changed in [shot, *changes]}
    prints |= {fingerprint(shot, "other", "model"), fingerprint(shot, "audio", "other")}
    assert len(prints) == len(changes) + 3


@pytest.mark.skipif(sys.platform == "win32" or os.getuid() == 0, reason="everything can be written here")
def test_a_folder_that_cannot_be_written_to(koemorph, recording, tmp_path, one_sentence):
    recording("in/a.wav", 0.2)
    (tmp_path / "out").mkdir(mode=0o500)
    code, _, err = koemorph("batch", tmp_path / "in", "-o", tmp_path / "out")
    assert code == 7
    one_sentence(err.strip())


def test_an_output_that_is_a_file(koemorph, recording, tmp_path, one_sentence):
    recording("in/a.wav", 0.2)
    (tmp_path / "out").write_text("")
    code, _, err = koemorph("batch", tmp_path / "in", "-o", tmp_path / "out")
    assert code == 7
    one_sentence(err.strip())


def test_a_line_that_another_process_is_at_is_busy(tiny, tiny_folder, recording, tmp_path):
    recording("in/a.wav", 0.2)
    (shot,) = read_shots(tmp_path / "in")
    records = Records(tmp_path / "out")
    records.prepare()
    holder = (
        "import sys; from pathlib import Path; from koemorph.shots import read_shots\n"
        "from koemorph.shots.records import Records\n"
        "(shot,) = read_shots(Path(sys.argv[1]))\n"
        "with Records(Path(sys.argv[2])).lock(shot) as ours:\n"
        "    print(ours, flush=True); sys.stdin.read()\n"
    )
    words = [sys.executable, "-c", holder, str(tmp_path / "in"), str(tmp_path / "out")]
    options = BatchOptions(output=tmp_path / "out", runtime=Runtime(model=tiny_folder))
    with Session(options.runtime) as session:
        at = Workplace(options, records, tiny.sha256, session, lambda stage, done: True)
        with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
            assert other.stdout.readline().strip() == "True"
            assert make_line(shot, at).state == "busy"
            other.kill()  # as the system does, without a farewell
            other.wait()
            assert make_line(shot, at).state == "done"
        assert make_line(shot, at).state == "skipped"


def test_of_several_lines_that_are_ours_one_is_given_back_without_the_others(recording, tmp_path):
    """All locks of a process go with any handle of the file: one handle has to hold them."""
    for name in "ab":
        recording(f"in/{name}.wav", 0.2)
    first, second = read_shots(tmp_path / "in")
    records = Records(tmp_path / "out")
    records.prepare()
    holder = (
        "import sys; from pathlib import Path; from koemorph.shots import read_shots\n"
        "from koemorph.shots.records import Records\n"
        "shots, records = list(read_shots(Path(sys.argv[1]))), Records(Path(sys.argv[2]))\n"
        "for shot in shots:\n"
        "    with records.lock(shot) as ours: print(ours)\n"
    )

    def seen_by_another() -> list[str]:
        words = [sys.executable, "-c", holder, str(tmp_path / "in"), str(tmp_path / "out")]
        return subprocess.run(words, capture_output=True, text=True, check=True).stdout.split()

    with records.lock(first) as ours:
        assert ours
        with records.lock(second) as both:
            assert both and seen_by_another() == ["False", "False"]
        assert seen_by_another() == ["False", "True"]
    assert seen_by_another() == ["True", "True"]


def leader(tiny_folder, source, output, *more):
    words = ["batch", str(source), "-o", str(output), "--model", str(tiny_folder), "--jobs", "1", "-q", *more]
    return subprocess.Popen([sys.executable, "-c", LEADER, *words], start_new_session=True)


@pytest.mark.skipif(sys.platform == "win32", reason="groups of processes are ended otherwise there")
def test_killed_at_random_moments_and_resumed(tiny_folder, recording, tmp_path):
    """As often as KOEMORPH_KILLS says (3): nothing lost, nothing half-written, the same bytes in the end."""
    kills = int(os.environ.get("KOEMORPH_KILLS", "3"))
    for name in range(4):
        recording(f"in/{name}.wav", 0.3 + 0.1 * name)
    began = time.monotonic()
    assert leader(tiny_folder, tmp_path / "in", tmp_path / "calm").wait() == 0
    whole = time.monotonic() - began
    calm = results(tmp_path / "calm")
    rng = np.random.default_rng(int(os.environ.get("KOEMORPH_SEED", "0")))
    for _ in range(kills):
        process = leader(
            tiny_folder, tmp_path / "in", tmp_path / "rough", "--force" if rng.random() < 0.5 else "--quiet"
        )
        time.sleep(float(rng.uniform(0.3, 1.0)) * whole)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for name, data in results(tmp_path / "rough").items():
            assert data == calm[name]
    assert leader(tiny_folder, tmp_path / "in", tmp_path / "rough").wait() == 0
    assert results(tmp_path / "rough") == calm
    told = json.loads((tmp_path / "rough" / "shots-report.json").read_text())
    assert told["counts"] == {"done": 4}


@pytest.mark.skipif(sys.platform == "win32", reason="two slow starts are enough on one system")
def test_two_runners_on_one_folder(tiny_folder, recording, tmp_path):
    for name in range(4):
        recording(f"in/{name}.wav", 0.4)
    words = ["batch", str(tmp_path / "in"), "-o", str(tmp_path / "out"), "--model", str(tiny_folder), "--jobs", "1"]
    both = [
        subprocess.Popen(
            [sys.executable, "-c", LEADER, *words, "--progress", "json"], stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    told = [json.loads(line) for process in both for line in process.communicate()[0].splitlines()]
    assert [process.returncode for process in both] == [0, 0]
    done = [event["shot"] for event in told if event.get("status") == "done"]
    assert sorted(done) == ["0", "1", "2", "3"], "each line is made once, by one of the two"
    assert len(results(tmp_path / "out")) == 4


def test_a_thousand_unchanged_lines_cost_little(tiny, recording, tmp_path):
    source = recording("a.wav", 0.2)
    path = tmp_path / "list.csv"
    path.write_text("shot,audio,jaw_strength\n" + "".join(f"s{n},a.wav,1.1\n" for n in range(1000)))
    records = Records(tmp_path / "out")
    audio = Stamp.of(source, source.name)
    for shot in read_shots(path):
        result = tmp_path / "out" / shot.targets[0].path
        result.parent.mkdir(exist_ok=True)
        result.write_bytes(b"x")
        made = fingerprint(shot, audio.sha256, tiny.sha256)
        (records._path(shot).parent).mkdir(parents=True, exist_ok=True)
        record = Record(
            shot.name, status="done", fingerprint=made, audio=audio, outputs=(Stamp.of(result, shot.targets[0].path),)
        )
        records._path(shot).write_text(json.dumps({"format": 1, **vars(record)}, default=vars))
    began = time.process_time()
    needed, current = due(read_shots(path, output=tmp_path / "out"), tmp_path / "out", tiny.sha256)
    took = time.process_time() - began
    print(f"{took:.3f} ms of processor a line")
    assert not needed and len(current) == 1000
    assert took < 3.0, "aim: 1 ms a line; three leave room for a slow machine"


@pytest.mark.skipif(sys.platform == "win32", reason="files are limited otherwise there")
def test_what_no_longer_fits_is_not_half_written(tiny_folder, recording, tmp_path):
    """A limit on the size of files stands for a disk that is full: writing fails in the midst of a result."""
    import resource

    for name in range(3):
        recording(f"in/{name}.wav", 0.3)
    words = ["batch", str(tmp_path / "in"), "-o", str(tmp_path / "out"), "--model", str(tiny_folder), "--jobs", "1"]
    limit = (2000, resource.getrlimit(resource.RLIMIT_FSIZE)[1])
    ran = subprocess.run(
        [sys.executable, "-c", LEADER, *words],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limit),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 7 and ran.stderr.count("Cannot write") >= 3 and "Traceback" not in ran.stderr
    assert not results(tmp_path / "out") and not list((tmp_path / "out").rglob(f"{SCRATCH}*"))
    assert leader(tiny_folder, tmp_path / "in", tmp_path / "out").wait() == 0
    assert len(results(tmp_path / "out")) == 3
