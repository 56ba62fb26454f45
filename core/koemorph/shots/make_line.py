"""One line of a list, from its recording to its results and its record."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Final, Literal

import numpy as np

from .. import arkit, formats
from ..errors import AudioError, Cancelled, KoeMorphError, OutputError, RemoteError
from ..files import refuse_to_replace
from ..runtime import Runtime
from ..runtime.pool import GoOn
from ..runtime.session import Session
from ..take import Take
from .columns import leaves
from .reading import lies_inside
from .records import Record, Records, Stamp
from .shot import Shot, Target, Unit
from .unchanged import fingerprint, is_current, refreshed, refuse_edited, same_outputs, seen

SKETCHED: Final = ("jawOpen", "mouthPucker", "mouthSmileLeft", "browInnerUp", "eyeBlinkLeft")
"""The shapes that the report draws: how far it opens, rounds, smiles, raises and blinks."""
SKETCH_COLUMNS: Final = 120

BEFORE_WRITING: Final = (AudioError, RemoteError)
"""What goes wrong while the take is made."""

State = Literal["done", "skipped", "failed", "busy", "cancelled"]


@dataclass(frozen=True)
class Outcome:
    """What came of a line in this run: `busy` if another process is at it."""

    state: State
    record: Record


@dataclass(frozen=True, kw_only=True)
class BatchOptions:
    """What holds for all lines of a run."""

    output: Path
    runtime: Runtime
    force: bool = False
    """Make everything anew, also what somebody changed by hand."""
    allow_outside: bool = False
    programs: Mapping[str, str] = field(default_factory=dict)
    """The program of a host, where it is not found by itself."""


@dataclass(frozen=True)
class Workplace:
    """What making a line needs beside the line. `go_on` is asked while a take is on its way."""

    options: BatchOptions
    records: Records
    model_sha256: str
    session: Session
    go_on: GoOn

    @property
    def output(self) -> Path:
        return self.options.output


def make_line(shot: Shot, at: Workplace) -> Outcome:
    """Make a line unless nothing has changed; whatever goes wrong is in the outcome."""
    with at.records.lock(shot) as ours:
        if not ours:
            return busy((shot,), at.records)[0]
        before = at.records.read(shot)
        try:
            return _make(shot, at, before)
        except Cancelled:
            raise
        except BEFORE_WRITING as err:
            return failed(shot, err, at.records, before.outputs if before else ())
        except KoeMorphError as err:
            return failed(shot, err, at.records)


def busy(unit: Unit, records: Records) -> list[Outcome]:
    """Another process is at one of these lines; where it has stopped, they fail rather than wait for ever."""
    holder = records.holder(*unit)
    if holder is None or not holder.stopped:
        return [Outcome("busy", Record(shot.name, status="running")) for shot in unit]
    stopped = KoeMorphError(
        f"It is held by {holder}, which has not been heard of for {holder.silent:.0f} s; wake or end that process, "
        f"or run 'koemorph shots unlock {records.output}'."
    )
    return [Outcome("failed", failure(shot, stopped)) for shot in unit]


def failure(shot: Shot, err: KoeMorphError) -> Record:
    return Record(shot.name, status="failed", message=str(err), exit_code=err.exit_code)


def failed(shot: Shot, err: KoeMorphError, records: Records, kept: tuple[Stamp, ...] | None = None) -> Outcome:
    """Written down. What it wrote before still counts as ours (`kept`), unless half of that may be new."""
    now = records.read(shot)
    if kept is None:
        kept = now.outputs if now is not None and now.status != "running" else ()
    record = replace(failure(shot, err), outputs=kept)
    records.write(shot, record)
    return Outcome("failed", record)


def _make(shot: Shot, at: Workplace, before: Record | None) -> Outcome:
    if not at.options.force and is_current(shot, before, at.output, at.model_sha256):
        assert before is not None
        return Outcome("skipped", before)
    audio = seen(shot.recording.path, before.audio if before else None, AudioError)
    made_from = fingerprint(shot, audio.sha256, at.model_sha256)
    if not at.options.force:
        if before is not None and before.fingerprint == made_from and same_outputs(before, at.output):
            record = refreshed(before, audio, at.output)
            at.records.write(shot, record)
            return Outcome("skipped", record)
        refuse_edited(shot, before, at.output)
    at.records.write(shot, Record(shot.name, status="running", outputs=before.outputs if before else ()))
    _, record = make_files(shot, audio, made_from, at)
    at.records.write(shot, record)
    return Outcome("done", record)


def make_files(shot: Shot, audio: Stamp, made_from: str, at: Workplace, *, keep: bool = False) -> tuple[Take, Record]:
    """Have the take made and write every target but a scene; the take as it was made, and the record, not written."""
    began = time.perf_counter()
    request = at.session.ask(shot.recording, shot.settings, shot.rate, script=shot.script, keep=keep)
    made = request.wait(at.go_on)
    if made.provenance["audio_sha256"] != audio.sha256:
        raise AudioError(f"{shot.recording.path} was changed while it was read; make the line again.")
    notes = [*shot.notes, *made.provenance["warnings"]]
    if not made.provenance["trained"]:
        notes.append("Made by an untrained model: the timing is right, the motion means nothing yet.")
    take = _finished(made, shot, made_from, request.begin, notes)
    stamps = tuple(_written(take, shot, at, notes))
    facts = {
        "frames": take.frame_count,
        "fps": str(take.rate),
        "seconds": float(request.duration),
        "took": round(time.perf_counter() - began, 4),
    }
    told = tuple(dict.fromkeys(notes))
    return made, Record(
        shot.name,
        status="done",
        fingerprint=made_from,
        audio=audio,
        outputs=stamps,
        facts=facts,
        warnings=told,
        sketch=_sketch(made),
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
    lost = [name for name in take.names if name not in (*shot.mapping.sources, *arkit.HEAD_TURNS)]
    if lost:
        few = ", ".join(lost[:5]) + (" ..." if len(lost) > 5 else "")
        notes.append(f"The rig {shot.mapping.name} has no place for {len(lost)} of {len(take.names)} shapes ({few}).")
    return shot.mapping.apply(take)


def _written(take: Take, shot: Shot, at: Workplace, notes: list[str]) -> list[Stamp]:
    stamps = []
    for target in shot.targets:
        path = place_of(target, shot, at.options)
        if target.is_scene:
            continue
        notes += formats.write_take(take, path, target.format)
        try:
            stamps.append(Stamp.of(path, target.path))
        except OSError as err:
            raise OutputError(f"{path} cannot be read back ({err.strerror or err}); check the disk.") from err
    return stamps


def place_of(target: Target, shot: Shot, options: BatchOptions) -> Path:
    """Where a target is written: never outside unasked, never over what it is made from."""
    path = options.output / target.path
    if not options.allow_outside and (leaves(target.path) or not lies_inside(path, options.output)):
        raise OutputError(f"{target.path} leads out of the output folder; allow it or write it inside.")
    refuse_to_replace(path, *shot.sources)
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
