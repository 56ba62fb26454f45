"""The curves of a take on one picture: the waveform on top, then a lane for every shape that moves."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from .. import arkit
from ..audio import SAMPLE_RATE, Clip
from ..take import Curves, Take

MOVES: Final = 0.02
"""A shape whose range is smaller is named below the lanes instead of drawn."""
WIDTH, LEFT, RIGHT, WAVE, LANE, MARGIN = 1500, 210, 64, 90, 30, 18
_SCALE: Final = 2
_FOREIGN: Final = "foreign"
_INK, _FAINT, _PAPER, _WAVE = "#222222", "#dddddd", "#ffffff", "#9aa3ad"
_COLOURS: Final = {
    "jaw": "#c0392b",
    "lips": "#d2691e",
    "tongue": "#b03a80",
    "cheeks": "#2e8b57",
    "nose": "#4b8b9b",
    "eyes": "#2f6fbd",
    "brows": "#6a4fb3",
    _FOREIGN: "#222222",
}


def curves_picture(take: Take, clip: Clip | None = None) -> Image.Image:
    """Each lane goes from 0 to 1, its highest value stands at the right."""
    foreign = tuple(name for name in take.names if name not in arkit.INDEX)
    regions = {region: foreign if region == _FOREIGN else arkit.REGIONS[region] for region in _COLOURS}
    moving = [
        (region, name)
        for region, names in regions.items()
        for name in names
        if name in take.names and float(np.ptp(take.curve(name))) >= MOVES
    ]
    still = [name for name in take.names if name not in {name for _, name in moving}]
    top = MARGIN + 24 + (WAVE if clip else 0)
    lines = _wrapped("At rest: " + (", ".join(still) or "none"), (WIDTH - 2 * MARGIN) // 7)
    height = top + LANE * len(moving) + 40 + 18 * len(lines) + MARGIN
    image = Image.new("RGB", (WIDTH * _SCALE, height * _SCALE), _PAPER)
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(13 * _SCALE)

    def text(x: float, y: float, words: str, colour: str = _INK, anchor: str = "lm") -> None:
        draw.text((x * _SCALE, y * _SCALE), words, fill=colour, font=font, anchor=anchor)

    def line(points: list[tuple[float, float]], colour: str, width: float = 1.0) -> None:
        draw.line([(x * _SCALE, y * _SCALE) for x, y in points], fill=colour, width=round(width * _SCALE))

    span = WIDTH - LEFT - RIGHT
    seconds = float(take.duration)
    bottom = top + LANE * len(moving)
    text(MARGIN, MARGIN, _title(take))
    step = next(s for s in (0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 600, 3600) if seconds / s <= 16 or s == 3600)
    for tick in np.arange(0.0, seconds + 1e-9, step):
        x = LEFT + span * tick / seconds
        line([(x, MARGIN + 20), (x, bottom)], _FAINT)
        text(x, bottom + 14, f"{float(take.start) + tick:g} s", anchor="mm")
    if clip is not None:
        low, high = envelope(clip, span)
        middle = MARGIN + 24 + WAVE / 2
        for column, (least, most) in enumerate(zip(low, high, strict=True)):
            x = LEFT + column
            line([(x, middle - most * WAVE * 0.45), (x, middle - least * WAVE * 0.45 + 0.5)], _WAVE)
    for row, (region, name) in enumerate(moving):
        base = top + LANE * (row + 1) - 4
        values = take.curve(name)
        line([(LEFT, base), (WIDTH - RIGHT, base)], _FAINT)
        at, height_at = _outline(values, span * _SCALE)
        points = zip((LEFT + span * at).tolist(), (base - height_at * (LANE - 6)).tolist(), strict=True)
        line(list(points), _COLOURS[region], 1.25)
        text(LEFT - 8, base - LANE / 2 + 5, name, _COLOURS[region], "rm")
        text(WIDTH - RIGHT + 8, base - LANE / 2 + 5, f"{float(values.max()):.2f}")
    for row, words in enumerate(lines):
        text(MARGIN, bottom + 40 + 18 * row, words)
    return image.resize((WIDTH, height), Image.Resampling.LANCZOS)


def _title(take: Take) -> str:
    audio = take.provenance.get("audio") or take.provenance.get("source") or "take"
    untrained = "" if take.provenance.get("trained", True) else "   (untrained model)"
    name = " ".join(str(audio).split())
    return f"{name}   {take.frame_count} frames at {take.rate.label} fps{untrained}"


def _outline(values: Curves, columns: int) -> tuple[NDArray[np.float64], Curves]:
    """Places (0 to 1) and values to draw; of a long curve only the lowest and highest of each column."""
    frames = len(values)
    if frames <= 2 * columns:
        return np.arange(frames) / frames, values
    edges = np.arange(columns) * frames // columns
    lowest, highest = np.minimum.reduceat(values, edges), np.maximum.reduceat(values, edges)
    return np.repeat(edges / frames, 2), np.stack([lowest, highest], axis=1).reshape(-1)


def envelope(
    clip: Clip, columns: int, first: int = 0, stop: int | None = None
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Lowest and highest sample behind each column of a picture of these samples, the loudest of all at 1."""
    stop = clip.sample_count if stop is None else stop
    edges = np.linspace(first, stop, columns + 1).astype(int)
    low, high = np.zeros(columns, np.float32), np.zeros(columns, np.float32)
    stride = max(1, 60 * SAMPLE_RATE * columns // max(stop - first, 1))
    for left in range(0, columns, stride):
        right = min(left + stride, columns)
        samples = clip.read(int(edges[left]), int(edges[right]))
        for column in range(left, right):
            piece = samples[edges[column] - edges[left] : edges[column + 1] - edges[left]]
            if len(piece):
                low[column], high[column] = piece.min(), piece.max()
    peak = max(float(high.max()), float(-low.min()), 1e-6)
    return low / peak, high / peak


def _wrapped(words: str, letters: int) -> list[str]:
    lines, current = [], ""
    for word in words.split(" "):
        if current and len(current) + len(word) + 1 > letters:
            lines.append(current)
            current = word
        else:
            current = f"{current} {word}".strip()
    return [*lines, current]
