"""Captures of a face into a data set: `koemorph-models import CAPTURE... --into FOLDER --speaker NAME`.

A capture is a file of curves (Live Link Face CSV, Audio2Face JSON, take...) with its sound beside it, under the same
name. Phones that film and microphones that record are started by two hands: where the curves begin in the sound is
found by the movement of the mouth, and only what is certain is used.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final

import numpy as np
import soundfile
from numpy.typing import NDArray

from koemorph import formats
from koemorph.audio import SAMPLE_RATE, open_clip
from koemorph.errors import KoeMorphError
from koemorph.files import atomic
from koemorph.take import Take
from koemorph.timing import FrameRate, round_half_up

from ..errors import DataError
from .dataset import GROUPS, SOUNDS, Speaker, add_speaker, moment
from .offset import TOLERANCE, Offset, find_offset

RATES: Final = (FrameRate.parse(30), FrameRate.parse(60))
"""What data sets are kept at."""
CALIBRATED, UNUSED = "_cal", ("_raw", "_neutral")
"""Live Link Face adds these to a capture's name; of a calibrated capture, only the calibrated curves are wanted."""
SHORTEST: Final = Fraction(1, 5)
"""Seconds that curves and sound must share to be worth keeping."""


@dataclass(frozen=True, kw_only=True)
class Capture:
    """`name` is what the recording will be called."""

    name: str
    curves: Path
    audio: Path


@dataclass(frozen=True)
class Placed:
    """Where a capture's curves begin in its sound, and why: a sentence."""

    offset: Fraction
    reason: str


def captures(paths: Iterable[Path], audio: Path | None = None) -> Iterator[Capture]:
    """Captures among files and folders. `audio` is the sound of a single one, or the folder where the sounds are."""
    chosen = [one for path in paths for one in (_in_folder(path) if path.is_dir() else [path])]
    if not chosen:
        raise DataError("No capture was found; name a file of curves or a folder with some.")
    if audio is not None and not audio.is_dir() and len(chosen) > 1:
        raise DataError(f"{audio} is one sound for {len(chosen)} captures; name the folder of their sounds.")
    for path in chosen:
        name = path.stem.removesuffix(CALIBRATED)
        yield Capture(name=name, curves=path, audio=_sound_of(path, name, audio))


def _in_folder(folder: Path) -> list[Path]:
    found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in formats.READABLE)
    calibrated = {path.with_name(path.stem.removesuffix(CALIBRATED)) for path in found if _is_calibrated(path)}
    wanted = [path for path in found if not path.stem.endswith(UNUSED)]
    return [
        path
        for path in wanted
        if (_is_calibrated(path) or path.with_suffix("") not in calibrated) and _beside(path.parent, path.stem)
    ]


def _is_calibrated(path: Path) -> bool:
    return path.stem.endswith(CALIBRATED)


def _beside(folder: Path, stem: str) -> Path | None:
    """The best sound of that name in a folder, whatever the capitals of its ending."""
    names = (stem, stem.removesuffix(CALIBRATED))
    found = [path for path in folder.iterdir() if path.stem in names and path.suffix.lower() in SOUNDS]
    return min(found, key=lambda path: SOUNDS.index(path.suffix.lower()), default=None)


def _sound_of(curves: Path, name: str, audio: Path | None) -> Path:
    if audio is not None and not audio.is_dir():
        return audio
    folder = audio or curves.parent
    sound = _beside(folder, name)
    if sound is None:
        raise DataError(f"{curves.name} has no sound {name}{SOUNDS[0]} (or {', '.join(SOUNDS[1:4])}...) in {folder}.")
    return sound


def place(take: Take, samples: NDArray[np.float32], furthest: float) -> Placed:
    """Where the curves begin in the sound, as far as that can be told."""
    found = find_offset(take, samples, furthest)
    if found is None:
        return Placed(Fraction(0), "not moved: too short or too still to tell where the curves begin")
    told = describe(found)
    if not found.certain:
        return Placed(Fraction(0), f"not moved, because it is uncertain where the curves begin ({told})")
    if abs(found.seconds) < TOLERANCE:
        return Placed(Fraction(0), f"not moved: curves and sound agree ({told})")
    return Placed(moment(found.seconds), f"moved: {told}, certain")


def describe(found: Offset) -> str:
    drift = f", drifting by {found.drift:+.3f} s from half to half" if found.drift else ""
    return f"best at {found.seconds:+.3f} s, correlation {found.correlation:.2f}, strength {found.strength:.1f}{drift}"


def bring(capture: Capture, folder: Path, rate: FrameRate | None, source: FrameRate | None, given: Fraction | None,
          furthest: float) -> str:  # fmt: skip
    """Writes NAME.wav and NAME.jsonl, cut to what curves and sound share; returns what was done, in a sentence."""
    reading = formats.read(capture.curves, rate=source)
    take = reading.take.shift(-reading.take.start)
    with open_clip(capture.audio) as clip:
        samples = clip.read(0, clip.sample_count)
        placed = place(take, samples, furthest) if given is None else Placed(given, "moved as told")
    wanted = rate or (take.rate if take.rate in RATES else RATES[-1])
    first = max(Fraction(0), placed.offset)
    shared = min(Fraction(len(samples), SAMPLE_RATE), placed.offset + take.duration) - first
    count = round_half_up(shared * wanted.fps)
    if shared < SHORTEST or count < 1:
        raise DataError(
            f"{capture.curves.name} and {capture.audio.name} share only {max(0.0, float(shared)):.2f} s; "
            "check that they belong together."
        )
    kept = take.shift(placed.offset).retime(wanted, first, first + count / wanted.fps).shift(-first)
    begin = round_half_up(first * SAMPLE_RATE)
    write_pair(folder, capture.name, samples[begin : begin + round_half_up(shared * SAMPLE_RATE)], kept)
    notes = "".join(f" {note}" for note in reading.notes)
    return (
        f"{capture.name}: {float(shared):.2f} s at {wanted.label} fps; curves begin at {float(placed.offset):+.3f} s, "
        f"{placed.reason}.{notes}"
    )


def write_pair(folder: Path, name: str, samples: NDArray[np.float32], take: Take) -> None:
    """The sound as 16 kHz WAV, then the curves: where there are curves, a recording is complete."""
    with atomic(folder / f"{name}.wav") as handle:
        soundfile.write(handle, np.clip(samples, -1.0, 1.0), SAMPLE_RATE, format="WAV", subtype="PCM_16")
    formats.write_take(take, folder / f"{name}.jsonl")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("captures", nargs="+", type=Path, metavar="CAPTURE", help="files of curves, or folders of them")
    parser.add_argument("--into", type=Path, required=True, metavar="FOLDER", help="the data set, made if need be")
    parser.add_argument("--speaker", required=True, help="who is captured: the folder inside the data set")
    parser.add_argument("--group", choices=GROUPS, default="")
    parser.add_argument("--language", default="", help="for example en, de, ja")
    parser.add_argument("--licence", default="", help="under which the capture may be used, in words")
    parser.add_argument("--audio", type=Path, help="the sound, or the folder of the sounds, if not beside the curves")
    parser.add_argument("--fps", choices=("30", "60"), help="of the data set (default: as captured, or 60)")
    parser.add_argument("--source-fps", type=FrameRate.parse, help="of the captures, where a file tells it wrong")
    parser.add_argument("--offset", type=_seconds, help="seconds of the sound at which the curves begin, if known")
    parser.add_argument(
        "--search", type=float, default=60.0, metavar="S", help="seconds to look for that, each way (60)"
    )
    parser.add_argument("--replace", action="store_true", help="import again what is in the data set already")


def _seconds(text: str) -> Fraction:
    try:
        return Fraction(text)
    except (ValueError, ZeroDivisionError) as err:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds") from err


def run(options: argparse.Namespace) -> int:
    found = list(captures(options.captures, options.audio))
    _refuse_namesakes(found)
    folder = options.into / safe_name(options.speaker)
    rate = FrameRate.parse(options.fps) if options.fps else None
    failed = 0
    for number, capture in enumerate(found, 1):
        count = f"[{number}/{len(found)}]"
        if not options.replace and (folder / f"{capture.name}.jsonl").exists():
            print(f"{count} {capture.name}: already there, left as it is (--replace imports it again).")
            continue
        try:
            print(count, bring(capture, folder, rate, options.source_fps, options.offset, options.search), flush=True)
        except KoeMorphError as err:
            failed += 1
            print(f"{count} {capture.name}: {err}", file=sys.stderr)
    if failed < len(found):
        add_speaker(
            options.into,
            Speaker(speaker=folder.name, group=options.group, language=options.language, licence=options.licence),
        )
    if failed:
        raise DataError(f"{failed} of {len(found)} captures could not be imported.")
    return 0


def _refuse_namesakes(found: Sequence[Capture]) -> None:
    names = [capture.name for capture in found]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise DataError(f"Several captures are called {', '.join(twice[:4])}; import their folders one by one.")


def safe_name(name: str) -> str:
    """A name that can be a folder or a file anywhere."""
    return "".join(c if c.isalnum() or c in "-_+. " else "_" for c in name).strip(" .") or "_"
