"""Makes the clips that the native eGeMAPS is tested on, and the reference's numbers for them.

Needs espeak-ng, flite and openSMILE: `python tests/data/egemaps/make.py`. The clips are our own sentences
spoken by free synthesisers, and a noise; 16 kHz FLAC, 16 bit.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import opensmile
import soundfile
import soxr

FOLDER = Path(__file__).parent
RATE = 16_000
VOICES = {
    "espeak_m": ["espeak-ng", "-v", "en-us+m3", "-p", "35", "-w", "OUT", "Where did you put the old wooden boat?"],
    "espeak_f": ["espeak-ng", "-v", "de+f2", "-p", "60", "-w", "OUT", "Morgen fahren wir wieder ans Meer."],
    "flite_slt": ["flite", "-voice", "slt", "-t", "Nobody minds the rain today, really!", "-o", "OUT"],
    "flite_rms": ["flite", "-voice", "rms", "-t", "He answered slowly, and then he smiled.", "-o", "OUT"],
    "flite_awb": ["flite", "-voice", "awb", "-t", "A warm meal would be very nice now.", "-o", "OUT"],
}


def main() -> None:
    clips = {"noise": np.random.default_rng(7).normal(0, 0.05, 2 * RATE)}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clip.wav"
        for name, command in VOICES.items():
            subprocess.run([str(path) if part == "OUT" else part for part in command], check=True)
            samples, rate = soundfile.read(path)
            clips[name] = soxr.resample(samples, rate, RATE)[: 4 * RATE]
    smile = opensmile.Smile(opensmile.FeatureSet.eGeMAPSv02, opensmile.FeatureLevel.Functionals)
    reference = {}
    for name, samples in sorted(clips.items()):
        soundfile.write(FOLDER / f"{name}.flac", samples, RATE, subtype="PCM_16")
        stored, _ = soundfile.read(FOLDER / f"{name}.flac", dtype="float32")
        reference[name] = [float(f"{value:.6g}") for value in smile.process_signal(stored, RATE).to_numpy()[0]]
    document = {"opensmile": opensmile.__version__, "functionals": list(smile.feature_names), "clips": reference}
    (FOLDER / "reference.json").write_text(json.dumps(document, indent=0) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
