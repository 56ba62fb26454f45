"""Edited phones make their neighbourhood anew; the result is what the whole line would be, byte for byte."""

from __future__ import annotations

from fractions import Fraction as F

import numpy as np
import pytest

from koemorph import arkit, lips
from koemorph.moods import MoodKey, MoodTrack
from koemorph.performance import Frames, PerformedLine, names
from koemorph.performance.demands import Score
from koemorph.settings import Settings
from koemorph.speech import editing
from koemorph.speech.track import Phone, Tracks
from koemorph.take import Take
from koemorph.timing import FrameRate

SYMBOLS = ("p", "b", "m", "f", "u", "a", "i", "s", "w", "t", "oʊ", "n")
MOODS = MoodTrack(
    (
        MoodKey(seconds=0.0, mood="joy", intensity=0.8),
        MoodKey(seconds=5.0, mood="anger", intensity=0.7),
        MoodKey(seconds=9.0, mood="neutral", intensity=0.0),
    ),
    "detected",
)
SETTINGS = {
    "as usual": ("60", {}),
    "film": ("24", {"lead": 35.0, "pre_roll": 0.5, "post_roll": 0.3, "ease_in": 0.4, "ease_out": 0.4}),
    "everything": (
        "30000/1001",
        {"lip_seal": 0.7, "lip_seal_hold": 0.12, "mirror": True, "lip_open_offset": -0.1, "face_strength": 1.3}
        | {
            "lower_face_smoothing": 0.08,
            "asymmetry": 0.5,
            "shape_edits": "jawOpen x1.2; cheekPuff mute",
            "head_strength": 0.0,
        },
    ),
}


def spoken(chance: np.random.Generator, seconds: float) -> Tracks:
    """Phones of 20 to 220 ms, now and then a pause."""
    phones, now = [], F(1, 5)
    while now < seconds - 1:
        length = F(int(chance.integers(20, 220)), 1000)
        phones.append(Phone(start=now, end=now + length, symbol=str(chance.choice(SYMBOLS))))
        now += length + (F(int(chance.integers(50, 1500)), 1000) if chance.random() < 0.15 else 0)
    return Tracks(tuple(phones))


def edited(tracks: Tracks, chance: np.random.Generator) -> Tracks:
    number = int(chance.integers(len(tracks.phones)))
    phone = tracks.phones[number]
    kind = chance.integers(4)
    if kind == 0:
        return editing.drop(tracks, phone.start)
    if kind == 1:
        return editing.set_symbol(tracks, phone.start, str(chance.choice(SYMBOLS)))
    if kind == 2:
        return editing.move(tracks, phone.start, phone.start + F(1, 200), phone.end)
    last = tracks.phones[-1].end
    return editing.insert(tracks, last + F(1, 50), last + F(1, 10), "m")


@pytest.mark.parametrize("kind", SETTINGS)
def test_an_edit_gives_what_the_whole_line_gives(kind, speaking):
    fps, told = SETTINGS[kind]
    settings, rate, source = Settings().with_values(**told), FrameRate.parse(fps), FrameRate.parse(60)
    raw, level, _ = speaking(14.0)
    raw = np.concatenate([raw, np.zeros((len(raw), len(names(settings)) - 52), np.float32)], axis=1)
    frames = Frames.around(F(14), rate, settings)

    def line(keep):
        return PerformedLine(raw.copy(), level, settings, source, frames, key="line", heard=MOODS, keep=keep)

    chance, kept = np.random.default_rng(1), line(keep=True)
    tracks = spoken(chance, 14.0)
    before = kept.say(tracks.phones)
    moved = 0
    for _ in range(12):
        tracks = edited(tracks, chance)
        after, whole = kept.say(tracks.phones), line(keep=False).say(tracks.phones)
        assert after.tobytes() == whole.tobytes()
        moved += before is not after and not np.array_equal(before, after)
        before = after
    assert moved >= 6
    assert np.array_equal(kept.say(()), line(keep=False).say(()))
    assert kept.say(tracks.phones).tobytes() == before.tobytes()


@pytest.mark.parametrize("kind", SETTINGS)
def test_it_does_not_matter_how_many_frames_are_worked_on_at_a_time(kind, speaking, monkeypatch):
    fps, told = SETTINGS[kind]
    settings, rate = Settings().with_values(**told), FrameRate.parse(fps)
    raw, level, _ = speaking(14.0)
    raw = np.concatenate([raw, np.zeros((len(raw), len(names(settings)) - 52), np.float32)], axis=1)
    melody = np.repeat(np.float32([90.0, 200.0]), 140) if settings.head_strength else None
    said = []
    for block in (10**6, 37):
        monkeypatch.setattr("koemorph.performance.frames._BLOCK", block)
        frames = Frames.around(F(14), rate, settings)
        line = PerformedLine(
            raw.copy(), level, settings, FrameRate.parse(60), frames, key="line", heard=MOODS, melody=melody
        )
        said.append(line.say(spoken(np.random.default_rng(1), 14.0).phones).tobytes())
    assert said[0] == said[1]


def test_phones_of_seconds_may_be_cut_anywhere():
    """What comes before a phone counts as long as it is on its way, which may be longer than mouths move ahead."""
    phones = [Phone(start=F(start), end=F(end), symbol=symbol) for start, end, symbol in ((1, 5, "u"), (7, 11, "w"))]
    score = Score(phones, 12.0, 60.0)
    whole, parts = score.read(0, 720), [score.read(first, first + 24) for first in range(0, 720, 24)]
    for name in ("pucker", "funnel", "moving", "spoken"):
        assert np.array_equal(getattr(whole, name), np.concatenate([getattr(part, name) for part in parts])), name


@pytest.mark.parametrize("fps", ["24", "25", "29.97"])
def test_no_frame_between_two_incoming_ones_closes_an_open_phone(fps, speaking):
    """At 60 a second the lips are apart up to the frame before a closure; others read between those frames."""
    raw, still = speaking(14.0)[0], Settings(head_strength=0.0)
    rate, source = FrameRate.parse(fps), FrameRate.parse(60)
    phones = [phone for phone in spoken(np.random.default_rng(2), 14.0).phones if phone.end - phone.start > F(1, 20)]
    line = PerformedLine(
        raw, np.full(len(raw), -20.0, np.float32), still, source, Frames.around(F(14), rate, Settings())
    )
    values = line.say(phones)
    shut = lips.closure(Take(arkit.SHAPES, values, rate)) >= lips.THRESHOLD
    time = np.arange(len(values)) / float(rate.fps)
    for phone in phones:
        inside = (time >= float(phone.start)) & (time < float(phone.end))
        assert phone.symbol in ("p", "b", "m") or not shut[inside].any(), phone
