"""The jaw and what keeps the lips together over it."""

from __future__ import annotations

from typing import Final

import numpy as np

from .form import HINGE, Points
from .sculpt import Sculpt, ease

OPEN: Final = np.radians(19.0)
_CORNER: Final = 0.44
"""How much of the jaw's way the corners of the mouth go."""


def shapes(sculpt: Sculpt) -> dict[str, Points]:
    hold = carried(sculpt)
    opened = _turned(sculpt.points) * hold[:, None]
    tight = sculpt.lips(0.9) * np.cos(sculpt.angle) * (1 - sculpt.inside)
    opened = opened + sculpt.slid(sculpt.along(-0.22 * tight, (1, 0, 0)))
    side = sculpt.along(hold, (0.95, 0.0, 0.0))
    return {
        "jawOpen": opened,
        "mouthClose": _closing(sculpt, opened),
        "jawForward": sculpt.along(hold, (0.0, -0.1, 0.85)),
        "jawLeft": side,
        "jawRight": sculpt.mirrored(side),
    }


def carried(sculpt: Sculpt) -> Points:
    """How far each vertex goes with the jaw: 1 on chin, lower lip, lower teeth and tongue."""
    height = np.sin(sculpt.angle)
    below = _CORNER + (1 - _CORNER) * np.sin(np.pi / 2 * np.clip(-height / 0.8, 0, 1))
    above = _CORNER * (1 - np.sin(np.pi / 2 * np.clip(height / 0.6, 0, 1)))
    share = np.where(height < 0, below, above)
    y, z = sculpt.points[:, 1], sculpt.points[:, 2]
    throat = ease((z + 1.5) / 5.5) * ease((y + 15.0) / 4.0)
    weight = np.where(sculpt.head, share * np.where(sculpt.cavity, 1.0, throat), 0.0)
    weight[sculpt.parts["teeth_lower"]] = 1.0
    weight[sculpt.parts["tongue"]] = 0.55 + 0.45 * ease((z[sculpt.parts["tongue"]] - 2.0) / 2.5)
    return np.asarray(weight)


def _turned(points: Points) -> Points:
    arm = points - np.array(HINGE)
    c, s = np.cos(OPEN), np.sin(OPEN)
    y, z = c * arm[:, 1] - s * arm[:, 2], s * arm[:, 1] + c * arm[:, 2]
    return np.stack([np.zeros(len(points)), y - arm[:, 1], z - arm[:, 2]], axis=1)


def _closing(sculpt: Sculpt, opened: Points) -> Points:
    """What brings each point of the open lips to where upper and lower meet, two fifths of the way down."""
    seam, turn = sculpt.mouth.rings[sculpt.mouth.edge], sculpt.mouth.angle
    partner = np.roll(seam[::-1], 1)
    lower = np.where(turn > np.pi, seam, partner)
    upper = np.where(turn > np.pi, partner, seam)
    meeting = 0.42 * opened[lower] + 0.58 * opened[upper]
    half = slice(0, len(seam) // 2 + 1)
    where = np.abs(sculpt.angle)
    target = np.stack([np.interp(where, turn[half], meeting[half, axis]) for axis in range(3)], axis=1)
    reach = np.where(sculpt.angle < 0, 1.0, 0.8)
    fall = (1 - ease((sculpt.away - 0.32) / reach)) * np.where(sculpt.cavity, 1 - ease(sculpt.inside / 0.7), 1.0)
    moves = (target - opened) * (fall * sculpt.head * ease((sculpt.points[:, 2] - 1.0) / 2.5))[:, None]
    moves[seam] = meeting - opened[seam]
    return np.asarray(moves)
