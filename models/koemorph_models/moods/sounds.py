"""Voices that no corpus has: a whisper made of a spoken line, and laughter made by a synthesiser."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np
from numpy.typing import NDArray

from koemorph.errors import MissingPieceError

from ..errors import DataError
from ..speech.sound import load

_WINDOW: Final = 512
_STEP: Final = 128
_ENVELOPE: Final = 30
"""Cepstral coefficients that hold the throat and not the voice."""
_TILT: Final = 0.85
"""How much of the lows a whisper has not."""
LAUGHTER: Final = "[[h'a:_ h'a: ha ha ha ha_ h'I h'I hI hI]]"
HIGH, FAST = "75", "230"

Sound = NDArray[np.float32]


def whispered(samples: Sound) -> Sound:
    """The same throat without a voice: noise in the envelope of each moment."""
    window = np.sqrt(np.hanning(_WINDOW + 1)[:-1]).astype(np.float32)
    padded = np.pad(samples, _WINDOW)
    starts = range(0, len(padded) - _WINDOW, _STEP)
    noise = np.random.default_rng(0).normal(size=len(padded))
    whisper = np.zeros(len(padded))
    for start in starts:
        own = slice(start, start + _WINDOW)
        cepstrum = np.fft.irfft(np.log(np.abs(np.fft.rfft(padded[own] * window)) + 1e-5))
        cepstrum[_ENVELOPE : _WINDOW - _ENVELOPE + 1] = 0.0
        envelope = np.exp(np.fft.rfft(cepstrum).real)
        whisper[own] += window * np.fft.irfft(np.fft.rfft(noise[own] * window) * envelope)
    tilted = whisper - _TILT * np.concatenate([[0.0], whisper[:-1]])
    return np.asarray(tilted[_WINDOW : _WINDOW + len(samples)], dtype=np.float32)


def laughter() -> Sound:
    """Somebody laughing, as far as espeak-ng can."""
    program = shutil.which("espeak-ng")
    if program is None:
        raise MissingPieceError("Laughter is made by espeak-ng: apt-get install espeak-ng")
    with TemporaryDirectory() as folder:
        spoken = Path(folder) / "laughter.wav"
        command = [program, "-v", "en-us", "-p", HIGH, "-s", FAST, "-w", str(spoken), LAUGHTER]
        done = subprocess.run(command, capture_output=True, check=False)
        if done.returncode or not spoken.is_file():
            raise DataError(f"espeak-ng did not laugh: {done.stderr.decode(errors='replace').strip()[:200]}")
        return load(spoken)
