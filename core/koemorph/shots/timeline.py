"""Timelines of editing programs as shot lists, through OpenTimelineIO and its adapters."""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlparse
from xml.etree import ElementTree

from ..errors import MissingPieceError, ShotListError
from ..timing import FASTEST, FrameRate
from .rows import RECORDINGS, Row

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
    if not path.is_file():
        raise ShotListError(f"The timeline {path} does not exist; check the path.")
    kind = _ADAPTERS.get(path.suffix.lower())
    if kind and kind not in otio.adapters.available_adapter_names():
        raise MissingPieceError(
            f"Reading {path.name} needs OpenTimelineIO's adapter {kind}; run 'pip install koemorph[formats]'."
        )
    if kind == "cmx_3600" and rate is None:
        raise ShotListError(f"{path} does not say how many frames make a second; say it with --fps.")
    try:
        if kind == "fcpx_xml":
            content = otio.adapters.read_from_string(_fcpxml(path), kind)
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
    return _named_apart([_row(clip, track, content, i, path.parent) for i, (clip, track) in enumerate(clips, 1)])


def _fcpxml(path: Path) -> str:
    """As the adapter reads it: it looks for a file where versions before 1.10 had it, and drops fractions of rates."""
    tree = ElementTree.parse(path)  # noqa: S314 (today's expat refuses what would swell)
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
    return ElementTree.tostring(tree.getroot(), encoding="unicode")


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
    return Fraction(moment.value) / _exact(moment.rate)


def _exact(rate: float) -> Fraction:
    return FrameRate.parse(rate).fps if rate <= FASTEST else Fraction(rate)


def _written(seconds: Fraction) -> str:
    return f"{float(max(seconds, Fraction(0))):.9f}".rstrip("0").rstrip(".")


def _named_apart(rows: list[Row]) -> list[Row]:
    """Timelines may use a name again and again; the second of a name gets a number."""
    seen: dict[str, int] = {}
    named = []
    for row in rows:
        name = str(row.cells["shot"])
        seen[name.casefold()] = count = seen.get(name.casefold(), 0) + 1
        named.append(Row(row.where, {**row.cells, "shot": name if count == 1 else f"{name} {count}"}))
    return named
