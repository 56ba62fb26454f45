"""The shapes of the lips, the cheeks beside them and the tongue."""

from __future__ import annotations

import numpy as np

from .form import Points
from .head import SEAM, lip_line
from .sculpt import Sculpt, ease


def shapes(sculpt: Sculpt) -> dict[str, Points]:
    left = {
        "mouthSmile": _smile(sculpt),
        "mouthFrown": _frown(sculpt),
        "mouthDimple": _dimple(sculpt),
        "mouthStretch": _stretch(sculpt),
        "mouthPress": _press(sculpt),
        "mouthLowerDown": _lower_down(sculpt),
        "mouthUpperUp": _upper_up(sculpt),
    }
    made = {f"{name}Left": moves for name, moves in left.items()}
    made |= {f"{name}Right": sculpt.mirrored(moves) for name, moves in left.items()}
    aside = sculpt.slid(sculpt.along(sculpt.lips(1.25, 0.5), (0.85, 0.0, 0.0)))
    return made | {
        "mouthFunnel": _funnel(sculpt),
        "mouthPucker": _pucker(sculpt),
        "mouthLeft": aside,
        "mouthRight": sculpt.mirrored(aside),
        "mouthRollLower": _roll(sculpt, -1),
        "mouthRollUpper": _roll(sculpt, 1),
        "mouthShrugLower": _shrug_lower(sculpt),
        "mouthShrugUpper": _shrug_upper(sculpt),
        "tongueOut": _tongue_out(sculpt),
    }


def _smile(sculpt: Sculpt) -> Points:
    pull = sculpt.corner(3.0) * sculpt.lips(0.95)
    cheek = sculpt.near(4.3, -3.7, 1.7, 1.5) * sculpt.skin * ease(sculpt.away / 0.6)
    thin = sculpt.lips(0.3) * sculpt.left * _from_line(sculpt)
    moves = sculpt.slid(sculpt.along(pull, (0.95, 0.95, 0.0)) + sculpt.along(cheek, (0.12, 0.5, 0.0)))
    return (
        moves
        + sculpt.along(pull, (0.0, 0.0, -0.2))
        + sculpt.along(cheek, (0.25, 0.0, 0.5))
        + sculpt.along(thin, (0.0, -0.14, 0.0))
    )


def _frown(sculpt: Sculpt) -> Points:
    pull = sculpt.corner(2.6) * sculpt.lips(0.9)
    chin = sculpt.near(0.9, -9.3, 1.3) * sculpt.skin
    return sculpt.slid(sculpt.along(pull, (0.2, -0.95, 0.0))) + sculpt.along(chin, (0.0, 0.18, 0.1))


def _dimple(sculpt: Sculpt) -> Points:
    pull = sculpt.corner(4.0) * sculpt.lips(0.6)
    dent = sculpt.near(3.15, -6.3, 0.6, 0.8) * sculpt.skin
    return sculpt.slid(sculpt.along(pull, (0.5, 0.12, 0.0))) + sculpt.along(np.maximum(pull, dent), (0.0, 0.0, -0.38))


def _stretch(sculpt: Sculpt) -> Points:
    pull = sculpt.corner(2.2) * sculpt.lips(1.0)
    thin = sculpt.lips(0.3) * sculpt.left * _from_line(sculpt)
    return sculpt.slid(sculpt.along(pull, (1.05, -0.3, 0.0))) + sculpt.along(thin, (0.0, -0.2, 0.0))


def _press(sculpt: Sculpt) -> Points:
    near = sculpt.lips(0.35) * sculpt.left
    thin = near * _from_line(sculpt)
    pull = sculpt.corner(4.0) * sculpt.lips(0.6)
    return (
        sculpt.along(thin, (0.0, -0.62, 0.0))
        + sculpt.along(near * (1 - sculpt.inside), (0.0, 0.0, -0.26))
        + sculpt.slid(sculpt.along(pull, (0.16, 0.05, 0.0)))
        + sculpt.along(sculpt.near(1.0, -9.2, 1.4) * sculpt.skin, (0.0, 0.15, 0.1))
    )


def _lower_down(sculpt: Sculpt) -> Points:
    near = sculpt.lower * sculpt.left * sculpt.lips(1.0)
    return sculpt.slid(sculpt.along(near, (0.12, -0.85, 0.0))) + sculpt.along(near, (0.0, 0.0, 0.08))


def _upper_up(sculpt: Sculpt) -> Points:
    near = sculpt.upper * sculpt.left * sculpt.lips(0.75)
    fold = sculpt.near(2.6, -4.0, 1.1) * sculpt.skin * ease(sculpt.away / 0.7)
    return (
        sculpt.along(near, (0.1, 0.72, 0.1))
        + sculpt.slid(sculpt.along(fold, (0.1, 0.35, 0.0)))
        + sculpt.along(fold, (0.0, 0.0, 0.12))
    )


def _funnel(sculpt: Sculpt) -> Points:
    near = sculpt.lips(0.9)
    side = np.cos(sculpt.angle)
    rim = sculpt.lips(0.35, 0.1)
    return (
        sculpt.along(-near * side, (0.85, 0.0, 0.0))
        + sculpt.along(near * (0.75 + 0.25 * np.abs(np.sin(sculpt.angle))), (0.0, 0.0, 0.85))
        + sculpt.along(near * sculpt.upper, (0.0, 0.42, 0.0))
        + sculpt.along(near * sculpt.lower, (0.0, -0.55, 0.0))
        + sculpt.along(rim * (sculpt.upper - sculpt.lower), (0.0, 0.16, 0.0))
    )


def _pucker(sculpt: Sculpt) -> Points:
    near = sculpt.lips(0.95)
    side = np.cos(sculpt.angle)
    full = near * (1 - sculpt.inside) * ease(sculpt.away / 0.35)
    return (
        sculpt.along(-near * side, (1.2, 0.0, 0.0))
        + sculpt.along(near * (0.7 + 0.3 * np.abs(np.sin(sculpt.angle))), (0.0, 0.0, 0.95))
        + sculpt.along(full * (sculpt.upper - sculpt.lower), (0.0, 0.12, 0.0))
    )


def _roll(sculpt: Sculpt, side: int) -> Points:
    """A lip turns in over the teeth: its red goes behind the line of the mouth."""
    lip = sculpt.upper if side > 0 else sculpt.lower
    near = lip * sculpt.lips(0.75, 0.1) * np.where(sculpt.cavity, 0.6, 1.0)
    red = lip * sculpt.lips(0.22, 0.34) * ~sculpt.cavity
    height = sculpt.points[:, 1] - lip_line(np.clip(sculpt.points[:, 0], -SEAM, SEAM))
    return (
        sculpt.along(-0.62 * height * red, (0.0, 1.0, 0.0))
        + sculpt.along(near, (0.0, -0.12 * side, 0.0))
        + sculpt.along(np.maximum(near * (1 - sculpt.inside), red), (0.0, 0.0, -0.62))
    )


def _shrug_lower(sculpt: Sculpt) -> Points:
    lower = sculpt.lower * sculpt.lips(0.9)
    upper = sculpt.upper * sculpt.lips(0.55)
    chin = sculpt.near(0.0, -9.2, 2.2, 1.3) * sculpt.skin
    return (
        sculpt.along(lower, (0.0, 0.55, 0.42))
        + sculpt.along(upper, (0.0, 0.55, 0.16))
        + sculpt.along(chin * (1 - lower), (0.0, 0.5, 0.2))
    )


def _shrug_upper(sculpt: Sculpt) -> Points:
    lower = sculpt.lower * sculpt.lips(0.5)
    upper = sculpt.upper * sculpt.lips(0.75)
    return sculpt.along(upper, (0.0, 0.42, 0.42)) + sculpt.along(lower, (0.0, 0.36, 0.12))


def _tongue_out(sculpt: Sculpt) -> Points:
    """The tongue lies out over the lower lip, which gives way a little."""
    moves = sculpt.none()
    part = sculpt.parts["tongue"]
    p = sculpt.points[part]
    t = ease((p[:, 2] - 1.9) / 4.6)
    reach = 4.3 * t
    out = np.clip(p[:, 2] + reach - 8.2, 0, None)
    moves[part] = np.stack([-0.12 * p[:, 0] * t, 0.95 * t - 0.3 * out**1.35, reach - 0.12 * out**1.5], axis=1)
    moves[part, 1] -= 0.3 * t * (p[:, 1] + 7.5)
    lower, upper = sculpt.lower * sculpt.lips(0.8), sculpt.upper * sculpt.lips(0.5)
    return moves + sculpt.along(lower, (0.0, -0.62, 0.1)) + sculpt.along(upper, (0.0, 0.3, 0.05))


def _from_line(sculpt: Sculpt) -> Points:
    """Height above the line of the mouth in lip heights, -1 to 1."""
    return np.asarray((sculpt.upper - sculpt.lower) * ease(sculpt.away / 0.4) * ~sculpt.cavity)
