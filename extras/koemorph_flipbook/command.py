"""Draw what a recording looks like with one net from sound to pictures: 128 x 128 pixels, 30 a second, of KoeMorph's
own face. Quick to look at, nothing to edit: there are no curves behind it.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from koemorph.cli.report import Report, add_progress
from koemorph.errors import OutputError, SettingsError
from koemorph.files import refuse_to_replace

if TYPE_CHECKING:
    from koemorph.audio import Clip

    from .flipbook import Flipbook

SUMMARY: Final = "a recording straight to a small movie, without curves"
LARGEST: Final = 8


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", type=Path, metavar="IN", help="a recording")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="OUT", help="an .mp4")
    parser.add_argument(
        "--scale", type=int, default=3, metavar="N", help="how many times enlarged, 1 to 8 (default: 3)"
    )
    parser.add_argument("--model", type=Path, metavar="FOLDER", help="another net than the one that came along")
    parser.add_argument("--threads", type=int, metavar="N", help="processor threads for the net (default: 2)")
    add_progress(parser)


def run(options: argparse.Namespace) -> int:
    report = Report(options.progress, quiet=options.quiet)
    source, output = options.source, options.output
    if output.suffix.lower() != ".mp4":
        raise OutputError(f"{output.name} is no movie that a flip-book can be; let it end in .mp4.")
    if not 1 <= options.scale <= LARGEST:
        raise SettingsError(f"--scale must be 1 to {LARGEST}.")
    if options.threads is not None and options.threads < 1:
        raise SettingsError("--threads must be at least 1.")
    refuse_to_replace(output, source)
    from koemorph.audio import open_clip
    from koemorph.preview.movie import write_mp4

    from .flipbook import Flipbook, frame_count
    from .geometry import RATE, SIDE
    from .model import load_flipbook

    book = Flipbook(load_flipbook(options.model), threads=options.threads)
    with open_clip(source, progress=lambda done: report.progress(source, "listening", done)) as clip:
        side = SIDE * options.scale
        frames = _enlarged(book, clip, side, lambda done: report.progress(source, "drawing", done))
        write_mp4(output, frames, (side, side), RATE, (clip, 0, clip.sample_count))
        count, warnings = frame_count(clip), clip.warnings
    report.result(f"{output}: {count} pictures at 30 fps.", source=str(source), outputs=[str(output)], frames=count)
    for warning in warnings:
        report.note(source, warning)
    return 0


def _enlarged(book: Flipbook, clip: Clip, side: int, tell: Callable[[float], None]) -> Iterator[bytes]:
    from PIL import Image

    from .flipbook import frame_count

    count = frame_count(clip)
    for number, picture in enumerate(book.pictures(clip), 1):
        yield Image.fromarray(picture).resize((side, side), Image.Resampling.BICUBIC).tobytes()
        tell(number / count)
