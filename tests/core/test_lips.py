"""What the lips do: the sum that is written down, by name and whatever else a take holds."""

import numpy as np
import pytest

from koemorph import arkit, lips
from koemorph.errors import TakeError
from koemorph.take import Take
from koemorph.timing import FrameRate

SIXTY = FrameRate.parse(60)


def face(**shapes):
    values = [[shapes.get(name, 0.0) for name in arkit.SHAPES]]
    return Take(arkit.SHAPES, np.array(values), SIXTY)


def test_the_gap_is_the_sum_that_is_written_down():
    take = face(jawOpen=0.5, mouthClose=0.2, mouthLowerDownLeft=0.4, mouthUpperUpRight=0.6, mouthFunnel=0.1)
    assert lips.lip_gap(take)[0] == pytest.approx(0.5 - 0.2 + 0.22 * 0.2 + 0.18 * 0.3 + 0.12 * 0.1)
    pressed = face(mouthPressLeft=0.4, mouthPressRight=0.4, mouthRollUpper=0.2, mouthRollLower=0.2, mouthShrugLower=0.4)
    assert lips.lip_gap(pressed)[0] == pytest.approx(-0.04 - 0.02 - 0.01 - 0.02)


def test_closure_is_half_at_the_closed_gap():
    assert lips.closure(face(jawOpen=lips.CLOSED_GAP))[0] == pytest.approx(0.5, abs=1e-4)
    assert lips.closure(face())[0] > 0.95 and lips.closure(face(jawOpen=0.1))[0] < 0.01


def test_lip_on_teeth_and_rounding():
    assert lips.labiodental(face(mouthRollLower=0.5, jawOpen=0.15))[0] > 0.9
    assert lips.labiodental(face(mouthRollLower=0.5))[0] < 0.1, "lips that are together touch no teeth"
    assert lips.rounding(face(mouthPucker=0.4, mouthFunnel=0.2))[0] == pytest.approx(0.52)
    assert lips.rounding(face(mouthSmileLeft=1.0))[0] == 0.0


def test_shapes_travel_by_name(one_sentence):
    take = face(jawOpen=0.5, mouthClose=0.2)
    turned = Take(take.names[::-1], take.values[:, ::-1], SIXTY)
    assert lips.lip_gap(turned) == pytest.approx(lips.lip_gap(take))
    with pytest.raises(TakeError, match="mouthFunnel") as refusal:
        lips.lip_gap(Take(("jawOpen", "mouthClose"), np.zeros((1, 2)), SIXTY))
    one_sentence(refusal.value)
