"""Commands for lines that are keyed already: what there is, made again, taken away; their phones seen and edited."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from koemorph.speech.edits import rows
from koemorph.speech.files import read_tracks, write_tracks
from koemorph.speech.script import ENGLISH
from koemorph.speech.track import Tracks

from . import key_line, lines
from .asked import script_of, settings_of
from .clock import exact
from .command import Command
from .flags import Flags
from .moving import move
from .progress import ProgressWindow

_SCRIPT_FLAGS = ("-script", "-scriptFile", "-noScript")


class LinesCommand(Command):
    """Without another flag: the lines of the scene, a row for each."""

    name = "koemorphLines"

    def work(self, flags: Flags) -> str:
        if flags.has("-remove"):
            line = lines.line_at(flags.text("-line"))
            count = key_line.remove(line)
            return f"{line.name}: {count} keys are taken away"
        if flags.has("-moveBy"):
            moved = move(lines.line_at(flags.text("-line")), exact(flags.number("-moveBy", 0.0)))
            return f"{moved.name}: frames {moved.first:g} to {moved.last:g}"
        if flags.has("-update"):
            return self._updated(flags, lines.line_at(flags.text("-line")))
        return "\n".join(line.text(number) for number, line in enumerate(lines.lines(), 1)) or "no lines"

    def _updated(self, flags: Flags, line: lines.KeyedLine) -> str:
        wanted = replace(line.wanted, settings=settings_of(flags, line.wanted.settings))
        if any(flags.has(flag) for flag in _SCRIPT_FLAGS):
            script, notes = script_of(flags, line.source.recording)
            self.warn(notes)
            wanted = replace(wanted, script=script, edited=None)
        with ProgressWindow() as progress:
            return self.tell(key_line.run(wanted, line.source, progress.show))


class PhonesCommand(Command):
    """Without an edit: the phones of a line, a row for each, in seconds of the recording and frames of the scene."""

    name = "koemorphPhones"

    def work(self, flags: Flags) -> str:
        line = lines.line_at(flags.text("-line"))
        source, wanted = line.source, line.wanted
        with ProgressWindow() as progress:
            before = key_line.made(wanted, source, progress.show)[0].tracks
            tracks = self._edited(flags, before, wanted.script.language if wanted.script else ENGLISH)
            if flags.has("-exportFile"):
                write_tracks(tracks, Path(flags.text("-exportFile")))
            if tracks != before:
                return self.tell(key_line.run(replace(wanted, edited=tracks), source, progress.show))
        frame = wanted.rate.position(source.recording.begin or Fraction(0))
        shift = source.first_frame + wanted.offset - frame
        return "\n".join(rows(tracks, lambda at: f"{float(at):9.3f} ({float(wanted.rate.position(at) + shift):8.2f})"))

    def _edited(self, flags: Flags, tracks: Tracks, language: str) -> Tracks:
        if flags.has("-importFile"):
            read = read_tracks(Path(flags.text("-importFile")))
            tracks = Tracks(read.phones or tracks.phones, read.words or tracks.words)
            self.warn(read.notes)
        for kind, words in flags.edits():
            tracks = kind.done(tracks, words, flags.text("-language", language))
        return tracks
