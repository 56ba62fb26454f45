"""Write the audio features of SyncTalk_2D, stage by stage, to a folder; or compare what a port of the pipeline wrote
(OTHER) with such a folder (DIR) and tell where it first goes astray.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

from koemorph.cli.report import Report, add_progress
from koemorph.errors import SettingsError
from koemorph.timing import FrameRate

from .modes import MODES

SUMMARY = "audio features for 2D digital humans (SyncTalk_2D), and ports of them compared"
VALIDATE = "validate"
_MARKS = {True: "agrees", False: "DIFFERS", None: "-"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.usage = (
        "koemorph ave IN -o DIR [--fps RATE] [--mode MODE] [more options]\n"
        "       koemorph ave validate DIR OTHER [--json]"
    )
    parser.add_argument(
        "what", nargs="+", metavar="IN", help=f"a recording; with --mode hubert or wenet a .npy file; or '{VALIDATE}'"
    )
    parser.add_argument("-o", "--output", type=Path, metavar="DIR", help="the folder to make")
    parser.add_argument("--fps", default="25", metavar="RATE", help="frame rate of the video (default: 25)")
    parser.add_argument(
        "--mode",
        choices=tuple(MODES),
        default="ave",
        help="ave listens; hubert and wenet reshape features that were made elsewhere (default: ave)",
    )
    parser.add_argument("--encoder", type=Path, metavar="FOLDER", help="another encoder than the one that came along")
    parser.add_argument("--threads", type=int, metavar="N", help="processor threads for the encoder (default: 2)")
    parser.add_argument("--no-frames", action="store_true", help="leave out the tensors, a file for each frame")
    parser.add_argument("--json", action="store_true", help=f"the findings of '{VALIDATE}' as JSON, for programs")
    add_progress(parser)


def run(options: argparse.Namespace) -> int:
    if options.what[0] == VALIDATE and len(options.what) > 1:
        return _validate(options)
    return _write(options)


def _write(options: argparse.Namespace) -> int:
    from koemorph.audio import open_clip

    from .encoder import load_encoder
    from .reference import write_prepared, write_reference

    if len(options.what) != 1 or options.output is None:
        raise SettingsError("Name one recording, and the folder to make with -o.")
    if options.threads is not None and options.threads < 1:
        raise SettingsError("--threads must be at least 1.")
    source, rate, mode = Path(options.what[0]), FrameRate.parse(options.fps), MODES[options.mode]
    report, began = Report(options.progress, quiet=options.quiet), time.perf_counter()
    if mode.name != "ave":
        facts = write_prepared(source, options.output, rate, mode, frames=not options.no_frames)
    else:
        encoder = load_encoder(options.encoder, options.threads)
        with open_clip(source) as clip:
            for note in clip.warnings:
                report.note(source, note)
            facts = write_reference(
                clip,
                options.output,
                rate,
                encoder,
                frames=not options.no_frames,
                progress=lambda done: report.progress(source, "encoding", done),
            )
    took = time.perf_counter() - began
    shape = " x ".join(map(str, facts["tensor_shape"]))
    report.result(
        f"{options.output}: {facts['frames']} frames at {rate.label} fps, tensors of {shape}, in {took:.2f} s",
        source=str(source),
        output=str(options.output),
        frames=facts["frames"],
        fps=str(rate),
        took=round(took, 4),
    )
    return 0


def _validate(options: argparse.Namespace) -> int:
    from .validation import compare

    if len(options.what) != 3:
        raise SettingsError("Name two folders: the data set, and what the port wrote.")
    found = compare(Path(options.what[1]), Path(options.what[2]))
    astray = found.first_astray
    if options.json:
        stages = [vars(finding) for finding in found.findings]
        print(json.dumps({"agrees": astray is None, "stages": _plain(stages)}, ensure_ascii=False, indent=2))
    else:
        for finding in found.findings:
            print(f"{finding.stage:<16} {_MARKS[finding.agrees]:<8} {finding.text}")
        if astray:
            print(f"Look at the {astray.stage} first; what comes after is made from it.")
    return 1 if astray else 0


def _plain(stages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """JSON knows no infinity."""
    return [{name: None if value == float("inf") else value for name, value in finding.items()} for finding in stages]
