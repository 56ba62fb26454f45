"""The job for farms: its form, and the job itself run from beginning to end where there is something to run it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

OPENJD = shutil.which("openjd", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]))


def test_the_job_names_every_chunk_and_ends_with_the_report(koemorph, recording, tmp_path):
    for name in range(5):
        recording(f"in/{name}.wav", 0.2)
    words = [
        "--chunks",
        "2",
        "--fps",
        "29.97",
        "--jaw-strength",
        "1.2",
        "--mirror",
        "--format",
        "take",
        "--keys",
        "bezier",
    ]
    code, out, _ = koemorph("farm", tmp_path / "in", "-o", tmp_path / "job", *words)
    assert code == 0 and "5 shots in 2 tasks" in out
    job = json.loads((tmp_path / "job" / "template.json").read_text())
    assert job["specificationVersion"] == "jobtemplate-2023-09"
    animate, report = job["steps"]
    (chunk,) = animate["parameterSpace"]["taskParameterDefinitions"]
    assert chunk == {"name": "Chunk", "type": "INT", "range": "1-{{Param.Chunks}}"}
    run = animate["script"]["actions"]["onRun"]
    assert run["cancelation"]["mode"] == "NOTIFY_THEN_TERMINATE"
    assert run["args"][:4] == ["batch", "{{Param.ShotList}}", "-o", "{{Param.Results}}"]
    assert {"--fps=29.97", "--jaw-strength=1.2", "--mirror", "--format=take", "--keys=bezier"} <= set(run["args"])
    assert report["dependencies"] == [{"dependsOn": "Animate"}]
    assert report["script"]["actions"]["onRun"]["args"][:2] == ["shots", "report"]


def test_a_wrong_list_makes_no_job(koemorph, listed, tmp_path):
    assert koemorph("farm", listed({"shot": "a", "audio": ""}), "-o", tmp_path / "job")[0] == 4
    assert not (tmp_path / "job").exists()


def test_chunks_do_all_lines_and_the_report_tells_of_all(koemorph, recording, tmp_path):
    for name in range(3):
        recording(f"in/{name}.wav", 0.2)
    where = [tmp_path / "in", "-o", tmp_path / "out"]
    code, out, _ = koemorph("batch", *where, "--chunk", "1/2", "--openjd")
    assert code == 0 and "openjd_progress: 100.0" in out
    assert koemorph("shots", "report", *where)[0] == 1
    assert koemorph("batch", *where, "--chunk", "2/2")[0] == 0
    assert koemorph("batch", *where, "--chunk", "3/2")[0] == 4
    assert koemorph("shots", "report", *where)[0] == 0
    told = json.loads((tmp_path / "out" / "shots-report.json").read_text())
    assert told["counts"] == {"done": 3}


@pytest.mark.skipif(not OPENJD or sys.platform == "win32", reason="pip install openjd-cli")
def test_the_job_runs(koemorph, recording, tiny_folder, tmp_path):
    for name in range(3):
        recording(f"in/{name}.wav", 0.2)
    koemorph("farm", tmp_path / "in", "-o", tmp_path / "job", "--chunks", "2")
    command = tmp_path / "koemorph"
    model = f'if [ "$1" = batch ]; then set -- "$@" --jobs 1 --model "{tiny_folder}"; fi'
    command.write_text(f'#!/bin/sh\n{model}\nexec "{sys.executable}" -m koemorph "$@"\n')
    command.chmod(0o755)
    words = [OPENJD, "run", str(tmp_path / "job" / "template.json")]
    words += ["-p", f"file://{tmp_path / 'job' / 'parameters.json'}", "-p", f"KoeMorph={command}"]
    ran = subprocess.run(words, check=False, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout[-3000:]
    told = json.loads((tmp_path / "job" / "results" / "shots-report.json").read_text())
    assert told["counts"] == {"done": 3}
