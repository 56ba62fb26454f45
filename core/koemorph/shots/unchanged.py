"""Whether a line needs anything: what it was made from, and what it made, as they are now."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from .. import __version__
from ..errors import KoeMorphError, OutputError
from ..rig.document import as_json
from .records import Record, Stamp
from .shot import Shot, Unit


def fingerprint(shot: Shot, audio_sha256: str, model_sha256: str, scene_sha256: str = "") -> str:
    """Of everything that makes the result: where it is the same, so are the bytes."""
    recipe: Mapping[str, Any] = {
        "koemorph": __version__,
        "model": model_sha256,
        "audio": [audio_sha256, shot.recording.path.name],
        "part": [str(shot.recording.begin), str(shot.recording.end), shot.recording.channel],
        "clock": [str(shot.rate), shot.start_frame],
        "settings": vars(shot.settings),
        "mapping": None if shot.mapping is None else as_json(shot.mapping),
        "targets": [[target.path, target.format] for target in shot.targets],
        "told": [shot.name, shot.character],
        **({"script": shot.script.to_dict()} if shot.script else {}),
        **({"scene": [scene_sha256, shot.face]} if shot.scene else {}),
        **({"keying": shot.keying.to_dict()} if shot.keying else {}),
    }
    return hashlib.sha256(json.dumps(recipe, sort_keys=True).encode()).hexdigest()


def is_current(shot: Shot, record: Record | None, output: Path, model_sha256: str) -> bool:
    """Whether a line needs nothing, as a glance at its files tells; decodes no sound."""
    return (
        record is not None
        and record.status == "done"
        and record.audio is not None
        and record.audio.untouched(shot.recording.path)
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


def same_outputs(before: Record, output: Path) -> bool:
    """Whether what a finished line wrote is there, byte for byte."""
    return before.status == "done" and all(stamp.same(output / stamp.path) for stamp in before.outputs)


def refreshed(before: Record, audio: Stamp, output: Path) -> Record:
    """The record of files that were touched and not changed, so that a look at them is enough again."""
    stamps = tuple(Stamp.of(output / stamp.path, stamp.path) for stamp in before.outputs)
    return replace(before, audio=audio, outputs=stamps)


def seen(path: Path, before: Stamp | None, wrong: type[KoeMorphError]) -> Stamp:
    """A file as it is now; it is read only if it is not as it was."""
    try:
        return before if before is not None and before.untouched(path) else Stamp.of(path, path.name)
    except (OSError, ValueError) as err:
        raise wrong(f"{path} cannot be read ({getattr(err, 'strerror', None) or err}); check the path.") from err


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
