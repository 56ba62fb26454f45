"""openSMILE on the native scale: `python -m koemorph_models.evaluation.emotion_calibration SPEECH_DIR`.

A model is trained on native functionals; where openSMILE means another quantity by the same name (formants, periods,
slopes of F0), it would hear values that training never had. A straight line per such functional, fitted
by least squares over voices, maps the reference to what the native backend says on average; where the two have
little to do with each other the line is nearly flat, and the model hears its usual value. Functionals that a
line does not bring clearly closer on voices left out of the fit are left alone.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from koemorph.features.egemaps import FUNCTIONALS, NativeEgemaps
from koemorph.features.opensmile import SCALE
from koemorph.timing import SAMPLE_RATE

from .egemaps_parity import LONGEST, reader
from .parity_clips import all_clips

MIDDLE: Final = (2.0, 98.0)
"""Percentiles that values are held between, for the fit and ever after: a ratio over nearly nothing has no limit."""
FOLDS: Final = 5
CLEARLY: Final = 0.8
"""A line is kept if it leaves less than this share of the difference, on voices left out."""
FAR: Final = 20.0

Values = NDArray[np.float64]


def line(native: Values, reference: Values) -> Values:
    """Gain, offset, lowest and highest reference value: `clip(value, lowest, highest) * gain + offset`."""
    low, high = np.percentile(reference, MIDDLE)
    x, y = np.clip(reference, low, high), np.clip(native, *np.percentile(native, MIDDLE))
    gain = float(np.cov(x, y, bias=True)[0, 1] / x.var()) if x.std() > 1e-9 else 0.0
    return np.array([gain, y.mean() - gain * x.mean(), low, high])


def apply(fitted: Values, reference: Values) -> Values:
    gain, offset, low, high = fitted
    return np.asarray(np.clip(reference, low, high) * gain + offset)


def left_apart(native: Values, reference: Values) -> tuple[float, float]:
    """Mean difference over the spread of the native values, before and after a line from other voices."""
    spread = max(float(np.diff(np.percentile(native, (16, 84)))[0]) / 2, 1e-9)
    mapped, fold = np.empty_like(native), np.arange(len(native)) % FOLDS
    for k in range(FOLDS):
        mapped[fold == k] = apply(line(native[fold != k], reference[fold != k]), reference[fold == k])
    before, after = (float(np.minimum(np.abs(values - native) / spread, FAR).mean()) for values in (reference, mapped))
    return before, after


def calibrate(native: Values, reference: Values) -> tuple[dict[str, list[float]], float, float]:
    """The lines worth keeping, by name of functional, and the mean difference over all 88 before and after."""
    kept: dict[str, list[float]] = {}
    apart = np.array([left_apart(native[:, i], reference[:, i]) for i in range(len(FUNCTIONALS))])
    better = apart[:, 1] < CLEARLY * apart[:, 0]
    for i in np.flatnonzero(better):
        kept[FUNCTIONALS[i]] = [float(f"{value:.6g}") for value in line(native[:, i], reference[:, i])]
    after = np.where(better, apart[:, 1], apart[:, 0])
    return kept, float(apart[:, 0].mean()), float(after.mean())


def document(version: str, voices: int, lines: dict[str, list[float]]) -> str:
    """The JSON that the openSMILE backend reads."""
    content: dict[str, Any] = {"opensmile": version, "voices": voices, "lines": lines}
    return json.dumps(content, indent=1) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("speech", type=Path, help="folder of speech corpora")
    parser.add_argument("--every", type=int, default=6, help="fit on every n-th voice of the parity clips")
    parser.add_argument("--out", type=Path, default=SCALE, help="JSON to write; the backend's own if left out")
    options = parser.parse_args()
    import opensmile

    level = opensmile.FeatureLevel.Functionals
    smile, native = opensmile.Smile(opensmile.FeatureSet.eGeMAPSv02, level), NativeEgemaps()
    voices = [clip for name, clip in all_clips(options.speech) if not name.startswith("signal/")]
    ours, theirs = [], []
    for clip in voices[:: options.every]:
        samples = clip[:LONGEST]
        ours.append(next(iter(native.windows(reader(samples), len(samples))))[0])
        theirs.append(smile.process_signal(samples, SAMPLE_RATE).to_numpy()[0])
    lines, before, after = calibrate(np.array(ours, np.float64), np.array(theirs, np.float64))
    options.out.write_text(document(opensmile.__version__, len(ours), lines), "utf-8")
    print(f"{len(lines)} of {len(FUNCTIONALS)} functionals mapped, fitted on {len(ours)} voices.")
    print(f"Mean difference over the native spread, voices left out: {before:.3f} before, {after:.3f} after.")


if __name__ == "__main__":
    main()
