"""Calibrations as people write them: read, added to what is there, and refused in one sentence."""

import pytest

from koemorph.errors import RigError
from koemorph.rig import Calibration, Link, Mapping, calibrated

MAPPING = Mapping(
    "mine", (Link(source="jawOpen", target="Jaw Drop"), Link(source="tongueOut", target="bone:tongue:move z"))
)


def test_what_is_told_is_added_to_what_was_there():
    once = calibrated(MAPPING, "Jaw Drop gain 1.2 maximum 0.8; bone:tongue:move z minimum -2 rest 1")
    assert once.calibrations == (
        Calibration(target="Jaw Drop", gain=1.2, maximum=0.8),
        Calibration(target="bone:tongue:move z", minimum=-2.0, rest=1.0),
    )
    again = calibrated(once, "Jaw Drop rest 0.1;")
    assert again.calibrations[-1] == Calibration(target="Jaw Drop", gain=1.2, rest=0.1, maximum=0.8)
    assert calibrated(MAPPING, "") == MAPPING


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Jaw Drop", "is no calibration"),
        ("gain 1", "is no calibration"),
        ("Jaw Drop gain", "is no calibration"),
        ("Jaw Drop gain much", "calibrates nothing"),
        ("Jaw Drop gain inf", "calibrates nothing"),
        ("Jaw Drop gain 1 loudness 2", "calibrates nothing"),
        ("Jaw Drp gain 1", "nearest are Jaw Drop"),
        ("Jaw Drop minimum 1 maximum 0.5", "above its maximum"),
    ],
)
def test_what_is_wrong_is_said(text, said):
    with pytest.raises(RigError, match=said):
        calibrated(MAPPING, text)
