"""The table of flip-books on voices that were kept out of training, all as `koemorph flipbook` runs them.

The truth is the shipped model's take of the same sound, drawn by the renderer. `the usual face` never moves: what a net
must beat. Also writes sheet.png: for each group a second of true pictures, and below it what each net made of it.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from koemorph import arkit, lips
from koemorph.audio import SAMPLE_RATE, Clip
from koemorph.files import atomic, write_text
from koemorph.take import Take
from koemorph_flipbook.flipbook import Flipbook
from koemorph_flipbook.geometry import RATE
from koemorph_flipbook.model import load_flipbook

from . import measures
from .footage import Footage, read

TRUTH: Final = "the renderer itself"
STILL: Final = "the usual face"
SHOWN: Final = 12
"""Pictures in a row of the sheet, three frames apart."""
SOME: Final = 15
"""SSIM takes its time: it is measured on one frame of so many."""
COLUMNS: Final = {
    "psnr": ("PSNR dB", 2),
    "ssim": ("SSIM", 4),
    "mouth_error": ("mouth error", 2),
    "motion_error": ("motion error", 3),
    "motion": ("motion", 3),
    "sync": ("sync r", 3),
    "best": ("best r", 3),
    "lag_ms": ("lag ms", 1),
    "gap": ("lips' gap r", 3),
}
Table = dict[str, dict[str, dict[str, float]]]
"""group -> net -> figures"""


@dataclass(frozen=True, eq=False)
class Scene:
    """A group's footage and what each net made of its sound."""

    group: str
    footage: Footage
    made: dict[str, NDArray[np.uint8]]


def shown(book: Flipbook, footage: Footage) -> NDArray[np.uint8]:
    """As `koemorph flipbook` would show it."""
    with Clip.from_samples(footage.audio, SAMPLE_RATE) as clip:
        return np.stack(list(book.pictures(clip)))[: len(footage.pictures)]


def figures(made: NDArray[np.uint8], footage: Footage) -> dict[str, float]:
    true = footage.pictures
    take = Take(arkit.SHAPES, footage.curves.astype(np.float32), RATE)
    found = measures.sync(measures.opening(made), measures.opening(true))
    return {
        "psnr": float(measures.psnr(made, true).mean()),
        "ssim": float(measures.ssim(made[::SOME], true[::SOME]).mean()),
        "mouth_error": float(measures.mouth_error(made, true).mean()),
        "motion_error": measures.motion_error(made, true),
        "motion": measures.motion(made, true),
        "sync": found.correlation,
        "best": found.best,
        "lag_ms": found.lag_ms if found.best else float("nan"),
        "gap": measures.sync(measures.opening(made), lips.lip_gap(take).astype(np.float64)).correlation,
    }


def play(books: Mapping[str, Flipbook], folder: Path) -> list[Scene]:
    usual = np.mean([reel.pictures[::8].mean(axis=0) for reel in read(folder / "train")], axis=0)
    scenes = []
    for place in sorted((folder / "test").iterdir()):
        for footage in read(place):
            still = np.broadcast_to(np.round(usual).astype(np.uint8), footage.pictures.shape)
            made = {name: shown(book, footage) for name, book in books.items()}
            scenes.append(Scene(place.name, footage, {**made, STILL: still, TRUTH: footage.pictures}))
    return scenes


def tabulate(scenes: Sequence[Scene]) -> Table:
    """Figures of each group, and of all groups together as the mean of theirs."""
    table: Table = {}
    for scene in scenes:
        table[scene.group] = {name: figures(made, scene.footage) for name, made in scene.made.items()}
    names = scenes[0].made
    table["all"] = {
        name: {key: float(np.mean([group[name][key] for group in table.values()])) for key in COLUMNS} for name in names
    }
    return table


def as_markdown(table: Table) -> str:
    lines = [_row(["voices", "net", *(title for title, _ in COLUMNS.values())]), _row(["---"] * (len(COLUMNS) + 2))]
    for group, nets in table.items():
        for name, found in nets.items():
            cells = [f"{found[key]:.{digits}f}" for key, (_, digits) in COLUMNS.items()]
            lines.append(_row([group, name, *("" if cell == "nan" else cell for cell in cells)]))
    return "\n".join(lines) + "\n"


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def sheet(scenes: Sequence[Scene]) -> Image.Image:
    """Where the mouth moves most: a row of true pictures, and a row of each net's below."""
    rows = []
    for scene in scenes:
        span = 3 * SHOWN
        moved = np.abs(np.diff(measures.opening(scene.footage.pictures)))
        first = int(np.convolve(moved, np.ones(span), "valid").argmax())
        names = (TRUTH, *(name for name in scene.made if name not in (TRUTH, STILL)))
        rows += [np.concatenate(list(scene.made[name][first : first + span : 3]), axis=1) for name in names]
    return Image.fromarray(np.concatenate(rows))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("footage", type=Path, help="what 'koemorph-models film-flipbook' wrote")
    parser.add_argument("--model", type=Path, help="folder of a flip-book; the shipped one if left out")
    parser.add_argument("--against", action="append", default=[], metavar="NAME=FOLDER", help="another one")
    parser.add_argument("--out", type=Path, required=True, help="folder for table.md, table.json and sheet.png")
    parser.add_argument("--threads", type=int, default=1)


def run(options: argparse.Namespace) -> None:
    books = {"the flip-book": Flipbook(load_flipbook(options.model), threads=options.threads)}
    for entry in options.against:
        name, _, folder = entry.rpartition("=")
        books[name or folder] = Flipbook(load_flipbook(Path(folder)), threads=options.threads)
    scenes = play(books, options.footage)
    table = tabulate(scenes)
    written = as_markdown(table)
    options.out.mkdir(parents=True, exist_ok=True)
    write_text(options.out / "table.json", json.dumps(table, indent=1) + "\n")
    write_text(options.out / "table.md", written)
    with atomic(options.out / "sheet.png") as handle:
        sheet(scenes).save(handle, "PNG")
    print(written)
