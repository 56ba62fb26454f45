"""Timelines of editing programs as shot lists."""

from fractions import Fraction

import pytest

from koemorph.errors import ShotListError
from koemorph.shots import read_shots

otio = pytest.importorskip("opentimelineio")


def at(value, rate=24):
    return otio.opentime.RationalTime(value, rate)


@pytest.fixture
def timeline(tmp_path):
    track = otio.schema.Track("Aoi", kind=otio.schema.TrackKind.Audio)
    track.append(otio.schema.Gap(duration=at(48)))
    for name, media in (("a b", "in/a%20b.wav"), ("a b", "in/c.wav")):
        available = otio.opentime.TimeRange(at(86400), at(240))
        url = (tmp_path / "in").as_uri() + "/" + media.removeprefix("in/")
        reference = otio.schema.ExternalReference(url, available)
        track.append(otio.schema.Clip(name, reference, otio.opentime.TimeRange(at(86412), at(36))))
    track.append(otio.schema.Clip("nothing", otio.schema.MissingReference(), otio.opentime.TimeRange(at(0), at(24))))
    content = otio.schema.Timeline("reel", global_start_time=at(1000))
    content.tracks.append(otio.schema.Track("picture", kind=otio.schema.TrackKind.Video))
    content.tracks.append(track)
    otio.adapters.write_to_file(content, str(tmp_path / "reel.otio"))
    return tmp_path / "reel.otio"


def test_clips_become_shots_at_their_place(timeline, tmp_path):
    shots = read_shots(timeline)
    assert [(shot.name, shot.character, str(shot.rate)) for shot in shots] == [
        ("a b", "Aoi", "24"),
        ("a b 2", "Aoi", "24"),
    ]
    assert [(shot.begin, shot.end) for shot in shots] == [(Fraction(1, 2), 2)] * 2
    assert [shot.start_frame for shot in shots] == [1048, 1084]
    assert [(tmp_path / shot.audio).resolve() for shot in shots] == [
        tmp_path / "in" / "a b.wav",
        tmp_path / "in" / "c.wav",
    ]
    (problem,) = shots.problems
    assert problem.where == "clip 3" and "no recording" in str(problem)


def test_what_is_no_timeline(tmp_path, one_sentence):
    (tmp_path / "x.otio").write_text("{}")
    with pytest.raises(ShotListError) as caught:
        read_shots(tmp_path / "x.otio")
    one_sentence(caught.value)
