"""Maya's ASCII animation file, read back by its grammar: one curve for each shape, keys where Maya puts frames."""

import re
from fractions import Fraction

import numpy as np
import pytest

from koemorph import formats
from koemorph.errors import OutputError
from koemorph.formats import Wishes
from koemorph.take import Take
from koemorph.timing import FrameRate

CURVE = re.compile(
    r"anim (?P<full>\w+) (?P<leaf>\w+) (?P<node>[\w|:]+) 0 0 (?P<number>\d+);\nanimData \{\n  input time;\n"
    r"  output unitless;\n  weighted 0;\n  preInfinity constant;\n  postInfinity constant;\n  keys \{\n"
    r"(?P<keys>(?:    [-\d.e+]+ [-\d.e+]+ linear linear 1 1 0;\n)+)  \}\n\}\n"
)


def parsed(path):
    text = path.read_text("ascii")
    body = text[text.index("anim ") :]
    curves = {}
    for number, match in enumerate(CURVE.finditer(body)):
        assert match["full"] == match["leaf"] and int(match["number"]) == number
        keys = [[float(word) for word in line.split()[:2]] for line in match["keys"].splitlines()]
        curves[match["leaf"]] = (match["node"], np.array(keys))
    assert CURVE.sub("", body) == ""
    return dict(line.rstrip(";").split(" ") for line in text[: text.index("anim ")].splitlines()), curves


@pytest.mark.parametrize(
    ("rate", "unit"),
    [("24", "film"), ("25", "pal"), ("30", "ntsc"), ("60", "ntscf"), ("29.97", "29.97fps"), ("120", "120fps")],
)
def test_keys_stand_on_mayas_frames(tmp_path, some_take, rate, unit):
    take = some_take(30, rate, start=10 / FrameRate.parse(rate).fps)
    assert formats.write_take(take, tmp_path / "a.anim") == ()
    head, curves = parsed(tmp_path / "a.anim")
    assert head["animVersion"] == "1.1" and head["timeUnit"] == unit
    assert (head["startTime"], head["endTime"]) == ("10", "39")
    assert set(curves) == set(take.names)
    for name, (node, keys) in curves.items():
        assert node == "blendShape1"
        np.testing.assert_array_equal(keys[:, 0], np.arange(10, 40))
        np.testing.assert_allclose(keys[:, 1], take.curve(name), rtol=1e-7)


def test_a_rate_that_maya_has_not_stands_at_seconds(tmp_path, some_take):
    formats.write_take(some_take(5, "12.5", start=Fraction(1, 3)), tmp_path / "a.anim")
    head, curves = parsed(tmp_path / "a.anim")
    assert head["timeUnit"] == "sec"
    np.testing.assert_allclose(curves["jawOpen"][1][:, 0], 1 / 3 + np.arange(5) / 12.5, rtol=1e-9)


def test_level_stretches_need_only_their_ends(tmp_path):
    values = np.array([0, 0, 0, 0, 0.5, 0.5, 0.5, 1, 0], dtype=np.float32)[:, None]
    formats.write_take(Take(("jawOpen",), values, FrameRate.parse(24)), tmp_path / "a.anim")
    keys = parsed(tmp_path / "a.anim")[1]["jawOpen"][1]
    assert keys[:, 0].tolist() == [0, 3, 4, 6, 7, 8]
    np.testing.assert_array_equal(np.interp(np.arange(9), *keys.T), values[:, 0])


def test_another_node(tmp_path, some_take):
    formats.write_take(some_take(2), tmp_path / "a.anim", wishes=Wishes(node="hero:face_bs"))
    assert {node for node, _ in parsed(tmp_path / "a.anim")[1].values()} == {"hero:face_bs"}


@pytest.mark.parametrize("node", ["", "two words", "a;b", "1st", "nöde"])
def test_what_is_no_node(tmp_path, some_take, node, one_sentence):
    with pytest.raises(OutputError) as refusal:
        formats.write_take(some_take(2), tmp_path / "a.anim", wishes=Wishes(node=node))
    one_sentence(refusal.value)
    assert not (tmp_path / "a.anim").exists()


def test_names_that_are_no_attributes_are_told(tmp_path, some_take, one_sentence):
    take = some_take(2, names=("jaw open", "jaw;open", "2nd", "jawOpen"))
    (note,) = formats.write_take(take, tmp_path / "a.anim")
    one_sentence(note)
    assert "jaw open as jaw_open" in note
    assert list(parsed(tmp_path / "a.anim")[1]) == ["jaw_open", "jaw_open_", "_2nd", "jawOpen"]
