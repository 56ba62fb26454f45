"""Maya's ASCII animation file (.anim 1.1), for Maya's own importer: one curve for each weight of a blendShape node.

Keys are linear and stand on the frames of the take; those in the middle of a level stretch are left out.
"""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..errors import OutputError
from ..files import atomic
from ..take import Curves, Take
from .base import Format, Wishes, shortened

UNITS: Final[dict[Fraction, str]] = {
    Fraction(15): "game",
    Fraction(24): "film",
    Fraction(25): "pal",
    Fraction(30): "ntsc",
    Fraction(48): "show",
    Fraction(50): "palf",
    Fraction(60): "ntscf",
    Fraction(24_000, 1001): "23.976fps",
    Fraction(30_000, 1001): "29.97fps",
    Fraction(48_000, 1001): "47.952fps",
    Fraction(60_000, 1001): "59.94fps",
    **{Fraction(fps): f"{fps}fps" for fps in (2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 40, 75, 80, 100, 120, 125, 150, 200)},
    **{Fraction(fps): f"{fps}fps" for fps in (240, 250, 300, 375, 400, 500, 600, 750)},
}
"""Maya's names of the frame rates that it has; at any other the keys stand at seconds."""
_NODE: Final = re.compile(r"[A-Za-z_|:][\w|:]*", re.ASCII)
_CURVE: Final = """anim {name} {name} {node} 0 0 {number};
animData {{
  input time;
  output unitless;
  weighted 0;
  preInfinity constant;
  postInfinity constant;
  keys {{
"""


def write(take: Take, path: Path, wishes: Wishes) -> tuple[str, ...]:
    if not _NODE.fullmatch(wishes.node):
        raise OutputError(f"{wishes.node!r} cannot be a node in Maya; name one such as blendShape1.")
    attributes, notes = _attributes(take.names)
    unit = UNITS.get(take.rate.fps)
    pace = take.rate.fps if unit else Fraction(1)
    times = [f"{float((take.start + frame / take.rate.fps) * pace):.10g}" for frame in range(take.frame_count)]
    with atomic(path) as handle:
        handle.write(
            f"animVersion 1.1;\nmayaVersion 2022;\ntimeUnit {unit or 'sec'};\nlinearUnit cm;\nangularUnit deg;\n"
            f"startTime {times[0]};\nendTime {times[-1]};\n".encode()
        )
        for number, name in enumerate(attributes):
            handle.write(_CURVE.format(name=name, node=wishes.node, number=number).encode())
            curve = take.values[:, number]
            for frame in np.flatnonzero(_needed(curve)).tolist():
                handle.write(f"    {times[frame]} {curve[frame]:.9g} linear linear 1 1 0;\n".encode())
            handle.write(b"  }\n}\n")
    return notes


def _attributes(names: tuple[str, ...]) -> tuple[list[str], tuple[str, ...]]:
    """Names as Maya can call an attribute, each once."""
    attributes: list[str] = []
    for name in names:
        plain = re.sub(r"\W", "_", name, flags=re.ASCII)
        plain = "_" + plain if plain[0].isdigit() else plain
        while plain in attributes:
            plain += "_"
        attributes.append(plain)
    changed = [f"{name} as {plain}" for name, plain in zip(names, attributes, strict=True) if name != plain]
    return attributes, (f"Maya cannot call attributes so: written {shortened(changed)}.",) if changed else ()


def _needed(curve: Curves) -> NDArray[np.bool_]:
    """All keys but those that stand on the level with both neighbours."""
    moves = np.concatenate([[True], np.diff(curve) != 0.0, [True]])
    return np.asarray(moves[:-1] | moves[1:])


FORMAT: Final = Format(
    name="maya",
    suffixes=(".anim",),
    label="Maya animation file",
    carries="Carries every shape as an attribute of one node (--node), the rate where Maya "
    "has it, and the start as the time "
    "of the first key; no provenance.",
    write=write,
    rank=90,
)
