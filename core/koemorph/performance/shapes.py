"""Single shapes: gain and offset on the way, mute and solo at the very end."""

from __future__ import annotations

import numpy as np

from .. import arkit
from ..settings import Settings
from ..shape_edits import parse_shape_edits
from ..take import Curves


def edit_shapes(curves: Curves, settings: Settings) -> None:
    """Gain, then offset, in place."""
    for name, edit in parse_shape_edits(settings.shape_edits).items():
        column = arkit.INDEX[name]
        curves[:, column] *= np.float32(edit.gain)
        curves[:, column] += np.float32(edit.offset)


def mute_shapes(curves: Curves, settings: Settings) -> None:
    """Nothing of what is muted, or of what is not soloed where anything is, in place."""
    edits = parse_shape_edits(settings.shape_edits)
    solo = any(edit.solo for edit in edits.values())
    heard = [not edit.mute and (edit.solo or not solo) for edit in edits.values()]
    silent = [name for name, keeps in zip(edits, heard, strict=True) if not keeps]
    silent += [name for name in arkit.SHAPES if solo and name not in edits]
    for column in arkit.indices(tuple(silent)):
        curves[:, column] = 0.0
