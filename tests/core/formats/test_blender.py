"""USD and glTF in a real Blender: every curve there is the take's.

Needs a Python that has bpy: this one, or the one that KOEMORPH_TEST_BPY names. glTF is asked for at whole rates only:
Blender's importer (4.2 to 5.0) places keys at seconds x fps x fps_base, which at 29.97 is not where its frames are.
"""

import importlib.util
import json
import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from koemorph import arkit, formats
from koemorph.formats import Wishes

PYTHON = os.environ.get("KOEMORPH_TEST_BPY") or (sys.executable if importlib.util.find_spec("bpy") else None)
SCRIPT = Path(__file__).with_name("in_blender.py")

pytestmark = [
    pytest.mark.skipif(PYTHON is None, reason="no Blender: name a Python that has bpy in KOEMORPH_TEST_BPY"),
    pytest.mark.slow,
]


def played(path, rate, first, last):
    result = path.with_suffix(".json")
    fps, base = rate.nominal, float(rate.nominal / rate.fps)
    words = [PYTHON, SCRIPT, path, fps, base, first, last, result]
    without_us = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [str(word) for word in words], check=False, capture_output=True, text=True, timeout=280, env=without_us
    )
    assert result.exists(), done.stdout[-2000:] + done.stderr[-2000:]
    return json.loads(result.read_text("utf-8"))


@pytest.mark.parametrize(("ending", "rate"), [(".usdc", "30"), (".usda", "29.97"), (".glb", "60"), (".gltf", "24")])
def test_the_curves_in_blender_are_the_takes(tmp_path, some_take, ending, rate):
    usd = ending.startswith(".usd")
    if usd:
        pytest.importorskip("pxr")
    take = some_take(12, rate)
    take = some_take(12, rate, start=10 / take.rate.fps if usd else Fraction(0))
    path = tmp_path / f"take{ending}"
    formats.write_take(take, path, wishes=Wishes(face=True))
    first = 10 if usd else 0
    facts = played(path, take.rate, first, first + 11)
    assert set(facts["curves"]) == set(arkit.SHAPES)
    for name in arkit.SHAPES:
        np.testing.assert_allclose(facts["curves"][name], take.curve(name), atol=1e-4, err_msg=name)
    if usd:
        assert facts["range"] == [10, 21]
    assert facts["vertices"] > 5000 and len(facts["materials"]) >= 10
    assert 0.05 < facts["height"] < 0.5


def test_a_plate_carries_names_of_any_rig(tmp_path, some_take):
    take = some_take(12, "24", names=("CTRL_jaw open", "口"))
    formats.write_take(take, tmp_path / "take.glb")
    facts = played(tmp_path / "take.glb", take.rate, 0, 11)
    assert set(facts["curves"]) == set(take.names)
    for name in take.names:
        np.testing.assert_allclose(facts["curves"][name], take.curve(name), atol=1e-4)
