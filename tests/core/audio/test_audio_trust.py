"""What a recording is believed: one file from its hash to its last sample, and no more than it can hold."""

import hashlib
import os

import numpy as np
import pytest
import soundfile

from koemorph.audio import Clip, decode, open_clip
from koemorph.errors import AudioError
from koemorph.trust import Look


@pytest.fixture
def meanwhile(monkeypatch):
    """`meanwhile(act)`: something that happens after the file was hashed and before it is decoded."""

    def arrange(act):
        opening = decode.checks.kind_of

        def kind_of(file, name):
            act()
            return opening(file, name)

        monkeypatch.setattr(decode.checks, "kind_of", kind_of)

    return arrange


@pytest.mark.parametrize("ending", ["wav", "mkv"])
def test_a_recording_replaced_while_it_is_read_is_the_one_that_was_hashed(write, voice, ffmpeg, meanwhile, ending):
    path, other = write("a.wav", voice(2.0)), write("b.wav", voice(1.0, loudness=0.05))
    if ending == "mkv":
        for sound in (path, other):
            ffmpeg("-i", sound, "-c:a", "pcm_s16le", sound.with_suffix(".mkv"))
        path, other = path.with_suffix(".mkv"), other.with_suffix(".mkv")
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    meanwhile(lambda: other.replace(path))
    with open_clip(path) as clip:
        assert (clip.sha256, clip.sample_count) == (sha256, 32_000)
        assert clip.look is not None and not clip.look.agrees(Look.at(path)), "the new file must be seen as another"


def test_a_recording_written_to_while_it_is_read_is_refused(write, voice, meanwhile, one_sentence):
    path, other = write("a.wav", voice(2.0)), write("b.wav", voice(2.0, loudness=0.05))

    def write_over():
        path.write_bytes(other.read_bytes())
        os.utime(path, ns=(1, 1))

    meanwhile(write_over)
    with pytest.raises(AudioError, match="changed while it was read") as refusal:
        open_clip(path)
    one_sentence(refusal.value)


@pytest.mark.parametrize("leaning", [0.02, 0.2, -0.5])
def test_an_offset_is_taken_out_and_told(write, voice, leaning):
    speech = voice(3.0, 16_000, loudness=0.1)
    plain, leant = write("a.wav", speech, 16_000), write("b.wav", speech + leaning, 16_000)
    with open_clip(plain) as clip, open_clip(leant) as other:
        assert clip.offset == 0.0 and not clip.warnings
        assert other.offset == pytest.approx(leaning, abs=1e-3)
        assert other.gain == pytest.approx(clip.gain, rel=1e-2)
        assert [warning for warning in other.warnings if "DC offset" in warning]
        np.testing.assert_allclose(other.read(0, 48_000), clip.read(0, 48_000), atol=2e-3)
        assert not other.read(-10, 0).any() and not other.read(48_000, 48_010).any(), "nothing is around a clip"


def test_a_voice_that_leans_a_little_is_left_alone(write, voice):
    speech = voice(3.0, 16_000, loudness=0.1)
    leaning = speech + 0.05 * np.sin(np.arange(len(speech)) * 2 * np.pi / 16_000)  # wind
    for name, samples in (("a.wav", speech + 0.004), ("b.wav", leaning)):
        path = write(name, samples, 16_000)
        with open_clip(path) as clip:
            assert clip.offset == 0.0
            np.testing.assert_array_equal(clip.read(0, 48_000), soundfile.read(path, dtype="float32")[0])


def test_channels_that_cancel_each_other_are_told(write, voice):
    one = voice(1.0)
    path = write("x.wav", np.stack([one, -one * 0.9], axis=1))
    with open_clip(path) as clip:
        assert any("cancel each other" in warning and "--channel left" in warning for warning in clip.warnings)
    with open_clip(path, channel="left") as clip:
        assert not clip.warnings
    apart = write("y.wav", np.stack([one, voice(1.0)[::-1] * 0.5], axis=1))
    silent = write("z.wav", np.stack([one, one * 0], axis=1))
    for path in (apart, silent):
        with open_clip(path) as clip:
            assert not clip.warnings
    with Clip.from_samples(np.zeros((16_000, 2)), 16_000) as clip:
        assert clip.warnings == ("The recording is digital silence.",)


def test_a_playlist_is_no_recording(write, voice, ffmpeg, tmp_path, one_sentence):
    """It would make ffmpeg decode other files, which no hash covers."""
    write("other.wav", voice(1.0))
    ffmpeg("-i", tmp_path / "other.wav", tmp_path / "other.ts")
    path = tmp_path / "list.wav"
    path.write_bytes(b"#EXTM3U\n#EXTINF:1,\xff\nother.ts\n#EXT-X-ENDLIST\n")
    with pytest.raises(AudioError) as refusal:
        open_clip(path)
    one_sentence(refusal.value)


def test_a_few_bytes_do_not_become_hours(tmp_path, ffmpeg, one_sentence):
    """FLAC packs silence, in its largest blocks and at a low rate, ten hours into 72 kB."""
    path = tmp_path / "bomb.flac"
    ffmpeg("-f", "lavfi", "-i", "anullsrc=r=8000:cl=mono", "-t", "3600", "-frame_size", "65535", path)
    with pytest.raises(AudioError, match="unpacks to more than 500 times") as refusal:
        open_clip(path)
    one_sentence(refusal.value)


def test_a_number_of_a_channel_that_never_ends(write, voice, one_sentence):
    path = write("x.wav", voice(0.1))
    with pytest.raises(AudioError, match="Channel") as refusal:
        open_clip(path, channel="1" * 5000)
    one_sentence(refusal.value)
