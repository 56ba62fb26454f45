"""KoeMorph's commands for MEL and Python. Errors are one sentence; what they change is one step of undo."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

from maya import cmds
from maya.api import OpenMaya, OpenMayaAnim

from koemorph import formats
from koemorph.curves import TOLERANCE
from koemorph.errors import KoeMorphError
from koemorph.presets import find_preset
from koemorph.settings import Settings
from koemorph.timing import FrameRate

from . import keys, press
from .character import character_of, chosen_targets
from .clock import exact, scene_rate
from .process import worker
from .source import chosen, from_node

_SYNTAX = OpenMaya.MSyntax
TEXT, NUMBER, SWITCH = _SYNTAX.kString, _SYNTAX.kDouble, _SYNTAX.kNoArg

FLAGS: dict[str, tuple[tuple[str, str, int, str], ...]] = {
    "koemorphKey": (
        ("-f", "-file", TEXT, "the recording"),
        ("-au", "-audio", TEXT, "or an audio node of the scene; else what the timeline plays"),
        ("-sf", "-startFrame", NUMBER, "the frame at which a file is heard (default: 1)"),
        ("-ch", "-channel", TEXT, "left, right or a number; default: a mix"),
        ("-st", "-settings", TEXT, 'JSON, as in {"jaw_strength": 0.8}'),
        ("-ps", "-preset", TEXT, "a preset of settings, by name or file"),
    ),
    "koemorphImport": (
        ("-f", "-file", TEXT, "a take, Live Link Face CSV, Audio2Face JSON..."),
        ("-sf", "-startFrame", NUMBER, "the frame that its beginning comes to; default: as its clock says"),
        ("-sp", "-sourceFps", TEXT, "its frame rate, where the file does not tell"),
    ),
    "koemorphExport": (
        ("-f", "-file", TEXT, "what to write; the ending names the format"),
        ("-au", "-audio", TEXT, "the audio node; else what the timeline plays"),
        ("-st", "-settings", TEXT, "JSON of settings"),
        ("-ps", "-preset", TEXT, "a preset of settings"),
    ),
    "koemorphCoverage": (),
}
"""Of each command: short and long flag, kind, and what it is for."""
_TARGETS = (
    ("-t", "-targets", TEXT, "faces or blendShape nodes, parted by spaces; default: the selection"),
    ("-m", "-mapping", TEXT, "a mapping preset, by name or file; default: the best that fits"),
)
_KEYING = (
    *_TARGETS,
    ("-o", "-offset", NUMBER, "frames by which the line is moved"),
    ("-rs", "-rangeStart", NUMBER, "the first frame that may get keys"),
    ("-re", "-rangeEnd", NUMBER, "the last frame that may get keys"),
    ("-l", "-layer", TEXT, "an animation layer, made if need be"),
    ("-lm", "-layerMode", TEXT, "of a new layer: additive or override"),
    ("-k", "-keys", TEXT, "every, bezier, linear or stepped"),
    ("-tol", "-tolerance", NUMBER, "how far reduced keys may stray"),
    ("-mg", "-merge", SWITCH, "keep keys of the range that stand between the new ones"),
)
for _name in ("koemorphKey", "koemorphImport"):
    FLAGS[_name] += _KEYING
FLAGS["koemorphCoverage"] += _TARGETS


class Flags:
    """What a call says, by long flag."""

    def __init__(self, parsed: OpenMaya.MArgParser) -> None:
        self._parsed = parsed

    def has(self, flag: str) -> bool:
        return self._parsed.isFlagSet(flag)

    def text(self, flag: str, usual: str = "") -> str:
        return self._parsed.flagArgumentString(flag, 0) if self.has(flag) else usual

    def number(self, flag: str, usual: float) -> float:
        return self._parsed.flagArgumentDouble(flag, 0) if self.has(flag) else usual


class Command(OpenMaya.MPxCommand):
    """Its changes go through Maya's own commands and `koemorphWriteKeys`, which undo themselves."""

    name = ""

    @classmethod
    def syntax(cls) -> OpenMaya.MSyntax:
        syntax = OpenMaya.MSyntax()
        for short, long, kind, _ in FLAGS[cls.name]:
            syntax.addFlag(short, long, kind)
        syntax.addFlag("-h", "-help", SWITCH)
        return syntax

    def isUndoable(self) -> bool:  # noqa: N802
        return False

    def doIt(self, args: OpenMaya.MArgList) -> None:  # noqa: N802
        flags = Flags(OpenMaya.MArgParser(self.syntax(), args))
        try:
            result = help_of(self.name) if flags.has("-help") else self.work(flags)
        except KoeMorphError as err:
            OpenMaya.MGlobal.displayError(str(err))
            raise RuntimeError(str(err)) from None
        self.setResult(result)

    def work(self, flags: Flags) -> str:
        raise NotImplementedError

    def tell(self, report: press.Report) -> str:
        for note in report.notes:
            OpenMaya.MGlobal.displayWarning(note)
        return report.text()


class KeyCommand(Command):
    name = "koemorphKey"

    def work(self, flags: Flags) -> str:
        order = order_of(flags)
        first = exact(flags.number("-startFrame", 1.0))
        source = chosen(flags.text("-file"), flags.text("-audio"), first, order.rate, flags.text("-channel") or None)
        with ProgressWindow() as progress:
            return self.tell(press.run(order, source, progress.show))


class ImportCommand(Command):
    name = "koemorphImport"

    def work(self, flags: Flags) -> str:
        order = order_of(flags)
        path = _required(flags, "a file to read")
        told = flags.text("-sourceFps")
        reading = formats.read(path, rate=FrameRate.parse(told) if told else None)
        first = order.rate.position(reading.take.start)
        if flags.has("-startFrame"):
            first = exact(flags.number("-startFrame", 0.0))
        return self.tell(press.key(order, reading.take, first, path.stem, reading.notes))


class ExportCommand(Command):
    """The take of a sound of the scene, under ARKit's names, as a file."""

    name = "koemorphExport"

    def work(self, flags: Flags) -> str:
        path, rate = _required(flags, "a file to write"), scene_rate()
        formats.by_suffix(path)
        node = flags.text("-audio")
        source = from_node(node, rate) if node else chosen("", "", Fraction(0), rate)
        with ProgressWindow() as progress:
            take, notes = worker.animate(source, settings_of(flags), rate, progress.show)
        take = take.shift(rate.seconds(source.frame_of(take.start, rate)) - take.start)
        for note in (*notes, *formats.write_take(take, path)):
            OpenMaya.MGlobal.displayWarning(note)
        return f"{path}: {take.frame_count} frames at {rate.label} fps"


class CoverageCommand(Command):
    name = "koemorphCoverage"

    def work(self, flags: Flags) -> str:
        character = character_of(_targets(flags), flags.text("-mapping"))
        return "\n".join([character.coverage.text(), *character.notes])


class WriteKeysCommand(OpenMaya.MPxCommand):
    """What the others key with, and not for anybody else: keys go past Maya's own commands and are undone here."""

    name = press.WRITE_COMMAND

    def __init__(self) -> None:
        super().__init__()
        self._change = OpenMayaAnim.MAnimCurveChange()

    @classmethod
    def syntax(cls) -> OpenMaya.MSyntax:
        syntax = OpenMaya.MSyntax()
        syntax.addArg(_SYNTAX.kLong)
        return syntax

    def isUndoable(self) -> bool:  # noqa: N802
        return True

    def doIt(self, args: OpenMaya.MArgList) -> None:  # noqa: N802
        try:
            keys.write(args.asInt(0), self._change)
        except BaseException:
            self._change.undoIt()
            raise

    def undoIt(self) -> None:  # noqa: N802
        self._change.undoIt()

    def redoIt(self) -> None:  # noqa: N802
        self._change.redoIt()


COMMANDS = (KeyCommand, ImportCommand, ExportCommand, CoverageCommand, WriteKeysCommand)


class ProgressWindow:
    """Maya's own progress window, where there are windows; Esc cancels."""

    def __enter__(self) -> ProgressWindow:
        self._shown = not cmds.about(batch=True)
        if self._shown:
            cmds.progressWindow(title="KoeMorph", progress=0, maxValue=100, status="starting", isInterruptable=True)
        return self

    def __exit__(self, *details: object) -> None:
        if self._shown:
            cmds.progressWindow(endProgress=True)

    def show(self, stage: str, fraction: float) -> bool:
        if not self._shown:
            return True
        if cmds.progressWindow(query=True, isCancelled=True):
            return False
        cmds.progressWindow(edit=True, progress=round(100 * fraction), status=stage)
        return True


def help_of(name: str) -> str:
    lines = [f"{short:<5} {long:<12} {about}" for short, long, _, about in FLAGS[name]]
    return "\n".join([name, *lines])


def order_of(flags: Flags) -> press.Order:
    span = None
    if flags.has("-rangeStart") or flags.has("-rangeEnd"):
        span = (flags.number("-rangeStart", float("-inf")), flags.number("-rangeEnd", float("inf")))
    return press.Order(
        tuple(_targets(flags)),
        scene_rate(),
        settings_of(flags),
        flags.text("-mapping"),
        flags.text("-layer"),
        flags.text("-layerMode", "additive"),
        flags.text("-keys", press.EVERY),
        flags.number("-tolerance", TOLERANCE),
        flags.has("-merge"),
        exact(flags.number("-offset", 0.0)),
        span,
    )


def settings_of(flags: Flags) -> Settings:
    settings = Settings()
    if flags.has("-preset"):
        settings = find_preset(flags.text("-preset")).over(settings)
    if flags.has("-settings"):
        try:
            told = json.loads(flags.text("-settings"))
        except ValueError as err:
            raise KoeMorphError(f'-settings must be JSON, as in {{"jaw_strength": 0.8}} ({err}).') from err
        if not isinstance(told, dict):
            raise KoeMorphError('-settings must be a JSON object, as in {"jaw_strength": 0.8}.')
        settings = settings.with_values(**told)
    return settings


def close() -> None:
    worker.close()


def _targets(flags: Flags) -> list[str]:
    return flags.text("-targets").split() or chosen_targets()


def _required(flags: Flags, what: str) -> Path:
    if not flags.has("-file"):
        raise KoeMorphError(f"Name {what} with -file.")
    return Path(flags.text("-file"))
