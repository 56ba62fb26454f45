"""One recording looked at closely: can it be read, do sound and curves fit, does the mouth follow the voice?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import NDArray

from koemorph import arkit
from koemorph.audio import SAMPLE_RATE, Clip
from koemorph.audio.level import GATE_DBFS, HOP
from koemorph.errors import KoeMorphError
from koemorph.formats.base import shortened
from koemorph.take import Take

from .dataset import Recording
from .importing import RATES
from .offset import FOLLOWING, TOLERANCE, correlation_at, find_offset

SHORT: Final = 0.5
"""Seconds that teach little."""
SLOWEST: Final = 24
"""Frames a second below which lips cannot be followed."""
FROZEN: Final = 0.5
"""Seconds without the least movement of anything, as when a face is no longer found."""
STILL: Final = 0.005
"""What a shape that moves at least moves by."""
UNEVEN, APART = 0.1, 0.5
"""Seconds by which lengths may differ without a word, and with a warning."""
JUDGED: Final = 4.0
"""Seconds of speech from which it can be told that a mouth does not follow it."""


class Level(str, Enum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Finding:
    """`kind` is one word for one kind of complaint; `where` names a recording, a speaker, a file, or nothing."""

    level: Level
    kind: str
    where: str
    sentence: str


@dataclass(frozen=True)
class Facts:
    """What the whole set is judged by. `moving` are the shapes that move."""

    seconds: float = 0.0
    sha256: str = ""
    moving: frozenset[str] = frozenset()


Said = Iterator[tuple[Level, str, str]]
"""Level, kind and sentence of findings."""


def inspect(recording: Recording) -> tuple[list[Finding], Facts]:
    """Everything that can be said about a recording by itself."""
    findings: list[Finding] = []

    def add(said: Iterable[tuple[Level, str, str]]) -> None:
        findings.extend(Finding(level, kind, recording.name, sentence) for level, kind, sentence in said)

    take = samples = None
    seconds, digest = Fraction(0), ""
    try:
        with recording.clip() as clip:
            samples, seconds, digest = clip.read(0, clip.sample_count), clip.duration, clip.sha256
            add(_sound(clip, samples))
    except KoeMorphError as err:
        add([(Level.ERROR, "sound", str(err))])
    try:
        take = recording.take()
        add(_curves(take))
    except KoeMorphError as err:
        add([(Level.ERROR, "curves", str(err))])
    if take is None:
        return findings, Facts(float(seconds), digest)
    if samples is not None:
        add(_lengths(take, seconds))
        if not any(one.level is Level.ERROR for one in findings):
            add(_together(take, samples))
    moving = np.ptp(take.values, axis=0) >= STILL
    names = frozenset(name for name, moves in zip(take.names, moving, strict=True) if moves)
    return findings, Facts(float(seconds), digest, names)


def _sound(clip: Clip, samples: NDArray[np.float32]) -> Said:
    hops = np.pad(samples, (0, -len(samples) % HOP)).reshape(-1, HOP)
    if float(np.mean(hops**2, axis=1).max()) < 10 ** (GATE_DBFS / 10):
        yield Level.ERROR, "silent", "The sound is silent; check the microphone, or leave the recording out."
    else:
        for warning in clip.warnings:
            yield Level.WARNING, "clipped" if "clipped" in warning else "level", warning
    if clip.source_rate < SAMPLE_RATE:
        yield Level.WARNING, "sample-rate", f"The sound has {clip.source_rate} Hz; record at 16000 Hz or more."
    if float(clip.duration) < SHORT:
        yield Level.WARNING, "short", f"It lasts only {float(clip.duration):.2f} s, which teaches little."


def _curves(take: Take) -> Said:
    if take.rate.fps < SLOWEST:
        yield Level.ERROR, "rate", f"{take.rate.label} curves a second cannot follow lips; capture at 30 or 60 fps."
    elif take.rate not in RATES:
        yield Level.WARNING, "rate", f"The curves are at {take.rate.label} fps and will be resampled to 30 or 60."
    known = [i for i, name in enumerate(take.names) if name in arkit.INDEX]
    if "jawOpen" not in take.names:
        yield Level.ERROR, "missing-shapes", "There is no curve for jawOpen; a face without a jaw teaches nothing."
    elif missing := [name for name in arkit.SHAPES if name not in take.names]:
        yield Level.WARNING, "missing-shapes", f"There are no curves for {shortened(missing)}."
    if not known:
        return
    values = take.values[:, known]
    highest, lowest = float(values.max()), float(values.min())
    if highest > 1.5:
        yield Level.ERROR, "range", f"Values go up to {highest:g}; they should be 0 to 1 (are they percent?)."
    elif highest > 1.001 or lowest < -0.001:
        frame, column = np.argwhere((values > 1.001) | (values < -0.001))[0]
        where = f"first {take.names[known[column]]} at frame {frame}"
        level = Level.ERROR if highest > 1.05 or lowest < -0.05 else Level.WARNING
        yield level, "range", f"Values reach from {lowest:.3f} to {highest:.3f}, outside of 0 to 1 ({where})."
    if float(np.ptp(values, axis=0).max()) < STILL:
        yield Level.ERROR, "still", "No curve moves at all; check that a face was captured."
    elif "jawOpen" in take.names and float(np.ptp(take.curve("jawOpen"))) < STILL:
        yield Level.ERROR, "still", "jawOpen never moves; check that the mouth was captured."
    elif (frozen := _longest_stop(values) / float(take.rate.fps)) >= FROZEN:
        yield Level.WARNING, "frozen", f"All curves stand still for {frozen:.2f} s; was the face lost there?"


def _longest_stop(values: NDArray[np.float32]) -> int:
    """Frames of the longest stretch in which nothing changes."""
    changes = np.flatnonzero((values[1:] != values[:-1]).any(axis=1))
    edges = np.concatenate(([-1], changes, [len(values) - 1]))
    return int(np.diff(edges).max())


def _lengths(take: Take, seconds: Fraction) -> Said:
    if take.start >= seconds or take.start + take.duration <= 0:
        yield (
            Level.ERROR,
            "start",
            f"The curves begin at {float(take.start):.2f} s and the sound ends at {float(seconds):.2f} s; if that is a "
            "time of day, bring the capture in with `koemorph-models import`.",
        )
        return
    if float(take.start) > UNEVEN:
        yield Level.WARNING, "start", f"The first {float(take.start):.2f} s of the sound have no curves."
    apart = float(take.start + take.duration - seconds)
    if abs(apart) > UNEVEN:
        level = Level.ERROR if abs(apart) > APART else Level.WARNING
        longer = "longer" if apart > 0 else "shorter"
        yield level, "length", f"The curves are {abs(apart):.2f} s {longer} than the sound ({float(seconds):.2f} s)."


def _together(take: Take, samples: NDArray[np.float32]) -> Said:
    found = find_offset(take, samples)
    if found is None:
        return
    apart = found.seconds - float(take.start)
    if found.certain and abs(apart) > TOLERANCE:
        yield (
            Level.WARNING,
            "offset",
            f"The curves seem to be {abs(apart):.3f} s too {'early' if apart > 0 else 'late'}: "
            f"mouth and voice agree best when they begin at {found.seconds:+.3f} s of the sound.",
        )
    elif found.drift:
        yield (
            Level.WARNING,
            "drift",
            f"Curves and sound drift apart by {abs(found.drift):.3f} s from half to half; "
            "one of them has another rate than its file says (29.97 read as 30?).",
        )
    elif len(samples) >= JUDGED * SAMPLE_RATE:
        follows = correlation_at(take, samples, float(take.start))
        if follows < FOLLOWING:
            yield (
                Level.WARNING,
                "unrelated",
                f"The mouth does not open with the voice (correlation {follows:.2f}); "
                "do sound and curves belong together?",
            )
