"""The doors: for each, whole files to begin with, how they are damaged, and what opens the result."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Callable
from dataclasses import asdict, dataclass
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from koemorph import arkit, formats, rig
from koemorph.audio import open_clip
from koemorph.errors import (
    AudioError,
    KoeMorphError,
    MissingPieceError,
    RigError,
    SettingsError,
    ShotListError,
    TakeError,
)
from koemorph.hosts.messages import LINK
from koemorph.model import ModelConfig, shipped_model
from koemorph.runtime.messages import REQUESTS
from koemorph.runtime.wire import WireError, decode
from koemorph.settings import load_preset
from koemorph.shots import missing_recordings, read_shots
from koemorph.shots.records import Record, Stamp
from koemorph.shots.report import as_csv, entries_of
from koemorph.take import Take
from koemorph.timing import FrameRate

from . import speech_doors as spoken
from .mutation import damaged, strange_archive, strange_json, strange_table

Mutate = Callable[[bytes, random.Random], bytes]


@dataclass(frozen=True)
class Door:
    suffix: str
    seeds: tuple[bytes, ...]
    mutate: Mutate
    enter: Callable[[Path], object]
    refusals: tuple[type[KoeMorphError], ...]
    """What it may answer with; anything else is a finding."""


def doors(folder: Path) -> dict[str, Door]:
    """`folder` is for the whole files that takes are made of."""
    takes = (TakeError, SettingsError)
    made: dict[str, Door] = {}
    written = {
        "take": (".take", strange_archive),
        "npz": (".npz", strange_archive),
        "csv": (".csv", strange_table),
        "livelink": (".csv", strange_table),
        "a2f": (".json", _json),
        "jsonl": (".jsonl", _lines),
    }
    for name, (suffix, mutate) in written.items():
        seeds = []
        for frames, start in ((70, Fraction(-1, 3)), (200, 3600)):
            path = folder / f"seed{suffix}"
            formats.write_take(_take(frames, Fraction(start)), path, name)
            seeds.append(path.read_bytes())
        made[name] = Door(suffix, tuple(seeds), mutate, formats.read, takes)
        moved = partial(formats.read, rate=FrameRate.parse(1000))
        if name in ("csv", "livelink", "jsonl"):
            made[f"{name} at 1000 fps"] = Door(suffix, tuple(seeds), mutate, moved, takes)
    made["recording"] = Door(".wav", _sounds(), damaged, _sound, (AudioError, MissingPieceError))
    made["preset"] = Door(".json", (_PRESET,), _json, load_preset, (SettingsError,))
    mappings = tuple(rig.preset.as_json(mapping).encode() for mapping in rig.shipped())
    made["rig"] = Door(".json", mappings, _json, rig.read, (RigError,))
    made["list"] = Door(".json", (json.dumps(_ROWS).encode(),), _json, _list, (ShotListError,))
    made["table of shots"] = Door(".csv", (_TABLE,), strange_table, _list, (ShotListError,))
    made["edl"] = Door(".edl", (_EDL,), damaged, _timeline, (ShotListError,))
    made["otio"] = Door(".otio", (json.dumps(_OTIO).encode(),), _json, _timeline, (ShotListError,))
    config = (shipped_model() / "model.json").read_bytes()
    made["model.json"] = Door(".json", (config,), _json, _config, (KoeMorphError,))
    recording = {"path": "a.wav", "in": "1/3", "out": "2.5", "channel": "left"}
    request = {"message": "animate", "id": "1", "recording": recording, "out": "b.take", "rate": "30", "settings": {}}
    made["worker"] = Door(".json", (json.dumps(request).encode(),), _json, _request, (WireError,))
    hello = {"message": "hello", "protocol": 1, "token": "x", "koemorph": "1"}
    made["link"] = Door(".json", (json.dumps(hello).encode(),), _json, _message, (WireError,))
    for name, (suffix, seed, mutate) in spoken.track_files().items():
        made[name] = Door(suffix, (seed,), mutate, spoken.enter_tracks, (TakeError,))
    made["script"] = Door(".txt", (spoken.SCRIPT.encode(),), damaged, spoken.enter_script, (KoeMorphError,))
    made["kept"] = Door(".json", (json.dumps([request]).encode(),), _json, spoken.enter_kept, (KoeMorphError,))
    record = json.dumps(
        asdict(Record("a", status="done", outputs=(Stamp("a.take", size=5, mtime_ns=7, sha256="0" * 64),)))
        | {"format": 1}
    ).encode()
    made["record"] = Door(".json", (record,), _json, spoken.enter_record, ())
    return made


def _sounds() -> tuple[bytes, ...]:
    noise = np.random.default_rng(0).standard_normal((4_000, 2)) * 0.1
    sounds = []
    for kind, subtype in (
        ("WAV", "PCM_16"),
        ("FLAC", "PCM_16"),
        ("OGG", "VORBIS"),
        ("AIFF", "PCM_24"),
        ("WAV", "FLOAT"),
    ):
        file = io.BytesIO()
        soundfile.write(file, noise, 8_000, format=kind, subtype=subtype)
        sounds.append(file.getvalue())
    return tuple(sounds)


def _sound(path: Path) -> None:
    with open_clip(path) as clip:
        assert np.isfinite(clip.read(0, min(clip.sample_count, 10**7))).all()


def _take(frames: int, start: Fraction) -> Take:
    values = np.random.default_rng(frames).random((frames, 52), dtype=np.float32)
    return Take(arkit.SHAPES, values, FrameRate.parse(60), start, {"audio": "a.wav", "warnings": ["x"]})


def _json(data: bytes, dice: random.Random) -> bytes:
    return strange_json(json.loads(data), dice)


def _lines(data: bytes, dice: random.Random) -> bytes:
    lines = data.splitlines()
    at = dice.randrange(len(lines))
    lines[at] = strange_json(json.loads(lines[at]), dice)
    if dice.random() < 0.3:
        del lines[at]
    return b"\n".join(lines)


def _list(path: Path) -> None:
    """Read, checked and told in a report, as a batch does before it begins."""
    shots = read_shots(path, output=path.parent / "out")
    problems = [*shots.problems, *missing_recordings(shots)]
    assert all(str(problem).isprintable() for problem in problems), "a problem that a terminal would obey"
    as_csv(entries_of(shots, path.parent / "out")).encode("utf-8", "backslashreplace")


def _timeline(path: Path) -> None:
    shots = read_shots(path, rate=FrameRate.parse(24))
    assert all(str(problem) for problem in shots.problems)


def _config(path: Path) -> Any:
    return ModelConfig.from_json(path.read_bytes().decode("utf-8", "surrogateescape"), "here")


def _request(path: Path) -> Any:
    return decode(path.read_bytes().replace(b"\n", b" ") + b"\n", REQUESTS)


def _message(path: Path) -> Any:
    return decode(path.read_bytes().replace(b"\n", b" ") + b"\n", LINK)


_PRESET = json.dumps({"about": "x", "seed": 3, "jaw_strength": 1.2, "mood_keys": "0:00 joy 0.5"}).encode()
_ROWS = {
    "defaults": {"fps": "24", "preset": "calm"},
    "shots": [
        {"shot": "a", "audio": "a.wav", "in": "0:01", "out": "2.5", "channel": "left", "settings": {"seed": 1}},
        {"audio": "b.wav", "target": ["b.take", "b.csv"], "rig": "arkit", "start_frame": 101, "character": "Mia"},
        {"audio": "c.wav", "scene": "c.blend", "object": "Head", "jaw_strength": 1.1, "#note": "x"},
    ],
}
_TABLE = (
    b"shot,audio,in,out,fps,start_frame,channel,character,rig,target,jaw_strength\n"
    b"a,a.wav,0:01,2.5,24,101,left,Mia,arkit,a.take | a.csv,1.2\n"
    b"b,b.wav,,,,,,,,,\nc,c.wav,00:00:01:02,3,25,-3,2,Noa,,c.usda,\n"
)
_EDL = (
    b"TITLE: t\nFCM: NON-DROP FRAME\n\n001  AX       AA    C        00:00:00:02 00:00:00:20 01:00:00:00 01:00:00:18\n"
    b"* FROM CLIP NAME: line16.wav\n002  BX       AA    C        00:00:01:00 00:00:02:00 01:00:00:18 01:00:01:18\n"
)


def _moment(value: float) -> dict[str, Any]:
    return {"OTIO_SCHEMA": "RationalTime.1", "rate": 24.0, "value": value}


def _range(first: float, count: float) -> dict[str, Any]:
    return {"OTIO_SCHEMA": "TimeRange.1", "start_time": _moment(first), "duration": _moment(count)}


_OTIO = {
    "OTIO_SCHEMA": "Timeline.1",
    "name": "t",
    "global_start_time": _moment(86400),
    "tracks": {
        "OTIO_SCHEMA": "Stack.1",
        "name": "tracks",
        "children": [
            {
                "OTIO_SCHEMA": "Track.1",
                "kind": "Audio",
                "name": "Mia",
                "children": [
                    {
                        "OTIO_SCHEMA": "Clip.1",
                        "name": f"line{i}",
                        "source_range": _range(10, 48),
                        "media_reference": {
                            "OTIO_SCHEMA": "ExternalReference.1",
                            "target_url": f"file:///a/line{i}.wav",
                            "available_range": _range(0, 480),
                        },
                    }
                    for i in range(3)
                ],
            }
        ],
    },
}
