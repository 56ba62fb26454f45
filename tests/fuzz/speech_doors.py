"""More doors: tracks of phones and words in the files of other tools, scripts, and what scenes and batches keep."""

from __future__ import annotations

import contextlib
import json
import random
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from koemorph.hosts.kept import kept
from koemorph.shots.locks import Locks
from koemorph.shots.records import _record
from koemorph.speech.companion import read_script_file
from koemorph.speech.files import TRACK_FILES, Tracks, read_tracks
from koemorph.speech.reading import read_script
from koemorph.speech.script import ScriptError
from koemorph.speech.track import Phone, Word

from .mutation import damaged, strange_json, strange_table

_PHONES = ((0, 1, "m"), (1, 3, "a"), (4, 5, "f"), (5, 6, "u"))
TRACKS = Tracks(
    tuple(Phone(start=Fraction(a, 10), end=Fraction(b, 10), symbol=symbol) for a, b, symbol in _PHONES),
    (
        Word(start=Fraction(0), end=Fraction(3, 10), text="ma"),
        Word(start=Fraction(4, 10), end=Fraction(6, 10), text="fu"),
    ),
)
SCRIPT = "Hello [laughs] there, /məˈfu/ is 3.5% of 1,200 – isn't it? Grüße; 声 こんにちは.\n"


def track_files() -> dict[str, tuple[str, bytes, Callable[[bytes, random.Random], bytes]]]:
    """Of each kind its ending, a whole file and how it is damaged."""
    return {
        f"phones as {one.name}": (one.suffix, one.write(TRACKS).encode(), _damage(one.suffix)) for one in TRACK_FILES
    }


def _damage(suffix: str) -> Callable[[bytes, random.Random], bytes]:
    if suffix.endswith(".json"):
        return lambda data, dice: strange_json(json.loads(data), dice)
    if suffix == ".tsv":
        return lambda data, dice: strange_table(data.replace(b"\t", b","), dice).replace(b",", b"\t")
    return damaged


def enter_tracks(path: Path) -> None:
    """Read, and written again in every kind, as `koemorph phones` does."""
    tracks = read_tracks(path)
    for one in TRACK_FILES:
        one.write(tracks)


def enter_script(path: Path) -> None:
    """Read, and said by the rules of English and of Japanese."""
    if (script := read_script_file(path)) is not None:
        read_script(script)
        with contextlib.suppress(ScriptError):
            read_script(replace(script, language="ja"))


def enter_kept(path: Path) -> None:
    kept(path.read_bytes().decode("utf-8", "surrogateescape"), "The line")


def enter_record(path: Path) -> None:
    Locks(path.parent).holder(path)
    _record(path)
