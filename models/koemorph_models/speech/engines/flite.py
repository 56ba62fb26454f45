"""flite: small voices built from recorded people, their phone ends printed on request."""

from __future__ import annotations

import random
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import soundfile

from ..phones import from_labels, with_stress
from ..texts import random_words
from ..utterance import Phone
from . import espeak
from .base import EngineMissing, Rendering, Segment, Style, Voice, listed_voices

NAME: Final = "flite"
RECORDED: Final = True
_MEAN_HZ: Final = {"slt": 170.0, "awb": 120.0, "rms": 100.0, "kal16": 105.0, "kal": 105.0}
_PAIR: Final = re.compile(r"(\S+):(\d+\.\d+)")


def missing() -> str:
    return "" if shutil.which("flite") else "flite is not installed (Debian: flite)."


def voices() -> list[Voice]:
    return listed_voices(NAME)


def sentence(voice: Voice, chance: random.Random) -> str:
    return random_words(voice.language, chance)


def speak(voice: Voice, lines: Sequence[tuple[str, Style]]) -> list[Rendering | None]:
    return [_spoken(voice, text, style) for text, style in lines]


def phones(sound: Rendering, voice: Voice, text: str) -> list[Phone]:
    """Its labels have no stress: espeak-ng's reading brings it, where that is installed."""
    found = from_labels(sound.segments, voice.table, sound.samples, sound.rate, voice.offset)
    return with_stress(found, espeak.text_to_phones(text, voice.language)) if not espeak.missing() else found


def _spoken(voice: Voice, text: str, style: Style) -> Rendering:
    if lacking := missing():
        raise EngineMissing(lacking)
    with tempfile.TemporaryDirectory() as folder:
        wav = Path(folder) / "speech.wav"
        command = ["flite", "-voice", voice.key, "-psdur", "-t", text, "-o", str(wav)]
        command += ["--setf", f"duration_stretch={style.stretch:.3f}"]
        command += ["--setf", f"int_f0_target_mean={_MEAN_HZ[voice.key] * style.pitch:.1f}"]
        printed = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout
        samples, rate = soundfile.read(wav, dtype="float32")
    segments, start = [], 0.0
    for symbol, end in _PAIR.findall(printed):
        segments.append(Segment(symbol=symbol, start=start, end=float(end)))
        start = float(end)
    return Rendering(samples, rate, tuple(segments))
