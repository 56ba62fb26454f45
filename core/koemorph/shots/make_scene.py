"""Lines that are keyed into a scene: all of one scene together, into a copy, which appears complete or not at all."""

from __future__ import annotations

import contextlib
import filecmp
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Final

from .. import formats, hosts
from ..errors import AudioError, Cancelled, KoeMorphError, RemoteError, ShotListError
from ..files import atomic, neighbour, put, sweep, unwritable
from ..hosts.bake import Answer, baking
from ..hosts.messages import Keyed, Line
from ..runtime.messages import Failed
from ..take import Take
from ..timing import FrameRate
from .make_line import Outcome, Workplace, busy, failed, make_files, make_line, place_of
from .records import Record, Stamp
from .shot import Shot, Unit
from .unchanged import fingerprint, refreshed, refuse_edited, same_outputs, seen, unit_is_current

FIRST_FRAME: Final = 1
"""Where a line begins to sound that names no frame."""


def make_unit(unit: Unit, at: Workplace) -> list[Outcome]:
    """Make the lines of a unit unless nothing has changed; whatever goes wrong is in the outcomes."""
    if unit[0].keyed_scene is None:
        (shot,) = unit
        return [make_line(shot, at)]
    with at.records.lock(*unit) as ours:
        if not ours:
            return busy(unit, at.records)
        known = {shot.name: at.records.read(shot) for shot in unit}
        try:
            assert unit[0].scene is not None
            before = next((one.scene for one in known.values() if one and one.scene), None)
            scene = seen(unit[0].scene, before, ShotListError)
            if not at.options.force:
                if unchanged := _unchanged(unit, known, scene, at):
                    return unchanged
                for shot in unit:
                    refuse_edited(shot, known[shot.name], at.output)
            return _make(unit, scene, known, at)
        except Cancelled:
            raise
        except KoeMorphError as err:
            return [failed(shot, err, at.records) for shot in unit]


def _unchanged(unit: Unit, known: Mapping[str, Record | None], scene: Stamp, at: Workplace) -> list[Outcome]:
    """All lines as skipped, if nothing has changed but the times of files; else nothing."""
    if unit_is_current(unit, known, at.output, at.model_sha256):
        return [Outcome("skipped", record) for record in known.values() if record]
    fresh = []
    for shot in unit:
        before = known[shot.name]
        if before is None or before.audio is None or before.together != _names(unit):
            return []
        audio = seen(shot.recording.path, before.audio, AudioError)
        made_from = fingerprint(shot, audio.sha256, at.model_sha256, scene.sha256)
        if before.fingerprint != made_from or not same_outputs(before, at.output):
            return []
        fresh.append(replace(refreshed(before, audio, at.output), scene=scene))
    for shot, record in zip(unit, fresh, strict=True):
        at.records.write(shot, record)
    return [Outcome("skipped", record) for record in fresh]


def _make(unit: Unit, scene: Stamp, known: Mapping[str, Record | None], at: Workplace) -> list[Outcome]:
    """Each line's files, then the scene with all lines whose recording could be used."""
    target = unit[0].keyed_scene
    assert target is not None and unit[0].scene is not None
    path = place_of(target, unit[0], at.options)
    host = hosts.by_name(target.format)
    program = host.program(at.options.programs.get(host.name, ""))
    made: dict[str, tuple[Take, Record]] = {}
    outcomes: dict[str, Outcome] = {}
    answers: Mapping[str, Answer] = {}
    for shot in unit:
        before = known[shot.name]
        at.records.write(shot, Record(shot.name, status="running", outputs=before.outputs if before else ()))
    with (
        _replacing(path, known) as scratch,
        baking(host, program, unit[0].scene, scratch, lambda: at.go_on("keying", 0.0)) as host_at_work,
    ):
        for shot in unit:
            try:
                audio = seen(shot.recording.path, None, AudioError)
                made_from = fingerprint(shot, audio.sha256, at.model_sha256, scene.sha256)
                made[shot.name] = make_files(shot, audio, made_from, at, keep=True)
            except Cancelled:
                raise
            except KoeMorphError as err:
                outcomes[shot.name] = failed(shot, err, at.records)
        if made:
            rate = host_at_work.rate()
            with tempfile.TemporaryDirectory(prefix="koemorph-") as folder:
                lines = {
                    shot.name: _line(shot, made[shot.name][0], rate, Path(folder), at)
                    for shot in unit
                    if shot.name in made
                }
                heard = host_at_work.key(tuple(lines.values()))
                answers = {name: heard[line.id] for name, line in lines.items()}
        keyed = any(isinstance(answer, Keyed) for answer in answers.values())
        if keyed and not scratch.is_file():
            raise KoeMorphError(f"{host.label} wrote no scene; open {unit[0].scene} there and look.")
    stamp = Stamp.of(path, target.path) if keyed else None
    for shot in unit:
        if shot.name in answers:
            answer, record = answers[shot.name], made[shot.name][1]
            outcomes[shot.name] = _outcome(shot, answer, record, stamp, scene, _names(unit), at)
    return [outcomes[shot.name] for shot in unit]


def _line(shot: Shot, take: Take, rate: FrameRate, folder: Path, at: Workplace) -> Line:
    """The line for the host, its take at the scene's rate: as it is, or rendered once more from what was heard."""
    if take.rate != rate:
        take = at.session.ask(shot.recording, shot.settings, rate, script=shot.script).wait(at.go_on)
    path = folder / f"{uuid.uuid4().hex}.take"
    formats.write_take(take, path)
    return Line(
        id=path.stem,
        take=path,
        recording=replace(shot.recording, path=shot.recording.path.absolute()),
        settings=shot.settings.to_dict(),
        first_frame=Fraction(FIRST_FRAME if shot.start_frame is None else shot.start_frame),
        object=shot.face,
        mapping=shot.rig,
        keying=shot.keying.to_dict() if shot.keying else {},
    )


def _outcome(
    shot: Shot,
    answer: Answer,
    record: Record,
    stamp: Stamp | None,
    scene: Stamp,
    together: tuple[str, ...],
    at: Workplace,
) -> Outcome:
    """What came of a line whose files are made."""
    if isinstance(answer, Failed):
        return failed(shot, RemoteError(answer.text, answer.exit_code), at.records)
    assert stamp is not None
    record = replace(
        record,
        outputs=(*record.outputs, stamp),
        warnings=tuple(dict.fromkeys((*record.warnings, *answer.notes))),
        scene=scene,
        together=together,
    )
    at.records.write(shot, record)
    return Outcome("done", record)


@contextmanager
def _replacing(path: Path, known: Mapping[str, Record | None]) -> Iterator[Path]:
    """A neighbour for a host to write; it takes the place of `path` if it is there in the end.

    What stood there and is not what these lines were keyed into last is kept beside it.
    """
    scratch = neighbour(path, path.suffix)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        sweep(path.parent)
        yield scratch
        if scratch.exists():
            with scratch.open("rb+") as handle:
                os.fsync(handle.fileno())
            ours = [stamp for record in known.values() if record for stamp in record.outputs]
            if path.exists() and not any(stamp.path.endswith(path.name) and stamp.same(path) for stamp in ours):
                _keep(path)
            put(scratch, path)
    except OSError as err:
        raise unwritable(path, err) from err
    finally:
        with contextlib.suppress(OSError):
            scratch.unlink(missing_ok=True)


def _keep(path: Path) -> None:
    """As `ep01.backup.blend`, or `ep01.backup2.blend` and so on where that is taken; once, however often it fails."""
    number = 1
    while (spare := path.with_name(f"{path.stem}.backup{number if number > 1 else ''}{path.suffix}")).exists():
        if filecmp.cmp(path, spare, shallow=False):
            return
        number += 1
    with path.open("rb") as before, atomic(spare) as handle:
        shutil.copyfileobj(before, handle)
    shutil.copystat(path, spare)


def _names(unit: Unit) -> tuple[str, ...]:
    return tuple(shot.name for shot in unit)
