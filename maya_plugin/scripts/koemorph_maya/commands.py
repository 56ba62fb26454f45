"""KoeMorph's commands for MEL and Python. Errors are one sentence; what they change is one step of undo."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

from maya import cmds
from maya.api import OpenMaya, OpenMayaAnim

from koemorph import formats
from koemorph.errors import KoeMorphError
from koemorph.keying import Keying
from koemorph.presets import find_preset
from koemorph.settings import Settings
from koemorph.timing import FrameRate

from . import key_line, keys
from .character import character_of, chosen_targets
from .clock import exact, scene_rate
from .flags import Flags, help_of, syntax_of
from .process import session
from .source import chosen, from_node


class Command(OpenMaya.MPxCommand):
    """Its changes go through Maya's own commands and `koemorphWriteKeys`, which undo themselves."""

    name = ""

    @classmethod
    def syntax(cls) -> OpenMaya.MSyntax:
        return syntax_of(cls.name)

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

    def tell(self, report: key_line.KeyReport) -> str:
        for note in report.notes:
            OpenMaya.MGlobal.displayWarning(note)
        return report.text()


class KeyCommand(Command):
    name = "koemorphKey"

    def work(self, flags: Flags) -> str:
        wanted = request_of(flags)
        first = exact(flags.number("-startFrame", 1.0))
        source = chosen(flags.text("-file"), flags.text("-audio"), first, wanted.rate, flags.text("-channel"))
        with ProgressWindow() as progress:
            return self.tell(key_line.run(wanted, source, progress.show))


class ImportCommand(Command):
    name = "koemorphImport"

    def work(self, flags: Flags) -> str:
        wanted = request_of(flags)
        path = _required(flags, "a file to read")
        told = flags.text("-sourceFps")
        reading = formats.read(path, rate=FrameRate.parse(told) if told else None)
        first = wanted.rate.position(reading.take.start)
        if flags.has("-startFrame"):
            first = exact(flags.number("-startFrame", 0.0))
        return self.tell(key_line.key(wanted, reading.take, first, path.stem, reading.notes))


class ExportCommand(Command):
    """The take of a sound of the scene, under ARKit's names, as a file."""

    name = "koemorphExport"

    def work(self, flags: Flags) -> str:
        path, rate = _required(flags, "a file to write"), scene_rate()
        formats.by_suffix(path)
        node = flags.text("-audio")
        source = from_node(node, rate) if node else chosen("", "", Fraction(0), rate)
        with ProgressWindow() as progress:
            request = session(flags.text("-model")).ask(source.recording, settings_of(flags), rate)
            take = request.wait(progress.show)
        take = take.shift(rate.seconds(source.frame_of(take.start, rate)) - take.start)
        for note in (*request.warnings, *formats.write_take(take, path)):
            OpenMaya.MGlobal.displayWarning(note)
        return f"{path}: {take.frame_count} frames at {rate.label} fps"


class CoverageCommand(Command):
    name = "koemorphCoverage"

    def work(self, flags: Flags) -> str:
        character = character_of(_targets(flags), flags.text("-mapping"))
        return "\n".join([character.coverage.text(), *character.notes])


class WriteKeysCommand(OpenMaya.MPxCommand):
    """What the others key with, and not for anybody else: keys go past Maya's own commands and are undone here."""

    name = key_line.WRITE_COMMAND

    def __init__(self) -> None:
        super().__init__()
        self._change = OpenMayaAnim.MAnimCurveChange()

    @classmethod
    def syntax(cls) -> OpenMaya.MSyntax:
        syntax = OpenMaya.MSyntax()
        syntax.addArg(OpenMaya.MSyntax.kLong)
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


def request_of(flags: Flags) -> key_line.KeyRequest:
    span = None
    if flags.has("-rangeStart") or flags.has("-rangeEnd"):
        span = (flags.number("-rangeStart", float("-inf")), flags.number("-rangeEnd", float("inf")))
    return key_line.KeyRequest(
        targets=tuple(_targets(flags)),
        rate=scene_rate(),
        settings=settings_of(flags),
        naming=flags.text("-mapping"),
        layer=flags.text("-layer"),
        layer_mode=flags.text("-layerMode", "additive"),
        keying=Keying(**flags.knobs(Keying)),
        merge=flags.has("-merge"),
        offset=exact(flags.number("-offset", 0.0)),
        span=span,
        model=flags.text("-model"),
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


def _targets(flags: Flags) -> list[str]:
    return flags.text("-targets").split() or chosen_targets()


def _required(flags: Flags, what: str) -> Path:
    if not flags.has("-file"):
        raise KoeMorphError(f"Name {what} with -file.")
    return Path(flags.text("-file"))
