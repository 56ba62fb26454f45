"""The five parts of the documents' loss, and more that exist only while training.

| part       | weight | what                                                                     |
|------------|--------|--------------------------------------------------------------------------|
| mse        | 1.0    | squared error, summed over the shapes                                    |
| l1         | 0.1    | absolute error, summed over the shapes                                   |
| perceptual | 0.5    | squared error of the mouth (weight 1) and of the expression (weight 0.5) |
| temporal   | 0.2    | squared error of the movement from frame to frame, at 30 and at 60 fps   |
| smoothing  | 0.1    | squared distance of the learned alpha at 30 fps from its target          |
| contact    | 0.6    | cross-entropy of lips together and of lip on teeth, read from the curves |
| rounding   | 5.0    | squared error of how narrow the mouth is, as it is measured              |
| streams    | 20.0   | squared distance of each shape's leaning, theta_mel - theta_emotion      |

The streams' leanings are asked for because nothing else asks: with temperatures drawn at random, a network does
best to lean nowhere, and then the slider does nothing.

A regression hedges where it is unsure whether the lips close; the contact part makes it decide.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from koemorph import arkit, lips
from koemorph.take import Take

from .reels import CLOCK

WEIGHTS: Final = {
    "mse": 1.0,
    "l1": 0.1,
    "perceptual": 0.5,
    "temporal": 0.2,
    "smoothing": 0.1,
    "contact": 0.6,
    "rounding": 5.0,
    "streams": 20.0,
}
ALPHA_TARGET: Final = 0.9
"""The documents' 0.1 to 0.2 would lag by a fifth of a second; this keeps closures (DESIGN: measured, not assumed)."""
LEANING: Final = (0.30, -0.15)
"""Of mouth and expression: at the usual temperature of 0.2 a mouth hears four fifths words, a brow a third."""
_EXPRESSION: Final = 0.5
_SOFTNESS: Final = 2.0
"""Contacts are judged with so much wider a slope than they are measured with, so that far misses still pull."""


@cache
def regions() -> tuple[Tensor, Tensor]:
    """(52,) ones for the mouth, and for the expression."""
    mouth = torch.tensor([name in arkit.LOWER_FACE for name in arkit.SHAPES], dtype=torch.float32)
    return mouth, 1 - mouth


@cache
def narrowness() -> Tensor:
    """(52,): how rounding, linear in the shapes where it is not clipped, is read."""
    half = np.eye(len(arkit.SHAPES), dtype=np.float32)
    base = np.zeros_like(half)
    base[:, arkit.INDEX["mouthPucker"]] = 1.0
    grown = lips.rounding(Take(arkit.SHAPES, base + half, CLOCK))
    return torch.from_numpy(grown - lips.rounding(Take(arkit.SHAPES, base, CLOCK)))


@cache
def contact_readout() -> tuple[Tensor, Tensor]:
    """(52, 2) and (2,): how gap and bite, both linear in the shapes, are read; as logits of the two contacts."""
    unit = Take(arkit.SHAPES, np.eye(len(arkit.SHAPES), dtype=np.float32), CLOCK)
    gap, bite = torch.from_numpy(lips.lip_gap(unit)), torch.from_numpy(lips.bite(unit))
    gap_width, bite_width = _SOFTNESS * lips.GAP_WIDTH, _SOFTNESS * lips.BITE_WIDTH
    weights = torch.stack([-gap / gap_width, bite / bite_width], dim=1)
    return weights, torch.tensor([lips.CLOSED_GAP / gap_width, -lips.BITE / bite_width])


def contact_logits(curves: Tensor) -> Tensor:
    """(..., 52) -> (..., 2): lips together, lower lip on teeth."""
    weights, bias = contact_readout()
    return curves @ weights.to(curves.device) + bias.to(curves.device)


def parts(
    curves: Tensor,
    targets: Tensor,
    counted: Tensor,
    alpha: Tensor,
    theta: Tensor,
) -> dict[str, Tensor]:
    """Each part of the loss, unweighted. Curves and targets (B, T, 52), counted (B, T)."""
    frames = counted.sum().clamp(min=1.0)
    error = (curves - targets) * counted[..., None]
    squares = error.square()
    mouth, expression = (region.to(curves.device) for region in regions())
    both = counted[:, 1:] * counted[:, :-1]
    step = (error[:, 1:] - error[:, :-1]).square() * both[..., None]
    double = (error[:, 2:] - error[:, :-2]).square() * (counted[:, 2:] * counted[:, :-2])[..., None]
    truth = contact_logits(targets).sigmoid().detach()
    contact = binary_cross_entropy_with_logits(contact_logits(curves), truth, reduction="none")
    contact = contact * counted[..., None]
    return {
        "mse": squares.sum() / frames,
        "l1": error.abs().sum() / frames,
        "perceptual": (squares * mouth).sum() / frames + _EXPRESSION * (squares * expression).sum() / frames,
        # Per frame at 60 fps the steps are small: squared differences count by time, not by frame.
        "temporal": (4 * step.sum() + double.sum()) / frames,
        "smoothing": (alpha - ALPHA_TARGET).square().mean(),
        "contact": contact.sum() / frames,
        "rounding": ((error @ narrowness().to(error.device)).square()).sum() / frames,
        "streams": (theta[0] - theta[1] - mouth * LEANING[0] - expression * LEANING[1]).square().mean(),
    }


def weighted(found: dict[str, Tensor]) -> dict[str, Tensor]:
    """The parts as they count: their sum is what falls."""
    return {name: WEIGHTS[name] * value for name, value in found.items()}
