"""The engine: as many frames as the clip has, each at its moment, the same bytes however the work was cut up."""

import io
import threading
import time
import zipfile
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from koemorph import arkit, formats
from koemorph.analysis import analysis_frames
from koemorph.audio import Clip, open_clip
from koemorph.engine import Engine
from koemorph.errors import AudioError, KoeMorphError
from koemorph.features.emotion import FUNCTIONALS, WINDOW_SAMPLES, window_count
from koemorph.features.listener import CELL, FEATURE_SIZE, LOUDEST, RANGE, TONE_SIZE
from koemorph.features.mel import FLOOR_DB
from koemorph.model import load_model
from koemorph.network import BLOCK_FRAMES
from koemorph.settings import Settings
from koemorph.speech.symbols import classes
from koemorph.speech.track import Phone, Tracks
from koemorph.timing import FrameRate

RATES = ("24", "25", "29.97", "30", "60")
RAW = Settings.raw()
HOUR = 3600
MOMENTS = ("3/10", "30", "7203/4", "17996/5", "215997/60", "31.99", "1799.777", "3598.43")


class Ears:
    """A listener whose features are how loud each moment's bands are, 0 (the floor) to about 1."""

    def run(self, outputs, feed):
        loudness = np.round(feed["mel"].mean(axis=1)[:, ::2, None] - (LOUDEST - RANGE + 4) / 4, 5)
        return [
            np.repeat(loudness, FEATURE_SIZE, axis=2),
            np.zeros((1, loudness.shape[1] // CELL, TONE_SIZE), np.float32),
        ]


class Loudness:
    """An analyser whose speech latents are that loudness at each frame; emotion latents are zero."""

    def run(self, outputs, feed):
        heard = feed["features"][0, :, 0]
        at = np.arange(len(heard) * 6 // 5) * 5 / 6
        loudness = np.interp(at, np.arange(len(heard)), heard)[None, :, None].astype(np.float32)
        return [loudness, np.zeros_like(loudness), np.zeros((1, len(heard), len(classes())), np.float32)]


class Everywhere:
    """A renderer that gives every shape the first speech latent."""

    def run(self, outputs, feed):
        return [np.repeat(feed["speech_latents"][:, :, :1], 52, axis=2)]


def hear_loudness(tiny):
    """An engine that shows when something sounds, so that timing can be read off its curves."""
    return Engine(tiny, sessions=(Ears(), Loudness(), Everywhere()))


def expected_frames(duration, text):
    return max(1, int(Fraction(duration) * FrameRate.parse(text).fps + Fraction(1, 2)))


def take_bytes(take, tmp_path, name="x.take"):
    formats.write_take(take, tmp_path / name)
    return (tmp_path / name).read_bytes()


# How many frames


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("duration", ["0.05", "0.5", "8.4", "8.5", "60"])
def test_frames_are_duration_times_rate_half_up(tiny_engine, duration, rate):
    clip = Clip.from_samples(np.full(int(Fraction(duration) * 16_000), 0.01, np.float32), 16_000)
    take = tiny_engine.animate(clip, rate=FrameRate.parse(rate))
    assert take.frame_count == expected_frames(duration, rate)
    assert take.names == (*arkit.SHAPES, *arkit.HEAD_TURNS) and take.rate == FrameRate.parse(rate)


@pytest.mark.usefixtures("quick_emotion")
@given(st.integers(8, 60_000), st.sampled_from([8_000, 16_000, 22_050, 44_100, 48_000]), st.sampled_from(RATES))
@hypothesis_settings(
    deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_any_number_of_samples_at_any_rate(tiny_engine, count, sample_rate, rate):
    clip = Clip.from_samples(np.sin(np.arange(count) / 7).astype(np.float32), sample_rate)
    take = tiny_engine.animate(clip, rate=FrameRate.parse(rate))
    assert take.frame_count == expected_frames(Fraction(count, sample_rate), rate)


@given(st.fractions(0, 40_000), st.sampled_from([*RATES, "120", "23.976", "1", "1000"]).map(FrameRate.parse))
def test_every_frame_lies_between_two_analysed_ones(duration, rate):
    last = (rate.frame_count(duration) - 1) / rate.fps
    assert last * 60 < analysis_frames(duration) - 1 or last == 0


# When


def test_thirty_is_every_second_frame_of_sixty(tiny_engine, speech_clip):
    for seconds in (0.05, 1.0, 1.01, 31.337):
        latents = tiny_engine.analyse(speech_clip(seconds))
        sixty = tiny_engine.render(latents, rate=FrameRate.parse(60)).values
        thirty = tiny_engine.render(latents, rate=FrameRate.parse(30)).values
        assert np.array_equal(thirty, sixty[::2][: len(thirty)])
        assert len(thirty) >= len(sixty) // 2


@pytest.mark.usefixtures("quick_emotion")
@pytest.mark.slow
def test_an_impulse_in_an_hour_shows_at_its_frame(tiny):
    """From the first second to the last, to half a frame where the clocks meet (every tenth of
    a second); elsewhere, and at finer rates, by half a fiftieth of a second more, which is how finely it listens.
    """
    seconds = [Fraction(text) for text in MOMENTS]
    samples = np.zeros(HOUR * 16_000, np.float32)
    for second in seconds:
        samples[round(second * 16_000)] = 0.9
    engine = hear_loudness(tiny)
    latents = engine.analyse(Clip.from_samples(samples, 16_000), RAW)
    for text in (*RATES, "23.976", "59.94", "50", "120"):
        rate = FrameRate.parse(text)
        curve = engine.render(latents, RAW, rate).curve("jawOpen")
        assert len(curve) == expected_frames(HOUR, text)
        for second in seconds:
            exact = second * rate.fps
            around = slice(max(0, int(exact) - 3), int(exact) + 4)
            shown = around.start + int(curve[around].argmax())
            assert curve[shown] > 0.1
            met = (second * 10).denominator == 1 and rate.fps <= 60
            allowed = Fraction(1, 2) + (0 if met else rate.fps / 100)
            assert abs(shown - exact) <= allowed, (text, float(second))
        assert np.count_nonzero(curve) < len(seconds) * 0.2 * rate.fps, "nothing may show where nothing sounds"


def test_smoothing_does_not_move_an_impulse(tiny):
    samples = np.zeros(16_000 * 4, np.float32)
    samples[16_000 * 2] = 0.9
    take = hear_loudness(tiny).animate(Clip.from_samples(samples, 16_000), RAW.with_values(lower_face_smoothing=0.1))
    assert take.curve("jawOpen").argmax() == 120
    assert 0 < take.curve("jawOpen").max() < take.curve("browInnerUp").max()


def test_a_trimmed_clip_keeps_its_moment(tiny_engine, recording):
    with open_clip(recording(seconds=3.0), start=Fraction(5, 4), end=Fraction(2)) as clip:
        take = tiny_engine.animate(clip, rate=FrameRate.parse(24))
    assert take.start == Fraction(5, 4) and take.frame_count == 18


# The same, however it is cut up


@pytest.mark.parametrize("frames", [BLOCK_FRAMES - 1, BLOCK_FRAMES + 1, 2 * BLOCK_FRAMES + 1])
def test_blocks_of_the_real_model_are_as_one(speech_clip, frames):
    """Around the borders of blocks, where a mistake in the overlap would show."""
    clip = speech_clip((frames - 2) / 60 + 0.001, seed=frames)
    assert analysis_frames(clip.duration) == frames
    model = load_model()
    blocked = Engine(model).analyse(clip)
    whole = Engine(model, block_frames=1_000_000).analyse(clip)
    for ours, theirs in ((blocked.speech, whole.speech), (blocked.emotion, whole.emotion)):
        assert np.abs(ours - theirs).max() <= 1e-4
    assert np.array_equal(blocked.heard.level, whole.heard.level)
    assert np.array_equal(blocked.heard.tones, whole.heard.tones)
    assert np.abs(blocked.heard.phones - whole.heard.phones).max() <= 0.02
    engine = Engine(model, block_frames=1_000_000)
    assert np.abs(Engine(model).render(blocked, RAW).values - engine.render(whole, RAW).values).max() <= 1e-5


@pytest.mark.usefixtures("quick_emotion")
@pytest.mark.parametrize("block", [72, 360, 1800])
@pytest.mark.parametrize("frames", [71, 72, 73, 360, 361, 1801, 3601])
def test_blocks_of_the_tiny_model_are_as_one(tiny, speech_clip, block, frames):
    clip = speech_clip((frames - 2) / 60 + 0.001, seed=frames)
    blocked = Engine(tiny, block_frames=block).animate(clip, RAW)
    whole = Engine(tiny, block_frames=1_000_000).animate(clip, RAW)
    assert blocked.frame_count == whole.frame_count
    assert np.abs(blocked.values - whole.values).max() <= 1e-5


@pytest.mark.parametrize("wanted", [0, 1, 71, 73])
def test_odd_blocks_are_made_even(tiny, speech_clip, wanted):
    clip = speech_clip(2.0)
    take = Engine(tiny, block_frames=wanted).animate(clip)
    assert np.abs(take.values - Engine(tiny).animate(clip).values).max() <= 1e-5


def test_twice_the_same_bytes(tiny, speech_clip, tmp_path):
    takes = [Engine(tiny).animate(speech_clip(31.0)) for _ in range(2)]
    assert take_bytes(takes[0], tmp_path) == take_bytes(takes[1], tmp_path)


@pytest.mark.parametrize("threads", [2, 3])
def test_threads_change_nothing(speech_clip, tmp_path, threads):
    clip, model = speech_clip(5.0), load_model()
    one, many = (Engine(model, threads=n).animate(clip) for n in (1, threads))
    assert take_bytes(one, tmp_path) == take_bytes(many, tmp_path)


def test_from_a_file_or_from_its_clip(tiny_engine, recording, tmp_path):
    path = recording(seconds=1.5, rate=44_100, channels=2)
    with open_clip(path) as clip:
        from_clip = tiny_engine.animate(clip)
    for source in (path, str(path)):
        assert take_bytes(tiny_engine.animate(source), tmp_path) == take_bytes(from_clip, tmp_path)


@pytest.mark.parametrize("seconds", [0.05, 2.0, 31.0])
def test_two_steps_give_what_one_gives(tiny_engine, speech_clip, tmp_path, seconds):
    settings = Settings(temperature=0.07, upper_face_smoothing=0.08)
    rate = FrameRate.parse("29.97")
    clip = speech_clip(seconds)
    in_one = tiny_engine.animate(clip, settings, rate)
    in_two = tiny_engine.render(tiny_engine.analyse(clip, settings), settings, rate)
    assert take_bytes(in_one, tmp_path) == take_bytes(in_two, tmp_path)


def test_an_edited_phone_on_a_kept_performance(tiny_engine, speech_clip, tmp_path):
    clip, said = (
        speech_clip(2.0),
        [Phone(start=Fraction(i, 5), end=Fraction(i + 1, 5), symbol=s) for i, s in enumerate("amafapu")],
    )
    analysis = tiny_engine.analyse(clip)
    tiny_engine.render(analysis, edited=Tracks(tuple(said)))
    edited = Tracks((*said[:3], replace(said[3], symbol="n"), *said[4:]))
    in_one = tiny_engine.animate(clip, edited=edited)
    assert take_bytes(in_one, tmp_path) == take_bytes(tiny_engine.render(analysis, edited=edited), tmp_path)


def test_rendering_again_does_not_wear_the_latents(tiny_engine, speech_clip):
    latents = tiny_engine.analyse(speech_clip(2.0))
    heard = latents.heard
    kept = [one.copy() for one in (latents.speech, latents.emotion, heard.level, heard.phones, heard.tones)]
    first = tiny_engine.render(latents).values
    tiny_engine.render(latents, Settings(temperature=0.5, silence_gate=-25.0))
    assert np.array_equal(tiny_engine.render(latents).values, first)
    for now, before in zip(
        (latents.speech, latents.emotion, heard.level, heard.phones, heard.tones), kept, strict=True
    ):
        assert np.array_equal(now, before)


@pytest.mark.usefixtures("quick_emotion")
def test_ten_minutes_of_the_tiny_model(tiny_engine, speech_like):
    """Thirty seconds repeated: the same sound must look the same in the first minutes and in the last."""
    phrase, long = speech_like(30.0), HOUR // 6
    take = tiny_engine.animate(Clip.from_samples(np.tile(phrase, long // 30), 16_000), RAW)
    assert take.frame_count == long * 60
    assert take.values.min() >= 0.0 and take.values.max() <= 1.0
    early, late = (take.values[60 * second : 60 * (second + 30)] for second in (60, long - 90))
    moved = np.ptp(early, axis=0).max()
    assert moved > 1e-4, "drawn weights move little, but they move"
    assert np.abs(early - late).max() <= 0.02 * moved


# What the network is given


class Noted(Loudness):
    """Loudness, and every feed it was given."""

    def __init__(self):
        self.feeds = []

    def run(self, outputs, feed):
        self.feeds.append(feed)
        return super().run(outputs, feed)


def test_the_network_is_told_what_lies_inside_the_clip(tiny, speech_clip):
    """Silence is laid around a clip, marked as outside; frames, cells and tokens begin and end together."""
    analyser, clip = Noted(), speech_clip(7.0)
    Engine(tiny, sessions=(Ears(), analyser, Everywhere()), block_frames=144).analyse(clip)
    frames, edge, halo = analysis_frames(clip.duration), tiny.config.edge_frames, tiny.config.halo_frames
    assert len(analyser.feeds) == 3
    for block, feed in enumerate(analyser.feeds):
        begin = max(block * 144 - halo, -edge)
        length = feed["inside"].shape[1]
        at = begin + np.arange(length)
        assert length % 72 == 0 and begin + length >= min((block + 1) * 144 + halo, frames + edge)
        assert feed["inside"][0].tolist() == ((at >= 0) & (at < frames)).tolist()
        heard = begin + np.arange(feed["features"].shape[1]) * 6 / 5
        assert len(heard) == length * 5 // 6 and (feed["features"][0, heard < -3] == 0).all()
        moments = begin / 60 + 0.3 * np.arange(length // 18 + 1)
        assert feed["emotion"].shape == (1, len(moments), 3 * FUNCTIONALS)
        assert feed["emotion_inside"][0].tolist() == ((moments > -0.01) & (moments < 7.21)).tolist()


def test_how_loud_a_recording_is_does_not_matter(tiny_engine, speech_like):
    """Speech is brought to one level before anything listens to it."""
    samples = speech_like(2.0)
    takes = [tiny_engine.animate(Clip.from_samples(samples * np.float32(gain), 16_000), RAW) for gain in (1, 0.1)]
    assert np.abs(takes[0].values - takes[1].values).max() < 1e-3


# What settings do


def test_temperature_changes_the_curves(tiny_engine, speech_clip):
    latents = tiny_engine.analyse(speech_clip(2.0))
    cold, warm = (tiny_engine.render(latents, RAW.with_values(temperature=t)).values for t in (0.05, 0.5))
    assert np.abs(cold - warm).max() > 1e-3


def test_the_mood_changes_the_curves(tiny, speech_clip, monkeypatch):
    class Other:
        name = "other"

        def windows(self, read, sample_count):
            yield np.full((window_count(sample_count), FUNCTIONALS), 2.0, np.float32)

    ours = Engine(tiny).animate(speech_clip(1.0), RAW)
    monkeypatch.setattr("koemorph.network.emotion_backend", lambda name: Other())
    assert np.abs(Engine(tiny).animate(speech_clip(1.0), RAW).values - ours.values).max() > 1e-3


def test_the_settings_name_the_emotion_analysis(tiny, speech_clip, monkeypatch):
    class Asked(Exception):
        pass

    def asked(name):
        raise Asked(name)

    monkeypatch.setattr("koemorph.network.emotion_backend", asked)
    for name in ("native", "opensmile"):
        with pytest.raises(Asked, match=name):
            Engine(tiny).animate(speech_clip(0.1), Settings(emotion=name))


def test_in_silence_the_mouth_rests(tiny_engine):
    silent = Clip.from_samples(np.zeros(16_000, np.float32), 16_000)
    resting = tiny_engine.animate(silent)
    for name in arkit.LOWER_FACE:
        assert (resting.curve(name) == 0.0).all(), name
    free = tiny_engine.animate(silent, Settings(silence_gate=FLOOR_DB))
    assert any((free.curve(name) > 0.0).all() for name in arkit.LOWER_FACE)


def test_curves_stay_between_zero_and_one(tiny, speech_clip):
    class TooMuch(Everywhere):
        def run(self, outputs, feed):
            curves = np.repeat(feed["speech_latents"][:, :, :1], 52, axis=2)
            curves[:, ::2] = 7.0
            curves[:, 1::2] = -7.0
            return [curves]

    take = Engine(tiny, sessions=(Ears(), Loudness(), TooMuch())).animate(speech_clip(1.0), RAW)
    assert take.values.min() == 0.0 and take.values.max() == 1.0


def test_provenance_tells_how_it_was_made(tiny_engine, recording):
    settings = Settings(temperature=0.3)
    path = recording()
    take = tiny_engine.animate(path, settings)
    assert take.provenance["audio"] == "line.wav" and len(take.provenance["audio_sha256"]) == 64
    assert take.provenance["model"] == "koemorph-tiny-untrained" and take.provenance["trained"] is False
    assert Settings.from_dict(take.provenance["settings"]) == settings
    assert take.provenance["recording"] == {}
    assert str(path.parent) not in str(take.provenance), "where somebody keeps a file is nobody's business"


# Progress, stopping, failing


def no_emotion_thread(seconds=5.0):
    """Whether the analysis comes to rest: the piece that it is at may take it a moment on a busy machine."""
    end = time.monotonic() + seconds
    while any(thread.name == "koemorph-emotion" for thread in threading.enumerate()):
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def test_progress_rises_from_nothing_to_all(tiny_engine, recording):
    seen = []
    tiny_engine.animate(recording(seconds=65.0), progress=lambda stage, done: seen.append((stage, done)))
    stages = list(dict.fromkeys(stage for stage, _ in seen))
    assert stages == ["listening", "animating"]
    for stage in stages:
        done = [fraction for name, fraction in seen if name == stage]
        assert done == sorted(done) and done[0] >= 0.0 and done[-1] == 1.0
    assert next(fraction for name, fraction in seen if name == "animating") == 0.0
    assert sum(name == "animating" for name, _ in seen) > 65.0 / 5.0, "at least every five seconds of sound"
    assert no_emotion_thread()


class Stop(Exception):
    pass


@pytest.mark.parametrize("stage", ["listening", "animating"])
@pytest.mark.parametrize("call", [1, 2, 3])
@pytest.mark.timeout(20)
def test_progress_may_stop_everything(tiny_engine, recording, stage, call):
    calls = []

    def progress(name, done):
        calls.append(name)
        if calls.count(stage) == call:
            raise Stop

    path = recording(seconds=65.0)
    with pytest.raises(Stop):
        tiny_engine.animate(path, progress=progress)
    assert calls[-1] == stage and calls.count(stage) == call
    assert no_emotion_thread()
    assert tiny_engine.animate(path).frame_count == 3900, "the engine must be as good as new"


@pytest.mark.timeout(20)
def test_stopping_the_analysis_alone(tiny_engine, speech_clip):
    def progress(name, done):
        if done > 0:
            raise Stop

    with pytest.raises(Stop):
        tiny_engine.analyse(speech_clip(65.0), progress=progress)
    assert no_emotion_thread()


@pytest.mark.parametrize("busy", [30.0, 0.01])
@pytest.mark.timeout(60)
def test_a_stop_while_waiting_for_the_emotion_analysis(tiny, speech_clip, monkeypatch, busy):
    """Also when the analysis is inside a library that cannot be interrupted: it is not waited for."""
    library = threading.Event()

    class Never:
        name = "never"

        def windows(self, read, sample_count):
            while True:
                library.wait(busy)
                read(0, 160)
            yield

    began = time.monotonic()

    def progress(name, done):
        if time.monotonic() - began > 1.0:
            raise Stop

    monkeypatch.setattr("koemorph.network.emotion_backend", lambda name: Never())
    with pytest.raises(Stop):
        Engine(tiny).animate(speech_clip(1.0), progress=progress)
    assert time.monotonic() - began < 1.5
    library.set()
    assert no_emotion_thread()


@pytest.mark.timeout(20)
def test_a_stop_does_not_wait_for_a_slow_emotion_analysis(tiny, speech_clip, monkeypatch):
    class Slow:
        name = "slow"

        def windows(self, read, sample_count):
            while True:
                read(0, 160)
            yield

    def progress(name, done):
        raise Stop

    monkeypatch.setattr("koemorph.network.emotion_backend", lambda name: Slow())
    with pytest.raises(Stop):
        Engine(tiny).animate(speech_clip(1.0), progress=progress)
    assert no_emotion_thread()


class Failing:
    name = "failing"

    def __init__(self, failure, good=0):
        self.failure, self.good = failure, good

    def windows(self, read, sample_count):
        for _ in range(self.good):
            yield np.zeros((1, FUNCTIONALS), np.float32)
        raise self.failure


@pytest.mark.parametrize("good", [0, 30])
@pytest.mark.parametrize("failure", [AudioError("The disk is gone."), ZeroDivisionError("a defect")])
@pytest.mark.timeout(20)
def test_errors_of_the_emotion_thread_come_out(tiny, speech_clip, monkeypatch, failure, good):
    monkeypatch.setattr("koemorph.network.emotion_backend", lambda name: Failing(failure, good))
    with pytest.raises(type(failure)) as caught:
        Engine(tiny).animate(speech_clip(65.0))
    assert caught.value is failure
    assert no_emotion_thread()


@pytest.mark.parametrize("rows", [0, 2])
@pytest.mark.timeout(20)
def test_a_backend_that_gives_too_little_or_too_much(tiny, speech_clip, monkeypatch, rows):
    class Miscounting:
        name = "miscounting"

        def windows(self, read, sample_count):
            assert sample_count < WINDOW_SAMPLES
            if rows:
                yield np.zeros((rows, FUNCTIONALS), np.float32)

    monkeypatch.setattr("koemorph.network.emotion_backend", lambda name: Miscounting())
    with pytest.raises((RuntimeError, ValueError)):
        Engine(tiny).animate(speech_clip(1.0))
    assert no_emotion_thread()


def test_a_failing_network_leaves_no_thread(tiny, speech_clip):
    class Broken:
        def run(self, outputs, feed):
            raise RuntimeError("out of memory")

    for sessions in (
        (Broken(), Loudness(), Everywhere()),
        (Ears(), Broken(), Everywhere()),
        (Ears(), Loudness(), Broken()),
    ):
        with pytest.raises(RuntimeError, match="out of memory"):
            try:
                Engine(tiny, sessions=sessions).animate(speech_clip(65.0))
            finally:
                assert no_emotion_thread(), "also while the error is on its way"


def test_a_missing_recording_is_a_sentence(tiny_engine, tmp_path, one_sentence):
    with pytest.raises(KoeMorphError) as refusal:
        tiny_engine.animate(tmp_path / "none.wav")
    one_sentence(refusal.value)


def test_what_the_network_may_not_give(tiny, speech_clip, one_sentence):
    class NotANumber(Everywhere):
        def run(self, outputs, feed):
            return [np.full((1, feed["speech_latents"].shape[1], 52), np.nan, np.float32)]

    with pytest.raises(KoeMorphError) as refusal:
        Engine(tiny, sessions=(Ears(), Loudness(), NotANumber())).animate(speech_clip(1.0))
    one_sentence(refusal.value)


@pytest.mark.parametrize("seconds", [0.05, 1.0, 21.0])
def test_with_the_real_emotion_analysis(tiny, speech_clip, tmp_path, seconds):
    """Settings as they come: our own descriptors, on their own thread, give the same bytes every time."""
    clip = speech_clip(seconds)
    engine = Engine(tiny)
    first, second = engine.animate(clip), engine.animate(clip)
    assert first.frame_count == expected_frames(Fraction(str(seconds)), "60")
    assert take_bytes(first, tmp_path) == take_bytes(second, tmp_path)
    assert first.provenance["emotion"] == "native"
    latents = engine.analyse(clip)
    assert np.isfinite(latents.emotion).all() and np.ptp(latents.emotion, axis=1).max() > 0
    blocked = Engine(tiny, block_frames=360).animate(clip)
    assert np.abs(blocked.values - first.values).max() <= 1e-5


def test_how_many_threads_there_are_changes_no_byte(speech_clip, tmp_path):
    """A batch shares the processors out among its lines; each has to be what the command line makes."""
    clip, model = speech_clip(2.0), load_model(Path("light"))
    made = {take_bytes(Engine(model, threads=threads).animate(clip), tmp_path) for threads in (1, 2, 8)}
    assert len(made) == 1


def test_the_take_file_of_a_take_holds_its_provenance(tiny_engine, recording, tmp_path):
    data = take_bytes(tiny_engine.animate(recording()), tmp_path)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert b'"audio_sha256"' in archive.read("take.json")
