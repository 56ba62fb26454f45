"""A mood track: as text, in a take file, moved with its take; damaged ones are refused in one sentence."""

import json
import zipfile
from fractions import Fraction

import numpy as np
import pytest

from koemorph import formats
from koemorph.errors import SettingsError, TakeError
from koemorph.moods import MoodKey, MoodTrack, parse_mood_keys
from koemorph.take import Take
from koemorph.timing import FrameRate

TRACK = MoodTrack(
    (
        MoodKey(seconds=0.0, mood="neutral", intensity=0.0, arousal=-0.1, valence=0.0),
        MoodKey(seconds=61.25, mood="anger", intensity=0.7, arousal=0.8, valence=-0.6),
        MoodKey(seconds=70.0, mood="joy", intensity=1.0),
    ),
    "detected",
)


def take(moods=TRACK):
    return Take(("jawOpen",), np.zeros((30, 1)), FrameRate.parse(30), moods=moods)


def test_as_text_and_back():
    assert str(TRACK) == "0:00 neutral; 1:01.25 anger 0.70; 1:10 joy 1.00"
    read = parse_mood_keys(str(TRACK))
    assert [(key.seconds, key.mood, key.intensity) for key in read] == [
        (0.0, "neutral", 1.0),
        (61.25, "anger", 0.7),
        (70.0, "joy", 1.0),
    ]
    assert str(MoodTrack((MoodKey(seconds=59.9996, mood="joy", intensity=0.5),), "edited")) == "1:00 joy 0.50"


@pytest.mark.parametrize(
    "text", ["joy", "0:00", "0 glee", "0 joy 2", "0 joy -1", "x joy", "1 joy; 0 anger", "0 joy 1 2"]
)
def test_bad_mood_keys(text, one_sentence):
    with pytest.raises(SettingsError) as refusal:
        parse_mood_keys(text)
    one_sentence(refusal.value)


def test_a_take_file_keeps_it(tmp_path):
    formats.write_take(take(), tmp_path / "a.take")
    assert formats.read_take(tmp_path / "a.take").moods == TRACK
    formats.write_take(take(None), tmp_path / "b.take")
    assert formats.read_take(tmp_path / "b.take").moods is None


def test_it_moves_with_its_take():
    later = take().shift(Fraction(5, 2))
    assert [key.seconds for key in later.moods.keys] == [2.5, 63.75, 72.5]
    assert take().retime(FrameRate.parse(24)).moods == TRACK == take().slice(3, 9).moods


@pytest.mark.parametrize(
    "change",
    [
        lambda moods: moods.update(source="guessed"),
        lambda moods: moods.update(keys="joy"),
        lambda moods: moods["keys"][0].update(mood="glee"),
        lambda moods: moods["keys"][0].update(intensity=7),
        lambda moods: moods["keys"][0].update(seconds="soon"),
        lambda moods: moods["keys"][0].update(seconds=True),
        lambda moods: moods["keys"][1].update(seconds=-9.0),
        lambda moods: moods["keys"][0].pop("intensity"),
        lambda moods: moods.update(keys=[3]),
    ],
)
def test_a_damaged_one_is_refused(tmp_path, change, one_sentence):
    formats.write_take(take(), tmp_path / "a.take")
    with zipfile.ZipFile(tmp_path / "a.take") as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    tracks = json.loads(members["tracks.json"])
    change(tracks["moods"])
    with zipfile.ZipFile(tmp_path / "b.take", "w") as archive:
        for name, data in (members | {"tracks.json": json.dumps(tracks).encode()}).items():
            archive.writestr(name, data)
    with pytest.raises(TakeError) as refusal:
        formats.read_take(tmp_path / "b.take")
    one_sentence(refusal.value)
