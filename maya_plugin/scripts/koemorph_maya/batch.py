"""`mayapy koemorph-maya-bake.py SCENE -o SCENE`: dialogue keyed into a scene without a window.

One recording, or every line of a shot list that `koemorph shots` reads too, where `object` or else `character` names
whom it is keyed on. Each line ends in a sentence; the exit code is that of the first line that failed, and the scene
is written if one line was keyed. Scripts that the scene holds do not run.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import fields, replace
from fractions import Fraction
from functools import partial
from pathlib import Path

from maya import cmds

from koemorph.errors import KoeMorphError, OutputError
from koemorph.formats import read_take
from koemorph.hosts.bake import serve
from koemorph.hosts.messages import Keyed, Line
from koemorph.keying import Keying
from koemorph.knob_flags import add_flags, given_of
from koemorph.presets import find_preset
from koemorph.recording import PlacedRecording
from koemorph.runtime.messages import Failed
from koemorph.settings import Settings
from koemorph.shots import Shot, read_shots
from koemorph.timing import FrameRate

from . import key_line
from .character import chosen_targets
from .clock import scene_rate
from .outcome import Outcome, keyed, write_report
from .process import close
from .source import chosen

NAME = "koemorph-maya-bake"
_KINDS = {".ma": "mayaAscii", ".mb": "mayaBinary"}


def parser() -> argparse.ArgumentParser:
    reader = argparse.ArgumentParser(prog=NAME, description="Key dialogue into a Maya scene.")
    reader.add_argument("scene", type=Path)
    reader.add_argument("-o", "--output", type=Path, required=True, help="the scene to write, .ma or .mb")
    reader.add_argument("--overwrite", action="store_true", help="write even where a file is, the scene itself too")
    what = reader.add_mutually_exclusive_group()
    what.add_argument("--file", default="", help="the recording")
    what.add_argument("--audio", default="", metavar="NODE", help="or an audio node; default: the scene's only one")
    what.add_argument("--shots", type=Path, help="or a shot list")
    what.add_argument("--link", metavar="ADDRESS", help="for batches, which hand takes over so")
    reader.add_argument("--start-frame", type=Fraction, default=Fraction(1), help="where a file is heard (default 1)")
    reader.add_argument("--target", action="append", default=[], help="a face or blendShape node; may be repeated")
    reader.add_argument("--mapping", default="", help="a mapping preset, by name or file")
    reader.add_argument("--preset", default="", help="a preset of settings, by name or file")
    reader.add_argument("--layer", default="", help="an animation layer, made if need be")
    add_flags(reader, fields(Keying))
    reader.add_argument("--model", default="", help="another model: light, or a folder")
    reader.add_argument("--report", type=Path, metavar="FOLDER", help="also write the report that shot lists have")
    return reader


def main(arguments: Sequence[str] | None = None) -> int:
    given = parser().parse_args(arguments)
    try:
        if given.link:
            return serve(given.link, partial(_opened, given), partial(_key, given), partial(_save, given.output))
        outcomes = bake(given)
        if given.report:
            write_report(outcomes, given.report, given.shots or given.scene)
    except KoeMorphError as err:
        print(f"{NAME}: {err}", file=sys.stderr)
        return err.exit_code
    finally:
        close()
    return next((one.exit_code for one in outcomes if one.exit_code), 0)


def _opened(given: argparse.Namespace) -> FrameRate:
    """Open the scene, if another may be written; its rate."""
    if given.output.suffix.lower() not in _KINDS:
        raise OutputError(f"{given.output.name} is no Maya scene; end it in .ma or .mb.")
    if not given.scene.is_file():
        raise OutputError(f"There is no scene {given.scene}; name one.")
    if given.output.exists() and not given.overwrite:
        raise OutputError(f"{given.output} exists; name another file, or allow it with --overwrite.")
    if not given.output.absolute().parent.is_dir():
        raise OutputError(f"There is no folder {given.output.absolute().parent}; make it first.")
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
            wanted = key_line.KeyRequest(
                targets=(line.object,) if line.object else tuple(chosen_targets()),
                rate=scene_rate(),
                settings=Settings.from_dict(line.settings),
                naming=line.mapping,
                layer=given.layer,
                keying=Keying.from_dict(line.keying),
            )
            source, take = PlacedRecording(line.recording, line.first_frame), read_take(line.take)
            report = key_line.key(wanted, take, source.frame_of(take.start, wanted.rate), source.name)
            answers[line.id] = Keyed(id=line.id, keys=report.key_count, notes=report.notes)
        except KoeMorphError as err:
            answers[line.id] = Failed.of(err, line.id)
    return answers


def bake(given: argparse.Namespace) -> list[Outcome]:
    """What came of every line. Nothing is written if none could be keyed."""
    _opened(given)
    outcomes = []
    for order, source, shot in _lines(given):
        outcome = keyed(order, source, shot, given.output)
        if outcome.message:
            print(f"{NAME}: {source.name}: {outcome.message}", file=sys.stderr)
        else:
            print(outcome.text)
        for note in outcome.notes:
            print(f"{outcome.name}: {note}", file=sys.stderr)
        outcomes.append(outcome)
    if any(not one.message for one in outcomes):
        _save(given.output)
    return outcomes


def _lines(given: argparse.Namespace) -> list[tuple[key_line.KeyRequest, PlacedRecording, Shot | None]]:
    rate = scene_rate()
    settings = find_preset(given.preset).over(Settings()) if given.preset else Settings()
    targets = tuple(given.target or chosen_targets())
    order = key_line.KeyRequest(
        targets=targets,
        rate=rate,
        settings=settings,
        naming=given.mapping,
        layer=given.layer,
        keying=Keying(**given_of(Keying, given)),
        model=given.model,
    )
    if given.shots is None:
        return [(order, chosen(given.file, given.audio, given.start_frame, rate), None)]
    listed = read_shots(given.shots, rate=rate, settings=settings)
    if listed.problems:
        raise KoeMorphError("; ".join(str(problem).rstrip(".") for problem in listed.problems) + ".")
    lines: list[tuple[key_line.KeyRequest, PlacedRecording, Shot | None]] = []
    for shot in listed:
        first = given.start_frame if shot.start_frame is None else Fraction(shot.start_frame)
        named = shot.face or shot.character
        whom = (named,) if named and not given.target else targets
        source = PlacedRecording(shot.recording, first)
        ordered = replace(order, targets=whom, settings=shot.settings, naming=given.mapping or shot.rig)
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
