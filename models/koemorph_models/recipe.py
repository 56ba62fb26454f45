"""The shipped model from raw speech: every step is a command of its own, and one that is done is passed over.

SPEECH holds a folder for each corpus, with transcripts.tsv (file, speaker, language, text); LISTENER is the pretrained
encoder's .npz, FILM a filmed mouth (`mouth.clips`). RUNS takes some 10 GB. On two cores all of it takes some three
hours, half of it for listening; `--share 0.01` shows in minutes that every step runs.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from . import cli
from .errors import DataError
from .network import CONFIGS

LEFT_OUT: Final = "kal"
"""Voices by which the aligner is measured: festival's, which nothing is trained on."""
RULED: Final = ("espeak", "flite", "festival")
TEACHING: Final = "koemorph"
"""Whose layers read the filmed mouth, whichever network is taught."""
LAYERS: Final = {"koemorph": 4, "light": 2, "tiny": 1}
"""How many of the listener's layers each network hears by."""
TONES: Final = {"koemorph": 3, "light": 2, "tiny": 1}
"""By which of them moods are told."""
KEPT: Final = {"koemorph": "float16", "light": "int8", "tiny": "float16"}
"""How convolutions and weights are kept in the files."""
VARIANTS: Final = {"koemorph": ("plain", "elsewhere"), "light": ("plain", "elsewhere", "live"), "tiny": ("plain",)}
"""What each is taught: as recorded, disturbed, and cut off as a live listener hears it."""


@dataclass(frozen=True)
class Step:
    """A command with its arguments, and the file by which it is known to be done (none: it knows itself)."""

    arguments: tuple[str, ...]
    done: Path | None = None


def steps(speech: Path, runs: Path, model: Path, options: argparse.Namespace) -> list[Step]:
    synthetic, kokoro = runs / "speech" / "synthetic", runs / "speech" / "kokoro"
    first, phones = runs / "speech" / "phones-first.pt", runs / "speech" / "phones.pt"
    human, reels = runs / "speech" / "human", runs / "reels"
    moods, ear = runs / "moods.npz", runs / "ear.npz"
    run, name, network = runs / "model", "utterances.jsonl", options.network

    def step(*arguments: object, done: Path | None = None) -> Step:
        return Step(tuple(str(argument) for argument in arguments), done)

    def ears(whose: str) -> Path:
        return runs / f"listener-{whose}.onnx"

    def reader(whose: str) -> Path:
        return runs / f"mouth-{whose}.npz"

    def some(steps: int) -> tuple[str, int]:
        return "--steps", max(2, round(options.share * steps))

    def hours(most: float) -> tuple[str, float]:
        return "--hours", options.share * most

    listened, taught = ("--listener", ears(network)), ("--listener", ears(TEACHING))
    hearing = dict.fromkeys((TEACHING, network))
    like = ("--like", options.like / "speech" / "phones.pt", options.like / "reels") if options.like else ()
    width, variants = ("--width", CONFIGS[network].phone_width), ("--variants", *VARIANTS[network])
    recorded = f"{human / name}={speech}"
    return [
        *(
            step(
                *("export-listener", options.weights, ears(one), "--layers", LAYERS[one]),
                *("--tone-layer", TONES[one], "--rest", KEPT[one]),
                done=ears(one),
            )
            for one in hearing
        ),
        step("synthesise", synthetic, *hours(2.5), "--seed", 1, "--engines", *RULED, done=synthetic / name),
        step("synthesise", kokoro, *hours(options.kokoro), "--seed", 5, "--engines", "kokoro", done=kokoro / name),
        step("prepare", reels, synthetic / name, *listened, *variants),
        step("train-phones", reels, first, *listened, *width, *some(450), done=first),
        step("align-corpus", speech, human, "--aligner", first, *listened, done=human / name),
        step("prepare", reels, recorded, kokoro / name, *listened, *variants),
        step("train-phones", reels, phones, *listened, "--start", first, *like, *some(1300), done=phones),
        step("evaluate-aligner", synthetic / name, "--aligner", phones, *listened, "--speakers", LEFT_OUT),
        *(step("train-mouth", options.film, reader(one), "--listener", ears(one), done=reader(one)) for one in hearing),
        step("teach-reels", reels, "--reader", reader(TEACHING), *taught),
        step(
            *("train", reels, run, "--phones", phones, "--network", network, *some(options.steps)),
            *("--device", options.device, "--threads", options.threads),
        ),
        step("hear-moods", moods, speech, *listened, done=moods),
        step("train-moods", moods, ear, done=ear),
        step("export", run / "weights.pt", runs / "float32", *listened, "--layers", LAYERS[network]),
        step(
            *("compact", runs / "float32", model, "--weights", KEPT[network]),
            *("--ear", ear, "--mouth", reader(network)),
        ),
        step(
            *("evaluate", synthetic / name, recorded, "--model", model, "--out", runs / "evaluation"),
            *("--film", options.film, *(("--count", 2, "--clips", 2) if options.share < 1 else ())),
        ),
    ]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("speech", type=Path, help="folder of corpora")
    parser.add_argument("runs", type=Path, help="where everything in between goes")
    parser.add_argument("model", type=Path, help="where the model goes")
    parser.add_argument("--weights", type=Path, required=True, help="the listener's first layers, .npz")
    parser.add_argument("--film", type=Path, required=True, help="the filmed mouth")
    parser.add_argument("--like", type=Path, help="RUNS of a larger model, whose phone head a smaller one is to follow")
    parser.add_argument("--network", choices=CONFIGS, default="koemorph")
    parser.add_argument("--kokoro", type=float, default=6.0, help="hours of neural speech (%(default)s)")
    parser.add_argument("--steps", type=int, default=6000, help="of the training")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--share", type=float, default=1.0, help="of all hours and steps: %(default)s is the whole")
    parser.add_argument("--dry-run", action="store_true", help="only print the commands")


def run(options: argparse.Namespace) -> None:
    for step in steps(options.speech, options.runs, options.model, options):
        print("koemorph-models", *step.arguments, flush=True)
        if options.dry_run or (step.done and step.done.is_file()):
            continue
        if cli.main(step.arguments):
            raise DataError(f"The step '{step.arguments[0]}' failed; the same command goes on from there.")
