"""A folder that is watched."""

import threading
import time

from koemorph.cli import watch


def test_recordings_are_animated_as_they_land(koemorph, recording, tmp_path):
    recording("in/first.wav", 0.2)

    def land():
        time.sleep(0.7)
        data = recording("elsewhere.wav", 0.3).read_bytes()
        with (tmp_path / "in" / "second.wav").open("wb") as slow:
            for part in (data[:1000], data[1000:]):
                slow.write(part)
                slow.flush()
                time.sleep(0.1)

    landing = threading.Thread(target=land)
    landing.start()
    code, out, err = koemorph("watch", tmp_path / "in", "-o", tmp_path / "out", "--every", "0.3", "--until-idle", "2")
    landing.join()
    assert code == 0, err
    assert out.count(" done ") == 2
    assert sorted(path.name for path in (tmp_path / "out").glob("*.take")) == ["first.take", "second.take"]


def test_a_slow_machine_is_not_taken_for_an_idle_one(koemorph, recording, tmp_path, monkeypatch):
    """A look may take longer than one waits for anything to change; what has been seen once only is landing."""
    recording("in/first.wav", 0.2)
    began = watch.read_list

    def slow(*words):
        time.sleep(0.02)
        return began(*words)

    monkeypatch.setattr(watch, "read_list", slow)
    words = ["watch", tmp_path / "in", "-o", tmp_path / "out", "--every", "0.001", "--until-idle", "0.001"]
    code, out, err = koemorph(*words)
    assert code == 0 and out.count(" done ") == 1, err


def test_a_list_that_is_wrong_for_a_moment_does_not_end_it(koemorph, recording, tmp_path, monkeypatch):
    """Half saved, with a null character, gone: each is told once; what is right in the end is made."""
    recording("a.wav", 0.2)
    listed = tmp_path / "list.csv"
    contents = [b"audio\na.wav\n", b"aud", b"audio\na\0.wav\n", b"\xff\xfe\0", None, b"audio,shot\na.wav,late\n"]
    told, began = iter(contents), watch.read_list

    def changing(*words):
        if (content := next(told, contents[-1])) is None:
            listed.unlink()
        else:
            listed.write_bytes(content)
        return began(*words)

    monkeypatch.setattr(watch, "read_list", changing)
    _, out, err = koemorph("watch", listed, "-o", tmp_path / "out", "--every", "0.001", "--until-idle", "0.5")
    assert "Traceback" not in err and "null character" in err and "cannot be read" in err
    assert " done late " in out and (tmp_path / "out" / "late.take").is_file()


def test_what_is_done_or_broken_is_not_tried_again_and_again(koemorph, recording, tmp_path):
    recording("in/good.wav", 0.2)
    (tmp_path / "in" / "broken.wav").write_bytes(b"RIFF----WAVEnothing")
    words = ["watch", tmp_path / "in", "-o", tmp_path / "out", "--every", "0.1", "--until-idle", "0.5"]
    code, out, err = koemorph(*words)
    assert code == 3 and out.count(" done ") == 1 and err.count(" failed ") == 1
    code, out, err = koemorph(*words)
    assert code == 3 and " done " not in out and err.count(" failed ") == 1
