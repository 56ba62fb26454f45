"""Scripts in lists: in a column, in a file, beside the recording; a line is stale once its script changes."""

from __future__ import annotations

from koemorph import formats
from koemorph.shots.make_line import fingerprint
from koemorph.speech.script import Script

LIST = 'shot,audio,script,language\na,a.wav,"Hello, Bob",\nb,b.wav,texts/b.txt,de\nc,c.wav,,\n'


def test_a_script_stands_in_the_list_in_a_file_or_beside_the_recording(read, tmp_path):
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts/b.txt").write_text("Guten Tag", "utf-8")
    (tmp_path / "c.txt").write_text("Bye", "utf-8")
    named, from_file, beside = read(LIST, language="fr")
    assert (named.script, named.sources) == (Script("Hello, Bob", "fr"), (named.recording.path,))
    assert (from_file.script, from_file.script_file) == (Script("Guten Tag", "de"), tmp_path / "texts/b.txt")
    assert beside.script == Script("Bye", "fr") and "c.txt beside the recording is used" in beside.notes[0]
    left = list(read(LIST, beside=False))[2]
    assert left.script is None and not left.notes
    assert len({fingerprint(shot, "", "") for shot in (left, beside)}) == 2


def test_a_script_that_is_not_there_is_a_problem(read):
    (problem,) = read("shot,audio,script\na,a.wav,no.txt\n").problems
    assert "script" in str(problem) and "no.txt" in str(problem)


def test_a_line_is_made_anew_when_the_text_beside_it_changes(koemorph, recording, tmp_path):
    recording("in/a.wav", 0.4)
    (tmp_path / "in/a.txt").write_text("Bob", "utf-8")
    code, out, err = koemorph("batch", tmp_path / "in", "-o", tmp_path / "out")
    assert code == 0 and "done a" in out and "a.txt beside the recording is used; --no-script leaves it" in err
    assert formats.read_take(tmp_path / "out/a.take").script == Script("Bob")
    assert "skipped a" in koemorph("batch", tmp_path / "in", "-o", tmp_path / "out")[1]
    (tmp_path / "in/a.txt").write_text("Mom", "utf-8")
    assert "done a" in koemorph("batch", tmp_path / "in", "-o", tmp_path / "out")[1]
    _, out, err = koemorph("batch", tmp_path / "in", "-o", tmp_path / "out", "--no-script")
    assert "done a" in out and "beside" not in err
    assert formats.read_take(tmp_path / "out/a.take").script is None
