"""Change a take from any file that can be read, captures included. Every step is off until it is asked for, except that
lips that met stay together; a step's default is given for when it is on.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from .. import formats
from ..audio import open_clip
from ..errors import SettingsError
from ..performance import perform_take
from ..performance.hearing import level_under
from ..settings import Settings
from ..take import Take
from ..timing import FrameRate, parse_seconds
from . import flags
from .report import Report, add_progress

BASE: Final = Settings.raw().with_values(lip_seal=Settings().lip_seal)
"""A finished take is left as it is but for what is asked for; only, lips that met stay closed through it."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("take", type=Path, metavar="IN", help="a take")
    parser.add_argument(
        "-o", "--output", type=Path, required=True, metavar="OUT", help="a file; its ending chooses the format"
    )
    parser.add_argument("--fps", metavar="RATE", help="another frame rate: 24, 25, 29.97, 30, 60, 30000/1001 ...")
    parser.add_argument("--in", dest="begin", metavar="TIME", help="start here: seconds, 1:02.5 or a timecode")
    parser.add_argument("--out", dest="end", metavar="TIME", help="stop here; the last pose is held beyond the end")
    parser.add_argument(
        "--offset", default="0", metavar="TIME", help="move it to so much later, or earlier with a minus: -0.5"
    )
    parser.add_argument(
        "--audio",
        type=Path,
        metavar="FILE",
        help="the recording it belongs to, for steps that listen; otherwise "
        "pauses and stresses are read from the mouth, and the silence gate stays open",
    )
    flags.add_settings(parser, network=False)
    add_progress(parser)


def run(options: argparse.Namespace) -> int:
    report = Report(options.progress, quiet=options.quiet)
    formats.by_suffix(options.output)
    settings = flags.settings_from(options, BASE)
    if options.silence_gate is not None and options.audio is None:
        raise SettingsError("The silence gate listens to the sound; give the recording with --audio.")
    reading = formats.read(options.take)
    take = _part(reading.take, options)
    rate = FrameRate.parse(options.fps) if options.fps else take.rate
    if (settings, rate) != (BASE, take.rate):
        take = _edited(take, settings, rate, options.audio)
    notes = formats.write_take(take, options.output)
    for note in reading.notes:
        report.note(options.take, note)
    for note in notes:
        report.note(options.output, note)
    report.result(
        f"{options.output}: {take.frame_count} frames at {take.rate.label} fps",
        source=str(options.take),
        outputs=[str(options.output)],
        frames=take.frame_count,
        fps=str(take.rate),
        settings=_asked(settings),
    )
    return 0


def _part(take: Take, options: argparse.Namespace) -> Take:
    """The part asked for, moved as asked for."""
    begin, end = (None if text is None else parse_seconds(text, take.rate) for text in (options.begin, options.end))
    earlier, size = options.offset.startswith("-"), parse_seconds(options.offset.lstrip("+-"), take.rate)
    return take.retime(take.rate, begin, end).shift(-size if earlier else size)


def _edited(take: Take, settings: Settings, rate: FrameRate, audio: Path | None) -> Take:
    level = None
    if audio is not None:
        with open_clip(audio) as clip:
            level = level_under(take, clip)
    edited = perform_take(take, settings, rate, level)
    edits = [*take.provenance.get("edits", ()), _asked(settings)]
    return replace(edited, provenance={**take.provenance, "edits": edits})


def _asked(settings: Settings) -> dict[str, Any]:
    """What differs from leaving a take as it is."""
    usual = BASE.to_dict()
    return {name: value for name, value in settings.to_dict().items() if value != usual[name]}
