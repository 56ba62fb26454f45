"""Take curves from one file format to another; `koemorph formats` lists them."""

from __future__ import annotations

import argparse
from pathlib import Path

from .. import formats
from ..files import refuse_to_replace
from ..timing import FrameRate
from .report import Report, add_progress


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", type=Path, metavar="IN", help="a take or a capture")
    parser.add_argument("output", type=Path, metavar="OUT", help="its ending chooses the format")
    names = [known.name for known in formats.FORMATS]
    parser.add_argument("--from", dest="source_format", choices=names, help="the format of IN, whatever its ending")
    parser.add_argument("--format", choices=names, help="the format of OUT, whatever its ending")
    parser.add_argument(
        "--source-fps", metavar="RATE", help="the frame rate of IN, where it does not tell its own or tells it wrong"
    )
    parser.add_argument("--fps", metavar="RATE", help="retime to this frame rate (default: that of IN)")
    parser.add_argument(
        "--node",
        default=formats.Wishes().node,
        metavar="NAME",
        help="the node that a Maya animation file drives (default: %(default)s)",
    )
    parser.add_argument(
        "--face",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="put KoeMorph's own head into the file (default: in glTF, not in USD)",
    )
    add_progress(parser)


def run(options: argparse.Namespace) -> int:
    report = Report(options.progress, quiet=options.quiet)
    source, output = options.source, options.output
    target = formats.by_name(options.format) if options.format else formats.by_suffix(output)
    refuse_to_replace(output, source)
    rate = FrameRate.parse(options.source_fps) if options.source_fps else None
    wanted = FrameRate.parse(options.fps) if options.fps else None
    reading = formats.read(source, options.source_format, rate)
    take = reading.take.retime(wanted) if wanted else reading.take
    notes = formats.write_take(take, output, target.name, formats.Wishes(options.node, options.face))
    for note in reading.notes:
        report.note(source, note)
    for note in (*notes, target.carries):
        report.note(output, note)
    report.result(
        f"{output}: {len(take.names)} shapes, {take.frame_count} frames at {take.rate.label} fps ({target.label})",
        source=str(source),
        output=str(output),
        format=target.name,
        shapes=len(take.names),
        frames=take.frame_count,
        fps=str(take.rate),
    )
    return 0
