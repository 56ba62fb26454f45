"""The table of moods: every number within a face's reach, a reason beside each, nothing added to what it takes."""

import json
from importlib.resources import files

import pytest

from koemorph import arkit
from koemorph.moods import moods

TABLE = json.loads(files("koemorph.moods").joinpath("table.json").read_text("utf-8"))


def test_the_moods_that_people_know_are_there():
    known = {"neutral", "joy", "anger", "sadness", "fear", "disgust", "boredom", "surprise", "contempt"}
    assert known <= set(moods())
    assert moods()["neutral"].shapes == {} == moods()["neutral"].keeps


@pytest.mark.parametrize("name", sorted(TABLE))
def test_every_number_has_its_reason(name):
    mood, entry = moods()[name], TABLE[name]
    assert mood.about.endswith(".") and set(mood.shapes) | set(mood.keeps) <= set(arkit.SHAPES)
    assert all(0.0 < amount <= 0.8 for amount in mood.shapes.values())
    assert all(0.0 <= share < 1.0 for share in mood.keeps.values())
    assert not set(mood.shapes) & set(mood.keeps)
    assert all(len(why) > 4 for part in ("adds", "keeps") for _, why in entry[part].values())
    assert 0.1 <= mood.onset <= 2.0 and 0.0 <= mood.apex <= 3.0 and 0.3 <= mood.offset <= 3.0
    assert 0.4 <= mood.settles <= 1.0
