"""What scripts may rely on: the names of `koemorph`, its examples, its types, and that importing it costs nothing."""

from __future__ import annotations

import doctest
import logging
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest
import soundfile

import koemorph
from koemorph.cli import main

TINY = Path(__file__).parents[1] / "data" / "tiny_model"


def test_every_public_name_is_there_and_said_to_be() -> None:
    for name in koemorph.__all__:
        assert getattr(koemorph, name) is not None
        assert name in dir(koemorph)
    assert set(koemorph._HOMES) == set(koemorph.__all__) - {"__version__"}
    assert all(getattr(koemorph, name).__doc__ for name in koemorph._HOMES)
    with pytest.raises(AttributeError, match="nonsense"):
        _ = koemorph.nonsense


def test_its_examples_are_true() -> None:
    outcome = doctest.testmod(koemorph)
    assert outcome.attempted >= 3 and not outcome.failed


def test_its_types_are_for_others_too() -> None:
    assert files("koemorph").joinpath("py.typed").is_file()


def test_importing_it_loads_nothing() -> None:
    code = "import sys, koemorph; print([m for m in sys.modules if m in ('numpy', 'soundfile', 'koemorph.engine')])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_one_call_makes_a_take(tmp_path: Path) -> None:
    tone = [0.1 * ((n // 40) % 2) for n in range(8000)]
    soundfile.write(tmp_path / "line.wav", tone, 16000)
    take = koemorph.animate(tmp_path / "line.wav", rate="24", model=TINY, threads=1)
    assert take.frame_count == 12 and len(take.names) >= 52
    koemorph.write_take(take, tmp_path / "line.npz")
    assert koemorph.read_take(tmp_path / "line.npz").frame_count == 12


def test_a_log_tells_what_happened(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "log.txt"
    soundfile.write(tmp_path / "line.wav", [0.0] * 8000, 16000)
    done = ["animate", str(tmp_path / "line.wav"), "-o", str(tmp_path / "a.csv"), "--model", str(TINY)]
    assert main([*done, "--log", str(log)]) == 0
    failed = main(["animate", str(tmp_path / "none.wav"), "-o", str(tmp_path / "b.csv"), "--log", str(log)])
    assert failed == 3
    text = log.read_text("utf-8")
    assert f"KoeMorph {koemorph.__version__}" in text and "line.wav" in text and "listening" in text
    assert "ERROR" in text and "none.wav" in text and "Traceback" in text
    assert "Traceback" not in capsys.readouterr().err
    assert not [one for one in logging.getLogger("koemorph").handlers if isinstance(one, logging.FileHandler)]
    with pytest.raises(SystemExit) as stopped:
        main([*done, "--log", str(tmp_path / "nowhere" / "log.txt")])
    assert stopped.value.code == 7
