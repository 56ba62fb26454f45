"""A folder that is watched."""

import threading
import time


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


def test_what_is_done_or_broken_is_not_tried_again_and_again(koemorph, recording, tmp_path):
    recording("in/good.wav", 0.2)
    (tmp_path / "in" / "broken.wav").write_bytes(b"RIFF----WAVEnothing")
    watch = ["watch", tmp_path / "in", "-o", tmp_path / "out", "--every", "0.1", "--until-idle", "0.5"]
    code, out, err = koemorph(*watch)
    assert code == 3 and out.count(" done ") == 1 and err.count(" failed ") == 1
    code, out, err = koemorph(*watch)
    assert code == 3 and " done " not in out and err.count(" failed ") == 1
