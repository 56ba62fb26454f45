"""Tracks as JSON, exactly: what a take file holds of them, and numbers of seconds where somebody else wrote it."""

from __future__ import annotations

import json

from ...trust.parsing import parse
from ..track import Phone, Tracks, Word, described, entry_from, track


def write(tracks: Tracks) -> str:
    told = {"phones": [described(phone) for phone in tracks.phones], "words": [described(w) for w in tracks.words]}
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def read(text: str) -> Tracks:
    told = parse(text)
    phones = track(entry_from(Phone, entry) for entry in told.get("phones", ()))
    return Tracks(phones, track((entry_from(Word, entry) for entry in told.get("words", ())), "word"))
