"""Print the phones and words of a take. Edits are rendered anew from the recording, with the settings of the take; only
the neighbourhood of an edit changes. Times are seconds of the recording.
"""

from __future__ import annotations

import argparse
import json
from fractions import Fraction
from pathlib import Path
from typing import Any

from .. import formats
from ..errors import TakeError
from ..files import refuse_to_replace
from ..made_from import recording_beside, recording_of
from ..settings import Settings
from ..speech.edits import EDITS, rows
from ..speech.files import TRACK_FILES, read_tracks, write_tracks
from ..speech.script import ENGLISH
from ..speech.symbols import tables
from ..speech.track import Tracks, described, moved
from ..take import Take
from . import flags
from .report import Report, add_progress


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("take", nargs="?", type=Path, metavar="TAKE", help="a .take file")
    for name, kind in EDITS.items():  # all go into one list, to be done in the order in which they are given
        told: dict[str, Any] = {"nargs": len(kind.words), "metavar": kind.words, "help": kind.about}
        parser.add_argument(f"--{name}", dest="edits", action=_Edit, default=[], **told)
    parser.add_argument("--language", metavar="CODE", help="of words (default: the script's, else en)")
    endings = ", ".join(known.suffix for known in TRACK_FILES)
    parser.add_argument("--import", dest="source", type=Path, metavar="FILE", help=f"take tracks from it ({endings})")
    parser.add_argument("--export", type=Path, metavar="FILE", help=f"write the tracks to it ({endings})")
    parser.add_argument("-o", "--output", type=Path, metavar="OUT", help="the edited take")
    parser.add_argument("--audio", type=Path, metavar="FILE", help="the recording (default: the one beside the take)")
    parser.add_argument("--json", action="store_true", help="print as JSON, for programs")
    parser.add_argument("--symbols", action="store_true", help="list the symbols of phones and leave")
    flags.add_engine(parser)
    add_progress(parser)


class _Edit(argparse.Action):
    def __call__(
        self, parser: Any, namespace: argparse.Namespace, values: Any, option_string: str | None = None
    ) -> None:
        namespace.edits = [*namespace.edits, (option_string, values)]


def run(options: argparse.Namespace) -> int:
    report = Report(options.progress, quiet=options.quiet)
    if options.symbols:
        print(" ".join(sorted(tables().fold)))
        return 0
    if options.take is None:
        raise TakeError("Name a take, or --symbols.")
    take = formats.read_take(options.take)
    before = take.tracks
    options.language = options.language or (take.script.language if take.script else ENGLISH)
    tracks = _edited(before, options, report)
    _within(take, tracks)
    if options.export:
        refuse_to_replace(options.export, options.take, options.source)
        write_tracks(tracks, options.export)
    if options.output:
        refuse_to_replace(options.output, options.take)
        formats.by_suffix(options.output)
        take = _rendered(take, tracks, options) if tracks != before else take
        for note in formats.write_take(take, options.output):
            report.note(options.output, note)
    elif tracks != before and not options.export:
        raise TakeError("Name the edited take with -o; the one it is made from stays as it is.")
    if not (options.export or options.output):
        _print(tracks, options.json)
    return 0


def _edited(tracks: Tracks, options: argparse.Namespace, report: Report) -> Tracks:
    if options.source:
        read = read_tracks(options.source)
        tracks = Tracks(read.phones or tracks.phones, read.words or tracks.words)
        for note in read.notes:
            report.note(options.source, note)
        if not read.phones:
            report.note(options.source, "It holds words alone; the phones, and so the lips, stay as they are.")
    for edit, words in options.edits:
        tracks = EDITS[edit.removeprefix("--")].done(tracks, words, options.language)
    return tracks


def _within(take: Take, tracks: Tracks) -> None:
    """What was put in must sound before the take ends."""
    end = take.start + take.duration
    for track, known in ((tracks.phones, take.phones), (tracks.words, take.words)):
        if track and track[-1].end > end and track[-1] not in known:
            raise TakeError(
                f"The take ends at {float(end):.3f} s, before what would end at {float(track[-1].end):.3f} s."
            )


def _rendered(take: Take, tracks: Tracks, options: argparse.Namespace) -> Take:
    """The take as its recording, its settings and the edited tracks make it."""
    audio = options.audio or recording_beside(take, options.take)
    if audio is None or not audio.is_file():
        raise TakeError(f"An edit is rendered from the recording of {options.take}; name it with --audio.")
    recording = recording_of(take, audio)
    settings, engine = Settings.from_dict(take.provenance["settings"]), flags.engine_from(options)
    with recording.open() as clip:
        analysis, begin = engine.analyse(clip, settings), clip.start
    later = take.start + take.rate.seconds(take.rate.frame(Fraction(str(settings.pre_roll)))) - begin
    own = Tracks(moved(tracks.phones, -later), moved(tracks.words, -later))
    return engine.render(analysis, settings, take.rate, script=take.script, edited=own).shift(later)


def _print(tracks: Tracks, as_json: bool) -> None:
    if as_json:
        told = {"phones": [described(phone) for phone in tracks.phones], "words": [described(w) for w in tracks.words]}
        print(json.dumps(told, ensure_ascii=False, indent=1))
        return
    print("\n".join(rows(tracks, lambda moment: f"{float(moment):9.3f}")))
