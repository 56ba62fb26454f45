"""`mayapy koemorph-maya-bake.py SCENE -o SCENE`: dialogue keyed into a scene without a window.

One recording, or every line of a shot list that `koemorph shots` reads too, where `object` or else `character` names
whom it is keyed on. Each line ends in a sentence; the exit code is that of the first line that failed, and the scene
is written if one line was keyed. Scripts that the scene holds do not run.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from pathlib import Path

from maya import cmds

from koemorph.errors import KoeMorphError, OutputError
from koemorph.files import unwritable
from koemorph.formats import read_take
from koemorph.hosts.bake import serve
from koemorph.hosts.maya import HOST
from koemorph.hosts.messages import Keyed, Line
from koemorph.hosts.outcome import Outcome, say, tell
from koemorph.hosts.scene_command import check_paths, lines_of, preset_of, scene_parser
from koemorph.keying import Keying
from koemorph.knob_flags import given_of
from koemorph.recording import PlacedRecording
from koemorph.runtime.messages import Failed
from koemorph.settings import Settings
from koemorph.shots import Shot
from koemorph.shots.report import write_entries
from koemorph.speech.companion import script_of
from koemorph.timing import FrameRate

from . import key_line
from .character import chosen_targets
from .clock import scene_rate
from .process import close
from .request import KeyRequest
from .source import chosen

NAME = "koemorph-maya-bake"
_KINDS = {".ma": "mayaAscii", ".mb": "mayaBinary"}


def parser() -> argparse.ArgumentParser:
    reader, what = scene_parser(HOST, NAME, required=False)
    what.add_argument("--audio", default="", metavar="NODE", help="or an audio node; default: the scene's only one")
    reader.add_argument("--start-frame", type=Fraction, default=Fraction(1), help="where a file is heard (default 1)")
    reader.add_argument("--target", action="append", default=[], help="a face or blendShape node; may be repeated")
    reader.add_argument("--layer", default="", help="an animation layer, made if need be")
    reader.add_argument("--report", type=Path, metavar="FOLDER", help="also write the report that shot lists have")
    return reader


def main(arguments: Sequence[str] | None = None) -> int:
    given = parser().parse_args(arguments)
    try:
        if given.link:
            return serve(given.link, partial(_opened, given), partial(_key, given), partial(_save, given.output))
        outcomes = bake(given)
    except KoeMorphError as err:
        say(f"{NAME}: {err}", sys.stderr)
        return err.exit_code
    finally:
        close()
    return tell(NAME, outcomes)


def _opened(given: argparse.Namespace) -> FrameRate:
    """Open the scene, if another may be written; its rate."""
    check_paths(HOST, given, into_itself=True)
    try:
        cmds.file(str(given.scene), open=True, force=True, executeScriptNodes=False)
    except RuntimeError as err:
        raise OutputError(f"Maya cannot open {given.scene} ({str(err).strip()}).") from err
    return scene_rate()


def _key(given: argparse.Namespace, lines: Sequence[Line]) -> dict[str, Keyed | Failed]:
    """Takes of a batch onto their characters."""
    answers: dict[str, Keyed | Failed] = {}
    for line in lines:
        try:
            wanted = KeyRequest(
                targets=(line.object,) if line.object else tuple(chosen_targets()),
                rate=scene_rate(),
                settings=Settings.from_dict(line.settings),
                naming=line.mapping,
                layer=given.layer,
                keying=Keying.from_dict(line.keying),
            )
            source, take = PlacedRecording(line.recording, line.first_frame), read_take(line.take)
            first = source.frame_of(take.start, wanted.rate)
            report = key_line.key(wanted, take, first, source.name, source=source)
            answers[line.id] = Keyed(id=line.id, keys=report.key_count, notes=report.notes)
        except KoeMorphError as err:
            answers[line.id] = Failed.of(err, line.id)
    return answers


def bake(given: argparse.Namespace) -> list[Outcome]:
    """What came of every line, in the report as well. Nothing is written if none could be keyed."""
    _opened(given)
    outcomes, entries = [], []
    for order, source, shot in _lines(given):
        began = time.perf_counter()
        outcome = _outcome(order, source, shot)
        took = time.perf_counter() - began
        outcomes.append(outcome)
        entries.append(outcome.entry(source.recording, given.output, order.rate, took, shot))
    if any(not one.message for one in outcomes):
        _save(given.output)
    if given.report:
        try:
            given.report.mkdir(parents=True, exist_ok=True)
        except OSError as err:
            raise unwritable(given.report, err) from err
        write_entries((given.shots or given.scene).name, entries, given.report)
    return outcomes


def _outcome(order: KeyRequest, source: PlacedRecording, shot: Shot | None) -> Outcome:
    """Key one line; whatever goes wrong is in the outcome."""
    name, notes = (shot.name, shot.notes) if shot else (source.name, ())
    try:
        report = key_line.run(order, source)
    except KoeMorphError as err:
        return Outcome.failed(name, err)
    frames = round(report.last - report.first) + 1
    return Outcome(name=name, text=report.text(), keys=report.key_count, frames=frames, notes=(*notes, *report.notes))


def _lines(given: argparse.Namespace) -> list[tuple[KeyRequest, PlacedRecording, Shot | None]]:
    rate = scene_rate()
    settings = preset_of(given)
    targets = tuple(given.target or chosen_targets())
    order = KeyRequest(
        targets=targets,
        rate=rate,
        settings=settings,
        naming=given.mapping,
        layer=given.layer,
        keying=Keying(**given_of(Keying, given)),
        model=str(given.model or ""),
    )
    if given.shots is None:
        source = chosen(given.file, given.audio, given.start_frame, rate)
        script, notes = script_of(source.recording.path)
        for note in notes:
            say(f"{source.name}: {note}", sys.stderr)
        return [(replace(order, script=script), source, None)]
    lines: list[tuple[KeyRequest, PlacedRecording, Shot | None]] = []
    for shot in lines_of(given.shots, rate, settings):
        first = given.start_frame if shot.start_frame is None else Fraction(shot.start_frame)
        named = shot.face or shot.character
        whom = (named,) if named and not given.target else targets
        source = PlacedRecording(shot.recording, first)
        naming = given.mapping or shot.rig
        ordered = replace(order, targets=whom, settings=shot.settings, naming=naming, script=shot.script)
        lines.append((ordered, source, shot))
    return lines


def _save(path: Path) -> None:
    """Beside its place first, so that a scene is there as a whole or not at all."""
    beside = path.with_name(f".koemorph-{path.name}")
    cmds.file(rename=str(beside))
    try:
        cmds.file(save=True, force=True, type=_KINDS[path.suffix.lower()])
        beside.replace(path)
    except (RuntimeError, OSError) as err:
        beside.unlink(missing_ok=True)
        raise OutputError(f"Maya cannot write {path} ({str(err).strip()}).") from err
