"""How well somebody else's curves fare by our table: an older version's, another program's, an animator's.

    koemorph-models evaluate-takes LIST[=AUDIO] ... --folder FOLDER --count 24 --film FILM --write-sounds
    koemorph-models evaluate-takes LIST[=AUDIO] ... --folder FOLDER --count 24 --film FILM

The first writes the sounds that `evaluate` measures by. Whoever is to be measured puts beside each what it makes of it,
under the same name with the ending of a format that KoeMorph reads; the second gives the table.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import soundfile
from numpy.typing import NDArray

from koemorph import formats
from koemorph.timing import SAMPLE_RATE

from ..errors import DataError
from ..mouth.clips import FilmedClip, kept_apart, read_clips
from ..mouth.comparison import agreement, read_course, summary
from ..speech.sound import at_level, load
from .conditions import sounding
from .film import film_as_markdown
from .lines import Line, chosen
from .scores import Scores

SOUNDS: Final = {
    "": "clean",
    "telephone": "telephone",
    "white 20": "white noise, 20 dB",
    "white 10": "white noise, 10 dB",
}
FIGURES: Final = {
    "closure_f1": "closure F1",
    "vowel_closed": "vowels closed",
    "labiodental_auc": "labiodental AUC",
    "rounding_auc": "rounding AUC",
}


@dataclass(frozen=True, eq=False)
class Heard:
    """A sound under its name, and what is known of it: a line with its sound's kind, or a filmed mouth."""

    name: str
    samples: NDArray[np.float32]
    line: Line | None = None
    kind: str = ""
    filmed: FilmedClip | None = None


def sounds(lines: Sequence[Line], film: Path | None, clips: int) -> Iterator[Heard]:
    """All that is measured by, the same each time."""
    for line in lines:
        clean = at_level(load(line.sound))
        for kind in SOUNDS:
            name = f"{line.utterance.id} {kind or 'clean'}"
            yield Heard(name, sounding(clean, kind, line.utterance.id), line=line, kind=kind)
    for filmed in kept_apart(read_clips(film))[1][:clips] if film else ():
        yield Heard(f"film {filmed.name}", at_level(filmed.sound()), filmed=filmed)


def table(heard: Iterator[Heard], folder: Path) -> str:
    """What was made of each sound, as Markdown; a sound without its take is an error, not a better mean."""
    scores: dict[tuple[str, str], Scores] = {}
    agreements = []
    for one in heard:
        take = formats.read_take(_made(folder, one.name))
        if one.line is not None:
            place = scores.setdefault((one.line.group, SOUNDS[one.kind]), Scores())
            place.add(take, one.line.utterance.phones, take)
        elif one.filmed is not None:
            agreements.append(agreement(read_course(take), one.filmed))
    rows = [f"| voices, sound | {' | '.join(FIGURES.values())} |", "| --- |" + " --- |" * len(FIGURES)]
    for (group, kind), found in sorted(scores.items()):
        figures = found.figures()
        rows.append(f"| {group}, {kind} | " + " | ".join(f"{figures[name]:.3f}" for name in FIGURES) + " |")
    film = film_as_markdown({**summary(agreements), "clips": len(agreements)}) if agreements else ""
    return "\n".join(rows) + "\n" + (f"\n{film}" if film else "")


def _made(folder: Path, name: str) -> Path:
    for suffix in sorted(formats.READABLE):
        if (path := folder / f"{name}{suffix}").is_file():
            return path
    raise DataError(f"{folder} has no curves called {name}; put them beside {name}.wav.")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("lists", nargs="+", help="utterances.jsonl, or utterances.jsonl=FOLDER of its audio")
    parser.add_argument("--folder", type=Path, required=True, help="of the sounds and of what was made of them")
    parser.add_argument("--write-sounds", action="store_true", help="write the sounds, and measure nothing")
    parser.add_argument("--count", type=int, default=24, help="utterances of each group")
    parser.add_argument("--film", type=Path, help="the filmed mouth to compare with")
    parser.add_argument("--clips", type=int, default=100, help="of the film (%(default)s)")


def run(options: argparse.Namespace) -> None:
    lines = chosen(options.lists, options.count)
    if not lines:
        raise DataError("None of these utterances is kept for measuring; split.json says whose are.")
    heard = sounds(lines, options.film, options.clips)
    if options.write_sounds:
        options.folder.mkdir(parents=True, exist_ok=True)
        for one in heard:
            soundfile.write(options.folder / f"{one.name}.wav", one.samples, SAMPLE_RATE, subtype="FLOAT")
    else:
        print(table(heard, options.folder))
