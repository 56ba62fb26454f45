"""The command line of the making of models: finds the command, which brings its own arguments and does the work.

A command is a module with `add_arguments(parser)` and `run(options)`; its docstring is its help. Only the module that
is called for is imported, so that what needs no torch starts without it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Final

from koemorph import __version__
from koemorph.errors import Cancelled, KoeMorphError, MissingPieceError


@dataclass(frozen=True)
class Command:
    """`module` is relative to this package."""

    module: str
    summary: str


COMMANDS: Final[dict[str, Command]] = {
    # Data sets of captures
    "import": Command(".data.importing", "captures (Live Link Face and others) into a data set"),
    "validate": Command(".data.validation", "tell what is wrong with a data set"),
    "teach": Command(".data.teaching", "utterances into a data set, with curves by the teacher"),
    # Speech with phone times
    "synthesise": Command(".speech.synthesis", "write a corpus of synthetic speech with phone times"),
    "train-phones": Command(".speech.training", "train what finds phones in what the listener hears"),
    "align-corpus": Command(".speech.corpus_alignment", "find the phones of all corpora below a folder"),
    "align": Command(".speech.alignment", "find the phones of a text in a recording"),
    "evaluate-aligner": Command(".speech.evaluation", "how exact the aligner is where times are known"),
    "pack-dictionary": Command(".speech.dictionary", "the CMU Pronouncing Dictionary as the product reads it"),
    "export-listener": Command(".listener.command", "the pretrained encoder as ONNX"),
    # The teacher
    "show": Command(".teacher.show", "draw an utterance: sound, phones and the teacher's curves"),
    "check-teacher": Command(".teacher.check", "does the teacher keep its word on closures and ranges?"),
    "train-mouth": Command(".mouth.training", "learn from a filmed mouth how one moves to what the listener hears"),
    # The network
    "make": Command(".recipe", "everything from raw speech to the shipped model, step by step"),
    "prepare": Command(".training.preparation", "utterances into reels, the training material"),
    "teach-reels": Command(".training.teaching", "give reels their curves, by the teacher"),
    "train": Command(".training.learning", "train a model, or go on training"),
    "finetune": Command(".training.tuning", "teach a trained model your own captures"),
    "export": Command(".export.trained", "weights into a model folder that KoeMorph loads"),
    "compact": Command(".export.compact", "a model with its weights stored as float16 or int8"),
    "evaluate": Command(".evaluation.evaluate", "the table of a model, on voices it was never trained on"),
    "evaluate-takes": Command(".evaluation.others", "how somebody else's curves fare by the same table"),
    "evaluate-look-ahead": Command(".evaluation.look_ahead", "what is left of it if the future is not heard"),
    "evaluate-script": Command(".evaluation.script", "what a script is worth: closures in noise, words in time"),
    # Moods
    "speak-moods": Command(".moods.voice", "an acted corpus from a voice that was recorded in several moods"),
    "blind-moods": Command(".moods.blind", "faces of acted lines to name without knowing their moods"),
    "show-moods": Command(".moods.showing", "sheets and movies of every mood, readers, a quarrel, laughter, a whisper"),
    "evaluate-life": Command(".evaluation.life", "eyes, lids, head, the ends of lines, and lips between two"),
    "evaluate-questions": Command(".evaluation.questions", "how often a question is heard as one"),
    "evaluate-mood-lips": Command(".moods.lips", "what moods cost the closures of lips"),
    "hear-moods": Command(".moods.hearing", "what the listener hears in acted and in read lines, for learning moods"),
    "train-moods": Command(".moods.training", "learn to tell moods from what the listener hears"),
    "compare-mood-windows": Command(".moods.windows", "the documents' windows for moods beside ours"),
    "choose-moods": Command(".moods.choosing", "how the mood ear's constants were chosen, and what that flatters"),
    "evaluate-moods": Command(".moods.evaluation", "how well moods are told, by voice and by face, of people left out"),
    # The flip-book: speech straight to pictures
    "film-flipbook": Command(".flipbook.footage", "speech into pictures of our head, the flip-book's material"),
    "flipbook-sizes": Command(".flipbook.sizes", "how many parameters the nets from sound to pictures really have"),
    "train-flipbook": Command(".flipbook.training", "train the net from sound to pictures, or go on training"),
    "export-flipbook": Command(".flipbook.export", "a flip-book's weights into a folder that KoeMorph loads"),
    "evaluate-flipbook": Command(".flipbook.evaluation", "the table of flip-books, on voices kept out of training"),
    # The audio encoder of 'koemorph ave'
    "train-ave": Command(".ave.training", "train the audio encoder, or go on training"),
    "export-ave": Command(".ave.export", "its weights, or your audio_visual_encoder.pth, into an encoder folder"),
    "evaluate-ave": Command(".ave.evaluation", "how well mouths can be told from its features, on voices left out"),
    "untrained": Command(".export.untrained", "write a model with drawn weights, for tests"),
}
_OURS: Final = ("koemorph", "koemorph_models")


def main(arguments: Sequence[str] | None = None) -> int:
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        return _run(_parser(given[0] if given else "").parse_args(given))
    except KeyboardInterrupt:
        print("Stopped; the same command goes on from there.", file=sys.stderr)
        return Cancelled.exit_code
    except KoeMorphError as err:
        print(err, file=sys.stderr)
        return err.exit_code
    except ModuleNotFoundError as err:
        if (err.name or "").split(".")[0] in _OURS:
            raise
        extra = (err.name or "").split(".")[0] in ("koemorph_ave", "koemorph_flipbook")
        remedy = "koemorph-extras" if extra else "'koemorph[train]'"
        print(f"This needs {err.name}, which is not installed: pip install {remedy}.", file=sys.stderr)
        return MissingPieceError.exit_code
    except OSError as err:
        where = f" {err.filename}" if err.filename else ""
        print(f"Cannot use{where}: {err.strerror or err}.", file=sys.stderr)
        return KoeMorphError.exit_code


def _run(options: argparse.Namespace) -> int:
    code: int | None = options.run(options)
    return code or 0


def _parser(called: str) -> argparse.ArgumentParser:
    """Knows every command by name, and the arguments of the one that is called."""
    parser = argparse.ArgumentParser(
        prog="koemorph-models",
        description="Make a model: speech with phone times, curves by a teacher or by captures, training, evaluation.",
    )
    parser.add_argument("--version", action="version", version=f"KoeMorph {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, command in COMMANDS.items():
        own = commands.add_parser(name, help=command.summary)
        if name == called:
            module = import_module(command.module, __package__)
            own.description = module.__doc__
            own.formatter_class = argparse.RawDescriptionHelpFormatter
            module.add_arguments(own)
            own.set_defaults(run=module.run)
    return parser
