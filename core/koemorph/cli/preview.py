"""Draw a take, or what a recording becomes, on KoeMorph's own face: .png is a contact sheet with the curves and the
waveform, .mp4 a movie with the sound, .gif a silent one.
"""

from __future__ import annotations

import argparse
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from .. import formats
from ..audio import Clip, open_clip
from ..errors import OutputError
from ..files import refuse_to_replace
from ..performance.hearing import meet
from ..settings import Settings
from ..take import Take
from ..timing import FrameRate
from . import flags
from .report import Report, add_progress

PICTURE: Final = ".png"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", type=Path, metavar="IN", help="a take, a capture or a recording")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="OUT", help="a .png, .mp4 or .gif")
    parser.add_argument(
        "--audio",
        type=Path,
        metavar="FILE",
        help="the recording a take belongs to (default: the one it was made from, if that lies beside it)",
    )
    parser.add_argument("--fps", metavar="RATE", help="frame rate of a movie (default: the take's, at most 30; GIF 25)")
    flags.add_engine(parser)
    add_progress(parser)


def run(options: argparse.Namespace) -> int:
    from ..preview.movie import FASTEST, MOVIES, film

    report = Report(options.progress, quiet=options.quiet)
    source, output = options.source, options.output
    kind = output.suffix.lower()
    if kind not in (PICTURE, *MOVIES):
        raise OutputError(f"{output.name} is no picture or movie; let it end in .png, .mp4 or .gif.")
    refuse_to_replace(output, source, options.audio)
    if options.fps and kind != ".mp4":
        raise OutputError(f"--fps is for .mp4; a {kind} has no choice of it.")
    with ExitStack() as stack:
        take, clip = _seen(options, report, stack)
        from ..preview.sheet import draw_sheet

        if kind == PICTURE:
            draw_sheet(take, output, clip)
        else:
            rate = FrameRate.parse(options.fps) if options.fps else min(take.rate, FASTEST)
            take = take.retime(rate)
            for note in film(take, output, clip, lambda done: report.progress(source, "drawing", done)):
                report.note(output, note)
    report.result(
        f"{output}: {float(take.duration):.2f} s" + ("" if kind == PICTURE else f" at {take.rate.label} fps"),
        source=str(source),
        outputs=[str(output)],
        sound=clip is not None,
    )
    return 0


def _seen(options: argparse.Namespace, report: Report, stack: ExitStack) -> tuple[Take, Clip | None]:
    """The take, and the recording that sounds with it."""
    source: Path = options.source
    if source.suffix.lower() in formats.WRITABLE:
        reading = formats.read(source)
        for note in reading.notes:
            report.note(source, note)
        take, clip = reading.take, _sound_of(reading.take, options, report, stack)
        if clip is not None and not meet(take, clip):
            report.note(source, f"It begins at {float(take.start):g} s, outside of its recording; shown from 0 s.")
            take = take.shift(-take.start)
        return take, clip
    clip = stack.enter_context(open_clip(source))
    engine = flags.engine_from(options)
    rate = FrameRate.parse(options.fps or "30")
    take = engine.animate(clip, Settings(), rate, progress=lambda stage, done: report.progress(source, stage, done))
    if not take.provenance["trained"]:
        report.note(source, "Made by an untrained model: the timing is right, the motion means nothing yet.")
    return take, clip


def _sound_of(take: Take, options: argparse.Namespace, report: Report, stack: ExitStack) -> Clip | None:
    if options.audio:
        return stack.enter_context(open_clip(options.audio))
    name = str(take.provenance.get("audio") or "")
    beside = options.source.parent / Path(name).name
    if not name or not beside.is_file():
        return None
    clip = stack.enter_context(open_clip(beside))
    if clip.sha256 == take.provenance.get("audio_sha256"):
        return clip
    report.note(options.source, f"{beside.name} is not the recording it was made from; give that with --audio.")
    return None
