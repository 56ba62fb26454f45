"""Lids, gaze, brows, cheeks and nose."""

from __future__ import annotations

from typing import Final

import numpy as np

from .form import EYE, Points
from .sculpt import Sculpt, ease

_SHUT: Final = 0.14
"""Where the lids meet: this share of the open eye above the lower lid."""
_LID_SHARES: Final = (0.0, 0.04, 0.12, 0.26, 0.52, 0.76, 0.93)
"""How far each ring from the outermost goes with the edge of the lid; the rings further in go all the way."""


def shapes(sculpt: Sculpt) -> dict[str, Points]:
    inwards = sculpt.slid(sculpt.along(_brow(sculpt, 1.5, 1.3), (-0.22, -0.62, 0.0)))
    down = inwards + sculpt.slid(sculpt.along(_brow(sculpt, 3.6, 1.8), (0.0, -0.42, 0.0)))
    inner = sculpt.slid(sculpt.along(_brow(sculpt, 1.3, 1.35), (0.06, 0.85, 0.0)))
    outer = sculpt.slid(sculpt.along(_brow(sculpt, 4.3, 1.45), (0.05, 0.85, 0.0)))
    cheek = sculpt.near(3.7, -2.7, 1.9, 1.3) * sculpt.skin
    raised = sculpt.slid(sculpt.along(cheek, (0.0, 0.55, 0.0))) + sculpt.along(cheek, (0.1, 0.0, 0.55))
    puff = sculpt.near(4.0, -5.7, 1.8, 1.9) * sculpt.skin * ease(sculpt.away / 0.5)
    puffed = sculpt.along(puff, (1.05, 0.0, 0.95)) + sculpt.along(
        sculpt.near(0.0, -4.7, 1.6, 0.7) * sculpt.skin, (0.0, 0.0, 0.12)
    )
    ala = sculpt.near(1.0, -3.3, 0.85, 0.8) * sculpt.skin
    side = sculpt.near(1.5, -1.6, 1.0, 1.5) * sculpt.skin
    sneer = (
        sculpt.along(ala, (0.15, 0.6, 0.15))
        + sculpt.along(side, (0.0, 0.35, 0.25))
        + sculpt.along(sculpt.upper * sculpt.left * sculpt.lips(0.7), (0.0, 0.2, 0.05))
    )
    left = {
        "browDown": down,
        "browOuterUp": outer,
        "cheekSquint": raised + _lids(sculpt, 0.0, 0.18),
        "noseSneer": sneer,
        "eyeBlink": _blink(sculpt),
        "eyeSquint": _lids(sculpt, -0.13, 0.2)
        + sculpt.along(sculpt.near(3.4, -2.0, 1.6, 0.7) * sculpt.skin, (0.0, 0.22, 0.08)),
        "eyeWide": _lids(sculpt, 0.2, -0.07),
        "eyeLookUp": _look(sculpt, 0.0, 24.0) + _lids(sculpt, 0.14, 0.05),
        "eyeLookDown": _look(sculpt, 0.0, -26.0) + _lids(sculpt, -0.36, -0.12),
        "eyeLookIn": _look(sculpt, -30.0, 0.0),
        "eyeLookOut": _look(sculpt, 30.0, 0.0),
    }
    made = {f"{name}Left": moves for name, moves in left.items()}
    made |= {f"{name}Right": sculpt.mirrored(moves) for name, moves in left.items()}
    return made | {
        "browInnerUp": inner + sculpt.mirrored(inner),
        "cheekPuff": puffed + sculpt.mirrored(puffed),
    }


def _brow(sculpt: Sculpt, x: float, wide: float) -> Points:
    """The brow and the forehead around a place of it, on the left half only."""
    half = ease(sculpt.points[:, 0] / 1.2 + 0.15)
    body = sculpt.skin.copy()
    body[sculpt.parts["brow_left"]] = True
    lid = ease((sculpt.points[:, 1] - 1.25) / 1.1)
    p = sculpt.points
    tall = np.where(p[:, 1] > 2.7, 1.9, 1.3)
    apart = ((p[:, 0] - x) / wide) ** 2 + ((p[:, 1] - 2.7) / tall) ** 2
    return np.asarray(np.exp(-apart) * half * body * lid * ease(p[:, 2] / 2.0) * (apart < 6.0))


def _shares(sculpt: Sculpt) -> Points:
    rings = sculpt.eyes[0].rings
    shares = np.ones(len(rings))
    shares[: len(_LID_SHARES)] = _LID_SHARES
    return shares


def _polar(points: Points) -> tuple[Points, Points]:
    """Distance from the eye's axis, parallel to X, and the elevation above straight ahead."""
    y, z = points[..., 1] - EYE[1], points[..., 2] - EYE[2]
    return np.hypot(y, z), np.arctan2(y, z)


def _lid_moves(sculpt: Sculpt, farther: Points, higher: Points) -> Points:
    """The left lids slid around the eye: `farther` and `higher` say how much at each angle of their edge."""
    rings = sculpt.eyes[0].rings
    shares = _shares(sculpt)[:, None]
    radius, rise = _polar(sculpt.points[rings])
    radius_to, rise_to = radius + shares * farther, rise + shares * higher
    moves = sculpt.none()
    moves[rings, 1] = radius_to * np.sin(rise_to) - radius * np.sin(rise)
    moves[rings, 2] = radius_to * np.cos(rise_to) - radius * np.cos(rise)
    return moves


def _blink(sculpt: Sculpt) -> Points:
    loops = sculpt.eyes[0]
    edge = loops.rings[loops.edge]
    partner = np.roll(edge[::-1], 1)
    upper = np.where(loops.angle <= np.pi, edge, partner)
    lower = np.where(loops.angle <= np.pi, partner, edge)
    own_radius, own_rise = _polar(sculpt.points[edge])
    high_radius, high = _polar(sculpt.points[upper])
    low_radius, low = _polar(sculpt.points[lower])
    meeting = low + _SHUT * (high - low)
    return _lid_moves(sculpt, (high_radius + low_radius) / 2 - own_radius, meeting - own_rise)


def _lids(sculpt: Sculpt, upper: float, lower: float) -> Points:
    """Both lids turned by so many radians, positive upwards, least at the corners."""
    height = np.sin(sculpt.eyes[0].angle)
    turn = np.where(height > 0, upper, lower) * np.abs(height) ** 0.8
    return _lid_moves(sculpt, np.zeros_like(turn), turn)


def _look(sculpt: Sculpt, outwards: float, up: float) -> Points:
    """The left eye turned, in degrees."""
    part = sculpt.parts["eye_left"]
    arm = sculpt.points[part] - np.array(EYE)
    a, b = np.radians([outwards, up])
    tip = np.array([[1, 0, 0], [0, np.cos(b), np.sin(b)], [0, -np.sin(b), np.cos(b)]])
    spin = np.array([[np.cos(a), 0, np.sin(a)], [0, 1, 0], [-np.sin(a), 0, np.cos(a)]])
    moves = sculpt.none()
    moves[part] = arm @ (spin @ tip).T - arm
    return moves
