"""What hosts without a window have in common: paths that are refused, outcomes told and answered."""

from __future__ import annotations

from pathlib import Path

import pytest

from koemorph.errors import OutputError, RigError, ShotListError
from koemorph.hosts import by_name
from koemorph.hosts.messages import Keyed
from koemorph.hosts.outcome import Outcome, tell
from koemorph.hosts.scene_command import check_paths, lines_of, preset_of, scene_parser
from koemorph.recording import Recording
from koemorph.settings import Settings
from koemorph.timing import FrameRate

FILM = FrameRate.parse("24")


@pytest.fixture
def given(tmp_path):
    (tmp_path / "scene.ma").write_text("")
    (tmp_path / "there.ma").write_text("")
    reader, _ = scene_parser(by_name("maya"), "bake", required=False)

    def ask(scene="scene.ma", output="keyed.ma", *words):
        return reader.parse_args([str(tmp_path / scene), "-o", str(tmp_path / output), *words])

    return ask


@pytest.mark.parametrize(
    ("scene", "output", "said"),
    [
        ("scene.ma", "keyed.blend", "no scene of Maya; end it in .ma or .mb"),
        ("gone.ma", "keyed.ma", "no scene"),
        ("scene.ma", "there.ma", "allow it with --overwrite"),
        ("scene.ma", "scene.ma", "is the scene itself"),
        ("scene.ma", "nowhere/keyed.ma", "no folder"),
    ],
)
def test_what_cannot_be_is_one_sentence(given, one_sentence, scene, output, said):
    with pytest.raises(OutputError, match=said) as caught:
        check_paths(by_name("maya"), given(scene, output))
    one_sentence(caught.value)


def test_overwrite_means_the_scene_itself_only_where_the_host_says_so(given):
    check_paths(by_name("maya"), given("scene.ma", "there.ma", "--overwrite"))
    check_paths(by_name("maya"), given("scene.ma", "scene.ma", "--overwrite"), into_itself=True)
    with pytest.raises(OutputError, match="the scene itself"):
        check_paths(by_name("maya"), given("scene.ma", "scene.ma", "--overwrite"))
    assert preset_of(given()) == Settings()


def test_a_list_with_anything_wrong_is_refused(tmp_path):
    (tmp_path / "list.csv").write_text("shot,audio,start_frame\none,line.wav,soon\n")
    with pytest.raises(ShotListError, match="soon"):
        lines_of(tmp_path / "list.csv", FILM, Settings())


def test_outcomes_are_told_answered_and_reported(capsys):
    good = Outcome(name="one", keys=7, frames=12, notes=("a note",))
    bad = Outcome.failed("two", RigError("No face."))
    assert tell("bake", [good, bad]) == RigError.exit_code
    told = capsys.readouterr()
    assert told.out == "one: keyed\n" and told.err == "one: a note\nbake: two: No face.\n"
    assert good.answer() == Keyed(id="one", keys=7, notes=("a note",))
    assert (bad.answer().text, bad.answer().exit_code) == ("No face.", RigError.exit_code)
    entry = good.entry(Recording(Path("line.wav")), Path("keyed.ma"), FILM, 0.25)
    assert (entry.status, entry.outputs, entry.seconds, entry.realtime_factor) == ("done", ("keyed.ma",), 0.5, 0.5)
    assert bad.entry(Recording(Path("line.wav")), Path("keyed.ma"), FILM, 0.25).outputs == ()
