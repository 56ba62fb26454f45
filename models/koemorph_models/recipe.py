"""The shipped model from raw speech: every step is a command of its own, and one that is done is passed over.

SPEECH holds a folder for each corpus, with transcripts.tsv (file, speaker, language, text). RUNS takes some 5 GB.
On two cores the steps before the training take about half an hour and the training two hours and a half.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from . import cli
from .errors import DataError

LEFT_OUT: Final = "rms,lp,espeak-f2,espeak-m3"
"""Voices by which the aligner is measured."""


@dataclass(frozen=True)
class Step:
    """A command with its arguments, and the file by which it is known to be done (none: it knows itself)."""

    arguments: tuple[str, ...]
    done: Path | None = None


def steps(speech: Path, runs: Path, model: Path, options: argparse.Namespace) -> list[Step]:
    synthetic, flite = runs / "speech" / "synthetic", runs / "speech" / "flite"
    first, final = runs / "speech" / "aligner-first.pt", runs / "speech" / "aligner.pt"
    rough, human = runs / "speech" / "human-first", runs / "speech" / "human"
    reels, run, name = runs / "reels", runs / "model", "utterances.jsonl"

    def step(*arguments: object, done: Path | None = None) -> Step:
        return Step(tuple(str(argument) for argument in arguments), done)

    return [
        step(
            *("synthesise", synthetic, "--hours", 3.3, "--seed", 1, "--engines", "espeak", "festival", "flite"),
            done=synthetic / name,
        ),
        step(
            "synthesise", flite, "--hours", 1.8, "--seed", 2, "--recorded", 1, "--engines", "flite", done=flite / name
        ),
        step("train-aligner", synthetic / name, first, "--leave-out", LEFT_OUT, done=first),
        step("align-corpus", speech, rough, "--aligner", first, done=rough / name),
        step(
            *("train-aligner", synthetic / name, final, "--steps", 1000, "--rate", 1e-3, "--start", first),
            *("--human", rough / name, "--human-root", speech, "--leave-out", LEFT_OUT),
            done=final,
        ),
        step("align-corpus", speech, human, "--aligner", final, done=human / name),
        step("evaluate-aligner", synthetic / name, "--aligner", final, "--speakers", LEFT_OUT),
        step("prepare", reels, synthetic / name, flite / name, f"{human / name}={speech}"),
        step("train", reels, run, "--steps", options.steps, "--device", options.device, "--threads", options.threads),
        step("export", run / "weights.pt", runs / "float32"),
        step("compact", runs / "float32", model),
        step(
            *("evaluate", synthetic / name, f"{human / name}={speech}"),
            *("--model", model, "--out", runs / "evaluation"),
        ),
    ]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("speech", type=Path, help="folder of corpora")
    parser.add_argument("runs", type=Path, help="where everything in between goes")
    parser.add_argument("model", type=Path, help="where the model goes")
    parser.add_argument("--steps", type=int, default=18000, help="of the training")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--dry-run", action="store_true", help="only print the commands")


def run(options: argparse.Namespace) -> None:
    for step in steps(options.speech, options.runs, options.model, options):
        print("koemorph-models", *step.arguments, flush=True)
        if options.dry_run or (step.done and step.done.is_file()):
            continue
        if cli.main(step.arguments):
            raise DataError(f"The step '{step.arguments[0]}' failed; the same command goes on from there.")
