"""The features of SyncTalk_2D: mels against librosa, and the frame arithmetic against the original's."""

from functools import partial

import librosa
import numpy as np
import pytest

from koemorph.errors import AudioError
from koemorph.timing import FrameRate
from koemorph_ave.features import (
    BANK,
    frame_count,
    mel_spectrogram,
    padded,
    tensors,
    window_starts,
    windows_at,
)
from koemorph_ave.modes import MODES

RATE = 16_000
FILM = FrameRate.parse(25)


def cut(samples, start, stop):
    """What a clip's `read` does: zeros outside."""
    inside = samples[max(start, 0) : max(stop, 0)]
    return np.pad(inside, (max(-start, 0), stop - max(start, 0) - len(inside)))


def ours(samples):
    return mel_spectrogram(partial(cut, samples), len(samples))


def librosas(samples):
    """As the original computes it, with librosa."""
    samples = samples.astype(np.float64)
    emphasised = np.append(samples[:1], samples[1:] - 0.97 * samples[:-1])
    spectrum = librosa.stft(emphasised, n_fft=800, hop_length=200, win_length=800, pad_mode="constant")
    filters = librosa.filters.mel(sr=RATE, n_fft=800, n_mels=80, fmin=55, fmax=7600, dtype=np.float64)
    decibels = 20 * np.log10(np.maximum(1e-5, filters @ np.abs(spectrum))) - 20
    return np.clip(8 * (decibels + 100) / 100 - 4, -4, 4)


@pytest.mark.parametrize("seconds", [0.2, 2.0, 2.00006, 30.0])
@pytest.mark.parametrize("loudness", [1.0, 0.01])
def test_mels_are_librosas(speech_like, seconds, loudness):
    samples = speech_like(seconds) * np.float32(loudness)
    theirs = librosas(samples)
    assert ours(samples).shape == theirs.shape
    difference = np.abs(ours(samples) - theirs)
    assert difference.max() < 1e-3 and difference.mean() < 1e-4
    assert theirs.max() > -3.9, "the comparison must not be of floors alone"


@pytest.mark.parametrize(("seconds", "mels", "frames"), [(60, 4801, 1497), (2, 161, 47)])
def test_the_documents_figures(speech_like, seconds, mels, frames):
    mel = ours(speech_like(seconds))
    assert mel.shape == (BANK.bands, mels)
    windows = windows_at(mel, window_starts(mels, FILM))
    assert windows.shape == (frames, 80, 16)
    assert padded(np.zeros((frames, 512), np.float32)).shape == (frames + 2, 512)


def test_silence_is_the_least_and_noise_at_full_scale_stays_in_range():
    assert (ours(np.zeros(RATE, np.float32)) == -4).all()
    loud = ours(np.random.default_rng(0).uniform(-1, 1, RATE).astype(np.float32) * 1e6)
    assert np.isfinite(loud).all() and loud.max() == 4


def test_frames_are_counted_as_the_original_counts_them():
    """With doubles, which fall below a whole number now and then: 384 mels at 25 fps make 114, not 115, and two."""
    for mels in range(16, 20_000):
        assert frame_count(mels, FILM) == int((mels - 16) / 80.0 * float(25)) + 2
    assert frame_count(384, FILM) == 116


@pytest.mark.parametrize("text", ["25", "30", "24", "29.97", "23.976", "50", "60"])
def test_windows_begin_with_their_frame_for_an_hour(text):
    rate, mels = FrameRate.parse(text), 3600 * 80 + 1
    starts = window_starts(mels, rate)
    exact = np.array([float(80 * frame / rate.fps) for frame in range(len(starts))])
    inside = starts < mels - 16
    assert (exact - starts)[inside].min() > -1e-6 and (exact - starts)[inside].max() < 1
    assert starts[-1] == mels - 16 and (np.diff(starts) >= 0).all()
    if text == "25":
        assert starts[:50].tolist() == [int(80.0 * (i / float(25))) for i in range(50)]


def test_a_window_is_a_piece_of_the_mels():
    mel = np.arange(80 * 40, dtype=np.float32).reshape(80, 40)
    windows = windows_at(mel, np.array([0, 7, 24]))
    for window, start in zip(windows, (0, 7, 24), strict=True):
        assert np.array_equal(window, mel[:, start : start + 16])


def test_too_short_a_recording_says_so(one_sentence):
    with pytest.raises(AudioError) as caught:
        window_starts(15, FILM)
    one_sentence(caught.value)
    assert len(window_starts(16, FILM)) == 2


@pytest.mark.parametrize("mode", MODES.values(), ids=MODES)
@pytest.mark.parametrize("count", [1, 5, 40])
def test_a_tensor_is_sixteen_rows(mode, count):
    """Written out as the original does: rows from 8 before to 7 after, and zeros where there are none."""
    rows = np.random.default_rng(count).random((count + 2, mode.row), dtype=np.float32)
    for frame, tensor in enumerate(tensors(rows, count, mode)):
        assert tensor.shape == mode.shape
        for place, row in enumerate(range(frame - 8, frame + 8)):
            wanted = rows[row] if 0 <= row < len(rows) else np.zeros(mode.row, np.float32)
            assert np.array_equal(tensor.reshape(16, mode.row)[place], wanted)


def test_the_shapes_that_renderers_expect():
    assert {mode.name: mode.shape for mode in MODES.values()} == {
        "ave": (32, 16, 16),
        "hubert": (32, 32, 32),
        "wenet": (256, 16, 32),
    }
    assert all(16 * mode.row == np.prod(mode.shape) for mode in MODES.values())
