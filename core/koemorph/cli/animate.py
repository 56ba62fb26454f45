"""Turn recordings (WAV, AIFF, FLAC, OGG, MP3...; with ffmpeg also m4a, mp4, mov) into takes."""

from __future__ import annotations

import argparse
import os
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from .. import formats
from ..engine import Engine
from ..errors import AudioError, KoeMorphError, OutputError, SettingsError
from ..recording import Recording
from ..settings import Settings
from ..speech.companion import chosen_script
from ..timing import FrameRate, parse_seconds
from . import flags
from .report import Report, add_progress

Target = tuple[Path, str]
"""A file to write, and the name of its format."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.usage = "koemorph animate IN [IN ...] [-o OUT|DIR] [--fps RATE] [more options]"
    parser.add_argument("recordings", nargs="+", type=Path, metavar="IN", help="one or more recordings")
    parser.add_argument(
        "-o",
        "--output",
        default=".",
        metavar="OUT|DIR",
        help="a file (its ending chooses the format) or a folder, which is made if needed; DIR/ is always a folder "
        "(default: here)",
    )
    parser.add_argument(
        "--format",
        action="append",
        choices=[known.name for known in formats.FORMATS],
        help="what to write into a folder; may be given several times (default: take)",
    )
    flags.add_rate(parser)
    parser.add_argument("--in", dest="begin", metavar="TIME", help="start here: seconds, 1:02.5 or a timecode")
    parser.add_argument("--out", dest="end", metavar="TIME", help="stop here")
    parser.add_argument("--channel", metavar="N", help="use one channel: left, right or its number (default: mix all)")
    given = parser.add_mutually_exclusive_group()
    given.add_argument("--script", metavar="TEXT", help="what is said; [directions] are skipped, /IPA/ is taken as is")
    given.add_argument("--script-file", type=Path, metavar="FILE", help="a text file with it")
    flags.add_script(parser)
    flags.add_settings(parser)
    flags.add_engine(parser)
    add_progress(parser)


def run(options: argparse.Namespace) -> int:
    report = Report(options.progress, quiet=options.quiet)
    settings, rate = flags.settings_from(options), flags.rate_from(options)
    targets = {source: _targets(source, options) for source in options.recordings}
    _refuse_collisions(targets)
    if len(options.recordings) > 1 and (options.script is not None or options.script_file):
        raise SettingsError("One script is for one recording; put a line.txt beside each line.wav instead.")
    if options.script and options.script.lower().endswith(".txt") and " " not in options.script:
        raise SettingsError(f"--script takes the words that are said; for {options.script} it is --script-file.")
    failed = 0
    with ThreadPoolExecutor(1) as beside:
        engine = beside.submit(flags.engine_from, options)  # while the first recording is decoded
        for source, wanted in targets.items():
            try:
                _animate(source, wanted, engine, settings, rate, options, report)
            except KoeMorphError as err:
                if no_engine := engine.exception():
                    raise no_engine from None
                report.error(source, err)
                failed = failed or err.exit_code
    return failed


def _animate(
    source: Path,
    targets: list[Target],
    engine: Future[Engine],
    settings: Settings,
    rate: FrameRate,
    options: argparse.Namespace,
    report: Report,
) -> None:
    began = time.perf_counter()
    recording = _recording(source, options, rate)
    script, said = chosen_script(
        source,
        text=options.script,
        file=options.script_file,
        language=options.language,
        beside=not options.no_script,
    )
    with recording.open(lambda done: report.progress(source, "listening", done)) as clip:
        take = engine.result().animate(
            clip,
            settings,
            rate,
            script=script,
            progress=lambda stage, done: report.progress(source, stage, done),
        )
        duration = float(clip.duration)
    notes = [note for path, name in targets for note in formats.write_take(take, path, name)]
    took = time.perf_counter() - began
    for note in dict.fromkeys((*said, *take.provenance["warnings"], *notes)):
        report.note(source, note)
    if not take.provenance["trained"]:
        report.note(source, "Made by an untrained model: the timing is right, the motion means nothing yet.")
    report.result(
        f"{', '.join(str(path) for path, _ in targets)}: {take.frame_count} frames at {rate.label} fps "
        f"from {duration:.2f} s in {took:.2f} s",
        source=str(source),
        outputs=[str(path) for path, _ in targets],
        frames=take.frame_count,
        fps=str(rate),
        seconds=duration,
        took=round(took, 4),
    )


def _recording(source: Path, options: argparse.Namespace, rate: FrameRate) -> Recording:
    begin, end = (parse_seconds(told, rate) if told else None for told in (options.begin, options.end))
    if options.channel is not None and not options.channel.strip():
        raise AudioError("--channel names no channel; give left, right or a number from 1, or leave it out.")
    return Recording(source, begin=begin, end=end, channel=options.channel or "")


def _targets(source: Path, options: argparse.Namespace) -> list[Target]:
    """The files to write for one recording: the one named, or one per format in the folder named."""
    output = Path(options.output)
    is_folder = output.is_dir() or options.output.endswith(("/", os.sep)) or not output.suffix
    if is_folder:
        chosen = [formats.by_name(name) for name in dict.fromkeys(options.format or ["take"])]
        return [(output / (source.stem + known.suffix), known.name) for known in chosen]
    if len(options.recordings) > 1:
        raise OutputError(f"{len(options.recordings)} recordings cannot go into one file; name a folder instead.")
    named = set(options.format or ())
    if len(named) > 1:
        raise OutputError(f"{output.name} cannot be in {len(named)} formats at once; name a folder instead.")
    wanted = formats.by_name(named.pop()) if named else formats.by_suffix(output)
    ending = output.suffix.lower()
    if ending in formats.WRITABLE and ending not in wanted.suffixes:
        raise OutputError(f"{output.name} does not end like the format {wanted.name}; let it end in {wanted.suffix}.")
    return [(output, wanted.name)]


def _refuse_collisions(targets: dict[Path, list[Target]]) -> None:
    """No result may replace a recording or another result of the same run."""
    taken = {os.path.realpath(source): source for source in targets}
    for source, wanted in targets.items():
        for path, _ in wanted:
            if (other := taken.get(place := os.path.realpath(path))) is not None:
                raise OutputError(f"{path} would replace what comes from {other}; choose another folder or name.")
            taken[place] = source
