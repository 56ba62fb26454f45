"""Lines that are keyed into a scene: all of one scene together, into a copy, which appears complete or not at all."""

from __future__ import annotations

import contextlib
import os
import shutil
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..engine import Engine
from ..errors import KoeMorphError, ShotListError
from ..files import SCRATCH, sweep, unwritable
from . import hosts
from .keying import (
    Outcome,
    busy,
    failed,
    fingerprint,
    key_line,
    make_files,
    open_line,
    place_of,
    refreshed,
    refuse_edited,
    same_outputs,
    unit_is_current,
)
from .records import Record, Records, Stamp
from .shot import Unit

if TYPE_CHECKING:
    from .crew import Brief


def key_unit(unit: Unit, engine: Engine, records: Records, brief: Brief) -> list[Outcome]:
    """Make the lines of a unit unless nothing has changed; whatever goes wrong is in the outcomes."""
    if unit[0].keyed_scene is None:
        (shot,) = unit
        return [key_line(shot, engine, records, force=brief.force, allow_outside=brief.allow_outside)]
    with records.lock(*unit) as ours:
        if not ours:
            return busy(unit, records)
        known = {shot.name: records.read(shot) for shot in unit}
        try:
            scene = _stamp(unit[0].scene, next((one.scene for one in known.values() if one and one.scene), None))
            if not brief.force:
                if unchanged := _unchanged(unit, known, scene, engine.model.sha256, records):
                    return unchanged
                for shot in unit:
                    refuse_edited(shot, known[shot.name], records.output)
            return _make(unit, scene, known, engine, records, brief)
        except KoeMorphError as err:
            return [failed(shot, str(err), err.exit_code, records) for shot in unit]


def _unchanged(
    unit: Unit, known: Mapping[str, Record | None], scene: Stamp, model: str, records: Records
) -> list[Outcome]:
    """All lines as skipped, if nothing has changed but the times of files; else nothing."""
    if unit_is_current(unit, known, records.output, model):
        return [Outcome("skipped", record) for record in known.values() if record]
    fresh = []
    for shot in unit:
        before = known[shot.name]
        if before is None or before.audio is None or before.together != _names(unit):
            return []
        audio = _stamp(shot.audio, before.audio)
        made_from = fingerprint(shot, audio.sha256, model, scene.sha256)
        if before.fingerprint != made_from or not same_outputs(before, records.output):
            return []
        fresh.append(replace(refreshed(before, audio, records.output), scene=scene))
    for shot, record in zip(unit, fresh, strict=True):
        records.write(shot, record)
    return [Outcome("skipped", record) for record in fresh]


def _make(
    unit: Unit, scene: Stamp, known: Mapping[str, Record | None], engine: Engine, records: Records, brief: Brief
) -> list[Outcome]:
    """Each line's files, then the scene with all lines whose recording could be used."""
    target = unit[0].keyed_scene
    assert target is not None
    path = place_of(target, unit[0], records.output, brief.allow_outside)
    hosts.program(target.format, _named(target.format, brief))
    made: dict[str, Record] = {}
    outcomes: dict[str, Outcome] = {}
    for shot in unit:
        before = known[shot.name]
        records.write(shot, Record(shot.name, "running", outputs=before.outputs if before else ()))
    for shot in unit:
        try:
            with open_line(shot) as clip:
                made_from = fingerprint(shot, clip.sha256, engine.model.sha256, scene.sha256)
                made[shot.name] = make_files(shot, clip, made_from, engine, records, allow_outside=brief.allow_outside)
        except KoeMorphError as err:
            outcomes[shot.name] = failed(shot, str(err), err.exit_code, records)
    lines = [shot for shot in unit if shot.name in made]
    told: Mapping[str, hosts.Told] = {}
    if lines:
        with _replacing(path, known) as scratch:
            told = hosts.bake(
                target.format,
                _named(target.format, brief),
                lines,
                scratch,
                model=brief.model,
                threads=brief.threads,
            )
            if any(not one.message for one in told.values()) and not scratch.is_file():
                raise KoeMorphError(f"{target.format.capitalize()} wrote no scene; open {scene.path} there and look.")
    stamp = Stamp.of(path, target.path) if any(not one.message for one in told.values()) else None
    for shot in lines:
        line, record = told[shot.name], made[shot.name]
        if line.message or stamp is None:
            outcomes[shot.name] = failed(shot, line.message, KoeMorphError.exit_code, records)
            continue
        record = replace(
            record,
            outputs=(*record.outputs, stamp),
            warnings=tuple(dict.fromkeys((*record.warnings, *line.notes))),
            scene=scene,
            together=_names(unit),
        )
        records.write(shot, record)
        outcomes[shot.name] = Outcome("done", record)
    return [outcomes[shot.name] for shot in unit]


@contextmanager
def _replacing(path: Path, known: Mapping[str, Record | None]) -> Iterator[Path]:
    """A neighbour for a host to write; it takes the place of `path` if it is there in the end.

    What stood there and is not what these lines were keyed into last is kept beside it.
    """
    scratch = path.with_name(f"{SCRATCH}{uuid.uuid4().hex}{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        sweep(path.parent)
        yield scratch
        if scratch.exists():
            with scratch.open("rb+") as handle:
                os.fsync(handle.fileno())
            ours = [stamp for record in known.values() if record for stamp in record.outputs]
            if path.exists() and not any(stamp.path.endswith(path.name) and stamp.same(path) for stamp in ours):
                shutil.copy2(path, _spare(path))
            scratch.replace(path)
    except OSError as err:
        raise unwritable(path, err) from err
    finally:
        with contextlib.suppress(OSError):
            scratch.unlink(missing_ok=True)


def _spare(path: Path) -> Path:
    """`ep01.backup.blend`, or `ep01.backup2.blend` and so on where that is taken."""
    number = 1
    while (spare := path.with_name(f"{path.stem}.backup{number if number > 1 else ''}{path.suffix}")).exists():
        number += 1
    return spare


def _stamp(path: Path | None, before: Stamp | None) -> Stamp:
    assert path is not None
    try:
        return before if before is not None and before.untouched(path) else Stamp.of(path, path.name)
    except OSError as err:
        raise ShotListError(f"{path} cannot be read ({err.strerror or err}); check the path.") from err


def _names(unit: Unit) -> tuple[str, ...]:
    return tuple(shot.name for shot in unit)


def _named(host: str, brief: Brief) -> str:
    return brief.blender if host == "blender" else brief.mayapy
