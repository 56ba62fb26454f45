"""The 15 visemes of Oculus from a take's curves and, where it has them, from its phones.

They are a partition: at every frame they add up to 1, whatever is not said being `viseme_sil`. That makes any smaller
set of mouth shapes a matter of adding up, and closes the lips of rigs without a shape for it: where `viseme_PP` is 1
all others are 0. How far the mouth opens, rounds and spreads is read from the curves alone. What the tongue does is
not in them: with a track of phones its times decide, without one the small openings stand for all of it.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .. import arkit, lips
from ..take import Take

Measure = NDArray[np.float32]

SILENT, CLOSED, BITTEN = "viseme_sil", "viseme_PP", "viseme_FF"
NAMES: Final = (
    *(
        SILENT,
        CLOSED,
        BITTEN,
        "viseme_TH",
        "viseme_DD",
        "viseme_kk",
        "viseme_CH",
        "viseme_SS",
        "viseme_nn",
        "viseme_RR",
    ),
    *("viseme_aa", "viseme_E", "viseme_I", "viseme_O", "viseme_U"),
)
VOWELS: Final = NAMES[-5:]
SPOKEN: Final = frozenset(
    name
    for name in arkit.SHAPES
    if name.startswith(("jaw", "mouth", "tongue")) and not name.startswith(("mouthSmile", "mouthFrown", "mouthDimple"))
)
"""The shapes that speech is made of, which a set of visemes stands for."""
WIDE_OPEN: Final = 0.4
"""The gap of the lips, in units of jawOpen, at which `viseme_aa` is at its full."""
ROUND: Final = 0.5
SPREAD: Final = 0.25
NEAR_SPEECH: Final = 0.2
"""Seconds on either side in which the lips must part, or their meeting is rest and no p, b or m."""
RAMP: Final = 0.05
"""Seconds that one viseme takes to give way to the next."""
_LEAST: Final = 0.35
"""How much of a vowel shows however softly it is said."""


class Viseme(NamedTuple):
    strength: float
    opening: float


class Tables(NamedTuple):
    visemes: dict[str, Viseme]
    shown_by: dict[str, str]
    """From a phone to the viseme that shows it."""
    passing: dict[str, tuple[str, ...]]


@cache
def tables() -> Tables:
    data: dict[str, Any] = json.loads(files(__package__).joinpath("visemes.json").read_text("utf-8"))
    told = {name: data["visemes"][name] for name in NAMES}
    return Tables(
        {name: Viseme(one["strength"], one["opening"]) for name, one in told.items()},
        {phone: name for name, one in told.items() for phone in one["phones"].split()},
        {phone: tuple(parts.split()) for phone, parts in data["passing"].items()},
    )


def added(take: Take) -> Take:
    """The take with its visemes as curves."""
    weights = _weights(take)
    return take.merge(Take(NAMES, np.stack([weights[name] for name in NAMES], axis=1), take.rate, take.start))


def _weights(take: Take) -> dict[str, Measure]:
    face = _whole(take)
    gap = np.clip(lips.lip_gap(face), 0.0, None)
    heard = _from_phones(take, gap)
    weights = {name: np.zeros(take.frame_count, dtype=np.float32) for name in NAMES}
    if heard:
        weights.update(heard)
        vowels = _vowels(face, gap)
        left = np.clip(1.0 - np.sum(list(heard.values()), axis=0), 0.0, 1.0)
        for name in VOWELS:
            weights[name] = weights[name] + left * vowels[name]
    else:
        weights[CLOSED] = lips.closure(face) * _speaking(gap, take)
        weights[BITTEN] = np.minimum(lips.labiodental(face) * _speaking(gap, take), 1.0 - weights[CLOSED])
        left = 1.0 - weights[CLOSED] - weights[BITTEN]
        for name, share in {**_vowels(face, gap), **_consonants(face, gap)}.items():
            weights[name] = left * share
    total = np.sum([weights[name] for name in NAMES if name != SILENT], axis=0)
    over = np.maximum(total, 1.0)
    weights = {name: np.asarray(values / over, dtype=np.float32) for name, values in weights.items()}
    weights[SILENT] = np.asarray(1.0 - total / over, dtype=np.float32)
    return weights


def _whole(take: Take) -> Take:
    """All 52 shapes, those that the take lacks at rest."""
    known = set(take.names)
    columns = [take.curve(n) if n in known else np.zeros(take.frame_count, np.float32) for n in arkit.SHAPES]
    return Take(arkit.SHAPES, np.clip(np.stack(columns, axis=1), 0.0, 1.0), take.rate, take.start)


def _speaking(gap: Measure, take: Take) -> Measure:
    """1 where the lips part shortly before or after, 0 in a pause."""
    reach = max(1, round(float(NEAR_SPEECH * take.rate.fps)))
    padded = np.pad(gap, reach, mode="edge")
    nearby = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1).max(axis=1)
    return _step(nearby, lips.CLOSED_GAP, 2.5 * lips.CLOSED_GAP)


def _vowels(face: Take, gap: Measure) -> dict[str, Measure]:
    """How much of each vowel the mouth shows; together at most 1."""
    opened = np.clip(gap / WIDE_OPEN, 0.0, 1.0)
    rounded = np.clip(lips.rounding(face) / ROUND, 0.0, 1.0) * _step(gap, 0.0, 2 * lips.CLOSED_GAP)
    wide = lips.weighted(face.values, face.names, {"mouthStretch": 1.0, "mouthSmile": 0.5, "mouthDimple": 0.3})
    spread = np.clip(wide / SPREAD, 0.0, 1.0) * (1.0 - rounded) * _step(gap, 0.0, 2 * lips.CLOSED_GAP)
    low = _step(gap, 0.15, 0.35)
    middle = _step(gap, 0.05, 0.2)
    spread_open = spread * (1.0 - low)
    return {
        "viseme_O": rounded * middle,
        "viseme_U": rounded * (1.0 - middle),
        "viseme_E": spread_open * middle * 0.7,
        "viseme_I": spread_open * (1.0 - middle) * 0.8,
        "viseme_aa": np.clip(opened - 0.5 * spread_open * middle - 0.3 * spread_open, 0.0, 1.0) * (1.0 - rounded),
    }


def _consonants(face: Take, gap: Measure) -> dict[str, Measure]:
    """What the small openings may be: sibilants where lips are spread or brought forward, else any of the others."""
    small = _step(gap, 0.03, 0.07) * (1.0 - _step(gap, 0.09, 0.18))
    round_lips = np.clip(lips.rounding(face) / ROUND, 0.0, 1.0)
    wide = np.clip(lips.weighted(face.values, face.names, {"mouthStretch": 1.0}) / SPREAD, 0.0, 1.0)
    plain = small * (1.0 - round_lips) * (1.0 - wide)
    lowered = np.clip(lips.weighted(face.values, face.names, {"mouthLowerDown": 1.0}) / 0.3, 0.0, 1.0)
    return {
        "viseme_TH": np.clip(face.curve("tongueOut"), 0.0, 1.0) * 0.8 + 0.1 * plain,
        "viseme_DD": 0.3 * plain * (1.0 - lowered),
        "viseme_nn": 0.25 * plain * (1.0 - lowered),
        "viseme_kk": 0.15 * plain,
        "viseme_SS": 0.3 * small * wide * (1.0 - round_lips) + 0.4 * plain * lowered,
        "viseme_CH": 0.3 * small * round_lips,
        "viseme_RR": 0.15 * small * round_lips,
    }


def _from_phones(take: Take, gap: Measure) -> dict[str, Measure]:
    """The visemes of the take's phones in their times; nothing without a track."""
    if not take.phones:
        return {}
    moments = float(take.start) + np.arange(take.frame_count) / float(take.rate.fps)
    told = tables()
    weights: dict[str, Measure] = {}
    for phone in take.phones:
        parts = told.passing.get(phone.symbol, (phone.symbol,))
        begin, length = float(phone.start), (float(phone.end) - float(phone.start)) / len(parts)
        for i, part in enumerate(parts):
            name = told.shown_by.get(part)
            if name is None:
                continue
            first, last = begin + i * length, begin + (i + 1) * length
            if name == CLOSED and phone.release is not None and len(parts) == 1:
                last = float(phone.release)
            near = slice(*np.searchsorted(moments, (first - RAMP, last + RAMP)))
            shown = _window(moments[near], first, last) * told.visemes[name].strength
            if name in VOWELS:
                opened = np.clip(gap[near] / (WIDE_OPEN * told.visemes[name].opening), 0.0, 1.0)
                shown = shown * (_LEAST + (1.0 - _LEAST) * opened)
            curve = weights.setdefault(name, np.zeros(take.frame_count, dtype=np.float32))
            curve[near] = np.maximum(curve[near], shown)
    return _lips_first(weights)


def _lips_first(weights: dict[str, Measure]) -> dict[str, Measure]:
    """What the lips must do in its time is done; what else is said then gives way."""
    left: Measure | float = 1.0
    for name in (CLOSED, BITTEN):
        if name in weights:
            weights[name] = np.minimum(weights[name], left)
            left = left - weights[name]
    return {n: values if n in (CLOSED, BITTEN) else np.asarray(values * left) for n, values in weights.items()}


def _window(moments: NDArray[np.float64], first: float, last: float) -> NDArray[np.float64]:
    """1 from `first` to `last`, and half a cosine before and after."""
    outside = np.maximum(np.maximum(first - moments, moments - last), 0.0)
    return np.asarray(0.5 + 0.5 * np.cos(np.pi * np.clip(outside / RAMP, 0.0, 1.0)))


def _step(values: Measure, low: float, high: float) -> Measure:
    share = np.clip((values - low) / (high - low), 0.0, 1.0)
    return np.asarray(share * share * (3.0 - 2.0 * share), dtype=np.float32)
