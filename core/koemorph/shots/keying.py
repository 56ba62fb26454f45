"""One line of a list, from its recording to its results and its record."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np

from .. import __version__, formats
from ..audio import open_clip
from ..engine import Engine
from ..errors import KoeMorphError, OutputError
from ..files import refuse_to_replace
from ..rig.preset import as_json
from ..take import Take
from .columns import leaves
from .reading import lies_inside
from .records import Record, Records, Stamp
from .shot import Shot

SKETCHED: Final = ("jawOpen", "mouthPucker", "mouthSmileLeft", "browInnerUp", "eyeBlinkLeft")
"""The shapes that the report draws: how far it opens, rounds, smiles, raises and blinks."""
SKETCH_COLUMNS: Final = 120

State = Literal["done", "skipped", "failed", "busy", "cancelled"]


@dataclass(frozen=True)
class Outcome:
    """What came of a line in this run: `busy` if another process is at it."""

    state: State
    record: Record


def fingerprint(shot: Shot, audio_sha256: str, model_sha256: str) -> str:
    """Of everything that makes the result: where it is the same, so are the bytes."""
    recipe: Mapping[str, Any] = {
        "koemorph": __version__,
        "model": model_sha256,
        "audio": [audio_sha256, shot.audio.name],
        "part": [str(shot.begin), str(shot.end), shot.channel],
        "clock": [str(shot.rate), shot.start_frame],
        "settings": vars(shot.settings),
        "mapping": None if shot.mapping is None else as_json(shot.mapping),
        "targets": [[target.path, target.format] for target in shot.targets],
        "told": [shot.name, shot.character],
    }
    return hashlib.sha256(json.dumps(recipe, sort_keys=True).encode()).hexdigest()


def is_current(shot: Shot, record: Record | None, output: Path, model_sha256: str) -> bool:
    """Whether a line needs nothing, as sizes and times of files tell; reads no sound and no result."""
    return (
        record is not None
        and record.status == "done"
        and record.audio is not None
        and record.audio.untouched(shot.audio)
        and record.fingerprint == fingerprint(shot, record.audio.sha256, model_sha256)
        and all(stamp.untouched(output / stamp.path) for stamp in record.outputs)
    )


def key_line(shot: Shot, engine: Engine, records: Records, *, force: bool, allow_outside: bool) -> Outcome:
    """Make a line unless nothing has changed; whatever goes wrong is in the outcome."""
    with records.lock(shot) as ours:
        if not ours:
            return Outcome("busy", Record(shot.name, "running"))
        before = records.read(shot)
        try:
            outcome = _make(shot, engine, records, before, force=force, allow_outside=allow_outside)
        except KoeMorphError as err:
            now = records.read(shot)
            kept = now.outputs if now is not None and now.status != "running" else ()  # else half of them may be new
            outcome = Outcome(
                "failed", Record(shot.name, "failed", outputs=kept, message=str(err), exit_code=err.exit_code)
            )
            records.write(shot, outcome.record)
        return outcome


def _make(
    shot: Shot, engine: Engine, records: Records, before: Record | None, *, force: bool, allow_outside: bool
) -> Outcome:
    model, output = engine.model.sha256, records.output
    began = time.perf_counter()
    if not force and is_current(shot, before, output, model):
        assert before is not None
        return Outcome("skipped", before)
    with open_clip(shot.audio, channel=_channel(shot), start=shot.begin, end=shot.end) as clip:
        seen = shot.audio.stat()
        audio = Stamp(shot.audio.name, seen.st_size, seen.st_mtime_ns, clip.sha256)
        made_from = fingerprint(shot, clip.sha256, model)
        if before is not None and before.status != "running" and not force:
            unchanged = [stamp.same(output / stamp.path) for stamp in before.outputs]
            if before.status == "done" and before.fingerprint == made_from and all(unchanged):
                stamps = tuple(Stamp.of(output / stamp.path, stamp.path) for stamp in before.outputs)
                record = replace(before, audio=audio, outputs=stamps)
                records.write(shot, record)
                return Outcome("skipped", record)
            _refuse_edited(shot, before, unchanged, output)
        records.write(shot, Record(shot.name, "running", outputs=before.outputs if before else ()))
        take = engine.animate(clip, shot.settings, shot.rate)
        notes, seconds, in_point = list(clip.warnings), float(clip.duration), clip.start
    if not take.provenance["trained"]:
        notes.append("Made by an untrained model: the timing is right, the motion means nothing yet.")
    sketch = _sketch(take)
    take = _finished(take, shot, made_from, in_point, notes)
    stamps = tuple(_written(take, shot, records, allow_outside, notes))
    facts = {
        "frames": take.frame_count,
        "fps": str(take.rate),
        "seconds": seconds,
        "took": round(time.perf_counter() - began, 4),
    }
    record = Record(shot.name, "done", made_from, audio, stamps, facts, tuple(dict.fromkeys(notes)), sketch=sketch)
    records.write(shot, record)
    return Outcome("done", record)


def _channel(shot: Shot) -> int | str | None:
    return int(shot.channel) if shot.channel.isdecimal() else shot.channel or None


def _refuse_edited(shot: Shot, before: Record, unchanged: list[bool], output: Path) -> None:
    """What somebody changed by hand since is worth more than what is made anew overnight."""
    wanted = {target.path for target in shot.targets}
    for stamp, same in zip(before.outputs, unchanged, strict=True):
        if not same and stamp.path in wanted and (output / stamp.path).exists():
            raise OutputError(
                f"{stamp.path} was changed since it was written, so it is left alone; --force makes it anew."
            )


def _finished(take: Take, shot: Shot, made_from: str, in_point: Fraction, notes: list[str]) -> Take:
    """At its place in the scene, under the names of its rig, telling where it comes from."""
    told = {"shot": shot.name, "made_from": made_from}
    if shot.character:
        told["character"] = shot.character
    take = replace(take, provenance={**take.provenance, **told})
    if shot.start_frame is not None:
        take = replace(take, start=take.start - in_point + shot.rate.seconds(shot.start_frame))
    if shot.mapping is None:
        return take
    lost = [name for name in take.names if name not in shot.mapping.sources]
    if lost:
        few = ", ".join(lost[:5]) + (" ..." if len(lost) > 5 else "")
        notes.append(f"The rig {shot.mapping.name} has no place for {len(lost)} of {len(take.names)} shapes ({few}).")
    return shot.mapping.apply(take)


def _written(take: Take, shot: Shot, records: Records, allow_outside: bool, notes: list[str]) -> list[Stamp]:
    stamps = []
    for target in shot.targets:
        path = records.output / target.path
        if not allow_outside and (leaves(target.path) or not lies_inside(path, records.output)):
            raise OutputError(f"{target.path} leads out of the output folder; allow it or write it inside.")
        refuse_to_replace(path, shot.audio)
        notes += formats.write_take(take, path, target.format)
        try:
            stamps.append(Stamp.of(path, target.path))
        except OSError as err:
            raise OutputError(f"{path} cannot be read back ({err.strerror or err}); check the disk.") from err
    return stamps


def _sketch(take: Take) -> dict[str, list[int]]:
    """The highest value of each shape within each column, in hundredths."""
    columns = min(SKETCH_COLUMNS, take.frame_count)
    edges = np.arange(columns) * take.frame_count // columns
    shown = [name for name in SKETCHED if name in take.names]
    return {
        name: np.rint(100 * np.clip(np.maximum.reduceat(take.curve(name), edges), 0.0, 1.0)).astype(int).tolist()
        for name in shown
    }
