"""An alignment as a picture: the spectrogram, the phones over it, releases of stops in red."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from .sound import FRAMES_PER_SECOND, log_mels
from .utterance import SILENCE, Phone

PIXELS_PER_FRAME: Final = 4
PIXELS_PER_BAND: Final = 6
LABELS: Final = 44
ROW_SECONDS: Final = 4.0
_FONTS: Final = ("DejaVuSans.ttf", "Arial Unicode.ttf", "LiberationSans-Regular.ttf")


def draw(samples: NDArray[np.float32], phones: Sequence[Phone], title: str = "") -> Image.Image:
    """Rows of four seconds; silence is left unlabelled."""
    bands = log_mels(samples).astype(np.float32)
    per_row = int(ROW_SECONDS * FRAMES_PER_SECOND)
    rows = max(1, -(-len(bands) // per_row))
    height = bands.shape[1] * PIXELS_PER_BAND + LABELS
    width = min(len(bands), per_row) * PIXELS_PER_FRAME
    sheet = Image.new("RGB", (width, rows * height + 24), "white")
    pen, font = ImageDraw.Draw(sheet), _font(16)
    pen.text((4, 2), title, "black", _font(14))
    for row in range(rows):
        top = 24 + row * height
        part = bands[row * per_row : (row + 1) * per_row]
        grey = np.clip(255 + part.T[::-1] * (255 / 60), 0, 255)
        shade = Image.fromarray((255 - grey).astype(np.uint8))
        sheet.paste(shade.resize((len(part) * PIXELS_PER_FRAME, height - LABELS)), (0, top + LABELS))
        for number, phone in enumerate(phones):
            left = _across(phone.start, row)
            right = _across(phone.end, row)
            if right <= 0 or left >= width:
                continue
            pen.line([(left, top + LABELS - 4), (left, top + height)], (0, 90, 220))
            if phone.symbol != SILENCE:
                colour = (170, 0, 0) if phone.stress == 2 else (0, 0, 0)
                # Neighbours stand on two lines, so that short ones do not overlap.
                place = ((max(left, 0) + right) / 2, top + (12 if number % 2 else 32))
                pen.text(place, phone.symbol, colour, font, anchor="mm")
            if phone.release is not None and phone.release < phone.end:
                at = _across(phone.release, row)
                pen.line([(at, top + LABELS + 60), (at, top + height)], (230, 40, 40))
    return sheet


def save(path: Path, samples: NDArray[np.float32], phones: Sequence[Phone], title: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draw(samples, phones, title).save(path)


def _across(seconds: float, row: int) -> float:
    return (seconds - row * ROW_SECONDS) * FRAMES_PER_SECOND * PIXELS_PER_FRAME


def _font(size: int) -> ImageFont.ImageFont | ImageFont.FreeTypeFont:
    for name in _FONTS:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return ImageFont.load_default()
