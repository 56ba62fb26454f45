"""Tracks as JSON, exactly: what a take file holds of them, and numbers of seconds where somebody else wrote it."""

from __future__ import annotations

import json
from collections.abc import Sequence

from ...trust.parsing import parse
from ..track import Phone, Tracks, Word, described, entry_from, track


def write(tracks: Tracks) -> str:
    """An entry a line."""
    lists = [f' "{name}": [{_lines(getattr(tracks, name))}]' for name in ("phones", "words")]
    return "{\n" + ",\n".join(lists) + "\n}\n"


def _lines(entries: Sequence[Phone | Word]) -> str:
    """All at once, which is quicker; what they are parted by cannot stand in a text, where quotes have a backslash."""
    told = json.dumps([described(entry) for entry in entries], ensure_ascii=False)[1:-1]
    return "\n  " + told.replace('}, {"start": ', '},\n  {"start": ') if told else ""


def read(text: str) -> Tracks:
    told = parse(text)
    phones = track(entry_from(Phone, entry) for entry in told.get("phones", ()))
    return Tracks(phones, track((entry_from(Word, entry) for entry in told.get("words", ())), "word"))
