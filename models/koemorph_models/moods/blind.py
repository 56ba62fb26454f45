"""Faces to name without knowing their moods: 24 numbered pictures in a random order, and the key in another file.

Each is a line of an actor whom the ear that heard its mood never heard, at a moment that is like the rest of the line.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from koemorph import arkit
from koemorph.files import atomic
from koemorph.preview.actor import Actor
from koemorph.preview.sheet import CLOSE
from koemorph.take import Take

from .faces import Faces
from .fitting import MOODS
from .leaving_out import left_out, of_several
from .material import PLAIN, Line, load_material

PICTURES: Final = 24
COLUMNS: Final = 6
SIDE: Final = 260
_CAPTION: Final = 22


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("material", type=Path, help="what 'koemorph-models hear-moods' wrote")
    parser.add_argument("corpora", type=Path, nargs="+", help="the folders of corpora that it was made from")
    parser.add_argument(
        "-o", "--output", type=Path, required=True, help="the .png to write; the key is beside it, .json"
    )
    parser.add_argument("--model", type=Path, help="a model folder; the shipped one if left out")
    parser.add_argument("--seed", type=int, default=1)


def run(options: argparse.Namespace) -> int:
    lines = load_material(options.material)
    several = of_several(lines)
    acted = [line for line in lines if line.acted and line.variant == PLAIN and line.corpus in several]
    chosen = shuffled(acted, options.seed)
    tracks = {id(line): track for line, track in left_out(lines)}
    faces = Faces(options.corpora, options.model)
    key = draw_blind(options.output, [(line, faces.take(line, tracks[id(line)])) for line in chosen])
    print(f"{options.output}: write down what each of {len(chosen)} faces feels, then read {key}")
    return 0


def shuffled(lines: Sequence[Line], seed: int) -> list[Line]:
    """As many of each mood as go into the pictures, the rest of any mood, in an order that tells nothing."""
    chance = random.Random(seed)
    by_mood = [chance.sample(own, len(own)) for mood in MOODS if (own := [line for line in lines if line.mood == mood])]
    each = PICTURES // len(by_mood)
    first = [line for own in by_mood for line in own[:each]]
    rest = [line for own in by_mood for line in own[each:]]
    chosen = first + chance.sample(rest, min(PICTURES - len(first), len(rest)))
    return chance.sample(chosen, len(chosen))


def draw_blind(path: Path, shown: Sequence[tuple[Line, Take]]) -> Path:
    """The picture, and where its key is."""
    rows = -(-len(shown) // COLUMNS)
    sheet = Image.new("RGB", (COLUMNS * SIDE, rows * (SIDE + _CAPTION)), "#ffffff")
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(15)
    for place, (_, take) in enumerate(shown):
        x, y = place % COLUMNS * SIDE, place // COLUMNS * (SIDE + _CAPTION)
        sheet.paste(Image.fromarray(Actor(take, (SIDE, SIDE), CLOSE).picture(usual_frame(take))), (x, y))
        draw.text((x + SIDE / 2, y + SIDE + _CAPTION / 2), str(place + 1), fill="#222222", font=font, anchor="mm")
    with atomic(path) as handle:
        sheet.save(handle, "PNG")
    key = path.with_suffix(".json")
    told = [{"picture": place, "mood": line.mood, "line": line.id} for place, (line, _) in enumerate(shown, 1)]
    key.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    return key


def usual_frame(take: Take) -> int:
    """The frame of the middle half that is most like the middle half's mean."""
    poses = take.values[:, [take.names.index(name) for name in arkit.SHAPES]]
    first, stop = len(poses) // 4, max(len(poses) - len(poses) // 4, len(poses) // 4 + 1)
    return first + int(np.abs(poses[first:stop] - poses[first:stop].mean(axis=0)).sum(axis=1).argmin())
