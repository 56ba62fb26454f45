"""Timelines of editing programs as shot lists, through OpenTimelineIO and its adapters."""

from __future__ import annotations

import io
import os
import re
import zipfile
from fractions import Fraction
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlparse
from xml.etree import ElementTree

from ..errors import MissingPieceError, SettingsError, ShotListError
from ..timing import FASTEST, FrameRate
from ..trust import limits, shown
from ..trust.doors import reason_of
from .rows import LIST, RECORDINGS, Row

_ADAPTERS: Final = {".edl": "cmx_3600", ".fcpxml": "fcpx_xml"}
"""What the extra `formats` brings beside OpenTimelineIO's own kinds."""


def timeline_rows(path: Path, rate: FrameRate | None = None) -> list[Row]:
    """Every clip of the audio tracks (of all tracks where none is audio), at its place in the timeline.

    `rate` is that of an EDL, which counts frames without saying how many make a second.
    """
    try:
        import opentimelineio as otio
    except ImportError as err:
        raise MissingPieceError(
            f"Reading {path.name} needs OpenTimelineIO; run 'pip install koemorph[formats]'."
        ) from err
    data = LIST.read(path)
    kind = _ADAPTERS.get(path.suffix.lower())
    if kind and kind not in otio.adapters.available_adapter_names():
        raise MissingPieceError(
            f"Reading {path.name} needs OpenTimelineIO's adapter {kind}; run 'pip install koemorph[formats]'."
        )
    if kind == "cmx_3600" and rate is None:
        raise ShotListError(f"{path} does not say how many frames make a second; say it with --fps.")
    _check(path, data)
    try:
        if kind == "fcpx_xml":
            content = otio.adapters.read_from_string(_fcpxml(path, data), kind)
        elif kind == "cmx_3600" and rate is not None:
            content = otio.adapters.read_from_file(str(path), kind, rate=float(rate.fps))
        else:
            content = otio.adapters.read_from_file(str(path))
    except ShotListError:
        raise
    except Exception as err:  # every adapter has its own
        reason = " ".join(str(err).split())[:200] or type(err).__name__
        raise ShotListError(f"{path} cannot be read as a timeline ({reason}); export it as .otio.") from err
    if isinstance(content, otio.schema.SerializableCollection) and len(content) == 1:
        (content,) = content
    if not isinstance(content, otio.schema.Timeline):
        raise ShotListError(f"{path} holds a {type(content).__name__}, not one timeline; export just the timeline.")
    tracks = list(content.audio_tracks()) or list(content.tracks)
    clips = [(clip, track) for track in tracks for clip in track.find_clips()]
    LIST.count(len(clips), limits.CLIPS, str(path))
    rows = []
    for number, (clip, track) in enumerate(clips, 1):
        try:
            rows.append(_row(clip, track, content, number, path.parent))
        except (ValueError, OverflowError, ZeroDivisionError, SettingsError) as err:
            told = (
                f"{shown(str(clip.name), 40)} has a place or a moment that cannot be ({reason_of(err)}); mend the clip."
            )
            rows.append(Row(f"clip {number}", {"": told, "shot": f"clip {number}"}))
    return _named_apart(rows)


def _check(path: Path, data: bytes) -> None:
    """What OpenTimelineIO would fall over: it parses without a limit of depth, and its C++ ends the process then."""
    if path.suffix.lower() == ".otio":
        LIST.weigh(data, str(path))
    elif path.suffix.lower() == ".otioz":
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                LIST.archive(archive, str(path), len(data))
                LIST.weigh(archive.read("content.otio"), str(path))
        except (zipfile.BadZipFile, KeyError, ValueError, EOFError, NotImplementedError, RuntimeError) as err:
            raise ShotListError(f"{path} is no bundle of a timeline ({reason_of(err)}); export it as .otio.") from err
    elif path.suffix.lower() in (".fcpxml", ".xml"):
        deepest = depth = 0
        for mark in re.finditer(rb"<(/?)[A-Za-z_][^<>]*?(/?)>", data):
            depth += 0 if mark[2] else -1 if mark[1] else 1
            deepest = max(deepest, depth)
        if deepest > limits.DEPTH.most:
            LIST.refuse(str(path), "nests deeper", limits.DEPTH)


def _fcpxml(path: Path, data: bytes) -> str:
    """As the adapter reads it: it looks for a file where versions before 1.10 had it, and drops fractions of rates."""
    root = ElementTree.fromstring(data)  # noqa: S314 (today's expat refuses what would swell)
    tree = ElementTree.ElementTree(root)
    for entry in tree.iter("format"):
        parts = entry.get("frameDuration", "1/1s").removesuffix("s").split("/")
        if len(parts) == 2 and int(parts[1]) % int(parts[0]):
            raise ShotListError(
                f"{path} runs at {FrameRate(Fraction(int(parts[1]), int(parts[0])))} frames a second, which cannot be "
                "read exactly from this kind of file; export an EDL or .otio."
            )
    for asset in tree.iter("asset"):
        medium = asset.find("media-rep")
        if medium is not None and "src" not in asset.keys():  # noqa: SIM118 (no dictionary)
            asset.set("src", medium.get("src", ""))
    return ElementTree.tostring(root, encoding="unicode")


def _row(clip: Any, track: Any, timeline: Any, number: int, folder: Path) -> Row:
    where = f"clip {number}"
    cells: dict[str, Any] = {"shot": clip.name or where, "character": track.name or ""}
    url = getattr(clip.media_reference, "target_url", None)
    if url:
        parts = urlparse(url)
        name = unquote(parts.path) if parts.scheme == "file" else url
        if os.name == "nt" and parts.scheme == "file":
            name = name.lstrip("/")
        cells["audio"] = os.path.relpath(name, folder) if Path(name).is_absolute() else name
    elif Path(clip.name).suffix.lower() in RECORDINGS:  # all that many an EDL has
        cells["audio"] = clip.name
    kept = clip.trimmed_range()
    available = getattr(clip.media_reference, "available_range", None)
    begin = _seconds(kept.start_time) - (_seconds(available.start_time) if available else 0)
    if kept.duration.rate <= FASTEST:  # what counts in samples has no frames
        rate = FrameRate.parse(kept.duration.rate)
        cells["fps"] = str(rate)
        placed = clip.transformed_time_range(clip.trimmed_range(), timeline.tracks).start_time
        first = _seconds(placed) + (_seconds(timeline.global_start_time) if timeline.global_start_time else 0)
        cells["start_frame"] = rate.frame(first)
    cells["in"] = _written(begin)
    cells["out"] = _written(begin + _seconds(kept.duration))
    return Row(where, cells)


def _seconds(moment: Any) -> Fraction:
    """Exact, with 29.97 as the fraction that it stands for."""
    seconds = Fraction(moment.value) / _exact(moment.rate)
    if abs(seconds) > limits.START.most:
        raise ValueError(f"a moment beyond {limits.START}")
    return seconds


def _exact(rate: float) -> Fraction:
    return FrameRate.parse(rate).fps if rate <= FASTEST else Fraction(rate)


def _written(seconds: Fraction) -> str:
    """As people write it where that is exact, else as a fraction."""
    seconds = max(seconds, Fraction(0))
    text = f"{float(seconds):.12g}"
    return text if "e" not in text and Fraction(text) == seconds else str(seconds)


def _named_apart(rows: list[Row]) -> list[Row]:
    """Timelines may use a name again and again; the second of a name gets a number."""
    seen: dict[str, int] = {}
    named = []
    for row in rows:
        name = str(row.cells["shot"])
        seen[name.casefold()] = count = seen.get(name.casefold(), 0) + 1
        named.append(Row(row.where, {**row.cells, "shot": name if count == 1 else f"{name} {count}"}))
    return named
