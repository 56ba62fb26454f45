"""A drawn mouth is one number after another: the strongest shape's, for long enough to be seen."""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import groupby

import numpy as np

from koemorph import arkit, rig
from koemorph.keying import STYLES, Keying, plan_keys
from koemorph.rig.document import as_json, mapping_of
from koemorph.take import Take
from koemorph.timing import FrameRate

MOUTH = rig.Mapping(
    "2D",
    (
        rig.Link(source="jawOpen", target="brow"),
        *(
            rig.Link(source=viseme, target="mouth", gain=number, picks=True)
            for number, viseme in enumerate(rig.VISEMES, 10)
        ),
    ),
)


def take_of(weights: np.ndarray, fps: int = 24) -> Take:
    names = ("jawOpen", *rig.VISEMES)
    values = np.concatenate([np.linspace(0, 1, len(weights))[:, None], weights], axis=1)
    return Take(names, values.astype(np.float32), FrameRate.parse(fps))


def test_closed_lips_come_at_once_and_nothing_flickers() -> None:
    weights = np.random.default_rng(3).random((200, 15))
    weights[:, 1:3] *= 0.1
    weights[[50, 51, 101]] = np.eye(15)[1]
    shown = MOUTH.apply(take_of(weights)).curve("mouth")
    assert set(shown[[50, 51, 101]]) == {11.0}, "PP has the second number"
    runs = [(number, len(list(held))) for number, held in groupby(shown[:-2])]
    assert min(held for number, held in runs if number != 11.0) >= 1
    short = [at for at, (number, held) in enumerate(runs[:-1]) if held < 2]
    assert all(runs[at + 1][0] == 11.0 for at in short), "only closed lips cut a drawing short"


def test_it_is_stepped_in_every_style_and_on_no_frame_between_two_numbers() -> None:
    take = take_of(np.eye(15)[np.repeat(np.arange(15), 4)])
    for style in STYLES:
        plan = plan_keys(take, MOUTH, Keying(style=style), Fraction(5))
        keys = plan.curves["mouth"]
        assert keys.interpolation == "stepped" and keys.values.tolist() == [float(number) for number in range(10, 25)]
        assert keys.frames[0] == 5.0 and plan.errors["mouth"] == (0.0, 0.0)
        assert plan.curves["brow"].interpolation != "stepped" or style == "stepped"
    added = plan.with_changes({"mouth": np.ones(60, dtype=np.float32)})
    assert added.curves["mouth"].values.tolist() == [float(number) for number in range(11, 26)]


def test_a_preset_keeps_it_and_limits_leave_it_alone() -> None:
    limited = rig.Mapping("2D", MOUTH.links, limits=(0.0, 1.0))
    kept = mapping_of(json.loads(as_json(limited)), "2D")
    assert kept.links == limited.links
    assert kept.apply(take_of(np.eye(15))).curve("mouth").max() > 20


def test_one_target_alone_is_at_its_full_and_all_others_rest() -> None:
    mapping = rig.find("ARKit").calibrated(target="jawOpen", gain=0.5)
    shown = mapping.alone("jawOpen", 1.0)
    assert dict(zip(shown.names, shown.values[0], strict=True))["jawOpen"] == 0.5
    assert shown.values.sum() == 0.5 and set(shown.names) == set(arkit.SHAPES)
    closing = rig.find("Jaw bone").with_bones((("jaw", "QUATERNION"),)).alone("bone:jaw:rotate x", 1.0)
    degrees = rig.rotation_vector(closing.values[0])
    assert np.allclose(degrees, (22.0, 0.0, 0.0), atol=1e-3)
