"""Tell what a recording or a take holds."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from .. import arkit, formats
from ..audio import open_clip
from ..settings import Settings
from ..take import Take
from ..timing import FrameRate
from ..trust import unescaped


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--json", action="store_true", help="as JSON, for programs")


def run(options: argparse.Namespace) -> int:
    is_take = options.file.suffix.lower() in formats.WRITABLE
    facts = _of_take(formats.read(options.file)) if is_take else _of_recording(options.file)
    if options.json:
        print(json.dumps(facts, ensure_ascii=False, indent=2))
        return 0
    if isinstance(facts.get("settings"), dict):
        facts["settings"] = _changed(facts["settings"])
    for name, value in facts.items():
        print(unescaped(f"{name + ':':<13} {_readable(value)}"))
    return 0


def _of_recording(path: Path) -> dict[str, Any]:
    with open_clip(path) as clip:
        frames = {
            label: FrameRate.parse(label).frame_count(clip.duration) for label in ("24", "25", "29.97", "30", "60")
        }
        return {
            "recording": path.name,
            "seconds": round(float(clip.duration), 6),
            "rate": f"{clip.source_rate} Hz",
            "channels": clip.channels,
            "gain": f"{20 * np.log10(clip.gain):+.1f} dB to speaking level",
            "frames": frames,
            "warnings": list(clip.warnings),
            "sha256": clip.sha256,
        }


def _of_take(reading: formats.Reading) -> dict[str, Any]:
    take = reading.take
    peaks = take.values.max(axis=0)
    order = np.argsort(peaks)[::-1][:8]
    facts: dict[str, Any] = {
        "frames": take.frame_count,
        "fps": f"{take.rate.label}" + ("" if take.rate.fps.denominator == 1 else f" ({take.rate})"),
        "seconds": round(float(take.duration), 6),
        "start": f"{float(take.start):g} s, timecode {take.rate.timecode(take.rate.frame(take.start))}",
        "shapes": len(take.names),
        "missing": [name for name in arkit.SHAPES if name not in take.names],
        "notes": list(reading.notes),
        "spoken": _spoken(take),
        "moods": _moods(take),
        "strongest": {take.names[i]: round(float(peaks[i]), 3) for i in order},
    }
    return facts | {name: value for name, value in take.provenance.items() if name not in facts}


def _spoken(take: Take) -> list[str]:
    """How many phones and words are known, and how many of them who says so."""
    told = []
    for name, entries in (("phones", take.phones), ("words", take.words)):
        count = Counter(entry.source for entry in entries)
        if entries:
            told.append(f"{len(entries)} {name} ({', '.join(f'{many} {source}' for source, many in count.items())})")
    return told


def _moods(take: Take) -> list[str]:
    """The mood track as it can be given to --mood-keys, and how it came about."""
    if take.moods is None:
        return []
    heard = [key for key in take.moods.keys if key.arousal is not None and key.valence is not None]
    tones = [f"{key.seconds:.1f} s arousal {key.arousal:+.2f} valence {key.valence:+.2f}" for key in heard]
    return [take.moods.source, str(take.moods), *tones]


def _changed(settings: dict[str, Any]) -> dict[str, Any] | str:
    """Only what differs from the defaults: what was chosen for this take."""
    defaults = Settings().to_dict()
    return {name: value for name, value in settings.items() if value != defaults.get(name)} or "all as they come"


def _readable(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {entry}" for key, entry in value.items())
    if isinstance(value, list):
        return "; ".join(str(entry) for entry in value) or "none"
    return str(value)
