"""Praat's TextGrid, long or short: a tier of words and one of phones, pauses between them as empty intervals."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Final

from ..symbols import PRIMARY, SECONDARY
from ..track import Tracks, Word, exact, track
from .labels import phones_from, seconds

_TOKEN: Final = re.compile(r'"((?:[^"]|"")*)"|(?<![\w.])(-?\d+(?:\.\d+)?)(?![\w.])')
_LABELS: Final = re.compile(r"\[[^\]]*\]|^\s*(?:item|intervals|points)\b[^=\n]*:\s*$", re.MULTILINE)
_MARKS: Final = {0: "", 1: SECONDARY, 2: PRIMARY}
_Interval = tuple[Fraction, Fraction, str]


def write(tracks: Tracks) -> str:
    ends = [*(phone.end for phone in tracks.phones), *(word.end for word in tracks.words)]
    end = max(ends, default=Fraction(1))
    words = [(word.start, word.end, word.text) for word in tracks.words]
    phones = [(phone.start, phone.end, _MARKS[phone.stress] + phone.symbol) for phone in tracks.phones]
    tiers = [("words", words), ("phones", phones)]
    lines = ['File type = "ooTextFile"', 'Object class = "TextGrid"', "", "xmin = 0", f"xmax = {seconds(end)}"]
    lines += ["tiers? <exists>", f"size = {len(tiers)}", "item []:"]
    for number, (name, entries) in enumerate(tiers, 1):
        filled = list(_filled(entries, end))
        lines += [f"    item [{number}]:", '        class = "IntervalTier"', f'        name = "{name}"']
        lines += ["        xmin = 0", f"        xmax = {seconds(end)}", f"        intervals: size = {len(filled)}"]
        for place, (start, stop, text) in enumerate(filled, 1):
            quoted = text.replace('"', '""')
            lines += [f"        intervals [{place}]:", f"            xmin = {seconds(start)}"]
            lines += [f"            xmax = {seconds(stop)}", f'            text = "{quoted}"']
    return "\n".join(lines) + "\n"


def _filled(entries: Sequence[_Interval], end: Fraction) -> Iterator[_Interval]:
    now = Fraction(0)
    for start, stop, text in entries:
        if start > now:
            yield now, start, ""
        yield start, stop, text
        now = stop
    if now < end or not entries:
        yield now, end, ""


def read(text: str) -> Tracks:
    tiers = _tiers(text)
    phones = _tier(tiers, ("phones", "phone", "segments", "mau"))
    words = _tier(tiers, ("words", "word", "ort-mau"))
    if phones is None and words is None:
        raise ValueError(f"it has no tier called phones or words, but {', '.join(tiers) or 'none'}")
    read_phones, notes = phones_from(phones or ())
    spoken = [
        Word(start=start, end=end, text=label.strip(), source="edited")
        for start, end, label in words or ()
        if label.strip() and end > start
    ]
    return Tracks(read_phones, track(spoken, "word"), notes)


def _tier(tiers: dict[str, list[_Interval]], names: tuple[str, ...]) -> list[_Interval] | None:
    """The tier of one of these names; MFA calls them "speaker - phones"."""
    return next((tier for name, tier in tiers.items() if name.lower().split(" - ")[-1].strip() in names), None)


def _tiers(text: str) -> dict[str, list[_Interval]]:
    tokens = [
        (match[1].replace('""', '"'), True) if match[2] is None else (match[2], False)
        for match in _TOKEN.finditer(_LABELS.sub("", text))
    ]
    if [value for value, _ in tokens[:2]] != ["ooTextFile", "TextGrid"]:
        raise ValueError("it is no TextGrid")
    tiers: dict[str, list[_Interval]] = {}
    place = 5  # two heads, xmin, xmax, number of tiers
    while place < len(tokens):
        kind, name, count = tokens[place][0], tokens[place + 1][0], int(tokens[place + 4][0])
        place += 5
        width = 3 if kind == "IntervalTier" else 2
        rows = [tokens[place + width * row : place + width * (row + 1)] for row in range(count)]
        place += width * count
        if kind == "IntervalTier" and name not in tiers:
            tiers[name] = [(exact(row[0][0]), exact(row[1][0]), row[2][0]) for row in rows]
    return tiers
