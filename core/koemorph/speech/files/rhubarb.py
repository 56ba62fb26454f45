"""Rhubarb Lip Sync's mouth cues, as TSV and JSON: nine mouths, so coming back from them only says so much."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Final

from ...trust.parsing import parse
from ..articulation import resolve, table
from ..symbols import is_stop, is_vowel, tables
from ..track import Phone, Tracks, exact, track
from .labels import seconds

REST: Final = "X"
_PHONE_OF: Final = {"A": "m", "B": "s", "C": "ɛ", "D": "ɑ", "E": "ɔ", "F": "u", "G": "f", "H": "l"}
"""What stands for a mouth when cues come in."""
_ROUND: Final = 0.7
_WIDE, _OPEN = 0.75, 0.5


def mouth(symbol: str) -> str:
    """Rhubarb's mouth for a phone: A closed, B teeth, C open, D wide open, E rounded, F puckered, G f and v, H l."""
    shape = resolve(symbol).parts[-1 if symbol == "pf" else 0][0]
    columns = [table().articulators.index(name) for name in ("jaw", "pucker", "funnel")]
    jaw, pucker, funnel = shape.target[columns].tolist()
    if shape.close >= 0.8:
        return "A"
    if shape.bite > 0.5:
        return "G"
    if pucker + 0.3 * funnel > _ROUND:
        return "F"
    if not is_vowel(symbol):
        return "H" if tables().fold.get(symbol) == "l" else "B"
    if pucker + funnel > 0.4:
        return "E"
    return "D" if jaw > _WIDE else "C" if jaw > _OPEN or shape.symbol == "ə" else "B"


def cues(phones: Iterable[Phone]) -> Iterator[tuple[Fraction, Fraction, str]]:
    """Start, end and mouth, one after the other from 0 on; the same mouth is not told twice."""
    now, shown, since = Fraction(0), REST, Fraction(0)
    for phone in phones:
        for start, end, wanted in ((now, phone.start, REST), (phone.start, phone.end, mouth(phone.symbol))):
            if end > start and wanted != shown:
                if start > since:
                    yield since, start, shown
                since, shown = start, wanted
        now = phone.end
    if now > since:
        yield since, now, shown
    yield now, now, REST


def write_tsv(tracks: Tracks) -> str:
    return "".join(f"{float(start):.2f}\t{shown}\n" for start, _, shown in cues(tracks.phones))


def write_json(tracks: Tracks) -> str:
    told = [
        {"start": round(float(start), 2), "end": round(float(end), 2), "value": shown}
        for start, end, shown in cues(tracks.phones)
        if end > start
    ]
    length = max((phone.end for phone in tracks.phones), default=Fraction(0))
    return json.dumps({"metadata": {"duration": float(seconds(length))}, "mouthCues": told}, indent=2) + "\n"


def read_tsv(text: str) -> Tracks:
    rows = [line.split("\t") for line in text.splitlines() if line.strip()]
    moments = [exact(row[0].strip()) for row in rows]
    ends = [*moments[1:], moments[-1]] if moments else []
    return _tracks(zip(moments, ends, (row[1].strip() for row in rows), strict=True))


def read_json(text: str) -> Tracks:
    told = parse(text)["mouthCues"]
    return _tracks((exact(str(cue["start"])), exact(str(cue["end"])), str(cue["value"])) for cue in told)


def _tracks(found: Iterable[tuple[Fraction, Fraction, str]]) -> Tracks:
    phones = []
    for start, end, shown in found:
        if shown not in (REST, *_PHONE_OF):
            raise ValueError(f"Rhubarb has no mouth {shown[:8]!r}")
        if shown != REST and end > start:
            symbol = _PHONE_OF[shown]
            release = end if is_stop(symbol) else None
            phones.append(Phone(start=start, end=end, symbol=symbol, release=release, source="edited"))
    note = "Mouth cues tell nine mouths; each became one phone that looks like it."
    return Tracks(track(phones), (), (note,))
