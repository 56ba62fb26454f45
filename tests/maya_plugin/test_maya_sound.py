"""The scene's rate and sounds, and a recording keyed through the worker."""

from __future__ import annotations

import sys
from fractions import Fraction
from pathlib import Path

import pytest

from koemorph.errors import SettingsError
from koemorph.timing import FrameRate

from .memory import RATES, TICKS

CORE = Path(__file__).parents[2] / "core"


@pytest.mark.parametrize("unit", RATES)
def test_rates_are_exact(maya, unit):
    from koemorph_maya.clock import rate_of

    assert rate_of(unit).fps == RATES[unit]
    assert TICKS % RATES[unit].numerator == 0 or (TICKS / RATES[unit]).denominator == 1


def test_a_scene_without_frames_is_refused(maya):
    from koemorph_maya.clock import rate_of

    with pytest.raises(SettingsError, match="millisec"):
        rate_of("millisec")


def test_offset_and_trim_of_a_sound_count(maya, recording):
    from koemorph_maya.source import from_node

    maya.add_sound("line", recording(), offset=100.0, sourceStart=6.0, sourceEnd=18.0)
    rate = FrameRate.parse("24")
    source = from_node("line", rate)
    assert (source.first_frame, source.begin, source.end) == (100, Fraction(1, 4), Fraction(3, 4))
    assert source.frame_of(Fraction(1, 2), rate) == 106


def test_the_only_sound_of_a_scene_is_keyed(face, recording, monkeypatch):
    monkeypatch.setenv("KOEMORPH_PYTHON", sys.executable)
    monkeypatch.setenv("PYTHONPATH", str(CORE))
    face.add_sound("line", recording(seconds=1.0), offset=100.0)
    said = sys.modules["maya.cmds"].koemorphKey(preset="natural")
    assert [frame for frame, _ in face.frames_of("faceShapes.JawOpen")] == list(range(100, 124)), said
