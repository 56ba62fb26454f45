"""A contact sheet: the face at the moments that tell most, above the curves."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from .. import arkit
from ..audio import Clip
from ..files import atomic
from ..take import Take
from .actor import Actor
from .plot import MARGIN, WIDTH, curves_picture
from .render import View

COLUMNS: Final = 6
ROWS: Final = 2
_CAPTION: Final = 22
_INK, _PAPER = "#222222", "#ffffff"
CLOSE: Final = View(centre=(0.0, -0.022, 0.0), height=0.185)
"""From the brows to the chin of an open jaw."""
_STILL: Final = 0.3
"""How much a pose counts for being held, against one that is passed through."""


def draw_sheet(take: Take, path: Path, clip: Clip | None = None) -> None:
    """Write a PNG: two rows of faces in the order of time, then the plot with the waveform."""
    side = (WIDTH - 2 * MARGIN) // COLUMNS
    actor = Actor(take, (side, side), CLOSE)
    frames = telling_frames(take, COLUMNS * ROWS)
    plot = curves_picture(take, clip)
    rows = -(-len(frames) // COLUMNS)
    top = MARGIN + rows * (side + _CAPTION)
    sheet = Image.new("RGB", (WIDTH, top + plot.height), _PAPER)
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(13)
    for place, frame in enumerate(frames):
        x, y = MARGIN + place % COLUMNS * side, MARGIN + place // COLUMNS * (side + _CAPTION)
        sheet.paste(Image.fromarray(actor.picture(frame)), (x, y))
        moment = float(take.start + take.rate.seconds(frame))
        draw.text((x + side / 2, y + side + _CAPTION / 2), f"{moment:.2f} s", fill=_INK, font=font, anchor="mm")
    sheet.paste(plot, (0, top))
    with atomic(path) as handle:
        sheet.save(handle, "PNG")


def telling_frames(take: Take, count: int) -> list[int]:
    """From each of `count` equal stretches the frame whose pose differs most from the take's mean.

    A pose that is held counts for more, and none is taken close after another.
    """
    mouth = [i for i, name in enumerate(take.names) if name in arkit.LOWER_FACE] or list(range(len(take.names)))
    poses = take.values[:, mouth]
    apart = np.abs(poses - poses.mean(axis=0)).sum(axis=1)
    speed = np.abs(np.gradient(poses, axis=0)).sum(axis=1) if len(poses) > 1 else np.zeros(1)
    worth = apart - _STILL * apart.mean() * speed / max(float(speed.mean()), 1e-9)
    edges = np.linspace(0, take.frame_count, min(count, take.frame_count) + 1).astype(int)
    chosen: list[int] = []
    for begin, end in pairwise(edges.tolist()):
        free = max(begin, chosen[-1] + 1 + (end - begin) // 3) if chosen else begin
        chosen.append(free + int(worth[free:end].argmax()))
    return chosen
