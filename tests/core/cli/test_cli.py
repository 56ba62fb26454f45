"""The command line from outside: help, exit codes, signals, pipes."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from dataclasses import fields
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from koemorph import __version__
from koemorph.cli import main
from koemorph.settings import Settings, info_of

STAND_IN = Path(__file__).with_name("stand_in.py")


def koemorph(*words, **options):
    return subprocess.run(
        [sys.executable, "-m", "koemorph", *map(str, words)],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
        **options,
    )


def help_of(capsys, *words):
    with pytest.raises(SystemExit) as leaving:
        main([*words, "--help"])
    assert leaving.value.code == 0
    return capsys.readouterr().out


@pytest.mark.parametrize(("flag", "told"), [("--version", f"KoeMorph {__version__}"), ("--help", "exit codes:")])
def test_version_and_help_load_next_to_nothing(flag, told):
    code = f"""import sys, koemorph.cli
try: koemorph.cli.main(["{flag}"])
finally: print("loaded:", [m for m in ("numpy", "onnxruntime", "soundfile") if m in sys.modules])"""
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and told in done.stdout and "loaded: []" in done.stdout


def test_what_the_system_refuses_is_a_sentence(capsys, one_sentence):
    endless = "a" * 300
    assert main(["map", "--preset", endless]) == 1
    told = capsys.readouterr().err.strip()
    assert endless in told
    one_sentence(told.replace(endless, "a"))


STRANGE = (
    "",
    ".",
    "x" * 300 + ".wav",
    "y" * 5000,
    "\udcff.wav",
    "\ud800.take",
    "a\0b",
    "\x1b[2J",
    "dir",
    "loop",
    "file/x",
)


@pytest.mark.parametrize(
    "words",
    [
        ["animate", "*", "-o", "new.take", "--model", "none"],
        ["animate", "here.wav", "-o", "*", "--model", "none"],
        ["batch", "*", "-o", "out", "--model", "none"],
        ["batch", "list.csv", "-o", "*", "--model", "none"],
        ["convert", "*", "new.csv"],
        ["convert", "here.take", "*"],
        ["presets", "-o", "*", "--seed", "7"],
        ["shots", "check", "*"],
        ["shots", "unlock", "*"],
        ["info", "*"],
        ["doctor", "--verify", "*"],
    ],
    ids=lambda words: "-".join(words[:3]),
)
def test_a_word_of_any_kind_is_told_in_a_sentence(words, capsys, one_sentence, tmp_path, monkeypatch):
    """Whatever a path may be, and whatever no path can be."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "dir").mkdir()
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "file").write_text("x")
    (tmp_path / "list.csv").write_text("audio\nhere.wav\n")
    for strange in STRANGE:
        try:
            code = main([strange if word == "*" else word for word in words])
        except SystemExit as leaving:  # of the parser
            code = leaving.code
        told = capsys.readouterr().err.strip().split("\n")
        if code:
            assert told[-1].isprintable() and len(told[-1]) < 1000
            one_sentence(told[-1].split("koemorph: ")[-1].removeprefix("error: "))


def test_too_little_memory_is_a_sentence(capsys, one_sentence, monkeypatch):
    def full(*_):
        raise MemoryError

    monkeypatch.setattr("koemorph.cli.formats.run", full)
    assert main(["formats"]) == 1
    one_sentence(capsys.readouterr().err.strip())


def test_a_command_of_others_that_is_none_is_a_sentence(capsys, one_sentence, monkeypatch):
    broken = [EntryPoint("sing", value, "koemorph.commands") for value in ("math", "no_such_package.sing")]
    for entry in broken:
        monkeypatch.setattr("importlib.metadata.entry_points", lambda group, entry=entry: [entry])
        assert main(["sing"]) == 8
        one_sentence(capsys.readouterr().err.strip())
        with pytest.raises(SystemExit, match="0"):
            main(["--help"])
        assert "animate" in capsys.readouterr().out


def test_help_lists_commands_and_exit_codes(capsys):
    text = help_of(capsys)
    for word in ("animate", "demo", "info", "doctor", "130"):
        assert word in text


@pytest.mark.parametrize("command", ["animate", "demo"])
def test_help_explains_every_setting(capsys, command, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    text = re.sub(r"\s+", " ", help_of(capsys, command))
    for entry in fields(Settings):
        shown = info_of(entry)
        assert "--" + entry.name.replace("_", "-") in text
        assert re.sub(r"\s+", " ", shown.tooltip)[:60] in text
        numeric = shown.kind in ("number", "whole")
        for word in (f"{shown.low:g} to {shown.high:g}", f"default {entry.default:g}") if numeric else shown.choices:
            assert word in text


@pytest.mark.parametrize("command", ["info", "doctor"])
def test_help_of_the_others(capsys, command):
    assert "--json" in help_of(capsys, command)


@pytest.mark.parametrize("words", [(), ("dance",), ("animate",), ("info",), ("info", "a", "b"), ("--fps", "24")])
def test_a_wrong_command_line_is_code_two(words, capsys):
    with pytest.raises(SystemExit) as leaving:
        main(list(words))
    assert leaving.value.code == 2
    assert "usage" in capsys.readouterr().err


def test_errors_are_one_line_from_outside(tmp_path):
    done = koemorph("animate", tmp_path / "none.wav", "-o", tmp_path / "a.take")
    assert done.returncode == 3 and done.stdout == ""
    assert done.stderr.startswith("koemorph: ") and done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_recording_from_outside(recording, tiny_folder, tmp_path):
    """The real command with its defaults, twice: whatever order Python's sets have, the bytes are the same."""
    source = recording(seconds=1.5, rate=48_000, channels=2)
    for seed in ("1", "2"):
        words = ("animate", source, "-o", tmp_path / f"{seed}.take", "--fps", "29.97", "--model", tiny_folder)
        done = koemorph(*words, env=os.environ | {"PYTHONHASHSEED": seed})
        assert done.returncode == 0, done.stderr
        assert "45 frames at 29.97 fps" in done.stdout
    assert (tmp_path / "1.take").read_bytes() == (tmp_path / "2.take").read_bytes()


def test_a_console_that_cannot_show_a_name(tmp_path):
    """A name in Japanese on a console of ASCII must not end the work with a traceback."""
    environment = os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "1"}
    done = koemorph("info", tmp_path / "声.take", env=environment)
    assert done.returncode == 6 and "Traceback" not in done.stderr and "\\u58f0" in done.stderr


@pytest.mark.parametrize(
    "words", [("--fps", "soon"), ("--model", "nowhere"), ("--preset", "none.json"), ("-o", "line.fbx")]
)
def test_early_errors_are_data_too(words, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code = main(["animate", "line.wav", *words, "--progress", "json"])
    out, err = capsys.readouterr()
    told = json.loads(out)
    assert code == told["exit_code"] > 2 and told["event"] == "error" and told["source"] is None and err == ""


def test_the_callers_signals_are_given_back(capsys):
    """The command line may be called from a program that has a handler of its own, and from any of its threads."""
    mine = signal.signal(signal.SIGTERM, before := lambda *_: None)
    try:
        codes = [main(["info", "none.wav"])]
        thread = threading.Thread(target=lambda: codes.append(main(["info", "none.wav"])))
        thread.start()
        thread.join()
        assert codes == [3, 3] and signal.getsignal(signal.SIGTERM) is before
    finally:
        signal.signal(signal.SIGTERM, mine)


@pytest.mark.skipif(os.name == "nt", reason="Windows ends processes otherwise")
@pytest.mark.timeout(60)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_stopping_leaves_nothing_behind(tmp_path, recording, tiny_folder, number):
    (tmp_path / "scratch").mkdir()
    source = recording("in/line.wav", seconds=5.0)
    command = [sys.executable, STAND_IN, "animate", source, "-o", tmp_path / "out" / "a.take", "--model", tiny_folder]
    process = subprocess.Popen(
        [*map(str, command), "--progress", "json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"TMPDIR": str(tmp_path / "scratch")},
    )
    try:
        for line in process.stdout:
            if json.loads(line)["stage"] == "animating":
                break
        time.sleep(0.1)
        assert process.poll() is None, "it must still be at work when it is stopped"
        process.send_signal(number)
        out, err = process.communicate(timeout=20)
    finally:
        process.kill()
    assert process.returncode == 130
    assert err == "" and "result" not in out
    told = json.loads(out.splitlines()[-1])
    assert (told["event"], told["kind"], told["exit_code"], told["source"]) == ("error", "Cancelled", 130, None)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["in", "line.wav", "scratch"]


@pytest.mark.skipif(os.name == "nt", reason="a pipe of POSIX")
def test_a_reader_that_goes_away():
    """As in `koemorph doctor --json | head -1`."""
    process = subprocess.Popen(
        [sys.executable, "-m", "koemorph", "doctor", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    process.stdout.close()
    err = process.stderr.read()
    process.wait(timeout=60)
    process.stderr.close()
    assert process.returncode in (0, 1) and "Traceback" not in err


def test_an_error_is_one_line_on_the_terminal_of_a_fresh_process(tmp_path):
    """Where nobody has set logging up, it must not write of its own."""
    words = [sys.executable, "-m", "koemorph", "animate", str(tmp_path / "none.wav"), "-o", str(tmp_path / "a.take")]
    ran = subprocess.run(words, capture_output=True, text=True, check=False)
    assert ran.returncode == 3 and len(ran.stderr.splitlines()) == 1 and ran.stderr.startswith("koemorph: ")
