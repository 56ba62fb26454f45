"""Timelines of editing programs as shot lists."""

from fractions import Fraction
from pathlib import Path

import pytest

from koemorph.cli import main
from koemorph.errors import ShotListError
from koemorph.shots import read_shots
from koemorph.timing import FrameRate

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
    assert [(shot.recording.begin, shot.recording.end) for shot in shots] == [(Fraction(1, 2), 2)] * 2
    assert [shot.start_frame for shot in shots] == [1048, 1084]
    assert [(tmp_path / shot.recording.path).resolve() for shot in shots] == [
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


EDL = """TITLE: REEL 7
FCM: NON-DROP FRAME

001  AX       A     C        00:00:01:12 00:00:03:00 01:00:02:00 01:00:03:13
* FROM CLIP NAME:  aoi 010.wav
002  AX       A     C        00:00:00:00 00:00:02:24 01:00:04:00 01:00:06:24
* FROM CLIP NAME:  aoi 020
* FROM CLIP: /vo/aoi 020.wav
"""


@pytest.fixture
def edl(tmp_path):
    if "cmx_3600" not in otio.adapters.available_adapter_names():
        pytest.skip("pip install otio-cmx3600-adapter")
    (tmp_path / "reel.edl").write_text(EDL)
    return tmp_path / "reel.edl"


def test_an_edl_at_the_rate_that_it_is_told(edl, tmp_path):
    first, second = read_shots(edl, rate=FrameRate.parse(25))
    assert (first.name, first.recording.path, str(first.rate)) == ("aoi 010.wav", tmp_path / "aoi 010.wav", "25")
    assert (first.recording.begin, first.recording.end) == (Fraction(37, 25), 3)
    assert first.start_frame == 25 * 3602
    assert second.recording.path.resolve() == Path("/vo/aoi 020.wav").resolve()
    assert second.recording.end == Fraction(74, 25) and second.start_frame == 25 * 3604


def test_an_edl_without_a_rate_is_refused(edl, tmp_path, capsys, one_sentence):
    assert main(["shots", "check", str(edl)]) == 4
    told = capsys.readouterr().err.strip()
    assert "--fps" in told
    one_sentence(told)
    assert main(["shots", "convert", str(edl), "-o", str(tmp_path / "list.csv"), "--fps", "25"]) == 0
    assert [shot.start_frame for shot in read_shots(tmp_path / "list.csv")] == [90050, 90100]


FCPXML = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE fcpxml>
<fcpxml version="1.11"><resources>
<format id="r1" frameDuration="{frame}"/>
<asset id="r2" name="aoi" start="0s" duration="10s" hasAudio="1" format="r1"{source}>{medium}</asset>
</resources><library><event name="show"><project name="reel"><sequence format="r1" duration="4s"><spine>
<asset-clip ref="r2" name="aoi 010" offset="0s" start="1s" duration="3/2s"/>
<gap offset="3/2s" start="0s" duration="1/2s"/>
<asset-clip ref="r2" name="aoi 020" offset="2s" start="5s" duration="2s"/>
</spine></sequence></project></event></library></fcpxml>
"""


@pytest.fixture
def fcpxml(tmp_path):
    if "fcpx_xml" not in otio.adapters.available_adapter_names():
        pytest.skip("pip install otio-fcpx-xml-adapter")

    def make(frame="100/2400s", source="", medium=""):
        (tmp_path / "reel.fcpxml").write_text(FCPXML.format(frame=frame, source=source, medium=medium))
        return tmp_path / "reel.fcpxml"

    return make


@pytest.mark.parametrize("where", ["source", "medium"])
def test_final_cuts_timeline_of_old_and_new_versions(fcpxml, tmp_path, where):
    url = (tmp_path / "vo" / "aoi day 1.wav").as_uri()
    told = {"source": {"source": f' src="{url}"'}, "medium": {"medium": f'<media-rep kind="original" src="{url}"/>'}}
    first, second = read_shots(fcpxml(**told[where]))
    assert first.recording.path.resolve() == tmp_path / "vo" / "aoi day 1.wav"
    assert (first.name, first.recording.begin, first.recording.end, first.start_frame) == (
        "aoi 010",
        1,
        Fraction(5, 2),
        0,
    )
    assert (second.name, second.recording.begin, second.recording.end, second.start_frame) == ("aoi 020", 5, 7, 48)
    assert str(first.rate) == "24"


def test_a_rate_that_the_adapter_would_cut_is_refused(fcpxml, one_sentence):
    with pytest.raises(ShotListError, match=r"29\.97|30000/1001") as caught:
        read_shots(fcpxml(frame="1001/30000s"))
    one_sentence(caught.value)
