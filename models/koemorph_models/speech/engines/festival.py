"""festival: diphone, unit-selection and HTS voices of recorded people, many languages; spoken in batches by script."""

from __future__ import annotations

import random
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import soundfile

from ..phones import from_labels
from ..texts import random_words
from ..utterance import Phone
from .base import EngineMissing, Rendering, Segment, Style, Voice, listed_voices

NAME: Final = "festival"
RECORDED: Final = True
_SAY: Final = """
(define (note u file)
  (let ((out (fopen file "w")))
    (mapcar
     (lambda (s)
       (format out "%f %s %s\\n" (item.feat s "end") (item.name s) (item.feat s "R:SylStructure.parent.stress")))
     (utt.relation.items u 'Segment))
    (fclose out)))
(define (say voice stretch hertz text name)
  (eval (list voice))
  (Parameter.set 'Duration_Stretch stretch)
  (if (and (> hertz 0) (boundp 'int_lr_params))
      (set! int_lr_params (list (list 'target_f0_mean hertz) (list 'target_f0_std (/ hertz 8))
                                (list 'model_f0_mean 170) (list 'model_f0_std 34))))
  (let ((u (utt.synth (eval (list 'Utterance 'Text text)))))
    (utt.save.wave u (string-append name ".wav") 'riff)
    (note u (string-append name ".lab"))))
"""
_ENCODINGS: Final = {"czech": "iso-8859-2", **dict.fromkeys(("italian", "finnish", "catalan"), "iso-8859-15")}
_MEAN_HZ: Final = {"kal_diphone": 105.0, "ked_diphone": 105.0}


def missing() -> str:
    return "" if shutil.which("festival") else "festival is not installed (Debian: festival)."


def voices() -> list[Voice]:
    return listed_voices(NAME)


def sentence(voice: Voice, chance: random.Random) -> str:
    return random_words(voice.language, chance)


def phones(sound: Rendering, voice: Voice, text: str) -> list[Phone]:
    return from_labels(sound.segments, voice.table, sound.samples, sound.rate, voice.offset)


def speak(voice: Voice, lines: Sequence[tuple[str, Style]]) -> list[Rendering | None]:
    """One process for many lines, as loading a voice costs most; a line that fails is None."""
    if lacking := missing():
        raise EngineMissing(lacking)
    encoding = _ENCODINGS.get(voice.table, "utf-8")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        script = [_SAY]
        for number, (text, style) in enumerate(lines):
            plain = text.replace("\\", " ").replace('"', " ")
            hertz = _MEAN_HZ.get(voice.key, 0.0) * style.pitch
            name = root / str(number)
            call = f'(say \'voice_{voice.key} {style.stretch:.3f} {hertz:.1f} "{plain}" "{name}")'
            # An error in one line must not end the batch.
            script.append(f"(unwind-protect {call} nil)")
        program = root / "say.scm"
        program.write_text("\n".join(script), encoding=encoding, errors="ignore")
        subprocess.run(["festival", "-b", str(program)], check=False, capture_output=True, timeout=60 + 20 * len(lines))
        return [_read(root / str(number)) for number in range(len(lines))]


def _read(name: Path) -> Rendering | None:
    wav, labels = name.with_suffix(".wav"), name.with_suffix(".lab")
    if not (wav.is_file() and labels.is_file()):
        return None
    samples, rate = soundfile.read(wav, dtype="float32")
    segments, start = [], 0.0
    for line in labels.read_bytes().decode("latin-1").splitlines():
        end, symbol, stress = line.split()
        segments.append(Segment(symbol=symbol, start=start, end=float(end), stress=2 if stress == "1" else 0))
        start = float(end)
    return Rendering(samples, rate, tuple(segments))
