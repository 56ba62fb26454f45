"""Tracks as JSON, exactly: what a take file holds of them, and numbers of seconds where somebody else wrote it."""

from __future__ import annotations

import json

from ...trust.parsing import parse
from ..track import Phone, Tracks, Word, described, entry_from, track


def write(tracks: Tracks) -> str:
    """An entry a line."""
    encode = json.JSONEncoder(ensure_ascii=False).encode
    lists = [
        f' "{name}": [' + ",".join(f"\n  {encode(described(entry))}" for entry in entries) + "]"
        for name, entries in (("phones", tracks.phones), ("words", tracks.words))
    ]
    return "{\n" + ",\n".join(lists) + "\n}\n"


def read(text: str) -> Tracks:
    told = parse(text)
    phones = track(entry_from(Phone, entry) for entry in told.get("phones", ()))
    return Tracks(phones, track((entry_from(Word, entry) for entry in told.get("words", ())), "word"))
