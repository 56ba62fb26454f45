"""Settings over time: as text and back, in exact shares of a line, blended into it and nothing else changed."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import koemorph
from koemorph.audio import open_clip
from koemorph.directions import parse_directions, write_directions
from koemorph.engine import Engine
from koemorph.errors import SettingsError
from koemorph.performance import perform_take
from koemorph.performance.directed import blended, versions
from koemorph.settings import Settings
from koemorph.speech.alignment import Aligned
from koemorph.speech.stretch import ScriptStretch, _spliced
from koemorph.speech.track import Phone
from koemorph.timing import FrameRate

TEXT = (
    "1 jaw_strength 0.5; 2 jaw_strength 1.5, temperature 0.4; "
    '3-4.5 seed 7, mood anger, ease 0.5, script "a; \\"b\\", c"'
)
LINE = Path(koemorph.__file__).parent / "example" / "line.flac"
RATE = FrameRate.parse(24)


def test_as_text_and_back():
    directions = parse_directions(TEXT + "\n1001/30000 lip_strength 2")
    assert [(one.begin, one.end) for one in directions] == [
        (1, None),
        (2, None),
        (3, Fraction("4.5")),
        (Fraction(1001, 30000), None),
    ]
    assert dict(directions[2].values) == {"seed": 7, "mood": "anger"} and directions[2].ease == 0.5
    assert directions[2].script.text == 'a; "b", c'
    assert parse_directions(write_directions(directions)) == directions
    assert directions[2].shifted(Fraction(-1)).end == Fraction("3.5")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("0:01", "changes nothing"),
        ("2-1 seed 3", "is empty"),
        ("1 seed 3", "over a stretch"),
        ("1 mood joy", "over a stretch"),
        ("1 jaw_strength 9", "goes from 0 to 2"),
        ("1 jaw 9", "no setting called 'jaw'"),
        ("1-2 pre_roll 1", "pre_roll cannot change"),
        ('1-2 directions "1 seed 2"', "directions cannot change"),
        ('1-2 script "open', "does not end"),
        ("1 ease 1, jaw_strength 1", "ease is for a stretch"),
        ("1-2 ease x, seed 1", "cannot ease over 'x'"),
        ("1-2 seed", "is no direction"),
        ("1-2 seed [1]", "seed cannot be"),
        ("x seed 1", "is not a time"),
        ("; ".join(f"{n}-{n + 1} seed 1" for n in range(1001)), "takes 1000"),
    ],
)
def test_what_is_wrong_is_said(text, said):
    with pytest.raises(SettingsError, match=said):
        Settings(directions=text)


def test_shares_of_a_line():
    moments = np.arange(0, 6, 0.25)
    parts = versions(Settings(directions=TEXT), moments)
    np.testing.assert_allclose(np.sum(list(parts.values()), axis=0), 1.0)
    jaw = blended(parts, lambda one: np.full((len(moments), 1), one.settings.jaw_strength, np.float32))[:, 0]
    np.testing.assert_allclose(jaw, np.interp(moments, [1, 2], [0.5, 1.5]))
    angry = blended(parts, lambda one: np.full((len(moments), 1), one.settings.mood == "anger", np.float32))[:, 0]
    assert angry[(moments <= 3) | (moments >= 4.5)].max() == 0 and (angry[(moments >= 3.5) & (moments <= 4)] == 1).all()
    assert {one.told[0].script.text for one in parts if one.told} == {'a; "b", c'}
    with pytest.raises(SettingsError, match="use fewer"):
        versions(Settings(directions="; ".join(f"{n}-{n + 1} seed {n}" for n in range(130))), np.arange(130.0) + 0.5)


@pytest.fixture(scope="module")
def heard():
    engine = Engine(threads=1)
    with open_clip(LINE) as clip:
        return engine, engine.analyse(clip)


def test_a_part_made_anew_changes_nothing_outside_of_it(heard):
    engine, analysis = heard
    other = {"seed": 7, "mood": "anger", "temperature": 0.4, "head_strength": 0.0}
    directed = Settings(
        mood_keys="0 joy", directions="1-2 " + ", ".join(f"{name} {value}" for name, value in other.items())
    )
    plain, whole = (engine.render(analysis, one, RATE) for one in (Settings(mood_keys="0 joy"), Settings(**other)))
    take = engine.render(analysis, directed, RATE)
    changed = np.flatnonzero((take.values != plain.values).any(axis=1))
    assert changed.min() > 24 and changed.max() < 48
    for name in whole.names:
        np.testing.assert_array_equal(take.curve(name)[29:43], whole.curve(name)[29:43])
    assert [(key.seconds, key.mood) for key in take.moods.keys] == [(0, "joy"), (1, "anger"), (2, "joy")]
    assert engine.animate(LINE, directed, RATE).values.tobytes() == take.values.tobytes()


def test_a_finished_take_is_directed_too(heard):
    engine, analysis = heard
    take = engine.render(analysis, Settings(), RATE)
    edited = perform_take(take, Settings.raw().with_values(directions="0 jaw_strength 1; 1 jaw_strength 0"))
    jaw = take.curve("jawOpen")
    np.testing.assert_allclose(edited.curve("jawOpen")[:12], jaw[:12] * (1 - np.arange(12) / 24), atol=1e-5)
    assert not edited.curve("jawOpen")[24:].any()


def test_phones_of_a_stretch_take_the_place_of_what_was_there():
    def phones(*marks):
        return tuple(Phone(start=Fraction(a, 10), end=Fraction(b, 10), symbol=s) for a, b, s in marks)

    said = Aligned(phones((0, 4, "a"), (4, 8, "b"), (9, 12, "i")), ())
    over = ScriptStretch(Fraction(1, 2), Fraction(1), None)
    spliced = _spliced(said.phones, phones((3, 7, "m"), (7, 10, "u")), over)
    assert [(float(one.start), float(one.end), one.symbol) for one in spliced] == [
        (0, 0.4, "a"),
        (0.4, 0.7, "m"),
        (0.7, 1.0, "u"),
        (1.0, 1.2, "i"),
    ]
