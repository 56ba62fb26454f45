"""How far the native eGeMAPS agrees with openSMILE: `python -m koemorph_models.evaluation.egemaps_parity`.

Per descriptor: correlation over the frames of all clips and the median absolute error, both smoothed as they
leave the extractor; descriptors of the voice where both call a frame voiced. Per functional: Pearson r over
clips, once over all and once over the clips whose reference lies between its 1st and 99th percentile (a ratio
with a mean near zero can be arbitrarily large in one clip, and then alone decides r), and the median relative error.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from koemorph.features.egemaps import DESCRIPTORS, FUNCTIONALS, NativeEgemaps, tables
from koemorph.features.emotion import Read
from koemorph.timing import SAMPLE_RATE

from .parity_clips import Samples, all_clips

LONGEST: Final = 20 * SAMPLE_RATE
PITCH: Final = 10
GOOD, FAIR = 0.95, 0.85
NOTES: Final = Path(__file__).with_name("egemaps_parity_notes.md")

REASONS: Final = (
    (("F1", "F2", "F3", "H1-A3"), "formants differ in kind: see Formants"),
    (("jitter", "shimmer"), "period marking differs: one pair of periods a frame here, a running mark there"),
    (("F0semitone",), "octave errors in either backend; slopes: see Slopes"),
    (("stddevNorm",), "deviation over a mean that comes near zero: single clips decide r"),
    (("Segment", "V_", "UV"), "voicing of tones and chords differs; on voices it agrees better"),
)


@dataclass(kw_only=True)
class Compared:
    """The two backends' numbers on every clip."""

    names: list[str] = field(default_factory=list)
    native: list[NDArray[np.float32]] = field(default_factory=list)
    reference: list[NDArray[np.float32]] = field(default_factory=list)
    native_frames: list[NDArray[np.float32]] = field(default_factory=list)
    reference_frames: list[NDArray[np.float32]] = field(default_factory=list)


def reader(samples: Samples) -> Read:
    """A clip in memory as the function that extractors read from."""

    def read(start: int, stop: int) -> Samples:
        part = np.zeros(stop - start, np.float32)
        low, high = max(start, 0), min(stop, len(samples))
        if high > low:
            part[low - start : high - start] = samples[low:high]
        return part

    return read


def compare(clips: Iterable[tuple[str, Samples]], smiles: tuple[Any, Any]) -> Compared:
    """Run both backends; `smiles` are openSMILE's extractors of descriptors and of functionals."""
    native, found = NativeEgemaps(), Compared()
    for name, clip in clips:
        samples = clip[:LONGEST]
        found.names.append(name)
        found.native.append(next(iter(native.windows(reader(samples), len(samples))))[0])
        found.reference.append(smiles[1].process_signal(samples, SAMPLE_RATE).to_numpy(np.float32)[0])
        ours = np.concatenate([table.descriptors for table in tables(reader(samples), len(samples))], axis=1)
        theirs = smiles[0].process_signal(samples, SAMPLE_RATE).to_numpy(np.float32).T
        frames = min(ours.shape[1], theirs.shape[1])
        found.native_frames.append(ours[:, :frames])
        found.reference_frames.append(theirs[:, :frames])
    return found


def correlation(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    """Pearson r; 0 where one side does not vary."""
    if a.size < 3 or a.std() == 0 or b.std() == 0:
        return 0.0
    return float(np.corrcoef(a.astype(np.float64), b.astype(np.float64))[0, 1])


def descriptor_rows(found: Compared) -> list[str]:
    ours, theirs = np.concatenate(found.native_frames, 1), np.concatenate(found.reference_frames, 1)
    both = (ours[PITCH] > 0) & (theirs[PITCH] > 0)
    rows = []
    for i, name in enumerate(DESCRIPTORS):
        a, b = (ours[i], theirs[i]) if i < PITCH else (ours[i][both], theirs[i][both])
        rows.append(f"| {name} | {correlation(a, b):.3f} | {np.median(np.abs(a - b)):.3g} | {np.median(b):.3g} |")
    agree = float(((ours[PITCH] > 0) == (theirs[PITCH] > 0)).mean())
    near = float((np.abs(ours[PITCH] - theirs[PITCH])[both] < 1).mean())
    return [
        "| descriptor | r over frames | median error | median of the reference |",
        "|---|---|---|---|",
        *rows,
        "",
        f"Voicing agrees in {agree:.1%} of the frames; F0, where both are voiced, within a semitone in {near:.1%}.",
    ]


def reason(name: str) -> str:
    return next(
        (text for keys, text in REASONS if any(key in name for key in keys)), "voicing and level of single clips"
    )


def functional_rows(found: Compared) -> list[str]:
    ours, theirs = np.array(found.native), np.array(found.reference)
    voices = np.array([not name.startswith("signal/") for name in found.names])
    low, high = np.percentile(theirs, [1, 99], axis=0)
    scores = []
    for i in range(len(FUNCTIONALS)):
        a, b = ours[:, i], theirs[:, i]
        inside = (b >= low[i]) & (b <= high[i])
        error = float(np.median(np.abs(a - b) / np.maximum(np.abs(b), 1e-6)))
        rs = [correlation(a[m], b[m]) for m in (np.ones(len(a), bool), inside, voices & inside)]
        scores.append((*rs, error))
    table = np.array(scores)
    counts = [f"{(table[:, k] >= GOOD).sum()} / {(table[:, k] >= FAIR).sum()}" for k in range(3)]
    lines = [
        "Functionals with r >= 0.95 / r >= 0.85, of 88:",
        f"all clips {counts[0]}; middle 98 % {counts[1]}; voices, middle 98 % {counts[2]}.",
        "",
        "| functional | r | r, middle 98 % | r, voices, middle 98 % | median relative error | if below 0.95: likely |",
        "|---|---|---|---|---|---|",
    ]
    for name, (r, middle, voiced, error) in zip(FUNCTIONALS, scores, strict=True):
        why = reason(name) if min(r, middle) < GOOD else ""
        lines.append(f"| {name} | {r:.3f} | {middle:.3f} | {voiced:.3f} | {error:.3g} | {why} |")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--speech", type=Path, required=True, help="folder of speech corpora")
    parser.add_argument("--report", type=Path, required=True, help="Markdown file to write")
    arguments = parser.parse_args()
    import opensmile

    levels = opensmile.FeatureLevel
    smiles = tuple(
        opensmile.Smile(opensmile.FeatureSet.eGeMAPSv02, level)
        for level in (levels.LowLevelDescriptors, levels.Functionals)
    )
    found = compare(all_clips(arguments.speech), (smiles[0], smiles[1]))
    kinds = {kind: sum(name.startswith(kind) for name in found.names) for kind in ("human", "synthetic", "signal")}
    counted = ", ".join(f"{count} {kind}" for kind, count in kinds.items())
    lines = [
        "# Native eGeMAPS against openSMILE",
        "",
        "    python -m koemorph_models.evaluation.egemaps_parity --speech SPEECH_DIR --report PARITY.md",
        "",
        f"openSMILE (Python package {opensmile.__version__}), {len(found.names)} clips: {counted}.",
        "",
        NOTES.read_text(encoding="utf-8"),
        "## Functionals",
        "",
        *functional_rows(found),
        "",
        "## Descriptors",
        "",
        *descriptor_rows(found),
        "",
    ]
    arguments.report.write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
