"""The pipeline of `koemorph ave` in another language and another runtime, judged as any port is."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
import soundfile

from koemorph.cli import main
from koemorph.cli.demo import EXAMPLE
from koemorph_ave.encoder import GRAPH_NAME, shipped_encoder
from koemorph_ave.validation import compare

SOURCES = Path(__file__).parent / "javascript"


@pytest.fixture(scope="module")
def javascript(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The port with the runtime that it needs; skips where Node or the runtime cannot be had."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed; the port in JavaScript was not run")
    folder = tmp_path_factory.mktemp("ports") / "javascript"
    shutil.copytree(SOURCES, folder, ignore=shutil.ignore_patterns("node_modules"))
    command = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
    got = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=240, check=False)
    if got.returncode:
        reason = next((line for line in got.stderr.splitlines() if "error" in line), "no reason given")
        pytest.skip(f"npm cannot fetch onnxruntime-web ({reason}); the port in JavaScript was not run")
    return folder


@pytest.fixture
def line(tmp_path: Path) -> Path:
    """Three seconds of real speech."""
    samples, rate = soundfile.read(EXAMPLE, stop=3 * 16_000)
    soundfile.write(tmp_path / "line.wav", samples, rate, subtype="PCM_16")
    return tmp_path / "line.wav"


def test_the_port_in_javascript_agrees(javascript: Path, line: Path, tmp_path: Path) -> None:
    fps, reference, port = "30000/1001", tmp_path / "reference", tmp_path / "port"
    assert main(["ave", str(line), "-o", str(reference), "--fps", fps, "--quiet"]) == 0
    command = ["node", "port.mjs", str(reference / "samples.npy"), str(shipped_encoder() / GRAPH_NAME), fps, str(port)]
    ran = subprocess.run(command, cwd=javascript, capture_output=True, text=True, timeout=240, check=False)
    assert ran.returncode == 0, ran.stderr
    comparison = compare(reference, port)
    assert comparison.first_astray is None, comparison
    assert [finding.stage for finding in comparison.findings if finding.agrees] == [
        "mel",
        "windows",
        "features",
        "padded features",
        "tensors",
    ]
    assert all(finding.greatest < 1e-3 for finding in comparison.findings)


def test_a_port_with_powers_for_magnitudes_does_not(javascript: Path, line: Path, tmp_path: Path) -> None:
    """So that agreeing means something."""
    source = javascript / "pipeline.mjs"
    right = source.read_text("utf-8")
    wrong = right.replace("Math.hypot(real[bin], imaginary[bin])", "real[bin] ** 2 + imaginary[bin] ** 2")
    assert wrong != right
    spoiled = tmp_path / "spoiled"
    spoiled.mkdir()
    for path in javascript.glob("*.mjs"):
        shutil.copy(path, spoiled)
    (spoiled / "package.json").write_text((javascript / "package.json").read_text("utf-8"), "utf-8")
    (spoiled / "node_modules").symlink_to(javascript / "node_modules", target_is_directory=True)
    (spoiled / "pipeline.mjs").write_text(wrong, "utf-8")
    reference, port = tmp_path / "reference", tmp_path / "port"
    assert main(["ave", str(line), "-o", str(reference), "--quiet"]) == 0
    command = ["node", "port.mjs", str(reference / "samples.npy"), str(shipped_encoder() / GRAPH_NAME), "25", str(port)]
    subprocess.run(command, cwd=spoiled, check=True, capture_output=True, timeout=240)
    astray = compare(reference, port).first_astray
    assert astray is not None and astray.stage == "mel"
