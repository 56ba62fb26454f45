"""KoeMorph's own take file: a ZIP of `take.json` (names, rate, start, provenance), `values.npy` and `tracks.json`.

Nothing in it can run code, the same take always gives the same bytes, and any ZIP tool and numpy can read it.
"""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np

from ..errors import TakeError
from ..files import atomic
from ..moods import MoodTrack
from ..speech.track import Phone, Word, entry_from
from ..speech.track import described as told
from ..take import Curves, Take
from ..timing import FrameRate
from ..trust import limits
from .base import TAKE, Format, Reading, Wishes, damage_explained, described, exact_start, names_of, provenance_of

KIND: Final = "koemorph-take"
VERSION: Final = 1
_HEADER, _VALUES, _TRACKS = "take.json", "values.npy", "tracks.json"
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_LAYOUT: Final = {"descr": "<f4", "fortran_order": False}
_PIECE: Final = 1024
"""Frames, or phones, written at a time: numpy's own writer wants another 20 MB for an hour."""


def write(take: Take, path: Path, wishes: Wishes) -> tuple[str, ...]:
    header = {"format": KIND, "version": VERSION, "names": list(take.names), **described(take)}
    with atomic(path) as handle, zipfile.ZipFile(handle, "w") as archive:
        archive.writestr(zipfile.ZipInfo(_HEADER, _EPOCH), json.dumps(header, sort_keys=True))
        entry = zipfile.ZipInfo(_VALUES, _EPOCH)  # stored: packing saves a sixth and costs twice what rendering does
        with archive.open(entry, "w", force_zip64=True) as member:
            values = np.asarray(take.values, dtype="<f4")
            np.lib.format.write_array_header_1_0(member, {**_LAYOUT, "shape": values.shape})
            for first in range(0, len(values), _PIECE):
                member.write(values[first : first + _PIECE].tobytes())
        if tracks := _tracks(take):
            with archive.open(zipfile.ZipInfo(_TRACKS, _EPOCH), "w") as member:
                for piece in _as_json(tracks):
                    member.write(piece.encode())
    return ()


def _tracks(take: Take) -> dict[str, Any]:
    """What is known of the line beside its curves, as far as it is known."""
    spoken = {"phones": take.phones, "words": take.words}
    moods = {} if take.moods is None else {"moods": take.moods.to_json()}
    return moods | (spoken if take.phones or take.words else {})


def _as_json(tracks: dict[str, Any]) -> Iterator[str]:
    """In pieces: the phones of an hour, all told at once, would need more than its curves."""
    encode = json.JSONEncoder(sort_keys=True, ensure_ascii=False).encode
    yield "{"
    for number, (name, track) in enumerate(sorted(tracks.items())):
        yield f'{", " if number else ""}"{name}": '
        if isinstance(track, tuple):
            yield "["
            for first in range(0, len(track), _PIECE):
                some = encode([told(entry) for entry in track[first : first + _PIECE]])
                yield (", " if first else "") + some[1:-1]
            yield "]"
        else:
            yield encode(track)
    yield "}"


def read(path: Path, rate: FrameRate | None) -> Reading:
    with TAKE.open(path) as handle, damage_explained(path, "KoeMorph take"), zipfile.ZipFile(handle) as archive:
        TAKE.archive(archive, str(path), os.fstat(handle.fileno()).st_size)
        if archive.getinfo(_HEADER).file_size > limits.TAKE_HEADER.most:
            TAKE.refuse(f"{path}, {_HEADER},", "is larger", limits.TAKE_HEADER)
        header = TAKE.json(archive.read(_HEADER), f"{path}, {_HEADER},")
        kind, version = str(header["format"]), int(header["version"])
        if kind != KIND:
            raise TakeError(f"{path} is not a KoeMorph take.")
        if version > VERSION:
            raise TakeError(f"{path} was written by a newer KoeMorph; update to read it.")
        names = names_of(header["names"], path)
        start = exact_start(str(header["start"]))
        values = _values(archive.read(_VALUES), len(names))
        told_rate = rate or FrameRate.parse(header["rate"])
        tracks = _tracks_in(archive, path)
        phones = tuple(entry_from(Phone, entry) for entry in tracks.get("phones", ()))
        words = tuple(entry_from(Word, entry) for entry in tracks.get("words", ()))
        moods = MoodTrack.from_json(tracks["moods"]) if "moods" in tracks else None
        provenance = provenance_of(header["provenance"])
        return Reading(Take(names, values, told_rate, start, provenance, phones, words, moods))


def _tracks_in(archive: zipfile.ZipFile, path: Path) -> dict[str, Any]:
    if _TRACKS not in archive.namelist():
        return {}
    if archive.getinfo(_TRACKS).file_size > limits.TAKE_TRACKS.most:
        TAKE.refuse(f"{path}, {_TRACKS},", "is larger", limits.TAKE_TRACKS)
    tracks: dict[str, Any] = TAKE.json(archive.read(_TRACKS), f"{path}, {_TRACKS},")
    return tracks


def _values(data: bytes, names: int) -> Curves:
    member = io.BytesIO(data)
    if np.lib.format.read_magic(member) != (1, 0):
        raise ValueError("its values are of another version")
    shape, by_columns, dtype = np.lib.format.read_array_header_1_0(member)
    if dtype != np.dtype("<f4") or by_columns or len(shape) != 2 or shape[1] != names:
        raise ValueError(f"its values are {dtype} of form {shape} for {names} names")
    return np.frombuffer(data, dtype="<f4", offset=member.tell()).reshape(shape)


FORMAT: Final = Format(
    name="take",
    suffixes=(".take",),
    label="KoeMorph take",
    carries="Carries everything, exactly.",
    write=write,
    read=read,
    rank=10,
)
