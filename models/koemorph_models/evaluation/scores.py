"""How well curves speak: counts and figures of many takes against their phone times and the teacher's curves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Final

import numpy as np
from numpy.typing import NDArray

from koemorph import arkit, lips
from koemorph.speech.articulation import resolve
from koemorph.take import Take

from ..speech.utterance import SILENCE, Phone
from .contacts import TOLERANCE, Contacts

LAGS: Final = 12
"""Frames to either side among which the best lag is looked for."""
PAUSE: Final = 0.6
SETTLED: Final = 0.2
"""Seconds after speech when a mouth should be at rest, and before it begins again."""
MOUTH: Final = [i for i, name in enumerate(arkit.SHAPES) if name in arkit.LOWER_FACE]
EXPRESSION: Final = [i for i, name in enumerate(arkit.SHAPES) if name not in arkit.LOWER_FACE]

Values = NDArray[np.floating]
Span = tuple[float, float]


@dataclass(kw_only=True)
class Scores:
    """Grows with every take; `figures` reads it out."""

    closures: Contacts = field(default_factory=Contacts)
    as_spoken: Contacts = field(default_factory=Contacts)
    """Closures where endings are taken as they are spoken (`endings`)."""
    bites: Contacts = field(default_factory=Contacts)
    by_phone: dict[str, Contacts] = field(default_factory=dict)
    """Closures wanted and made of p, b and m."""
    bitten: list[float] = field(default_factory=list)
    unbitten: list[float] = field(default_factory=list)
    jaw: list[float] = field(default_factory=list)
    closed_high: list[float] = field(default_factory=list)
    closed_low: list[float] = field(default_factory=list)
    rounded: list[float] = field(default_factory=list)
    unrounded: list[float] = field(default_factory=list)
    unrounded_apart: list[float] = field(default_factory=list)
    """Those of them beside which nothing is round: others take their neighbours' rounding, as mouths do."""
    vowel_frames: int = 0
    vowel_closed: int = 0
    settled: list[float] = field(default_factory=list)
    pairs: list[tuple[Values, Values]] = field(default_factory=list)
    fps: float = 60.0

    def add(self, take: Take, phones: Sequence[Phone], truth: Take, spoken: Sequence[Phone] | None = None) -> None:
        """`truth` is the teacher's take at the same rate; `spoken` the phones as they are said, if not as written."""
        self.fps = float(take.rate.fps)
        time = np.arange(take.frame_count) / self.fps
        gap, shut = lips.lip_gap(take), lips.closure(take) >= lips.THRESHOLD
        touching, narrow = lips.labiodental(take) >= lips.THRESHOLD, lips.rounding(take)
        bite, opened = lips.bite(take), take.curve("jawOpen")
        bites, unbitten = [], []
        for phone in phones:
            if _closing(phone):
                self.by_phone.setdefault(phone.symbol, Contacts()).add([_held(phone)], [], shut, time)
            if resolve(phone.symbol).parts[-1][0].bite >= 0.9:
                bites.append((phone.start, phone.end))
            elif phone.symbol != SILENCE:
                unbitten.append((phone.start, phone.end))
        closures, open_phones = meetings(phones)
        self.closures.add(closures, open_phones, shut, time)
        self.as_spoken.add(*meetings(phones if spoken is None else spoken), shut, time)
        self.bites.add(bites, unbitten, touching, time)
        near = np.zeros(len(time), dtype=bool)
        for start, end in closures:
            around = (time >= start - TOLERANCE) & (time <= end + TOLERANCE)
            near |= around
            self.closed_high += [-float(gap[around].min())] if around.any() else []
        for number, phone in enumerate(phones):
            inside = (time >= phone.start) & (time < phone.end)
            shape = resolve(phone.symbol).parts[0][0]
            if phone.symbol != SILENCE and inside.any():
                self.jaw += opened[inside].tolist()
                bites_here = resolve(phone.symbol).parts[-1][0].bite >= 0.9
                (self.bitten if bites_here else self.unbitten).append(float(bite[inside].max()))
            alone = inside & ~near
            if phone.symbol != SILENCE and shape.close < 1 and alone.any():
                self.closed_low.append(-float(gap[alone].min()))
            if shape.vowel and inside.any():
                self.vowel_frames += int(inside.sum())
                self.vowel_closed += int((shut & inside).sum())
                if len(resolve(phone.symbol).parts) == 1:
                    place = self.rounded if shape.rounded else self.unrounded
                    place.append(float(narrow[inside].mean()))
                    beside = (*phones[max(number - 1, 0) : number], *phones[number + 1 : number + 2])
                    if not shape.rounded and not any(map(_is_round, beside)):
                        self.unrounded_apart.append(place[-1])
            if phone.symbol == SILENCE and phone.end - phone.start >= PAUSE:
                deep = (time > phone.start + SETTLED) & (time < phone.end - SETTLED)
                self.settled += take.values[deep][:, MOUTH].max(axis=1).tolist() if deep.any() else []
        count = min(take.frame_count, truth.frame_count)
        self.pairs.append((take.values[:count], truth.values[:count]))

    def joined(self, other: Scores) -> Scores:
        """Both together."""
        every = {*self.by_phone, *other.by_phone}
        by_phone = {
            name: self.by_phone.get(name, Contacts()).joined(other.by_phone.get(name, Contacts())) for name in every
        }
        lists = [entry.name for entry in fields(self) if entry.default_factory is list]
        return Scores(
            closures=self.closures.joined(other.closures),
            as_spoken=self.as_spoken.joined(other.as_spoken),
            bites=self.bites.joined(other.bites),
            by_phone=by_phone,
            vowel_frames=self.vowel_frames + other.vowel_frames,
            vowel_closed=self.vowel_closed + other.vowel_closed,
            fps=self.fps,
            **{name: getattr(self, name) + getattr(other, name) for name in lists},
        )

    def figures(self) -> dict[str, float]:
        ours = np.concatenate([own for own, _ in self.pairs])
        theirs = np.concatenate([truth for _, truth in self.pairs])
        jaw = arkit.INDEX["jawOpen"]
        error = np.abs(ours - theirs)
        return {
            "closure_recall": self.closures.recall,
            "closure_precision": self.closures.precision,
            "closure_f1": self.closures.f1,
            "closure_f1_spoken": self.as_spoken.f1,
            "closure_auc": auc(self.closed_high, self.closed_low),
            "vowel_closed": self.vowel_closed / max(1, self.vowel_frames),
            **{f"recall_{name}": self.by_phone.get(name, Contacts()).recall for name in "pbm"},
            "labiodental_f1": self.bites.f1,
            "labiodental_auc": auc(self.bitten, self.unbitten),
            "rounding_auc": auc(self.rounded, self.unrounded),
            "rounding_auc_apart": auc(self.rounded, self.unrounded_apart),
            "jaw_p95": float(np.percentile(self.jaw, 95)) if self.jaw else float("nan"),
            "jaw_r": float(np.corrcoef(ours[:, jaw], theirs[:, jaw])[0, 1]) if ours[:, jaw].std() > 0 else 0.0,
            "lag_ms": 1000 * best_lag(self.pairs) / self.fps,
            "mae": float(error.mean()),
            "mae_mouth": float(error[:, MOUTH].mean()),
            "mae_expression": float(error[:, EXPRESSION].mean()),
            "expression_variation": _variation(self.pairs),
            "jitter": _jitter(self.pairs),
            "rest_p99": float(np.percentile(self.settled, 99)) if self.settled else float("nan"),
        }


def meetings(phones: Sequence[Phone]) -> tuple[list[Span], list[Span]]:
    """When lips should be together, and when every phone sounds in which they should not."""
    others = [(phone.start, phone.end) for phone in phones if phone.symbol != SILENCE and not _closing(phone)]
    return [_held(phone) for phone in phones if _closing(phone)], others


def _closing(phone: Phone) -> bool:
    return resolve(phone.symbol).parts[0][0].close == 1


def _held(phone: Phone) -> Span:
    return phone.start, phone.end if phone.release is None else phone.release


def best_lag(pairs: Sequence[tuple[Values, Values]]) -> float:
    """Frames by which the jaw comes late, where it fits best; between frames by a parabola."""
    jaw = arkit.INDEX["jawOpen"]
    sums = np.zeros(2 * LAGS + 1)
    for own, truth in pairs:
        if len(own) <= 4 * LAGS:
            continue
        left, right = own[:, jaw] - own[:, jaw].mean(), truth[:, jaw] - truth[:, jaw].mean()
        inner = right[LAGS:-LAGS]
        sums += [float(left[LAGS + lag : len(left) - LAGS + lag] @ inner) for lag in range(-LAGS, LAGS + 1)]
    best = int(np.argmax(sums))
    if 0 < best < 2 * LAGS:
        before, here, after = sums[best - 1 : best + 2]
        bend = before - 2 * here + after
        return best - LAGS + (0.5 * (before - after) / bend if bend else 0.0)
    return float(best - LAGS)


def _variation(pairs: Sequence[tuple[Values, Values]]) -> float:
    """How much the upper face moves over a line, as a share of the teacher's movement."""
    spread = [np.array([part[:, EXPRESSION].std(axis=0).mean() for part in pair]) for pair in pairs]
    ours, theirs = np.mean(spread, axis=0)
    return float(ours / theirs) if theirs else float("nan")


def _jitter(pairs: Sequence[tuple[Values, Values]]) -> float:
    """Mean size of the mouth's second differences, as a share of the teacher's."""
    sizes = [
        np.array([np.abs(np.diff(part[:, MOUTH], n=2, axis=0)).mean() for part in pair])
        for pair in pairs
        if len(pair[0]) > 3
    ]
    ours, theirs = np.mean(sizes, axis=0)
    return float(ours / theirs) if theirs else float("nan")


def _is_round(phone: Phone) -> bool:
    """Any of it, be it a vowel or a consonant such as w."""
    return any(shape.rounded for shape, _ in resolve(phone.symbol).parts)


def auc(high: Sequence[float], low: Sequence[float]) -> float:
    """The chance that one of `high` is greater than one of `low`; ties count half."""
    if not high or not low:
        return float("nan")
    ordered = np.sort(np.asarray(low))
    below = np.searchsorted(ordered, high, side="left")
    not_above = np.searchsorted(ordered, high, side="right")
    return float((below + not_above).mean() / 2 / len(ordered))
