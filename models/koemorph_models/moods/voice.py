"""An acted corpus from an HTS voice that was recorded in several moods, spoken by Open JTalk (Debian: open-jtalk).

Each text is said in each mood, at several speeds and pitches, so that neither tells the mood by itself.
"""

from __future__ import annotations

import argparse
import csv
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np
import soundfile
from numpy.typing import NDArray

from koemorph.errors import MissingPieceError
from koemorph.timing import SAMPLE_RATE

from ..errors import DataError
from ..speech.sound import load

MOODS: Final = {"neutral": "neutral", "happy": "joy", "angry": "anger", "sad": "sadness"}
"""How the voice's files call a mood, and how we do."""
DICTIONARY: Final = Path("/var/lib/mecab/dic/open-jtalk/naist-jdic")
VARIANTS: Final = ((1.0, 0.0), (0.88, -1.5), (1.15, 1.0), (0.97, -4.0), (1.08, 2.5))
"""Speed, and pitch in semitones."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("voice", type=Path, help="a folder with NAME-neutral.htsvoice, NAME-happy.htsvoice ...")
    parser.add_argument("texts", type=Path, help="a corpus (a folder with transcripts.tsv) with Japanese texts")
    parser.add_argument("corpus", type=Path, help="the folder to write")
    parser.add_argument("--dictionary", type=Path, default=DICTIONARY)


def run(options: argparse.Namespace) -> int:
    program = shutil.which("open_jtalk")
    if program is None or not options.dictionary.is_dir():
        raise MissingPieceError(
            "Open JTalk and its dictionary are needed: apt-get install open-jtalk open-jtalk-mecab-naist-jdic"
        )
    texts = _texts(options.texts)
    options.corpus.mkdir(parents=True, exist_ok=True)
    count = 0
    with (options.corpus / "transcripts.tsv").open("w", encoding="utf-8", newline="") as handle:
        rows = csv.writer(handle, delimiter="\t", quoting=csv.QUOTE_NONE, quotechar=None)
        rows.writerow(("file", "speaker", "language", "text", "emotion"))
        for theirs, mood in MOODS.items():
            voices = sorted(options.voice.glob(f"*-{theirs}.htsvoice"))
            if not voices:
                raise DataError(f"{options.voice} has no voice *-{theirs}.htsvoice.")
            for number, text in enumerate(texts):
                speed, pitch = VARIANTS[(number + len(mood)) % len(VARIANTS)]
                name = f"{mood}-{number:03}.flac"
                sound = speak(program, options.dictionary, voices[0], text, speed=speed, pitch=pitch)
                soundfile.write(options.corpus / name, sound, SAMPLE_RATE)
                rows.writerow((name, voices[0].name.removesuffix(f"-{theirs}.htsvoice"), "ja", text, mood))
                count += 1
    print(f"{count} lines in {options.corpus}")
    return 0


def speak(program: str, dictionary: Path, voice: Path, text: str, *, speed: float, pitch: float) -> NDArray[np.float32]:
    """Mono at 16 kHz."""
    with TemporaryDirectory() as folder:
        spoken = Path(folder) / "spoken.wav"
        how = ["-x", str(dictionary), "-m", str(voice), "-r", str(speed), "-fm", str(pitch), "-ow", str(spoken)]
        done = subprocess.run([program, *how], input=text.encode(), capture_output=True, check=False)
        if done.returncode or not spoken.is_file():
            raise DataError(f"Open JTalk did not say {text!r}: {done.stderr.decode(errors='replace').strip()[:200]}")
        return load(spoken)


def _texts(corpus: Path) -> list[str]:
    with (corpus / "transcripts.tsv").open(encoding="utf-8", newline="") as handle:
        rows = csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE)
        texts = [row["text"] for row in rows if row["language"] == "ja"]
    if not texts:
        raise DataError(f"{corpus} has no Japanese texts.")
    return texts
