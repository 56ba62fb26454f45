# SPDX-License-Identifier: GPL-3.0-or-later
"""`blender --command koemorph SCENE -o SCENE --shots LIST`: dialogue keyed into a scene without a window.

One recording, or every line of a shot list that `koemorph shots` reads too, where `object` or else `character` names
whom it is keyed on. Each line ends in a sentence; the exit code is that of the first thing that went wrong. The scene
is never changed: the keyed one is another file.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path

import bpy

from koemorph.errors import KoeMorphError, OutputError
from koemorph.formats import read_take
from koemorph.hosts.bake import serve
from koemorph.hosts.blender import HOST
from koemorph.hosts.messages import Keyed, Line
from koemorph.hosts.outcome import Outcome, say, tell
from koemorph.hosts.scene_command import check_paths, preset_of, scene_parser
from koemorph.keying import Keying
from koemorph.knob_flags import given_of
from koemorph.recording import Recording
from koemorph.rig import Mapping, find
from koemorph.runtime.messages import Failed
from koemorph.settings import Settings
from koemorph.shots import Shot
from koemorph.timing import FrameRate

from .destination import ACTIVE, NEW, NLA
from .line import PROPERTY, lines_of, source_as_dict, source_from_dict
from .process import runtime, worker
from .shot_list import KeyOptions, key_all, lines_of_list, placed, read_list
from .source import Source, scene_rate

NAME = "koemorph"
_WAIT_SECONDS = 0.2


def parser() -> argparse.ArgumentParser:
    reader, _ = scene_parser(HOST, f"blender --command {NAME}", required=True)
    reader.add_argument("--start-frame", type=int, help="where a line is heard that does not say it (default 1)")
    reader.add_argument("--target", default="", help="whom lines are keyed on that name nobody; default: the only face")
    reader.add_argument("--where", choices=[name.lower() for name in (NEW, ACTIVE, NLA)], default=NEW.lower())
    reader.add_argument("--threads", type=int, help="processor threads that the worker may use")
    return reader


def main(arguments: Sequence[str] | None = None) -> int:
    given = parser().parse_args(arguments)
    try:
        if given.link:
            return serve(given.link, partial(_opened, given), _key, partial(_save, given.output))
        outcomes = bake(given)
    except KoeMorphError as err:
        say(f"{NAME}: {err}", sys.stderr)
        return err.exit_code
    finally:
        worker.close()
    return tell(NAME, outcomes)


def bake(given: argparse.Namespace) -> list[Outcome]:
    """What came of every line. Nothing is written if none could be keyed."""
    _opened(given)
    worker.wanted = runtime(given.model, given.threads)
    lines = lines_of_list(
        _shots(given), KeyOptions(where=given.where.upper(), keying=Keying(**given_of(Keying, given)))
    )
    while not lines.advance(_WAIT_SECONDS):
        pass
    outcomes = lines.key()
    if any(not one.message for one in outcomes):
        _save(given.output)
    return outcomes


def _key(lines: Sequence[Line]) -> dict[str, Keyed | Failed]:
    """Takes of a batch onto their characters."""
    told: dict[str, Outcome] = {}
    made = []
    for line in lines:
        try:
            source = Source(line.recording, line.first_frame)
            options = KeyOptions(keying=Keying.from_dict(line.keying))
            settings = Settings.from_dict(line.settings)
            made.append(
                (line.id, placed(source, settings, line.object, line.mapping, options), read_take(line.take), ())
            )
        except KoeMorphError as err:
            told[line.id] = Outcome.failed(line.id, err)
    told |= key_all(made)
    return {name: one.answer() for name, one in told.items()}


def _opened(given: argparse.Namespace) -> FrameRate:
    """Open the scene, if another may be written; its rate."""
    check_paths(HOST, given)
    _open(given.scene)
    return scene_rate(bpy.context.scene)


def _open(scene: Path) -> None:
    """Scripts of the scene do not run."""
    try:
        bpy.ops.wm.open_mainfile(filepath=str(scene.absolute()), load_ui=False, use_scripts=False)
    except RuntimeError as err:
        reason = " ".join(str(err).removeprefix("Error: ").split()).rstrip(".")
        raise OutputError(f"Blender cannot open {scene} ({reason}).") from err


def _is_compressed(scene: Path) -> bool:
    """So that the keyed one is as well."""
    try:
        with scene.open("rb") as handle:
            return handle.read(7) != b"BLENDER"
    except OSError:
        return False


def _shots(given: argparse.Namespace) -> tuple[Shot, ...]:
    settings = preset_of(given)
    mapping: Mapping | None = find(given.mapping) if given.mapping else None
    if given.file:
        rate: FrameRate = scene_rate(bpy.context.scene)
        shots: tuple[Shot, ...] = (
            Shot(name=Path(given.file).stem, recording=Recording(Path(given.file)), rate=rate, settings=settings),
        )
    else:
        shots = read_list(given.shots, settings)
    return tuple(
        replace(
            shot,
            face=shot.face or given.target,
            rig=shot.rig or (given.mapping if mapping else ""),
            start_frame=given.start_frame if shot.start_frame is None else shot.start_frame,
        )
        for shot in shots
    )


def _save(path: Path) -> None:
    """Blender moves the paths that it knows along; those that lines remember are ours to move."""
    path, compressed = path.absolute(), _is_compressed(Path(bpy.data.filepath))
    remembered = [(action, [(line, source_from_dict(line.source)) for line in lines_of(action)]) for action in _ours()]
    try:
        bpy.ops.wm.save_as_mainfile(filepath=str(path), check_existing=False, compress=compressed)
        moved = False
        for action, lines in remembered:
            here = [replace(line, source=source_as_dict(source)) for line, source in lines]
            if here != [line for line, _ in lines]:
                moved = True
                action[PROPERTY] = json.dumps([asdict(line) for line in here])
        if moved:
            bpy.ops.wm.save_mainfile(compress=compressed)
    except RuntimeError as err:
        reason = " ".join(str(err).removeprefix("Error: ").split()).rstrip(".")
        raise OutputError(f"Blender cannot write {path} ({reason}).") from err


def _ours() -> Iterable[bpy.types.Action]:
    return [action for action in bpy.data.actions if action.get(PROPERTY) and action.library is None]
