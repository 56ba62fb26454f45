"""The one way from a decoder to stored 16 kHz mono.

Every source goes through the same fixed blocks and the same resampler, so how a recording was read
(file, pipe, memory, short, long) never shows in its samples.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from koemorph.audio.level import CLIPPED_PLACES, CancellingWatch, ClippingWatch, SpeechLevel
from koemorph.audio.resample import Resampler
from koemorph.audio.source import Source
from koemorph.audio.store import SampleStore
from koemorph.errors import AudioError
from koemorph.timing import round_half_up
from koemorph.trust.limits import SOUND_SWELLING
from koemorph.trust.words import shown

BLOCK = 32_768
"""Source frames decoded, checked and resampled at a time."""
LONGEST = 24 * 3600
"""Seconds; what is longer is a damaged header or an endless stream."""
RATES = range(1_000, 768_001)
"""Hz; a header outside of this is damaged."""
CHANNELS = range(1, 129)
_DIGITS = 9
"""Of a channel's number, zeros before it included."""
LOUDEST = 1e6
"""Full scale is 1; a sample beyond this is no sound but damaged data."""

Progress = Callable[[float], None]


@dataclass(frozen=True, kw_only=True)
class Intake:
    """What came out of one pass over a source."""

    store: SampleStore
    first: int
    """Source frame of the in point."""
    frames: int
    """Source frames taken in."""
    gain: float
    offset: float
    """How far from zero all of it lies, where that is plain."""
    warnings: tuple[str, ...]


def check_shape(rate: int, channels: int, name: str) -> None:
    if rate not in RATES or channels not in CHANNELS:
        raise AudioError(
            f"{name} says it has {channels} channels at {rate} Hz, which cannot be right;"
            " export it again from the original."
        )


def take_in(
    source: Source,
    name: str,
    *,
    channel: int | str | None = None,
    start: Fraction | None = None,
    end: Fraction | None = None,
    progress: Progress | None = None,
    most_samples: int | None = None,
) -> Intake:
    """Read, check, mix, measure, resample and store `source` from `start` to `end` seconds.

    `most_samples` at 16 kHz is what a file of its size can honestly hold.
    """
    check_shape(source.rate, source.channels, name)
    picked = _pick(channel, source.channels, name)
    first, last = _trim(source, name, start, end)
    expected = last or source.expected

    def report(frame: int) -> None:
        if progress:  # of unknown length too: it is also the chance to cancel
            progress(min(1.0, frame / expected) if expected else 0.0)

    _go_to(first, source, name, report)
    watch, level, cancelling = ClippingWatch(source.full_scale), SpeechLevel(), CancellingWatch()
    resampler = Resampler(source.rate)
    store = SampleStore()
    try:
        frames = 0
        for block in _blocks(source, None if last is None else last - first):
            chosen = block if picked is None else block[:, picked, None]
            watch.push(chosen, _peak(chosen, name, source.rate, first + frames))
            mixed = _mono(chosen)
            cancelling.push(chosen, mixed)
            samples = resampler.push(mixed)
            level.push(samples)
            store.append(samples)
            frames += len(block)
            if most_samples is not None and len(store) > most_samples:
                raise AudioError(
                    f"{name} unpacks to more than {SOUND_SWELLING}, which cannot be a recording: "
                    f"{SOUND_SWELLING.reason}; export it again as WAV."
                )
            if frames > LONGEST * source.rate:
                raise AudioError(f"{name} goes on for more than {LONGEST // 3600} hours; cut it into shorter files.")
            report(first + frames)
        _check_end(source, name, first, last, frames)
        samples = resampler.finish()
        level.push(samples)
        store.append(samples)
        if not len(store):
            raise AudioError(f"{name} is too short to hold any sound ({frames} frames at {source.rate} Hz).")
    except BaseException:
        store.close()
        raise
    offset = level.offset()
    gain, strange = level.gain(offset)
    if cancelling.cancelled:
        strange = "The channels cancel each other, as one of them is turned over; take one, with --channel left."
    warnings = [strange] if strange else []
    if offset:
        warnings.append(f"All of the sound lies {offset:+.3f} off zero (a DC offset), which was taken out.")
    if watch.first is not None and watch.places >= CLIPPED_PLACES:
        at = float(Fraction(first + watch.first, source.rate))
        warnings.append(f"The sound is clipped in {watch.places} places, first at {at:.3f} s.")
    return Intake(store=store, first=first, frames=frames, gain=gain, offset=offset, warnings=tuple(warnings))


def _blocks(source: Source, count: int | None) -> Iterator[NDArray[np.float32]]:
    left = count
    while left is None or left > 0:
        wanted = BLOCK if left is None else min(BLOCK, left)
        block = source.read(wanted)
        if len(block):
            yield block
        if len(block) < wanted:
            return
        if left is not None:
            left -= wanted


def _mono(block: NDArray[np.float32]) -> NDArray[np.float32]:
    if block.shape[1] == 1:
        return np.ascontiguousarray(block[:, 0])
    total = block[:, 0].astype(np.float64)
    for channel in block.T[1:]:  # several times faster than a mean over the short axis
        total += channel
    return np.asarray(total / block.shape[1], np.float32)


def _peak(block: NDArray[np.float32], name: str, rate: int, frame: int) -> float:
    """Largest magnitude of a block; NaN, infinity and damaged floats are refused with the time of the first."""
    with np.errstate(invalid="ignore"):
        peak = float(np.abs(block).max())
        if peak <= LOUDEST:
            return peak
        bad = frame + int(np.flatnonzero(~(np.abs(block) <= LOUDEST).all(axis=1))[0])
    raise AudioError(
        f"{name} holds numbers that are no sound (NaN, infinite or far beyond full scale), first at {bad / rate:.3f} s;"
        " export it again from the original."
    )


def _pick(channel: int | str | None, channels: int, name: str) -> int | None:
    """Index of the chosen channel, None for the mix of all."""
    if channel is None:
        return None
    number = {"left": "1", "right": "2"}.get(str(channel).strip().lower(), str(channel).strip())
    if not (number.isascii() and number.isdigit() and len(number) <= _DIGITS):
        raise AudioError(f"Channel {shown(number, 40)} is unknown; give a number from 1, 'left' or 'right'.")
    if int(number) not in range(1, channels + 1):
        has = "only one channel" if channels == 1 else f"{channels} channels"
        raise AudioError(f"{name} has {has}, so channel '{channel}' cannot be taken; choose from 1 to {channels}.")
    return int(number) - 1


def _trim(source: Source, name: str, start: Fraction | None, end: Fraction | None) -> tuple[int, int | None]:
    """First source frame and the one after the last."""
    first = 0 if start is None else round_half_up(Fraction(start) * source.rate)
    last = None if end is None else round_half_up(Fraction(end) * source.rate)
    if first < 0:
        raise AudioError(f"The in point of {name} is before its beginning ({_seconds(start)}); give 0 or more seconds.")
    if last is not None and last <= first:
        raise AudioError(f"The out point of {name} ({_seconds(end)}) is not after its in point ({_seconds(start)}).")
    return first, last


def _go_to(first: int, source: Source, name: str, report: Callable[[int], None]) -> None:
    """Leave out what is before the in point, a minute at a time so that it can be cancelled."""
    at = 0
    while at < first:
        step = min(first - at, 60 * source.rate)
        skipped = source.skip(step)
        at += skipped
        if skipped < step:
            raise _outside(name, "in", Fraction(first, source.rate), at, source.rate)
        report(at)


def _check_end(source: Source, name: str, first: int, last: int | None, frames: int) -> None:
    reached = first + frames
    if last is None and source.promised is not None and reached < source.promised:
        raise AudioError(
            f"{name} is cut short: it promises {source.promised / source.rate:.3f} s of sound"
            f" but ends after {reached / source.rate:.3f} s; copy or export it again."
        )
    if last is not None and reached < last:
        raise _outside(name, "out", Fraction(last, source.rate), reached, source.rate)
    if not frames and first:
        raise _outside(name, "in", Fraction(first, source.rate), reached, source.rate)
    if not frames:
        raise AudioError(f"{name} holds no sound at all (zero samples); export it again.")


def _outside(name: str, point: str, asked: Fraction | None, frames: int, rate: int) -> AudioError:
    return AudioError(
        f"The {point} point {_seconds(asked)} lies beyond the end of {name}, which is {frames / rate:.3f} s long;"
        " choose an earlier one."
    )


def _seconds(value: Fraction | None) -> str:
    try:
        return f"{float(value or 0):.3f} s"
    except OverflowError:
        return "more seconds than can be shown"
