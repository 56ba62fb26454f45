"""One line of a list, from its recording to its results and its record."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np

from .. import __version__, formats
from ..audio import Clip, open_clip
from ..engine import Engine
from ..errors import KoeMorphError, OutputError
from ..files import refuse_to_replace
from ..rig.document import as_json
from ..take import Take
from .columns import leaves
from .reading import lies_inside
from .records import Record, Records, Stamp
from .shot import Shot, Target, Unit

SKETCHED: Final = ("jawOpen", "mouthPucker", "mouthSmileLeft", "browInnerUp", "eyeBlinkLeft")
"""The shapes that the report draws: how far it opens, rounds, smiles, raises and blinks."""
SKETCH_COLUMNS: Final = 120

State = Literal["done", "skipped", "failed", "busy", "cancelled"]


@dataclass(frozen=True)
class Outcome:
    """What came of a line in this run: `busy` if another process is at it."""

    state: State
    record: Record


def fingerprint(shot: Shot, audio_sha256: str, model_sha256: str, scene_sha256: str = "") -> str:
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
        **({"scene": [scene_sha256, shot.face]} if shot.scene else {}),
    }
    return hashlib.sha256(json.dumps(recipe, sort_keys=True).encode()).hexdigest()


def is_current(shot: Shot, record: Record | None, output: Path, model_sha256: str) -> bool:
    """Whether a line needs nothing, as a glance at its files tells; decodes no sound."""
    return (
        record is not None
        and record.status == "done"
        and record.audio is not None
        and record.audio.untouched(shot.audio)
        and (shot.scene is None or (record.scene is not None and record.scene.untouched(shot.scene)))
        and record.fingerprint == fingerprint(shot, record.audio.sha256, model_sha256, _scene_sha256(record))
        and all(stamp.untouched(output / stamp.path) for stamp in record.outputs)
    )


def unit_is_current(unit: Unit, known: Mapping[str, Record | None], output: Path, model_sha256: str) -> bool:
    """Whether none of its lines needs anything, nor has one come or gone."""
    together = tuple(shot.name for shot in unit) if unit[0].scene else ()
    return all(
        (record := known[shot.name]) is not None
        and record.together == together
        and is_current(shot, record, output, model_sha256)
        for shot in unit
    )


def _scene_sha256(record: Record) -> str:
    return record.scene.sha256 if record.scene else ""


def key_line(shot: Shot, engine: Engine, records: Records, *, force: bool, allow_outside: bool) -> Outcome:
    """Make a line unless nothing has changed; whatever goes wrong is in the outcome."""
    with records.lock(shot) as ours:
        if not ours:
            return busy((shot,), records)[0]
        before = records.read(shot)
        try:
            outcome = _make(shot, engine, records, before, force=force, allow_outside=allow_outside)
        except KoeMorphError as err:
            outcome = failed(shot, str(err), err.exit_code, records)
        return outcome


def busy(unit: Unit, records: Records) -> list[Outcome]:
    """Another process is at one of these lines; where it has stopped, they fail rather than wait for ever."""
    holder = records.holder(*unit)
    if holder is None or not holder.stopped:
        return [Outcome("busy", Record(shot.name, "running")) for shot in unit]
    stopped = KoeMorphError(
        f"It is held by {holder}, which has not been heard of for {holder.silent:.0f} s; wake or end that process, "
        f"or run 'koemorph shots unlock {records.output}'."
    )
    return [Outcome("failed", failure(shot, stopped)) for shot in unit]


def failure(shot: Shot, err: KoeMorphError) -> Record:
    return Record(shot.name, "failed", message=str(err), exit_code=err.exit_code)


def failed(shot: Shot, message: str, exit_code: int, records: Records) -> Outcome:
    """Written down. What it wrote before still counts as ours, unless half of that may be new."""
    now = records.read(shot)
    kept = now.outputs if now is not None and now.status != "running" else ()
    outcome = Outcome("failed", Record(shot.name, "failed", outputs=kept, message=message, exit_code=exit_code))
    records.write(shot, outcome.record)
    return outcome


def _make(
    shot: Shot, engine: Engine, records: Records, before: Record | None, *, force: bool, allow_outside: bool
) -> Outcome:
    model, output = engine.model.sha256, records.output
    if not force and is_current(shot, before, output, model):
        assert before is not None
        return Outcome("skipped", before)
    with open_line(shot) as clip:
        made_from = fingerprint(shot, clip.sha256, model)
        if not force:
            if before is not None and before.fingerprint == made_from and same_outputs(before, output):
                record = refreshed(before, _seen(shot, clip), output)
                records.write(shot, record)
                return Outcome("skipped", record)
            refuse_edited(shot, before, output)
        records.write(shot, Record(shot.name, "running", outputs=before.outputs if before else ()))
        record = make_files(shot, clip, made_from, engine, records, allow_outside=allow_outside)
    records.write(shot, record)
    return Outcome("done", record)


def make_files(
    shot: Shot, clip: Clip, made_from: str, engine: Engine, records: Records, *, allow_outside: bool
) -> Record:
    """Animate the clip and write every target but a scene; the record is returned, not written."""
    began = time.perf_counter()
    audio = _seen(shot, clip)
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
    return Record(shot.name, "done", made_from, audio, stamps, facts, tuple(dict.fromkeys(notes)), sketch=sketch)


def same_outputs(before: Record, output: Path) -> bool:
    """Whether what a finished line wrote is there, byte for byte."""
    return before.status == "done" and all(stamp.same(output / stamp.path) for stamp in before.outputs)


def refreshed(before: Record, audio: Stamp, output: Path) -> Record:
    """The record of files that were touched and not changed, so that a look at them is enough again."""
    stamps = tuple(Stamp.of(output / stamp.path, stamp.path) for stamp in before.outputs)
    return replace(before, audio=audio, outputs=stamps)


def _seen(shot: Shot, clip: Clip) -> Stamp:
    """The recording as it was while it was decoded, whatever lies there by now."""
    assert clip.look is not None
    return Stamp.seen(shot.audio.name, clip.look, clip.sha256)


def open_line(shot: Shot) -> AbstractContextManager[Clip]:
    return open_clip(shot.audio, channel=shot.channel or None, start=shot.begin, end=shot.end)


def refuse_edited(shot: Shot, before: Record | None, output: Path) -> None:
    """What somebody changed by hand since is worth more than what is made anew overnight."""
    if before is None or before.status == "running":
        return
    wanted = {target.path for target in shot.targets}
    for stamp in before.outputs:
        path = output / stamp.path
        if stamp.path in wanted and path.exists() and not stamp.same(path):
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
        path = place_of(target, shot, records.output, allow_outside)
        if target.is_scene:
            continue
        notes += formats.write_take(take, path, target.format)
        try:
            stamps.append(Stamp.of(path, target.path))
        except OSError as err:
            raise OutputError(f"{path} cannot be read back ({err.strerror or err}); check the disk.") from err
    return stamps


def place_of(target: Target, shot: Shot, output: Path, allow_outside: bool) -> Path:
    """Where a target is written: never outside unasked, never over what it is made from."""
    path = output / target.path
    if not allow_outside and (leaves(target.path) or not lies_inside(path, output)):
        raise OutputError(f"{target.path} leads out of the output folder; allow it or write it inside.")
    refuse_to_replace(path, shot.audio, shot.scene)
    return path


def _sketch(take: Take) -> dict[str, list[int]]:
    """The highest value of each shape within each column, in hundredths."""
    columns = min(SKETCH_COLUMNS, take.frame_count)
    edges = np.arange(columns) * take.frame_count // columns
    shown = [name for name in SKETCHED if name in take.names]
    return {
        name: np.rint(100 * np.clip(np.maximum.reduceat(take.curve(name), edges), 0.0, 1.0)).astype(int).tolist()
        for name in shown
    }
