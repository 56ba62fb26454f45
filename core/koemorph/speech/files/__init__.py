"""Tracks in files of their own: what other tools make of phones and words, and what they can read of ours."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ...errors import OutputError, TakeError
from ...files import write_text
from ...trust import Door, limits
from ...trust.doors import reason_of
from ..track import Tracks
from . import plain, rhubarb, subtitles, textgrid

__all__ = ["TRACK_FILES", "TrackFile", "Tracks", "read_tracks", "write_tracks"]

_RHUBARB: Final = re.compile(r'"mouthCues"\s*:')
TRACK_FILE: Final = Door(what="file of phones or words", error=TakeError, size=limits.TAKE_TRACKS)


@dataclass(frozen=True, kw_only=True)
class TrackFile:
    name: str
    suffix: str
    write: Callable[[Tracks], str]
    read: Callable[[str], Tracks]


TRACK_FILES: Final = (
    TrackFile(name="textgrid", suffix=".TextGrid", write=textgrid.write, read=textgrid.read),
    TrackFile(name="json", suffix=".json", write=plain.write, read=plain.read),
    TrackFile(name="rhubarb", suffix=".tsv", write=rhubarb.write_tsv, read=rhubarb.read_tsv),
    TrackFile(name="rhubarb-json", suffix=".rhubarb.json", write=rhubarb.write_json, read=rhubarb.read_json),
    TrackFile(name="srt", suffix=".srt", write=subtitles.write_srt, read=subtitles.read),
    TrackFile(name="vtt", suffix=".vtt", write=subtitles.write_vtt, read=subtitles.read),
)


def write_tracks(tracks: Tracks, path: Path) -> None:
    write_text(path, _known(path).write(tracks))


def read_tracks(path: Path) -> Tracks:
    """The tracks of a file, by its ending; JSON tells itself whether it is Rhubarb's."""
    known, text = _known(path), TRACK_FILE.text(path)
    if known.suffix.endswith(".json"):
        TRACK_FILE.weigh(text.encode(), str(path))
    try:
        if known.name == "json" and _RHUBARB.search(text):
            return rhubarb.read_json(text)
        return known.read(text)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, TakeError) as err:
        raise TakeError(f"{path} holds no track that can be read ({reason_of(err)}).") from err


def _known(path: Path) -> TrackFile:
    name = path.name.lower()
    found = [known for known in TRACK_FILES if name.endswith(known.suffix.lower())]
    if not found:
        endings = ", ".join(known.suffix for known in TRACK_FILES)
        raise OutputError(f"{path.name} has no ending of a file of phones or words; those are {endings}.")
    return max(found, key=lambda known: len(known.suffix))
