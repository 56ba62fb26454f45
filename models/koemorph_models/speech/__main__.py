"""Speech with phone times: `python -m koemorph_models.speech COMMAND --help`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import torch

from . import corpus_alignment, evaluation, picture, synthesis, training
from .alignment import AlignmentFailed, align, read_text
from .classifier import Aligner
from .engine import EngineMissing
from .sound import load
from .utterance import Phone, Utterance, read_utterances


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    torch.set_num_threads(options.threads)
    try:
        options.run(options)
    except (AlignmentFailed, EngineMissing, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _synthesise(options: argparse.Namespace) -> None:
    count = synthesis.write_corpus(options.folder, options.hours, options.seed, options.recorded)
    print(f"{count} utterances in {options.folder / 'utterances.jsonl'}")


def _train(options: argparse.Namespace) -> None:
    left_out = _names(options.leave_out)
    synthetic = [entry for entry in read_utterances(options.synthetic) if entry.speaker not in left_out]
    groups = [(training.lessons(options.synthetic.parent, synthetic), 1.0)]
    if options.human:
        human = [entry for entry in read_utterances(options.human) if entry.speaker not in left_out]
        groups.append((training.lessons(options.human_root, human), options.human_share))
    start = Aligner.load(options.start) if options.start else None
    # Durations and priors stay those of exactly timed speech.
    stats = training.statistics(synthetic)
    training.train(groups, stats, options.steps, options.seed, start, options.rate).save(options.checkpoint)


def _align_corpus(options: argparse.Namespace) -> None:
    count = corpus_alignment.align_corpora(
        options.root, options.aligner, options.folder, options.workers, options.worst
    )
    print(f"{count} utterances in {options.folder / 'utterances.jsonl'}")


def _align(options: argparse.Namespace) -> None:
    if not options.wav.is_file():
        raise FileNotFoundError(f"There is no sound file {options.wav}.")
    samples = load(options.wav)
    found = align(samples, read_text(options.text, options.language), Aligner.load(options.aligner))
    written = as_json(found.phones, found.score) if options.format == "json" else as_tsv(found.phones)
    if options.output:
        options.output.write_text(written, "utf-8")
    else:
        sys.stdout.write(written)
    if options.picture:
        picture.save(options.picture, samples, found.phones, f"{options.text}  (score {found.score:.2f})")


def _evaluate(options: argparse.Namespace) -> None:
    chosen = _names(options.speakers)
    entries = [entry for entry in read_utterances(options.list) if not chosen or entry.speaker in chosen]
    print(evaluation.table(evaluation.measure(options.list.parent, entries, Aligner.load(options.aligner))))


def _picture(options: argparse.Namespace) -> None:
    root = options.root or options.list.parent
    entry = _find(options.list, options.id)
    picture.save(options.png, load(root / entry.audio), entry.phones, f"{entry.id}: {entry.text}")


def _find(path: Path, name: str) -> Utterance:
    for entry in read_utterances(path):
        if entry.id == name:
            return entry
    raise ValueError(f"{path} has no utterance {name!r}.")


def _names(text: str) -> set[str]:
    return {name for name in text.split(",") if name}


def as_json(phones: Sequence[Phone], score: float) -> str:
    return json.dumps({"score": round(score, 3), "phones": [asdict(p) for p in phones]}, ensure_ascii=False) + "\n"


def as_tsv(phones: Sequence[Phone]) -> str:
    """start, end, symbol, stress, release: seconds, a pause has an empty symbol."""
    lines = ["start\tend\tsymbol\tstress\trelease"]
    for phone in phones:
        release = "" if phone.release is None else f"{phone.release:.3f}"
        lines.append(f"{phone.start:.3f}\t{phone.end:.3f}\t{phone.symbol}\t{phone.stress}\t{release}")
    return "\n".join(lines) + "\n"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="koemorph_models.speech", description=__doc__)
    parser.add_argument("--threads", type=int, default=2)
    commands = parser.add_subparsers(required=True)

    command = commands.add_parser("synthesise", help="write a corpus of synthetic speech (goes on where it stopped)")
    command.add_argument("folder", type=Path)
    command.add_argument("--hours", type=float, default=3.0)
    command.add_argument("--seed", type=int, default=1)
    command.add_argument("--recorded", type=float, default=0.8, help="share of voices recorded from people")
    command.set_defaults(run=_synthesise)

    command = commands.add_parser("train-aligner", help="train the frame classifier")
    command.add_argument("synthetic", type=Path, help="utterances.jsonl of a synthetic corpus")
    command.add_argument("checkpoint", type=Path)
    command.add_argument("--steps", type=int, default=1300)
    command.add_argument("--seed", type=int, default=0)
    command.add_argument("--rate", type=float, default=2e-3, help="highest learning rate")
    command.add_argument("--leave-out", default="", help="speakers kept for evaluate-aligner, with commas between")
    command.add_argument("--start", type=Path, help="go on from this checkpoint (self-training)")
    command.add_argument("--human", type=Path, help="utterances.jsonl that align-corpus wrote (self-training)")
    command.add_argument("--human-root", type=Path, help="folder its audio is relative to")
    command.add_argument("--human-share", type=float, default=1.0, help="against 1 of synthetic speech")
    command.set_defaults(run=_train)

    command = commands.add_parser("align-corpus", help="align all corpora below a folder")
    command.add_argument("root", type=Path, help="folder of corpora, each with transcripts.tsv")
    command.add_argument("folder", type=Path, help="where utterances.jsonl and scores.tsv go")
    command.add_argument("--aligner", type=Path, required=True)
    command.add_argument("--workers", type=int, default=2)
    command.add_argument("--worst", type=float, default=corpus_alignment.WORST, help="share to leave out")
    command.set_defaults(run=_align_corpus)

    command = commands.add_parser("align", help="align one recording with its text")
    command.add_argument("wav", type=Path)
    command.add_argument("text")
    command.add_argument("--aligner", type=Path, required=True)
    command.add_argument("--language", default="en", help="espeak-ng's name of the language, e.g. en, de, fr, ja")
    command.add_argument("--format", choices=("tsv", "json"), default="tsv")
    command.add_argument("--output", type=Path)
    command.add_argument("--picture", type=Path, help="also draw it into this PNG")
    command.set_defaults(run=_align)

    command = commands.add_parser("evaluate-aligner", help="errors on utterances with known times")
    command.add_argument("list", type=Path)
    command.add_argument("--aligner", type=Path, required=True)
    command.add_argument("--speakers", default="", help="only these, with commas between")
    command.set_defaults(run=_evaluate)

    command = commands.add_parser("picture", help="draw an utterance of a list")
    command.add_argument("list", type=Path)
    command.add_argument("id")
    command.add_argument("png", type=Path)
    command.add_argument("--root", type=Path, help="folder the audio is relative to, if not the list's")
    command.set_defaults(run=_picture)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
