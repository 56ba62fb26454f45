"""A folder of recordings with their curves, as a studio keeps its captures.

    FOLDER/
        speakers.tsv            optional: speaker, group, language, licence, part
        anna/line_001.wav       sound in any format
        anna/line_001.jsonl     its curves: one {"timestamp": seconds, "blendshapes": [52 numbers]} a frame
        anna/monday/line_002.flac ...

The first folder is the speaker; recordings that lie in none are spoken by the one whom the data set is named after.
Timestamps are seconds of the sound file.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from fractions import Fraction
from pathlib import Path
from typing import Final

import numpy as np

from koemorph import arkit, formats
from koemorph.audio import SAMPLE_RATE, Clip, open_clip
from koemorph.files import write_text
from koemorph.formats.base import columns
from koemorph.take import Curves, Take
from koemorph.timing import FrameRate, round_half_up

from ..errors import DataError
from .split import Part

SPEAKERS: Final = "speakers.tsv"
SOUNDS: Final = (".wav", ".flac", ".ogg", ".opus", ".aiff", ".mp3", ".m4a", ".mov", ".mp4")
"""Where a recording has several sounds, the first of these is it."""
CURVES: Final = (".jsonl", ".take", ".npz", ".csv")
"""The same for its curves."""
GROUPS: Final = ("man", "woman", "child")


@dataclass(frozen=True, kw_only=True)
class Speaker:
    """A line of speakers.tsv; what is empty is not known. `part` is train, validation or test, or empty: drawn."""

    speaker: str
    group: str = ""
    language: str = ""
    licence: str = ""
    part: str = ""


@dataclass(frozen=True, kw_only=True)
class Recording:
    """A sound file and its curves. `name` is where they lie in the data set, without an ending."""

    name: str
    audio: Path
    curves: Path
    speaker: Speaker

    def clip(self) -> Clip:
        return open_clip(self.audio)

    def take(self) -> Take:
        """The curves as they are in the file."""
        return formats.read_take(self.curves)

    def targets(self, rate: FrameRate, sample_count: int) -> Curves:
        """(frames, 52) in Apple's order for so many samples at 16 kHz, resampled where the file has another rate."""
        seconds = Fraction(sample_count, SAMPLE_RATE)
        take = self.take()
        whole = take.retime(rate, Fraction(0), Fraction(rate.frame_count(seconds)) / rate.fps)
        return np.clip(columns(whole, arkit.SHAPES)[0], 0.0, 1.0)


@dataclass(frozen=True, kw_only=True)
class DataSet:
    """`alone` are the files without a partner, `doubled` those passed over because their place is taken."""

    folder: Path
    recordings: tuple[Recording, ...]
    speakers: tuple[Speaker, ...]
    """The lines of speakers.tsv."""
    alone: tuple[Path, ...] = ()
    doubled: tuple[Path, ...] = ()


def read_dataset(folder: Path) -> DataSet:
    """Every recording below a folder, by name; nothing but names and speakers.tsv is read."""
    if not folder.is_dir():
        raise DataError(f"There is no folder {folder}; name the folder of a data set.")
    listed = read_speakers(folder / SPEAKERS)
    known = {one.speaker: one for one in reversed(listed)}
    places: dict[str, list[Path]] = {}
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        hidden = any(part.startswith(".") for part in inside.parts)
        if path.is_file() and not hidden and path.suffix.lower() in (*SOUNDS, *CURVES):
            places.setdefault(inside.with_suffix("").as_posix(), []).append(path)
    recordings, alone, doubled = [], [], []
    for name, paths in places.items():
        sounds, curves = _ranked(paths, SOUNDS), _ranked(paths, CURVES)
        doubled += sounds[1:] + curves[1:]
        if not sounds or not curves:
            alone += sounds[:1] + curves[:1]
            continue
        speaker = name.split("/")[0] if "/" in name else folder.resolve().name
        recordings.append(
            Recording(
                name=name, audio=sounds[0], curves=curves[0], speaker=known.get(speaker, Speaker(speaker=speaker))
            )
        )
    return DataSet(
        folder=folder, recordings=tuple(recordings), speakers=listed, alone=tuple(alone), doubled=tuple(doubled)
    )


def _ranked(paths: Iterable[Path], endings: tuple[str, ...]) -> list[Path]:
    fitting = [path for path in paths if path.suffix.lower() in endings]
    return sorted(fitting, key=lambda path: endings.index(path.suffix.lower()))


def read_speakers(path: Path) -> tuple[Speaker, ...]:
    """The lines of a speakers.tsv; none where there is no such file."""
    if not path.is_file():
        return ()
    try:
        lines = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig")), delimiter="\t"))
    except (OSError, UnicodeDecodeError, csv.Error) as err:
        raise DataError(f"{path} cannot be read as a table ({err}); save it as text with tabs, in UTF-8.") from err
    known = [field.name for field in fields(Speaker)]
    if any("speaker" not in line for line in lines):
        raise DataError(f"{path} has no column called speaker; its first line should be {' '.join(known)}, with tabs.")
    found = []
    for number, line in enumerate(lines, 2):
        one = Speaker(**{name: (line.get(name) or "").strip() for name in known})
        parts = [part.value for part in Part]
        for value, choices, what in ((one.part, parts, "part"), (one.group, GROUPS, "group")):
            if value and value not in choices:
                raise DataError(f"{path}, line {number}: {what} {value!r} should be {', '.join(choices)} or empty.")
        found.append(one)
    return tuple(found)


def write_speakers(path: Path, speakers: Iterable[Speaker]) -> None:
    names = [field.name for field in fields(Speaker)]
    rows: list[Mapping[str, str]] = [asdict(one) for one in speakers]
    written = io.StringIO()
    table = csv.DictWriter(written, names, delimiter="\t", lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    write_text(path, written.getvalue())


def add_speaker(folder: Path, speaker: Speaker) -> None:
    """Enters a speaker into the data set, or completes the line it has; what stands there already stays."""
    listed = list(read_speakers(folder / SPEAKERS))
    names = [one.speaker for one in listed]
    if speaker.speaker not in names:
        write_speakers(folder / SPEAKERS, [*listed, speaker])
        return
    at = names.index(speaker.speaker)
    merged = {name: value or getattr(speaker, name) for name, value in asdict(listed[at]).items()}
    if merged != asdict(listed[at]):
        listed[at] = Speaker(**merged)
        write_speakers(folder / SPEAKERS, listed)


def moment(seconds: float) -> Fraction:
    """Seconds to the nearest sample of 16 kHz sound, so that sound and curves can be cut at one moment."""
    return Fraction(round_half_up(Fraction(seconds) * SAMPLE_RATE), SAMPLE_RATE)
