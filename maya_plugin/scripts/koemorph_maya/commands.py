"""KoeMorph's commands for MEL and Python; what they change is one step of undo."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from maya.api import OpenMaya, OpenMayaAnim

from koemorph import formats
from koemorph.rig import write
from koemorph.timing import FrameRate

from . import key_line, keys
from .asked import file_of, request_of, script_of, settings_of, targets_of
from .character import character_of
from .clock import exact, scene_rate
from .command import Command
from .flags import Flags
from .line_commands import LinesCommand, PhonesCommand
from .process import session
from .progress import ProgressWindow
from .source import chosen, from_node


class KeyCommand(Command):
    name = "koemorphKey"

    def work(self, flags: Flags) -> str:
        wanted = request_of(flags)
        first = exact(flags.number("-startFrame", 1.0))
        source = chosen(flags.text("-file"), flags.text("-audio"), first, wanted.rate, flags.text("-channel"))
        script, notes = script_of(flags, source.recording)
        self.warn(notes)
        with ProgressWindow() as progress:
            return self.tell(key_line.run(replace(wanted, script=script), source, progress.show))


class ImportCommand(Command):
    name = "koemorphImport"

    def work(self, flags: Flags) -> str:
        wanted = request_of(flags)
        path = file_of(flags, "a file to read")
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
        path, rate = file_of(flags, "a file to write"), scene_rate()
        formats.by_suffix(path)
        node = flags.text("-audio")
        source = from_node(node, rate) if node else chosen("", "", Fraction(0), rate)
        script, notes = script_of(flags, source.recording)
        with ProgressWindow() as progress:
            request = session(flags.text("-model")).ask(source.recording, settings_of(flags), rate, script=script)
            take = request.wait(progress.show)
        take = take.shift(rate.seconds(source.frame_of(take.start, rate)) - take.start)
        self.warn((*notes, *request.warnings, *formats.write_take(take, path)))
        return f"{path}: {take.frame_count} frames at {rate.label} fps"


class CoverageCommand(Command):
    name = "koemorphCoverage"

    def work(self, flags: Flags) -> str:
        character = character_of(targets_of(flags), flags.text("-mapping"), calibrate=flags.text("-calibrate"))
        if file := flags.text("-saveMapping"):
            write(character.mapping, Path(file))
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


COMMANDS = (
    KeyCommand,
    ImportCommand,
    ExportCommand,
    CoverageCommand,
    LinesCommand,
    PhonesCommand,
    WriteKeysCommand,
)
