"""What each IPA phone asks of jaw, lips and tongue, read from `articulation.json`.

A symbol that is not in the table is cut into the longest known parts; signs that do not move the lips (length,
nasality, tones) are dropped. What is still unknown is reported by `resolve`, never guessed.
"""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from .symbols import SILENCE, normal, pieces

Vector = NDArray[np.float64]
_ROUNDED_BY_MARK: Final = 0.7
_INSISTENCE_OF_MARK: Final = 1.4
"""How far a labial mark (as in kʷ) rounds its phone, and how much it insists."""

_ROUND: Final = 0.5

_THIRD_TONE: Final = "ɜ"
"""How espeak-ng marks Mandarin's third tone at the end of a vowel; alone, or long, it is a vowel itself."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Shape:
    """Targets of the soft articulators with their dominance, and the two hard constraints (0 to 1)."""

    symbol: str
    kind: str
    target: Vector
    dominance: Vector
    close: float = 0.0
    bite: float = 0.0
    puff: float = 0.0

    @property
    def vowel(self) -> bool:
        return self.kind == "vowel"

    @property
    def rounding(self) -> float:
        """How round the mouth is to be, weighed as `lips.rounding` does: from u over o to ɔ."""
        pucker, funnel = (self.target[table().articulators.index(name)] for name in ("pucker", "funnel"))
        return float(pucker + 0.6 * funnel)

    @property
    def rounded(self) -> bool:
        """Whether it is to be seen so."""
        return self.rounding > _ROUND


@dataclass(frozen=True)
class Resolved:
    """The shapes a phone passes through, with their shares of its time, and what of its symbol is unknown."""

    parts: tuple[tuple[Shape, float], ...]
    unknown: str = ""


@dataclass(frozen=True, eq=False, kw_only=True)
class Table:
    articulators: tuple[str, ...]
    lead: Vector
    lag: Vector
    shapes: dict[str, Shape]
    sequences: dict[str, tuple[tuple[str, float], ...]]
    marks: frozenset[str]
    labial_marks: frozenset[str]
    longest: int


@cache
def table() -> Table:
    data = json.loads(files(__package__).joinpath("articulation.json").read_text("utf-8"))
    names = tuple(data["timing"])
    shapes = {
        normal(symbol): _shape(normal(symbol), entry, data["kinds"], names) for symbol, entry in data["phones"].items()
    }
    shapes[SILENCE] = _shape(SILENCE, {"kind": "pause"}, data["kinds"], names)
    sequences = {
        normal(k): tuple((normal(name), float(share)) for name, share in v) for k, v in data["sequences"].items()
    }
    return Table(
        articulators=names,
        lead=np.array([before for before, _ in data["timing"].values()]),
        lag=np.array([after for _, after in data["timing"].values()]),
        shapes=shapes,
        sequences=sequences,
        marks=frozenset(data["marks"]),
        labial_marks=frozenset(data["labial_marks"]),
        longest=max(map(len, [*shapes, *sequences])),
    )


def _shape(symbol: str, entry: Mapping[str, Any], kinds: Mapping[str, Any], names: tuple[str, ...]) -> Shape:
    insist = {**kinds[entry["kind"]], **entry.get("dominance", {})}
    return Shape(
        symbol=symbol,
        kind=entry["kind"],
        target=np.array([entry.get(name, 0.0) for name in names]),
        dominance=np.array([insist[name] for name in names]),
        close=entry.get("close", 0.0),
        bite=entry.get("bite", 0.0),
        puff=entry.get("puff", 0.0),
    )


@cache
def resolve(symbol: str) -> Resolved:
    """The shapes of one symbol. A symbol without any known part is a breath that leaves the mouth to its neighbours."""
    known = table()
    rest, found, unknown = normal(symbol), list[tuple[Shape, float]](), ""
    if len(rest) > 1:
        rest = rest.removesuffix(_THIRD_TONE)
    if rest == SILENCE:
        return Resolved(((known.shapes[SILENCE], 1.0),))
    parts = {**known.shapes, **known.sequences}
    letters = {letter for part in parts for letter in part}
    rest = "".join(letter if letter in letters else unicodedata.normalize("NFD", letter) for letter in rest)
    for piece in pieces(rest, parts, known.longest):
        if piece in known.sequences:
            found += [(known.shapes[name], share) for name, share in known.sequences[piece]]
        elif piece in known.shapes:
            found.append((known.shapes[piece], 1.0 if known.shapes[piece].vowel else 0.6))
        elif piece in known.labial_marks and found:
            found[-1] = (_rounded(found[-1][0]), found[-1][1])
        elif piece not in known.marks:
            unknown += piece
    found = found or [(known.shapes["h"], 1.0)]
    whole = sum(share for _, share in found)
    return Resolved(tuple((shape, share / whole) for shape, share in found), unknown)


def _rounded(shape: Shape) -> Shape:
    at = table().articulators.index("pucker")
    target, dominance = shape.target.copy(), shape.dominance.copy()
    target[at], dominance[at] = max(target[at], _ROUNDED_BY_MARK), max(dominance[at], _INSISTENCE_OF_MARK)
    return Shape(
        symbol=shape.symbol,
        kind=shape.kind,
        target=target,
        dominance=dominance,
        close=shape.close,
        bite=shape.bite,
        puff=shape.puff,
    )


def unknown_symbols(symbols: Iterable[str]) -> dict[str, int]:
    """Symbols with parts that the table does not know, and how often they occur."""
    return dict(Counter(symbol for symbol in symbols if resolve(symbol).unknown))
