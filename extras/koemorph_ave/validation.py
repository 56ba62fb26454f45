"""A port against the reference data set: stage by stage, with the place where it first goes astray."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from koemorph.errors import AudioError

from .features import tensors
from .modes import MODES
from .npy import load_array
from .reference import FORMAT, FRAMES, METADATA, PADDED, STAGES, TENSORS, Stage

SHIFTS: Final = (1, -1, 2, -2, 3, -3, 4, -4)
"""Steps in time by which a port may be late or early, tried when it differs."""

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Finding:
    """What is to be said of one stage. `agrees` is None where the port wrote nothing."""

    stage: str
    agrees: bool | None
    greatest: float
    text: str


@dataclass(frozen=True)
class Comparison:
    """All stages, in the order of the pipeline."""

    findings: tuple[Finding, ...]

    @property
    def first_astray(self) -> Finding | None:
        """The stage to look at: what comes later is made from it."""
        return next((finding for finding in self.findings if finding.agrees is False), None)


def compare(reference: Path, port: Path) -> Comparison:
    """Both are folders with files named as `koemorph ave` names them; the port may lack some."""
    metadata = _metadata(reference)
    if not port.is_dir():
        raise AudioError(f"There is no folder {port}; name the one that the port wrote to.")
    findings = [_stage(stage, reference, port) for stage in STAGES if (reference / stage.file).is_file()]
    findings.append(_tensors(metadata, reference, port))
    if all(finding.agrees is None for finding in findings):
        names = ", ".join(stage.file for stage in STAGES)
        raise AudioError(f"{port} holds none of the files to compare; let the port write any of {names} or {FRAMES}/.")
    return Comparison(tuple(findings))


def _metadata(folder: Path) -> dict[str, Any]:
    path = folder / METADATA
    try:
        metadata: dict[str, Any] = json.loads(path.read_text("utf-8"))
        if metadata["format"] != FORMAT or metadata["mode"] not in MODES or not isinstance(metadata["frames"], int):
            raise ValueError("another format")
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as err:
        reason = getattr(err, "strerror", None) or "metadata.json says something else"
        raise AudioError(f"{folder} is no data set of 'koemorph ave' ({reason}); make one with it.") from err
    return metadata


def _stage(stage: Stage, reference: Path, port: Path) -> Finding:
    if not (port / stage.file).is_file():
        return _absent(stage)
    return _judged(stage, load_array(reference / stage.file), load_array(port / stage.file))


def _tensors(metadata: dict[str, Any], reference: Path, port: Path) -> Finding:
    """Those of the reference are made from its padded features, so that they need not be on disk."""
    stage, count = TENSORS, metadata["frames"]
    found = dict(_tensor_files(port))
    if not found:
        return _absent(stage)
    worst = 0.0
    for frame, wanted in enumerate(tensors(load_array(reference / PADDED), count, MODES[metadata["mode"]])):
        if frame not in found:
            return Finding(stage.name, False, worst, f"frame {frame} of {count} is not there")
        theirs = load_array(found[frame])
        if theirs.size != wanted.size:
            return Finding(stage.name, False, worst, f"frame {frame} is {theirs.shape} instead of {wanted.shape}")
        finding = _judged(stage, wanted, theirs.reshape(wanted.shape))
        worst = max(worst, finding.greatest)
        if not finding.agrees:
            return Finding(stage.name, False, worst, f"frame {frame}: {finding.text}")
    if more := len(found) - count:
        return Finding(stage.name, False, worst, f"there are {more} frames more than {count}")
    return Finding(stage.name, True, worst, f"{count} frames, {_amount(worst, stage)}")


def _tensor_files(port: Path) -> Iterator[tuple[int, Path]]:
    for path in sorted((port / FRAMES).glob("frame_*_reshaped.npy")):
        number = path.name.split("_")[1]
        if number.isdecimal():
            yield int(number), path


def _judged(stage: Stage, ours: NDArray[Any], theirs: NDArray[Any]) -> Finding:
    if theirs.ndim != ours.ndim or _without(theirs.shape, stage.axis) != _without(ours.shape, stage.axis):
        turned = "; it is transposed" if theirs.shape == ours.shape[::-1] else ""
        return Finding(stage.name, False, float("inf"), f"{theirs.shape} instead of {ours.shape}{turned}")
    left, right = (np.moveaxis(array.astype(np.float64), stage.axis, 0) for array in (ours, theirs))
    common = min(len(left), len(right))
    difference = _difference(left[:common], right[:common])
    greatest, mean = float(difference.max(initial=0.0)), float(difference.mean()) if difference.size else 0.0
    sentences = []
    if len(left) != len(right):
        sentences.append(f"{theirs.shape} instead of {ours.shape}")
    if greatest > stage.greatest:
        sentences.append(_first(stage, difference, left, right))
    elif mean > stage.mean:
        sentences.append(f"the mean difference is {mean:.2g}, more than {stage.mean:g}")
    if not sentences:
        return Finding(stage.name, True, greatest, f"{theirs.shape}, {_amount(greatest, stage)}")
    if shift := _shift(stage, left, right):
        late = "late" if shift > 0 else "early"
        sentences.append(f"it agrees when it is taken to be {abs(shift)} {late}")
    return Finding(stage.name, False, greatest, "; ".join(sentences))


def _first(stage: Stage, difference: Values, left: Values, right: Values) -> str:
    """Where time first brings a difference, and how great the greatest is."""
    wrong = difference > stage.greatest
    step = int(np.argmax(wrong.reshape(len(wrong), -1).any(axis=1)))
    place = tuple(int(i) for i in np.unravel_index(int(np.argmax(wrong[step])), wrong.shape[1:]))
    index = (step, *place)
    where = f"step {step}" + (f", value {', '.join(map(str, place))}" if place else "")
    return (
        f"first at {where}: {right[index]:.6g} instead of {left[index]:.6g}; {wrong.mean():.1%} of the values differ, "
        f"by {difference.max():.2g} at most"
    )


def _difference(left: Values, right: Values) -> Values:
    """Absolute; infinite where the port has no number."""
    return np.where(np.isfinite(right), np.abs(left - np.where(np.isfinite(right), right, 0.0)), np.inf)


def _shift(stage: Stage, left: Values, right: Values) -> int | None:
    """Steps by which the port is late, if being so is all that is wrong with it."""
    for shift in SHIFTS:
        ours, theirs = left[max(0, -shift) :], right[max(0, shift) :]
        common = min(len(ours), len(theirs))
        if common > 2 * len(SHIFTS) and _difference(ours[:common], theirs[:common]).max() <= stage.greatest:
            return shift
    return None


def _amount(greatest: float, stage: Stage) -> str:
    return f"greatest difference {greatest:.2g} of {stage.greatest:g}"


def _absent(stage: Stage) -> Finding:
    return Finding(stage.name, None, 0.0, "not written by the port")


def _without(shape: tuple[int, ...], axis: int) -> tuple[int, ...]:
    return tuple(size for number, size in enumerate(shape) if number != axis)
