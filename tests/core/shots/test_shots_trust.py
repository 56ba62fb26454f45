"""Lists and folders that came from outside: one bad cell is one bad line, and runners tell of one another."""

import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from koemorph.shots import missing_recordings, read_shots
from koemorph.shots.locks import Locks
from koemorph.shots.records import Record, Records, Stamp

CORPUS = Path(__file__).parents[2] / "fuzz" / "corpus"
GOOD = {"shot": "good", "audio": "good.wav"}


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ({"audio": "a\0b.wav"}, "audio: 'a\\x00b.wav' holds a null character"),
        ({"audio": "a\ud800.wav"}, "audio: 'a\\ud800.wav' holds half of a letter"),
        ({"audio": "a.wav", "fps": "\ud800"}, "fps: "),
        ({"audio": "a.wav", "seed": "\ud800"}, "seed: "),
        ({"audio": "a.wav", "target": ["a\0.take"]}, "target: "),
        ({"audio": "a.wav", "target": "con.take"}, "target: con.take is the name of a device"),
        ({"audio": "a.wav", "scene": "a\0.blend"}, "scene: "),
        ({"audio": "a.wav", "rig": "a\0.json"}, "rig: "),
        ({"audio": "a.wav", "settings": {"seed": 1}, "seed": 2}, "settings: seed has a column of its own"),
        ({"audio": "a.wav", "settings": "[" * 500}, "settings: "),
        ({"audio": "a.wav", "channel": "1" * 5000}, ""),
        ({"audio": "x" * 300 + ".wav"}, ""),
        ({"audio": "a.wav", "rig": "1" * 5000}, "rig: "),
        ('{"audio": "a.wav", "in": 1e999}', "in: '1e999' is not a time"),
        ('{"audio": "a.wav", "fps": NaN}', "fps: "),
        ('{"audio": "a.wav", "seed": -Infinity}', "Seed cannot be"),
        ('{"audio": "a.wav", "channel": ' + "1" * 5000 + "}", "channel: "),
        ('{"audio": "a.wav", "settings": {"seed": 1e999}}', "Seed cannot be"),
        ('{"audio": "a.wav", "audio": "b.wav"}', "It has 'audio' twice"),
        ('{"audio": "a.wav", "settings": {"seed": 1, "seed": 2}}', "settings: It has 'seed' twice"),
    ],
)
def test_one_bad_cell_is_one_bad_line(read, one_sentence, bad, said):
    cell = bad if isinstance(bad, str) else json.dumps(bad)
    shots = read(f"[{json.dumps(GOOD)}, {cell}]", "list.json")
    problems = [str(problem) for problem in (*shots.problems, *missing_recordings(shots))]
    assert shots.shots[0].name == "good"
    for problem in problems:
        one_sentence(problem)
        assert problem.isprintable()
    assert any(problem.startswith("shot 2") and said in problem for problem in problems)


@pytest.mark.parametrize("name", ["nul.json", "nul.csv", "sur.json", "tgt.json", "scn.json", "rig.json", "dup.json"])
def test_lists_that_once_ended_in_a_traceback(name):
    assert read_shots(CORPUS / name).problems


def test_many_columns_and_many_problems(read):
    with pytest.raises(Exception, match="1,000 columns"):
        read(b"audio," + b",".join(b"c%d" % i for i in range(20_000)) + b"\n")
    shots = read("audio,strange\n" + "a.wav,1\n" * 20_000)
    assert len(shots.problems) < 1100


def test_a_timeline_of_bad_urls_and_moments(tmp_path):
    pytest.importorskip("opentimelineio")
    from koemorph.timing import FrameRate

    shots = read_shots(CORPUS / "url_bracket.edl", rate=FrameRate.parse(24))
    assert shots.problems and all("cannot be" in str(problem) for problem in shots.problems)
    deep = tmp_path / "deep.otio"
    deep.write_text("[" * 100_000 + "]" * 100_000)
    with pytest.raises(Exception, match="64 levels"):
        read_shots(deep)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere names of files are text")
def test_a_folder_with_names_that_are_no_text(koemorph, recording, tmp_path):
    """An old Shift-JIS share."""
    (tmp_path / "in").mkdir()
    shutil.copy(recording(), os.fsencode(tmp_path / "in") + b"/\x83\x8f.wav")
    code, _, err = koemorph("batch", tmp_path / "in", "-o", tmp_path / "out")
    assert code == 0, err
    assert [path.suffix for path in (tmp_path / "out").glob("*.take")] == [".take"]
    page = (tmp_path / "out" / "shots-report.html").read_text("utf-8")
    assert "%83%8F.take" in page and "\\udc83" in page
    assert koemorph("batch", tmp_path / "in", "-o", tmp_path / "out")[1].count("skipped") >= 1


def test_a_stamp_knows_a_file_put_in_the_place_of_another(tmp_path):
    """The same size and the same time are not the same file; nor is what changed within a tick of the clock."""
    path, other = tmp_path / "a", tmp_path / "b"
    for place, content in ((path, b"one"), (other, b"two")):
        place.write_bytes(content)
        os.utime(place, ns=(10**18 + 1, 10**18 + 1))
    stamp = Stamp.of(path, "a")
    assert stamp.untouched(path)
    other.replace(path)
    assert not stamp.untouched(path) and not stamp.same(path)
    path.write_bytes(b"one")
    os.utime(path, ns=(10**18 + 1, 10**18 + 1))
    assert stamp.untouched(path), "what a glance does not know, the bytes tell"


def test_a_second_user_can_join(tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    out.chmod(0o2775)
    Records(out).prepare()
    folder = out / ".koemorph"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o2775
    (folder / "README.txt").chmod(0o444)
    before = (folder / "README.txt").stat().st_mtime_ns
    Records(out).prepare()
    assert (folder / "README.txt").stat().st_mtime_ns == before


@pytest.mark.skipif(not hasattr(os, "fork") or os.geteuid() != 0, reason="only root can be another user for a moment")
def test_another_user_goes_on_in_a_shared_folder():
    place = Path(tempfile.mkdtemp())
    try:
        place.chmod(0o2777)
        (place / "list.json").write_text(json.dumps([GOOD]))
        (shot,) = read_shots(place / "list.json")

        def take_a_turn(status):
            records = Records(place)
            records.prepare()
            with records.lock(shot) as ours:
                records.write(shot, Record(shot.name, status=status))
                return ours and records.read(shot).status == status

        assert take_a_turn("failed")
        if not (other := os.fork()):
            code = 1
            try:
                os.setgid(65534)
                os.setuid(65534)
                code = 0 if take_a_turn("running") else 2
            finally:
                os._exit(code)
        assert os.waitstatus_to_exitcode(os.waitpid(other, 0)[1]) == 0
        assert Records(place).read(shot).status == "running" and take_a_turn("failed")
    finally:
        shutil.rmtree(place)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names here")
def test_a_claim_that_is_none_is_not_waited_for(tmp_path):
    locks = Locks(tmp_path)
    os.mkfifo(tmp_path / "pipe.claim")
    (tmp_path / "long.claim").write_bytes(b"[" * 5000)
    (tmp_path / "text.claim").write_text('{"host": "a", "process": 1e999, "since": 0}')
    assert [locks.holder(tmp_path / f"{name}.claim") for name in ("pipe", "long", "text", "none")] == [None] * 4


def test_records_do_not_go_through_a_link(tmp_path, koemorph, recording):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / ".koemorph").symlink_to(tmp_path / "elsewhere")
    recording("in/a.wav", 0.2)
    code, _, err = koemorph("batch", tmp_path / "in", "-o", tmp_path / "out")
    assert code == 7 and "is a link" in err and not list((tmp_path / "elsewhere").iterdir())


@pytest.mark.skipif(os.name == "nt", reason="Windows stops no processes")
def test_a_stopped_runner_is_told_and_can_be_unlocked(koemorph, recording, listed, tmp_path, tiny_engine, monkeypatch):
    recording("a.wav", 0.2)
    shots = listed({"shot": "a", "audio": "a.wav"})
    holding = (
        "import sys, time; from pathlib import Path; from koemorph.shots import read_shots;"
        "from koemorph.shots.records import Records; records = Records(Path(sys.argv[2])); records.prepare()\n"
        "with records.lock(*read_shots(Path(sys.argv[1]))) as ours: print(ours, flush=True); time.sleep(600)"
    )
    out = tmp_path / "out"
    with subprocess.Popen([sys.executable, "-c", holding, shots, out], stdout=subprocess.PIPE) as holder:
        assert holder.stdout.readline() == b"True\n"
        (claim,) = (out / ".koemorph").glob("??/*.claim")
        holder.send_signal(19)
        try:
            assert koemorph("shots", "unlock", out)[1].endswith(
                "0 lines unlocked, 1 are held by runners that work; --force takes those too\n"
            )
            os.utime(claim, times=(time.time() - 3600,) * 2)
            code, _, err = koemorph("batch", shots, "-o", out)
            assert code == 1 and f"process {holder.pid}" in err and "shots unlock" in err
            code, said, _ = koemorph("shots", "unlock", out)
            assert code == 0 and f"process {holder.pid}" in said and "1 lines unlocked" in said
            code, _, err = koemorph("batch", shots, "-o", out)
            assert code == 0, err
        finally:
            holder.kill()
