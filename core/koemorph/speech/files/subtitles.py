"""SubRip and WebVTT: the words, one cue each. Cues of several words are shared out by their letters."""

from __future__ import annotations

import html
import re
from fractions import Fraction
from typing import Final

from ..track import Tracks, Word, track

_TIMES: Final = re.compile(
    r"^\s*(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})[,.](\d{1,3})\s*-->\s*(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})[,.](\d{1,3})"
)
_TAG: Final = re.compile(r"<[^>]*>|\{\\[^}]*\}")


def write_srt(tracks: Tracks) -> str:
    return "\n".join(
        f"{number}\n{_moment(word.start, ',')} --> {_moment(word.end, ',')}\n{word.text}\n"
        for number, word in enumerate(tracks.words, 1)
    )


def write_vtt(tracks: Tracks) -> str:
    cues = (
        f"{_moment(word.start, '.')} --> {_moment(word.end, '.')}\n{html.escape(word.text, quote=False)}\n"
        for word in tracks.words
    )
    return "WEBVTT\n\n" + "\n".join(cues)


def read(text: str) -> Tracks:
    words: list[Word] = []
    span: tuple[Fraction, Fraction] | None = None
    said: list[str] = []
    for line in [*text.splitlines(), ""]:
        match = _TIMES.match(line)
        if match:
            span, said = (_seconds(match.groups()[:4]), _seconds(match.groups()[4:])), []
        elif line.strip():
            said += html.unescape(_TAG.sub("", line)).split()
        elif span:
            words += _shared(said, *span)
            span, said = None, []
    if not words:
        raise ValueError("it has no cues")
    return Tracks((), track(words, "word"))


def _shared(said: list[str], start: Fraction, end: Fraction) -> list[Word]:
    letters = sum(map(len, said))
    words, now = [], start
    for text in said:
        stop = now + (end - start) * Fraction(len(text), letters)
        words.append(Word(start=now, end=stop, text=text, source="edited"))
        now = stop
    return words


def _moment(moment: Fraction, point: str) -> str:
    whole = round(moment * 1000)
    return f"{whole // 3600000:02}:{whole // 60000 % 60:02}:{whole // 1000 % 60:02}{point}{whole % 1000:03}"


def _seconds(parts: tuple[str | None, ...]) -> Fraction:
    hours, minutes, seconds, thousandths = parts
    told = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0)
    return told + Fraction(int((thousandths or "0").ljust(3, "0")), 1000)
