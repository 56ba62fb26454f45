"""Every format and subtype gives the same sound back."""

from __future__ import annotations

import hashlib
import io
import struct
import subprocess
from fractions import Fraction

import numpy as np
import pytest
import soundfile
import soxr

from koemorph.audio import SAMPLE_RATE, Clip, open_clip
from koemorph.errors import AudioError, MissingPieceError

LOSSLESS = [
    *(("WAV", s, e) for s, e in [("PCM_U8", 1e-2), ("PCM_16", 1e-4), ("PCM_24", 1e-6), ("PCM_32", 1e-6)]),
    *(("WAV", s, e) for s, e in [("FLOAT", 1e-6), ("DOUBLE", 1e-6), ("ULAW", 3e-2), ("ALAW", 3e-2)]),
    *(("WAVEX", s, e) for s, e in [("PCM_16", 1e-4), ("PCM_24", 1e-6), ("FLOAT", 1e-6)]),
    *(("RF64", s, e) for s, e in [("PCM_16", 1e-4), ("PCM_24", 1e-6)]),
    *(("W64", s, e) for s, e in [("PCM_16", 1e-4), ("FLOAT", 1e-6)]),
    *(("AIFF", s, e) for s, e in [("PCM_S8", 1e-2), ("PCM_16", 1e-4), ("PCM_24", 1e-6), ("PCM_32", 1e-6)]),
    *(("AIFF", s, e) for s, e in [("FLOAT", 1e-6), ("DOUBLE", 1e-6)]),
    *(("FLAC", s, e) for s, e in [("PCM_S8", 1e-2), ("PCM_16", 1e-4), ("PCM_24", 1e-6)]),
    *(("CAF", s, e) for s, e in [("PCM_16", 1e-4), ("FLOAT", 1e-6), ("ALAC_16", 1e-4)]),
    *(("AU", s, e) for s, e in [("PCM_16", 1e-4), ("FLOAT", 1e-6)]),
    ("NIST", "PCM_16", 1e-4),
]


def at_16k(samples, rate):
    return soxr.resample(samples.astype(np.float32), rate, SAMPLE_RATE, quality="HQ")


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize(("fmt", "subtype", "error"), LOSSLESS)
def test_lossless(write, voice, fmt, subtype, error, channels):
    wave = voice()
    path = write("x.bin", np.repeat(wave[:, None], channels, 1), format=fmt, subtype=subtype)
    with open_clip(path) as clip:
        assert (clip.sample_count, clip.duration, clip.start) == (16_000, 1, 0)
        assert (clip.source_rate, clip.channels, clip.path) == (48_000, channels, path)
        assert clip.warnings == ()
        assert np.abs(clip.read(0, 16_000) - at_16k(wave, 48_000)).max() < error


@pytest.mark.parametrize(("fmt", "subtype"), [("OGG", "VORBIS"), ("OGG", "OPUS"), ("MP3", "MPEG_LAYER_III")])
def test_lossy(write, voice, fmt, subtype):
    wave = voice(2.0)
    with open_clip(write("x.bin", wave, format=fmt, subtype=subtype)) as clip:
        assert clip.duration == 2
        heard, meant = clip.read(0, 32_000), at_16k(wave, 48_000)
        assert np.corrcoef(heard, meant)[0, 1] > 0.98


@pytest.mark.parametrize("subtype", ["IMA_ADPCM", "MS_ADPCM", "GSM610"])
def test_old_codecs_in_wav(write, voice, subtype):
    wave = voice(2.0, 8000)
    with open_clip(write("x.wav", wave, 8000, subtype=subtype)) as clip:
        assert abs(clip.sample_count - 32_000) < 2_100  # they come in whole blocks
        assert np.corrcoef(clip.read(0, 32_000), at_16k(wave, 8000))[0, 1] > 0.95


@pytest.mark.parametrize("rate", [8000, 11025, 16000, 22050, 32000, 44100, 48000, 88200, 96000, 192000, 44056])
def test_rates(write, voice, rate):
    wave = voice(0.7341, rate)
    with open_clip(write("x.wav", wave, rate, subtype="FLOAT")) as clip:
        assert clip.duration == Fraction(len(wave), rate)
        assert clip.sample_count == int(clip.duration * 16000 + Fraction(1, 2))
        expected = at_16k(wave, rate)
        n = min(len(expected), clip.sample_count)
        assert np.abs(clip.read(0, n) - expected[:n]).max() < 1e-6


def test_16k_mono_is_untouched(write, voice):
    wave = voice(1.0, 16_000).astype(np.float32)
    with open_clip(write("x.wav", wave, 16_000, subtype="FLOAT")) as clip:
        assert np.array_equal(clip.read(0, 16_000), wave)


def test_channels(write):
    parts = np.linspace(0.1, 0.6, 6)
    path = write("x.wav", np.tile(parts, (16_000, 1)), 16_000, subtype="FLOAT")
    for channel, level in [(None, parts.mean()), (1, 0.1), (6, 0.6), ("3", 0.3), ("left", 0.1), ("Right", 0.2)]:
        with open_clip(path, channel=channel) as clip:
            assert clip.channels == 6
            assert clip.read(8000, 8001)[0] + clip.offset == pytest.approx(level)


@pytest.mark.parametrize("name", ["lies.mp3", "lies.raw", "lies.txt", "lies.m4a", "lies", "lies.wav.ogg", "lies.vox"])
@pytest.mark.parametrize("fmt", ["WAV", "FLAC", "OGG"])
def test_the_name_does_not_matter(write, voice, name, fmt, no_ffmpeg):
    with open_clip(write(name, voice(), format=fmt)) as clip:
        assert clip.sample_count == 16_000


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF, 0x7FFFF000])
def test_wav_from_a_pipe(write, voice, size, tmp_path):
    """Sizes that a program writes when it cannot go back to the header, or a recorder that was switched off."""
    data = bytearray(write("x.wav", voice()).read_bytes())
    data[4:8] = data[40:44] = struct.pack("<I", size)
    piped = tmp_path / "piped.wav"
    piped.write_bytes(data)
    with open_clip(tmp_path / "x.wav") as whole, open_clip(piped) as clip:
        assert np.array_equal(clip.read(0, 16_000), whole.read(0, 16_000))


@pytest.mark.parametrize("fmt", ["w64", "caf", "aiff", "au", "flac", "wav"])
def test_streams_from_ffmpeg(write, voice, ffmpeg, fmt, tmp_path):
    source = write("x.wav", voice())
    command = ["ffmpeg", "-nostdin", "-v", "error", "-i", str(source), "-f", fmt, "-"]
    (tmp_path / "piped").write_bytes(subprocess.run(command, check=True, capture_output=True).stdout)
    with open_clip(source) as whole, open_clip(tmp_path / "piped") as clip:
        assert clip.duration == 1
        assert np.array_equal(clip.read(0, 16_000), whole.read(0, 16_000))


@pytest.mark.parametrize(
    ("suffix", "codec"), [("mov", "pcm_s16le"), ("m4a", "alac"), ("mkv", "flac"), ("avi", "pcm_s16le")]
)
def test_ffmpeg_lossless_is_bit_exact(write, voice, ffmpeg, tmp_path, suffix, codec):
    source = write("x.wav", np.stack([voice(3.0, 44_100), voice(3.0, 44_100, 0.1)], 1), 44_100)
    ffmpeg("-i", source, "-c:a", codec, tmp_path / f"x.{suffix}")
    with open_clip(source) as wav, open_clip(tmp_path / f"x.{suffix}") as clip:
        assert (clip.duration, clip.source_rate, clip.channels) == (3, 44_100, 2)
        assert np.array_equal(clip.read(0, 48_000), wav.read(0, 48_000))
        assert clip.gain == wav.gain


@pytest.mark.parametrize("suffix", ["m4a", "mp4", "mov", "webm", "mka"])
def test_ffmpeg_lossy(write, voice, ffmpeg, tmp_path, suffix):
    wave = voice(2.0)
    codec = {"webm": "libopus", "mka": "libvorbis"}.get(suffix, "aac")
    ffmpeg("-i", write("x.wav", wave), "-c:a", codec, tmp_path / f"x.{suffix}")
    with open_clip(tmp_path / f"x.{suffix}") as clip:
        assert float(clip.duration) == pytest.approx(2.0, abs=0.03)
        assert np.corrcoef(clip.read(0, 31_000), at_16k(wave, 48_000)[:31_000])[0, 1] > 0.99


@pytest.mark.parametrize("suffix", ["aac", "wma", "ac3"])
def test_formats_that_hide_their_delay(write, voice, ffmpeg, tmp_path, suffix):
    """These files do not say how much of their beginning is padding, so only the length can be held to."""
    ffmpeg("-i", write("x.wav", voice(2.0)), tmp_path / f"x.{suffix}")
    with open_clip(tmp_path / f"x.{suffix}") as clip:
        assert float(clip.duration) == pytest.approx(2.0, abs=0.1)


def test_video_sound_keeps_its_place(write, ffmpeg, tmp_path):
    """Sound that begins half a second after the picture stays half a second after it."""
    wave = np.zeros(48_000)
    wave[24_000] = 0.9
    picture = ["-f", "lavfi", "-t", "2", "-i", "color=size=64x64:rate=24"]
    sound = ["-itsoffset", "0.5", "-i", str(write("x.wav", wave))]
    ffmpeg(*picture, *sound, "-c:v", "mpeg4", "-c:a", "aac", "-b:a", "256k", tmp_path / "x.mp4")
    with open_clip(tmp_path / "x.mp4") as clip:
        assert abs(int(np.abs(clip.read(0, clip.sample_count)).argmax()) - 16_000) <= 16


def test_video_without_sound(ffmpeg, tmp_path):
    ffmpeg("-f", "lavfi", "-t", "1", "-i", "color=size=64x64:rate=24", "-c:v", "mpeg4", tmp_path / "x.mp4")
    with pytest.raises(AudioError, match="no sound track"):
        open_clip(tmp_path / "x.mp4")


def test_without_ffmpeg(tmp_path, no_ffmpeg):
    path = tmp_path / "x.m4a"
    path.write_bytes(struct.pack(">I8sI", 16, b"ftypM4A ", 0) + bytes(100))
    with pytest.raises(MissingPieceError, match=r"install ffmpeg .* or convert the file to WAV"):
        open_clip(path)


def test_from_samples_equals_the_file(write, voice):
    wave = np.stack([voice(1.3, 44_100), voice(1.3, 44_100, 0.1)], 1).astype(np.float32)
    with open_clip(write("x.wav", wave, 44_100, subtype="FLOAT")) as file, Clip.from_samples(wave, 44_100) as clip:
        assert clip.path is None
        assert (clip.sample_count, clip.duration, clip.gain) == (file.sample_count, file.duration, file.gain)
        assert np.array_equal(clip.read(0, clip.sample_count), file.read(0, file.sample_count))
        assert len(clip.sha256) == 64


def test_from_integer_samples(voice):
    wave = (voice(0.5, 16_000) * 32767).astype(np.int16)
    with Clip.from_samples(wave, 16_000) as clip:
        assert np.array_equal(clip.read(0, 8000), wave / np.float32(32768))


@pytest.mark.parametrize("samples", [np.zeros((2, 3, 4)), np.array(["a"]), np.zeros((10, 0)), np.zeros(0)])
def test_from_samples_refuses(samples):
    with pytest.raises(AudioError):
        Clip.from_samples(samples, 16_000)


def test_hash_is_of_the_file(write, voice):
    path = write("x.wav", voice())
    with open_clip(path) as clip:
        assert clip.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_corpus_is_current():
    """What this file lists is what soundfile can write; anything new should be added."""
    known = {(fmt, subtype) for fmt, subtype, _ in LOSSLESS}
    for fmt in ("WAV", "AIFF", "FLAC"):
        for subtype in soundfile.available_subtypes(fmt):
            if subtype.startswith(("PCM", "FLOAT", "DOUBLE")):
                buffer = io.BytesIO()
                soundfile.write(buffer, np.zeros(10), 16_000, format=fmt, subtype=subtype)
                assert (fmt, subtype) in known or (fmt, subtype) == ("AIFF", "PCM_U8")
