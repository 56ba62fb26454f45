"""The openSMILE backend: eGeMAPSv02 by audEERING's own library, if the user has installed it.

Its licence is for research only, so it is never needed, never shipped, and nothing shipped is made with it.
openSMILE computes its low-level descriptors once over a chapter and then the functionals of every window;
19.96 s is how it spells twenty seconds of descriptors (1996 frames of 10 ms).

Models are trained on native functionals, and some of openSMILE's mean another quantity by the same name; those are put
on the native scale by a straight line each, kept as data in `opensmile_scale.json` with the version it was fitted to.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import opensmile
from numpy.typing import NDArray

from ..timing import SAMPLE_RATE
from .egemaps.names import FUNCTIONALS
from .emotion import STEP_SAMPLES, WINDOW_SAMPLES, Read, window_count

CHAPTER_WINDOWS: Final = 1000
"""Windows handed over at once: five minutes of sound, so that an hour runs in bounded memory."""
SHORTEST_SAMPLES: Final = SAMPLE_RATE
"""Shorter clips are followed by silence up to here; openSMILE gives nothing for less."""
SCALE: Final = Path(__file__).with_name("opensmile_scale.json")
SLIDING: Final = "frameMode = fixed\nframeSize = 19.96\nframeStep = 0.3\nframeCenterSpecial = left\n"


class OpenSmile:
    """The 88 functionals of eGeMAPSv02 over the sliding windows; see `EmotionBackend`."""

    name = "opensmile"

    def __init__(self, calibrated: bool = True) -> None:
        self._lines = lines() if calibrated else untouched()

    def windows(self, read: Read, sample_count: int) -> Iterator[NDArray[np.float32]]:
        if sample_count <= WINDOW_SAMPLES:
            yield on_native_scale(functionals(read(0, max(sample_count, SHORTEST_SAMPLES))), self._lines)
            return
        total = window_count(sample_count)
        with tempfile.TemporaryDirectory(prefix="koemorph-") as folder:
            sliding = Path(folder) / "windows.conf"
            sliding.write_text(SLIDING, "utf-8")
            smile = _smile(options={"frameModeFunctionalsConf": str(sliding)})
            for first in range(0, total, CHAPTER_WINDOWS):
                count = min(CHAPTER_WINDOWS, total - first)
                start = first * STEP_SAMPLES
                samples = read(start, start + (count - 1) * STEP_SAMPLES + WINDOW_SAMPLES + STEP_SAMPLES // 2)
                values = on_native_scale(_process(smile, samples), self._lines)
                yield np.concatenate([values, np.repeat(values[-1:], max(0, count - len(values)), axis=0)])[:count]


def untouched() -> NDArray[np.float32]:
    """Lines that change nothing: gain, offset, lowest and highest value read, (88, 4)."""
    return np.tile(np.array([1, 0, -np.inf, np.inf], np.float32), (len(FUNCTIONALS), 1))


def lines() -> NDArray[np.float32]:
    """The calibration that comes with KoeMorph; functionals it does not name stay as they are."""
    found = untouched()
    for name, line in json.loads(SCALE.read_text("utf-8"))["lines"].items():
        found[FUNCTIONALS.index(name)] = line
    return found


def on_native_scale(values: NDArray[np.float32], lines: NDArray[np.float32]) -> NDArray[np.float32]:
    """Functionals (n, 88) of openSMILE as the native backend would say them, as nearly as lines can."""
    gain, offset, low, high = lines.T
    return np.asarray(np.clip(values, low, high) * gain + offset, np.float32)


def functionals(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """openSMILE's ordinary extraction over all of `samples`, (1, 88)."""
    return _process(_smile(), samples)


def _smile(**options: Any) -> Any:
    return opensmile.Smile(
        feature_set=opensmile.FeatureSet.eGeMAPSv02, feature_level=opensmile.FeatureLevel.Functionals, **options
    )


def _process(smile: Any, samples: NDArray[np.float32]) -> NDArray[np.float32]:
    values = smile.process_signal(samples, SAMPLE_RATE).to_numpy(dtype=np.float32)
    return np.asarray(np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0))
