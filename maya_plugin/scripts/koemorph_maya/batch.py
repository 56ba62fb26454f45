"""`mayapy koemorph-maya-bake.py SCENE -o SCENE`: dialogue keyed into a scene without a window.

One recording, or every line of a shot list that `koemorph shots` reads too, where `character` names whom it is keyed
on. Each line ends in a sentence; the exit code is that of the first line that failed.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from maya import cmds

from koemorph.errors import KoeMorphError, OutputError
from koemorph.presets import find_preset
from koemorph.recording import Recording
from koemorph.settings import Settings

from . import press
from .character import chosen_targets
from .clock import scene_rate
from .process import worker
from .source import chosen

_KINDS = {".ma": "mayaAscii", ".mb": "mayaBinary"}
PLUGIN = Path(__file__).parents[2] / "plug-ins" / "koemorph_plugin.py"


def parser() -> argparse.ArgumentParser:
    reader = argparse.ArgumentParser(prog="koemorph-maya-bake", description="Key dialogue into a Maya scene.")
    reader.add_argument("scene", type=Path)
    reader.add_argument("-o", "--output", type=Path, required=True, help="the scene to write, .ma or .mb")
    reader.add_argument("--overwrite", action="store_true", help="write even where a file is, the scene itself too")
    what = reader.add_mutually_exclusive_group()
    what.add_argument("--file", default="", help="the recording")
    what.add_argument("--audio", default="", metavar="NODE", help="or an audio node; default: the scene's only one")
    what.add_argument("--shots", type=Path, help="or a shot list")
    reader.add_argument("--start-frame", type=Fraction, default=Fraction(1), help="where a file is heard (default 1)")
    reader.add_argument("--target", action="append", default=[], help="a face or blendShape node; may be repeated")
    reader.add_argument("--mapping", default="", help="a mapping preset, by name or file")
    reader.add_argument("--preset", default="", help="a preset of settings, by name or file")
    reader.add_argument("--layer", default="", help="an animation layer, made if need be")
    reader.add_argument("--keys", choices=press.STYLES, default=press.EVERY)
    return reader


def main(arguments: Sequence[str] | None = None) -> int:
    given = parser().parse_args(arguments)
    try:
        return bake(given)
    except KoeMorphError as err:
        print(f"koemorph-maya-bake: {err}", file=sys.stderr)
        return err.exit_code
    finally:
        worker.close()


def bake(given: argparse.Namespace) -> int:
    if given.output.suffix.lower() not in _KINDS:
        raise OutputError(f"{given.output.name} is no Maya scene; end it in .ma or .mb.")
    if not given.scene.is_file():
        raise OutputError(f"There is no scene {given.scene}; name one.")
    if given.output.exists() and not given.overwrite:
        raise OutputError(f"{given.output} exists; name another file, or allow it with --overwrite.")
    cmds.file(str(given.scene), open=True, force=True)
    if not cmds.pluginInfo(PLUGIN.stem, query=True, loaded=True):
        cmds.loadPlugin(str(PLUGIN))
    failed, done = 0, 0
    for order, source in _lines(given):
        try:
            report = press.run(order, source, _go_on)
        except KoeMorphError as err:
            failed = failed or err.exit_code
            print(f"koemorph-maya-bake: {source.name}: {err}", file=sys.stderr)
            continue
        done += 1
        print(report.text())
        for note in report.notes:
            print(f"{report.name}: {note}", file=sys.stderr)
    if done:
        _save(given.output)
    return failed


def _go_on(stage: str, fraction: float) -> bool:
    return True


def _lines(given: argparse.Namespace) -> list[tuple[press.Order, Recording]]:
    rate = scene_rate()
    settings = find_preset(given.preset).over(Settings()) if given.preset else Settings()
    targets = tuple(given.target or chosen_targets())
    order = press.Order(targets, rate, settings, given.mapping, given.layer, style=given.keys)
    if given.shots is None:
        return [(order, chosen(given.file, given.audio, given.start_frame, rate))]
    from koemorph.shots import read_shots

    listed = read_shots(given.shots, rate=rate, settings=settings)
    if listed.problems:
        raise KoeMorphError("; ".join(str(problem).rstrip(".") for problem in listed.problems) + ".")
    lines = []
    for shot in listed:
        first = given.start_frame if shot.start_frame is None else Fraction(shot.start_frame)
        whom = (shot.character,) if shot.character and not given.target else targets
        source = Recording(shot.audio, first, shot.begin, shot.end, shot.channel or None)
        lines.append((replace(order, targets=whom, settings=shot.settings), source))
    return lines


def _save(path: Path) -> None:
    cmds.file(rename=str(path))
    try:
        cmds.file(save=True, force=True, type=_KINDS[path.suffix.lower()])
    except RuntimeError as err:
        raise OutputError(f"Maya cannot write {path} ({err}).") from err
