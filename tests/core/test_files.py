"""Files appear complete or not at all, whatever happens while they are written."""

import errno
import os
import stat
import threading
import time
from pathlib import Path

import pytest

from koemorph import files
from koemorph.errors import OutputError
from koemorph.files import atomic, atomic_folder, write_text


def test_a_new_file_and_its_folders(tmp_path):
    path = tmp_path / "a" / "b" / "c.txt"
    write_text(path, "Grüße\n")
    assert path.read_bytes() == "Grüße\n".encode()
    assert [entry.name for entry in path.parent.iterdir()] == ["c.txt"]


def test_what_killed_processes_left_is_swept_up_after_a_day(tmp_path):
    old, fresh, scene, worked = (f".koemorph-{letter * 32}" for letter in "0123")
    days = {old: 2, f"{scene}.blend": 2, fresh: 0.001, f"{worked}.blend": 0.5}
    days |= dict.fromkeys(("mine", ".other", ".koemorph-mine", ".koemorph-" + "0" * 31), 30)
    for name, age in days.items():
        (tmp_path / name).write_bytes(b"half")
        os.utime(tmp_path / name, times=(time.time() - age * 86_400,) * 2)
    for name in (".koemorph-" + "a" * 32, ".koemorph-work"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "line.take").write_bytes(b"half")
        os.utime(folder, times=(time.time() - 2 * 86_400,) * 2)
    write_text(tmp_path / "a.txt", "new")
    kept = {fresh, f"{worked}.blend", "mine", ".other", ".koemorph-mine", ".koemorph-" + "0" * 31, ".koemorph-work"}
    assert {entry.name for entry in tmp_path.iterdir()} == {*kept, "a.txt"}


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps others from removing what is open")
def test_what_an_ended_process_left_goes_after_minutes_and_what_is_at_work_stays(tmp_path):
    """An hour-long conversion that was killed must not keep its gigabytes for a day."""
    left = tmp_path / (".koemorph-" + "0" * 32)
    left.write_bytes(b"half")
    os.utime(left, times=(time.time() - 3600,) * 2)
    with atomic(tmp_path / "slow.txt") as handle:
        handle.write(b"x")
        handle.flush()
        (working,) = set(tmp_path.glob(".koemorph-*")) - {left}
        os.utime(working, times=(time.time() - 3600,) * 2)
        write_text(tmp_path / "a.txt", "new")
        assert working.exists() and not left.exists()


def folder_at(path, content):
    with atomic_folder(path, lambda inside: inside.suffix == ".txt") as place:
        for name, text in content.items():
            (place / name).write_text(text)


@pytest.mark.parametrize("swaps", [True, False])
def test_a_folder_is_replaced_and_never_away(tmp_path, monkeypatch, swaps):
    path, seen = tmp_path / "a", []
    if not swaps:
        monkeypatch.setattr(files, "_exchanged", lambda one, other: False)
    folder_at(path, {"x.txt": "old", "y.txt": "old"})
    ended = threading.Event()

    def look():
        while not ended.is_set():
            seen.append((path / "x.txt").exists())

    looking = threading.Thread(target=look)
    looking.start()
    for _ in range(20):
        folder_at(path, {"x.txt": "new", "z.txt": "new"})
    ended.set()
    looking.join()
    assert all(seen)
    assert {inside.name: inside.read_text() for inside in path.iterdir()} == {"x.txt": "new", "z.txt": "new"}
    assert [entry.name for entry in tmp_path.iterdir()] == ["a"]


def test_a_folder_that_cannot_be_put_in_its_place_leaves_the_old_one(tmp_path, monkeypatch):
    path = tmp_path / "a"
    folder_at(path, {"x.txt": "old"})

    def broken(*_):
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(files, "_exchanged", broken)
    with pytest.raises(OutputError):
        folder_at(path, {"x.txt": "new"})
    assert (path / "x.txt").read_text() == "old" and [entry.name for entry in tmp_path.iterdir()] == ["a"]


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="nothing tells the name of a handle")
def test_names_are_brought_to_the_disk_too(tmp_path, monkeypatch):
    synced, sync = [], os.fsync

    def remember(handle):
        synced.append(str(Path(f"/proc/self/fd/{handle}").readlink()))
        sync(handle)

    monkeypatch.setattr(os, "fsync", remember)
    write_text(tmp_path / "b" / "c" / "a.txt", "new")
    assert [Path(name).name for name in synced][-1] == "c"
    assert {str(tmp_path), str(tmp_path / "b")} <= set(synced), "of new folders as well"


@pytest.mark.parametrize("path", [".", "/"])
def test_a_folder_without_a_name_is_no_file(path, one_sentence):
    with pytest.raises(OutputError, match="name a file in it") as refusal:
        write_text(Path(path), "new")
    one_sentence(refusal.value)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
def test_a_pipe_or_a_device_is_not_replaced(tmp_path, one_sentence):
    """Whoever may write to /dev, as root, would take /dev/null from everybody."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("pipe")
    for name in ("pipe", "link"):
        with pytest.raises(OutputError, match="a pipe or a device") as refusal:
            files.write_text(tmp_path / name, "x")
        one_sentence(refusal.value)
        assert (tmp_path / name).is_fifo()
    assert {path.name for path in tmp_path.iterdir()} == {"pipe", "link"}


def test_nothing_shows_before_the_end(tmp_path):
    path = tmp_path / "a.txt"
    with atomic(path) as handle:
        handle.write(b"x" * 1_000_000)
        handle.flush()
        assert not path.exists()
    assert path.stat().st_size == 1_000_000


@pytest.mark.parametrize("failure", [ValueError("x"), KeyboardInterrupt(), SystemExit(1), MemoryError()])
@pytest.mark.parametrize("before", [None, b"old"])
def test_whatever_interrupts_leaves_the_old_file(tmp_path, failure, before):
    path = tmp_path / "a.txt"
    if before is not None:
        path.write_bytes(before)
    with pytest.raises(type(failure)) as caught, atomic(path) as handle:
        handle.write(b"new")
        raise failure
    assert caught.value is failure
    assert (path.read_bytes() if path.exists() else None) == before
    assert [entry.name for entry in tmp_path.iterdir()] == (["a.txt"] if before else [])


def test_a_full_disk_is_a_sentence(tmp_path, one_sentence):
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")
    with pytest.raises(OutputError, match=r"No space left.*make room") as refusal, atomic(path) as handle:
        handle.write(b"new")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    one_sentence(refusal.value)
    assert path.read_bytes() == b"old" and len(list(tmp_path.iterdir())) == 1


def test_a_rename_that_fails_leaves_nothing_behind(tmp_path, monkeypatch, one_sentence):
    (tmp_path / "a.txt").mkdir()
    with pytest.raises(OutputError) as refusal:
        write_text(tmp_path / "a.txt", "new")
    one_sentence(refusal.value)
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.txt"]


@pytest.mark.parametrize("place", ["file/a.txt", "file/b/a.txt", "x" * 300])
def test_places_that_cannot_be(tmp_path, place, one_sentence):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OutputError) as refusal:
        write_text(tmp_path / place, "new")
    assert "\n" not in str(refusal.value) and place in str(refusal.value)
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="there is no folder that even root cannot write to")
def test_a_folder_that_cannot_be_written_to(one_sentence):
    with pytest.raises(OutputError, match=r"/proc/self/a\.take") as refusal:
        write_text(Path("/proc/self/a.take"), "new")
    one_sentence(refusal.value)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
@pytest.mark.parametrize("mask", [0o022, 0o027, 0o077, 0o000])
def test_permissions_are_those_of_any_new_file(tmp_path, mask):
    """Temporary files are for their owner alone; a take in a shared folder must not stay so."""
    old = os.umask(mask)
    try:
        (tmp_path / "plain").write_bytes(b"")
        write_text(tmp_path / "ours", "new")
        assert os.umask(mask) == mask, "the mask of the process must be as before"
    finally:
        os.umask(old)
    modes = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("plain", "ours")]
    assert modes[0] == modes[1]


def test_the_last_of_many_writers_wins_whole(tmp_path):
    path = tmp_path / "a.txt"

    def write(letter):
        for _ in range(10):
            write_text(path, letter * 5000)

    threads = [threading.Thread(target=write, args=(letter,)) for letter in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    content = path.read_text("utf-8")
    assert len(content) == 5000 and len(set(content)) == 1
    assert len(list(tmp_path.iterdir())) == 1
