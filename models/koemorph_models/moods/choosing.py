"""How the ear's constants were chosen, and what choosing on the same actors flatters.

Every choice of a grid is judged on actors left out. The flattered figure is the best choice's on those it was chosen
on; the honest one chooses for each actor on the others alone, and what heard those had not heard him either.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from pathlib import Path
from typing import Any, Final

import numpy as np

from koemorph.moods.hearing import CHANGE_COSTS, UNSURE, MoodEar, track_of

from .fitting import SHIPPED, Features, Fit, Measured, Remembered
from .leaving_out import FOLDS, called, recall
from .material import PLAIN, Line, load_material


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A fit, and how a track is made of its scores."""

    fit: Fit = SHIPPED
    change_costs: float = CHANGE_COSTS
    unsure: float = UNSURE

    def told(self, lines: Sequence[Line], ear: MoodEar, features: Features) -> list[tuple[Line, str]]:
        found = []
        for line in lines:
            values, heard = features(line)
            scores = values @ ear.weights + ear.bias
            track = track_of(scores, heard, ear.names, change_costs=self.change_costs, unsure=self.unsure)
            found.append((line, called(line, track)))
        return found


SHRINKAGES: Final = (0.3, 0.5, 0.7)
FAIRNESSES: Final = (0.5, 0.75, 1.0)
SURENESSES: Final = (0.15, 0.2, 0.3)
COSTS: Final = (0.75, 1.5, 2.5)
UNSURES: Final = (0.25, 0.3, 0.4)
CHOICES: Final = tuple(
    dict.fromkeys(
        Choice(fit=Fit(shrinkage=shrinkage, fairness=fairness, sureness=sureness), change_costs=costs, unsure=unsure)
        for shrinkage, fairness, sureness, costs, unsure in product(SHRINKAGES, FAIRNESSES, SURENESSES, COSTS, UNSURES)
        if sum((sureness != SHIPPED.sureness, costs != CHANGE_COSTS, unsure != UNSURE)) <= 1
    )
)
"""All fits, and each of the three other constants once off what ships."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("material", type=Path, help="what 'koemorph-models hear-moods' wrote")
    parser.add_argument("corpus", help="the acted corpus of several actors to choose on: emodb")
    parser.add_argument("-o", "--output", type=Path, help="the table as JSON as well")


def run(options: argparse.Namespace) -> int:
    facts = choose(load_material(options.material), options.corpus)
    text = json.dumps(facts, indent=1)
    print(text)
    if options.output:
        options.output.write_text(text + "\n", encoding="utf-8")
    return 0


def choose(lines: Sequence[Line], corpus: str, choices: Sequence[Choice] = CHOICES) -> dict[str, Any]:
    """Mean recall of plain lines of actors left out: of every choice, and with each actor's chosen without him."""
    features = Remembered()
    actors = sorted({line.speaker for line in lines if line.acted and line.corpus == corpus})
    plain = {actor: [line for line in lines if line.speaker == actor and line.variant == PLAIN] for actor in actors}
    apart = {frozenset((actor,)): tellings(lines, plain, (actor,), choices, features) for actor in actors}
    apart |= {frozenset(two): tellings(lines, plain, two, choices, features) for two in combinations(actors, 2)}
    alone = [[one for actor in actors for one in apart[frozenset((actor,))][actor][n]] for n in range(len(choices))]
    rates = [recall(told)["mean recall"] for told in alone]
    honest, picked = [], {}
    for actor in actors:
        others = [other for other in actors if other != actor]
        inner = [
            recall([one for other in others for one in apart[frozenset((actor, other))][other][n]])["mean recall"]
            for n in range(len(choices))
        ]
        best = int(np.argmax(inner))
        honest += apart[frozenset((actor,))][actor][best]
        picked[actor] = _said(choices[best])
    best = int(np.argmax(rates))
    return {
        "as shipped": rates[choices.index(Choice())],
        "best of all": {**_said(choices[best]), "mean recall": rates[best]},
        "chosen on the other actors": recall(honest)["mean recall"],
        "what was chosen without": picked,
        "choices": [{**_said(choice), "mean recall": rate} for choice, rate in zip(choices, rates, strict=True)],
    }


def tellings(
    lines: Sequence[Line],
    plain: dict[str, list[Line]],
    out: Sequence[str],
    choices: Sequence[Choice],
    features: Features,
) -> dict[str, list[list[tuple[Line, str]]]]:
    """For each actor left out: what his lines are called, by choice."""
    readers = sorted({line.speaker for line in lines if not line.acted})
    away = {*out, *readers[sorted(plain).index(out[0]) % FOLDS :: FOLDS]}
    measured = Measured.of([line for line in lines if line.speaker not in away], features)
    ears = dict(_ears(measured, choices))
    return {actor: [choice.told(plain[actor], ears[choice.fit], features) for choice in choices] for actor in out}


def _ears(measured: Measured, choices: Sequence[Choice]) -> Iterator[tuple[Fit, MoodEar]]:
    yield from ((how, measured.ear(how)) for how in dict.fromkeys(choice.fit for choice in choices))


def _said(choice: Choice) -> dict[str, float]:
    fit = choice.fit
    return {
        "shrinkage": fit.shrinkage,
        "fairness": fit.fairness,
        "sureness": fit.sureness,
        "change costs": choice.change_costs,
        "unsure": choice.unsure,
    }
