"""Animate the bundled line and leave a take, a Live Link Face CSV, a picture of face and curves, and the recording."""

from __future__ import annotations

import argparse
from importlib.resources import files
from pathlib import Path

from .. import formats
from ..audio import open_clip
from ..files import atomic
from . import flags
from .report import Report, add_progress

EXAMPLE = Path(str(files("koemorph"))) / "example" / "line.flac"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.usage = "koemorph demo [-o DIR] [--fps RATE] [more options]"
    parser.add_argument(
        "-o", "--output", type=Path, default=Path("koemorph-demo"), metavar="DIR", help="default: koemorph-demo"
    )
    flags.add_rate(parser)
    flags.add_settings(parser)
    flags.add_engine(parser)
    add_progress(parser)


def run(options: argparse.Namespace) -> int:
    from ..preview.sheet import draw_sheet

    report = Report(options.progress, quiet=options.quiet)
    settings, rate = flags.settings_from(options), flags.rate_from(options)
    with open_clip(EXAMPLE) as clip:
        take = flags.engine_from(options).animate(
            clip, settings, rate, progress=lambda stage, done: report.progress(EXAMPLE, stage, done)
        )
        paths = [
            options.output / f"line{known.suffix}" for known in (formats.by_name("take"), formats.by_name("livelink"))
        ]
        notes = {path: formats.write_take(take, path) for path in paths}
        picture = options.output / "line.png"
        draw_sheet(take, picture, clip)
    recording = options.output / EXAMPLE.name
    with atomic(recording) as handle:
        handle.write(EXAMPLE.read_bytes())
    report.result(
        f"Animated {EXAMPLE.name}: {take.frame_count} frames at {rate.label} fps.",
        below=(
            f"  {paths[0]}   the take, for KoeMorph's own tools",
            f"  {paths[1]}    Live Link Face CSV, for Unreal, Blender and Maya importers",
            f"  {picture}    the face and its curves; open it",
            f"  {recording}   the recording, from which edits are rendered",
        ),
        outputs=[str(path) for path in (*paths, picture, recording)],
        frames=take.frame_count,
        trained=take.provenance["trained"],
    )
    for path in paths:
        for note in notes[path]:
            report.note(path, note)
    if not take.provenance["trained"]:
        report.note(
            EXAMPLE, "The model that came along is UNTRAINED: the timing is right, the motion means nothing yet."
        )
    return 0
