"""One sentence for everything that can be wrong, and nothing left behind."""

from __future__ import annotations

import errno
import gc
import os
import stat
import struct
import sys
import tempfile
import threading
import time
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from koemorph.audio import clip as clip_module
from koemorph.audio import decode, ffmpeg, open_clip, store
from koemorph.errors import AudioError, Cancelled, KoeMorphError, MissingPieceError, OutputError


def refused(path, match, kind=AudioError, **options):
    with pytest.raises(kind, match=match) as caught:
        open_clip(path, **options)
    sentence = str(caught.value)
    assert "\n" not in sentence and sentence.endswith(".")
    return sentence


def test_missing(tmp_path):
    assert "nothing.wav" in refused(tmp_path / "nothing.wav", "does not exist")
    refused(tmp_path / "no folder" / "x.wav", "does not exist")


def test_directory(tmp_path):
    refused(tmp_path, "is a folder")


def test_empty(tmp_path):
    (tmp_path / "x.wav").touch()
    refused(tmp_path / "x.wav", "is empty")


def test_nonsense_paths(tmp_path):
    refused(tmp_path / ("x" * 300), "cannot be opened")
    refused("a\0b", "cannot be opened")
    (tmp_path / "x").touch()
    refused(tmp_path / "x" / "y.wav", "cannot be opened")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_pipe_does_not_hang(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    refused(tmp_path / "pipe", "is not a file")


def test_no_permission(write, voice, monkeypatch):
    path = write("x.wav", voice())
    if hasattr(os, "geteuid") and os.geteuid() != 0:
        path.chmod(0)
    else:  # root may read anything

        def forbidden(*_, **__):
            raise PermissionError(errno.EACCES, "Permission denied")

        monkeypatch.setattr("koemorph.audio.checks.open", forbidden, raising=False)
    refused(path, "may not be read")
    path.chmod(stat.S_IRUSR | stat.S_IWUSR)


@pytest.mark.parametrize("fmt", ["WAV", "AIFF", "RF64", "W64", "CAF", "AU"])
def test_zero_samples(write, fmt, no_ffmpeg):
    refused(write("x.bin", np.zeros((0, 1)), format=fmt), "zero samples")


@pytest.mark.parametrize("keep", [0.3, 0.7, 0.999])
@pytest.mark.parametrize("fmt", ["WAV", "WAVEX", "RF64", "W64", "AIFF", "CAF", "AU", "FLAC", "OGG", "OPUS", "MP3"])
def test_truncated(write, voice, fmt, keep, no_ffmpeg):
    options = {"format": "OGG", "subtype": "OPUS"} if fmt == "OPUS" else {"format": fmt}
    path = write("x.bin", voice(3.0), **options)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * keep)])
    refused(path, "cut short|damaged")


@pytest.mark.parametrize("keep", [0.3, 0.7, 0.999])
@pytest.mark.parametrize("options", [["x.m4a"], ["-movflags", "+faststart", "x.m4a"], ["x.mov"], ["x.mkv"]])
def test_truncated_through_ffmpeg(write, voice, ffmpeg, tmp_path, options, keep):
    path = tmp_path / options[-1]
    ffmpeg("-i", write("x.wav", voice(3.0)), *options[:-1], path)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * keep)])
    refused(path, "cut short")


def test_flac_with_too_few_frames(write, voice, tmp_path):
    """A header that promises more, in a file that is otherwise in order."""
    path = write("x.flac", voice(1.0))
    data = bytearray(path.read_bytes())
    data[25] += 1  # total samples 48000 -> more
    path.write_bytes(data)
    refused(path, "promises .* s of sound but ends after 1\\.000 s|damaged")


TEXT = "Scene 1\nÄnne: hello\n" * 400


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (TEXT.encode(), "text"),
        (TEXT.encode("utf-16"), "text"),
        (b"x", "text"),
        (b"\xff\xd8\xff\xe0" + bytes(range(256)) * 40, "picture"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, "picture"),
        (b"PK\x03\x04" + bytes(range(256)) * 40, "archive"),
        (b"%PDF-1.7\n" + bytes(range(256)) * 40, "document"),
    ],
)
@pytest.mark.parametrize("suffix", ["wav", "mp3", "txt"])
def test_not_audio(tmp_path, content, what, suffix, no_ffmpeg):
    (tmp_path / f"x.{suffix}").write_bytes(content)
    refused(tmp_path / f"x.{suffix}", f"{what}.*not sound")


@pytest.mark.parametrize("suffix", ["wav", "mp3", "aac", "m4a", "flac", "ogg", "bin", "ac3"])
@pytest.mark.parametrize("size", [1, 1000, 200_000])
def test_random_bytes(tmp_path, suffix, size, ffmpeg):
    path = tmp_path / f"x.{suffix}"
    path.write_bytes(b"\x9c" + np.random.default_rng(5).bytes(size))
    refused(path, "not a sound file|damaged|cut short")


def test_random_bytes_without_ffmpeg(tmp_path, no_ffmpeg):
    (tmp_path / "x.wav").write_bytes(b"\x9c" + np.random.default_rng(5).bytes(5000))
    refused(tmp_path / "x.wav", "install ffmpeg", MissingPieceError)


@pytest.mark.parametrize("subtype", ["FLOAT", "DOUBLE"])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e30])
def test_numbers_that_are_no_sound(write, voice, subtype, value):
    wave = np.stack([voice(2.0, 16_000)] * 2, 1)
    wave[24_000:24_100, 1] = value
    path = write("x.wav", wave, 16_000, subtype=subtype)
    refused(path, r"first at 1\.500 s")
    refused(path, r"first at 1\.500 s", start=Fraction(1))
    with open_clip(path, channel=1) as clip, open_clip(path, end=Fraction(3, 2)) as before:
        assert np.isfinite(clip.read(0, 32_000)).all() and np.isfinite(before.read(0, 24_000)).all()


@pytest.mark.parametrize("channel", [0, 3, -1, "middle", "0", "", "²", 99])
def test_channel_out_of_range(write, voice, channel):
    refused(write("x.wav", np.stack([voice()] * 2, 1)), "choose from 1 to 2|is unknown", channel=channel)


def test_right_of_mono(write, voice):
    refused(write("x.wav", voice()), "only one channel", channel="right")


@pytest.mark.parametrize(("field", "value"), [(22, b"\xe8\x03"), (24, b"\x00\x94\x35\x77"), (24, b"\1\0\0\0")])
def test_absurd_header(write, voice, field, value, no_ffmpeg):
    path = write("x.wav", voice())
    data = bytearray(path.read_bytes())
    data[field : field + len(value)] = value  # 1000 channels, 2 GHz, 1 Hz
    if field == 22:
        data[32:34] = struct.pack("<H", 2000)
    path.write_bytes(data)
    with pytest.raises(KoeMorphError) as caught:
        open_clip(path)
    assert "cannot be right" in str(caught.value) or "damaged" in str(caught.value)


def test_endless(monkeypatch, write, voice):
    monkeypatch.setattr("koemorph.audio.intake.LONGEST", 1)
    refused(write("x.wav", voice(2.0)), "goes on for more than")


class Full(tempfile.SpooledTemporaryFile):
    def write(self, data):
        raise OSError(errno.ENOSPC, "No space left on device")


def test_full_temporary_disk(write, voice, monkeypatch):
    monkeypatch.setattr(store.tempfile, "SpooledTemporaryFile", Full)
    refused(write("x.wav", voice()), "No space left.*free some disk space", OutputError)


def test_really_full_disk(write, voice, monkeypatch):
    if not Path("/dev/full").exists():
        pytest.skip("/dev/full is a Linux device")
    monkeypatch.setattr(store.tempfile, "SpooledTemporaryFile", lambda **_: open("/dev/full", "w+b"))  # noqa: SIM115
    refused(write("x.wav", voice()), "free some disk space", OutputError)


class Watched(store.SampleStore):
    made: list[store.SampleStore] = []  # noqa: RUF012

    def __init__(self):
        super().__init__()
        Watched.made.append(self)


@pytest.mark.parametrize("after", [0.0, 0.03, 0.5, 1.0])
@pytest.mark.parametrize("error", [Cancelled("stop"), KeyboardInterrupt(), ValueError("a defect in a host")])
def test_cancel_leaves_nothing(write, voice, monkeypatch, after, error):
    monkeypatch.setattr("koemorph.audio.intake.SampleStore", Watched)
    Watched.made.clear()

    def progress(fraction: float) -> None:
        if fraction >= after:
            raise error

    with pytest.raises(type(error)):
        open_clip(write("x.wav", voice(10.0)), progress=progress)
    for made in Watched.made:
        assert made._file.closed
    assert Watched.made or after < 0.05


def test_cancel_kills_ffmpeg(write, voice, ffmpeg, tmp_path, monkeypatch):
    ffmpeg("-i", write("x.wav", voice(60.0)), "-c:a", "pcm_s16le", tmp_path / "x.mov")
    made = []
    start = decode.FfmpegSource.__init__

    def remember(self, *arguments):
        start(self, *arguments)
        made.append(self)

    monkeypatch.setattr(decode.FfmpegSource, "__init__", remember)

    def progress(fraction: float) -> None:
        if fraction > 0.3:
            raise Cancelled("stop")

    with pytest.raises(Cancelled):
        open_clip(tmp_path / "x.mov", progress=progress)
    (source,) = made
    assert source._process.poll() is not None
    gc.collect()
    time.sleep(0.05)
    assert source._pipe.closed and not any("_drain" in thread.name for thread in threading.enumerate())


@pytest.mark.parametrize("suffix", ["wav", "flac", "mp3", "m4a", "mkv"])
def test_progress(write, voice, ffmpeg, tmp_path, suffix):
    path = tmp_path / f"made.{suffix}"
    ffmpeg("-i", write("x.wav", voice(30.0)), path)
    said: list[float] = []
    open_clip(path, progress=said.append).close()
    assert len(said) > 30 and said == sorted(said)
    assert said[0] >= 0 and said[-1] == 1.0
    assert max(np.diff(said)) < 0.2


def fake_ffmpeg(tmp_path, monkeypatch, body: str) -> None:
    if sys.platform == "win32":
        pytest.skip("the stand-in for ffmpeg is a shell script")
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "ffmpeg").write_text(f"#!{sys.executable}\nimport sys, time\n{body}\n")
    (folder / "ffmpeg").chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))


ODD = struct.pack(">I8sI", 16, b"ftypM4A ", 0) + bytes(100)
HEADER = """
print('Duration: N/A, start: 0.0', file=sys.stderr)
sys.stdout.buffer.write(b'.snd' + bytes([0,0,0,24, 255,255,255,255, 0,0,0,6, 0,0,187,128, 0,0,0,1]))
sys.stdout.flush()
"""


@pytest.mark.parametrize("body", ["time.sleep(60)", f"{HEADER}time.sleep(60)"])
def test_stuck_ffmpeg(tmp_path, monkeypatch, body):
    monkeypatch.setattr(ffmpeg, "STALL_SECONDS", 0.5)
    fake_ffmpeg(tmp_path, monkeypatch, body)
    (tmp_path / "x.m4a").write_bytes(ODD)
    began = time.monotonic()
    refused(tmp_path / "x.m4a", "got stuck")
    assert time.monotonic() - began < 5


def test_talkative_ffmpeg(tmp_path, monkeypatch):
    talk = "for _ in range(200000): print('x' * 200, file=sys.stderr)"
    fake_ffmpeg(tmp_path, monkeypatch, f"{HEADER}sys.stdout.buffer.write(bytes(400000))\n{talk}")
    (tmp_path / "x.m4a").write_bytes(ODD)
    with open_clip(tmp_path / "x.m4a") as clip:
        assert clip.duration == Fraction(100_000, 48_000)


def test_failing_ffmpeg(tmp_path, monkeypatch):
    fake_ffmpeg(tmp_path, monkeypatch, f"{HEADER}sys.stdout.buffer.write(bytes(400000)); sys.exit(69)")
    (tmp_path / "x.m4a").write_bytes(ODD)
    refused(tmp_path / "x.m4a", "damaged")


def test_ffmpeg_that_does_not_start(tmp_path, monkeypatch):
    fake_ffmpeg(tmp_path, monkeypatch, "")
    (tmp_path / "bin" / "ffmpeg").write_text("#!/no/such/interpreter\n")
    (tmp_path / "x.m4a").write_bytes(ODD)
    refused(tmp_path / "x.m4a", "does not start", MissingPieceError)


def test_errors_in_making_the_clip_close_the_store(write, voice, monkeypatch):
    monkeypatch.setattr("koemorph.audio.intake.SampleStore", Watched)
    Watched.made.clear()

    def broken(*_):
        raise RuntimeError

    monkeypatch.setattr(clip_module, "_make", broken)
    with pytest.raises(RuntimeError):
        open_clip(write("x.wav", voice()))
    assert Watched.made[0]._file.closed
