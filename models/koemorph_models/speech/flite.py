"""flite: small voices built from recorded people, their phone ends printed on request."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

import soundfile

from .engine import EngineMissing, Rendering, Segment, Style, Voice

NAME: Final = "flite"
_MEAN_HZ: Final = {"slt": 170.0, "awb": 120.0, "rms": 100.0, "kal16": 105.0, "kal": 105.0}
_PAIR: Final = re.compile(r"(\S+):(\d+\.\d+)")


def available() -> bool:
    return shutil.which("flite") is not None


def synthesise(voice: Voice, text: str, style: Style) -> Rendering:
    if not available():
        raise EngineMissing("flite is not installed (Debian: flite).")
    with tempfile.TemporaryDirectory() as folder:
        wav = Path(folder) / "speech.wav"
        command = ["flite", "-voice", voice.key, "-psdur", "-t", text, "-o", str(wav)]
        command += ["--setf", f"duration_stretch={style.stretch:.3f}"]
        command += ["--setf", f"int_f0_target_mean={_MEAN_HZ[voice.key] * style.pitch:.1f}"]
        printed = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout
        samples, rate = soundfile.read(wav, dtype="float32")
    segments, start = [], 0.0
    for symbol, end in _PAIR.findall(printed):
        segments.append(Segment(symbol, start, float(end)))
        start = float(end)
    return Rendering(samples, rate, tuple(segments))
