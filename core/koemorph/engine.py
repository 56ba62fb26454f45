"""The engine: a clip in, a take out. Analyse once, render as often as a slider moves.

    Clip -> speech and emotion features -> Latents        (the analyse graph, in fixed blocks)
    Latents + Settings -> curves at 60 fps -> performance -> Take at the rate asked for

Analysis always runs on one clock of 60 frames a second. A take at 30 fps is every second of its frames;
any other rate is read between them at exact times. Blocks are the same whatever the source and overlap by
all that a frame can hear, so an hour gives what an unblocked run would, in memory that does not grow.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from . import __version__
from .audio import Clip, open_clip
from .features.backends import emotion_backend
from .features.emotion import Read
from .features.mel import SPEECH_SIZE, SpeechFeatures, speech_features
from .features.track import EmotionTrack
from .model import ANALYSIS_FPS, GRID_FRAMES, TOKEN_FRAMES, ModelFiles, load_model
from .performance import Frames, mood_track, perform
from .settings import Settings
from .take import Take
from .timing import FrameRate

CLOCK: Final = FrameRate(Fraction(ANALYSIS_FPS))
BLOCK_FRAMES: Final = 16 * GRID_FRAMES
"""Almost twenty seconds: what a run of the network needs in memory grows with it."""
FEATURE_FRAMES: Final = 5 * ANALYSIS_FPS
"""Features are made in smaller pieces than blocks: they are wide while they are being made."""

HEARD: Final = 0.5
"""How much of a block counts as done when its features are made and the network is still to run."""

Array = NDArray[np.float32]
Progress = Callable[[str, float], None]
"""Called often, with a stage (listening, animating) and how much of it is done; may raise to stop the work."""


class Session(Protocol):
    """What an engine needs of an ONNX Runtime session; tests may inject another."""

    def run(self, outputs: Sequence[str] | None, feed: Mapping[str, Array]) -> Sequence[Any]: ...


@dataclass(frozen=True)
class Origin:
    """Where a take comes from: how long the clip is, where it begins in its recording (seconds), and provenance."""

    duration: Fraction
    start: Fraction
    provenance: Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Latents:
    """What analysis leaves for rendering, frames of 60 fps: hold on to it and a slider costs milliseconds."""

    speech: Array
    emotion: Array
    level: Array
    origin: Origin


class Engine:
    """A loaded model. Not tied to any clip; not for use from two threads at once."""

    def __init__(
        self,
        model: ModelFiles | None = None,
        *,
        threads: int | None = None,
        providers: Sequence[str] = ("CPUExecutionProvider",),
        sessions: tuple[Session, Session] | None = None,
        block_frames: int = BLOCK_FRAMES,
    ) -> None:
        self.model = model or load_model()
        self.block_frames = max(1, block_frames // GRID_FRAMES) * GRID_FRAMES
        if sessions is None:
            from .sessions import open_session

            sessions = (
                open_session(self.model.analyse, threads, providers),
                open_session(self.model.render, threads, providers),
            )
        self._analyser, self._renderer = sessions

    def animate(
        self,
        source: Path | str | Clip,
        settings: Settings | None = None,
        rate: FrameRate = CLOCK,
        *,
        progress: Progress | None = None,
    ) -> Take:
        """A recording (or a clip already opened) to a finished take; a long one never holds its latents."""
        settings = settings or Settings()
        if not isinstance(source, Clip):
            listening = None if progress is None else (lambda done: progress("listening", done))
            with open_clip(Path(source), progress=listening) as clip:
                return self.animate(clip, settings, rate, progress=progress)
        frames = analysis_frames(source.duration)
        curves = np.empty((frames, len(self.model.config.shapes)), dtype=np.float32)
        level = np.empty(frames, dtype=np.float32)
        with closing(self._blocks(source, settings, progress)) as blocks:
            for first, stop, latents in blocks:
                curves[first:stop] = self.run_render(latents[0], latents[1], settings.temperature)
                level[first:stop] = latents[2]
        return self._finish(curves, level, self._origin(source, settings), settings, rate)

    def analyse(self, clip: Clip, settings: Settings | None = None, *, progress: Progress | None = None) -> Latents:
        """The expensive half, once per clip."""
        settings = settings or Settings()
        frames, config = analysis_frames(clip.duration), self.model.config
        size = len(config.shapes) * config.latent_rank
        speech, emotion = (np.empty((frames, size), dtype=np.float32) for _ in range(2))
        level = np.empty(frames, dtype=np.float32)
        with closing(self._blocks(clip, settings, progress)) as blocks:
            for first, stop, latents in blocks:
                speech[first:stop], emotion[first:stop], level[first:stop] = latents
        return Latents(speech, emotion, level, self._origin(clip, settings))

    def render(self, latents: Latents, settings: Settings | None = None, rate: FrameRate = CLOCK) -> Take:
        """The cheap half: what a slider repeats. The same bytes as `animate` on the same clip."""
        settings = settings or Settings()
        curves = np.empty((len(latents.level), len(self.model.config.shapes)), dtype=np.float32)
        for first in range(0, len(curves), self.block_frames):
            own = slice(first, first + self.block_frames)
            curves[own] = self.run_render(latents.speech[own], latents.emotion[own], settings.temperature)
        return self._finish(curves, latents.level, latents.origin, settings, rate)

    def _blocks(
        self, clip: Clip, settings: Settings, progress: Progress | None
    ) -> Generator[tuple[int, int, tuple[Array, Array, Array]], None, None]:
        """(first, stop, (speech latents, emotion latents, level)) for each block of the clip, in order; close it."""
        config = self.model.config
        frames = analysis_frames(clip.duration)
        gain = np.float32(clip.gain)

        def normalised(start: int, stop: int) -> Array:
            return np.asarray(clip.read(start, stop) * gain)

        def tell(done: float, first: int = 0, stop: int = frames) -> None:
            if progress is not None:
                progress("animating", (first + done * (stop - first)) / frames)

        with EmotionTrack(emotion_backend(settings.emotion), normalised, clip.sample_count) as emotion:
            tell(0.0)
            for first in range(0, frames, self.block_frames):
                stop = min(first + self.block_frames, frames)
                begin = max(first - config.halo_frames, -config.edge_frames)
                end = min(stop + config.halo_frames, frames + config.edge_frames)
                end += -end % GRID_FRAMES
                speech = _speech(
                    normalised,
                    begin,
                    end,
                    partial(tell, first=first, stop=stop),
                )
                inside = np.zeros(end - begin, dtype=np.float32)
                inside[-min(begin, 0) : frames - begin] = 1.0
                waiting = partial(tell, HEARD, first, stop)
                tokens, tokens_inside = emotion.tokens(begin // TOKEN_FRAMES, end // TOKEN_FRAMES + 1, waiting)
                speech_latents, emotion_latents = self.run_analyse(speech.bands, inside, tokens, tokens_inside)
                own = slice(first - begin, stop - begin)
                yield first, stop, (speech_latents[own], emotion_latents[own], speech.level[own])
            tell(1.0)

    def run_analyse(self, speech: Array, inside: Array, tokens: Array, tokens_inside: Array) -> tuple[Array, Array]:
        """The first graph on one block: (T, 200), (T,), (T/18 + 1, 264), (T/18 + 1,) -> two latents (T, 52 r)."""
        feed = {"speech": speech, "speech_inside": inside, "emotion": tokens, "emotion_inside": tokens_inside}
        latents = self._analyser.run(None, {name: array[None] for name, array in feed.items()})
        return latents[0][0], latents[1][0]

    def run_render(self, speech: Array, emotion: Array, temperature: float) -> Array:
        """The second graph: latents (T, 52 r) twice and a temperature -> raw curves (T, 52)."""
        feed = {
            "speech_latents": np.ascontiguousarray(speech)[None],
            "emotion_latents": np.ascontiguousarray(emotion)[None],
            "temperature": np.array([temperature], dtype=np.float32),
        }
        return np.asarray(self._renderer.run(None, feed)[0][0], dtype=np.float32)

    def _finish(self, curves: Array, level: Array, origin: Origin, settings: Settings, rate: FrameRate) -> Take:
        frames = Frames.around(origin.duration, rate, settings)
        values = perform(curves, level, settings, CLOCK, frames, origin.provenance["audio_sha256"])
        for array in (curves, values):
            array.flags.writeable = False  # so that the take need not copy it
        provenance = {**origin.provenance, "settings": settings.to_dict()}
        start = origin.start + frames.first_moment
        shown = mood_track(settings, None)
        moods = shown and shown.shifted(origin.start)
        return Take(self.model.config.shapes, values, rate, start, provenance, moods=moods)

    def _origin(self, clip: Clip, settings: Settings) -> Origin:
        provenance = {
            "koemorph": __version__,
            "model": self.model.config.name,
            "model_sha256": self.model.sha256,
            "trained": self.model.config.trained,
            "emotion": settings.emotion,
            "audio": clip.path.name if clip.path else "",
            "audio_sha256": clip.sha256,
            "warnings": list(clip.warnings),
        }
        return Origin(clip.duration, clip.start, provenance)


def analysis_frames(duration: Fraction) -> int:
    """Frames of 60 fps that every moment of the clip lies between, at whatever rate it is read."""
    return int(duration * ANALYSIS_FPS) + 2


def _speech(read: Read, begin: int, end: int, tell: Callable[[float], None]) -> SpeechFeatures:
    """Frames begin to end - 1, made in pieces; tells after each how much of their block is done."""
    bands, level = np.empty((end - begin, SPEECH_SIZE), dtype=np.float32), np.empty(end - begin, dtype=np.float32)
    for first in range(begin, end, FEATURE_FRAMES):
        count = min(FEATURE_FRAMES, end - first)
        piece = speech_features(read, first, count, CLOCK)
        own = slice(first - begin, first - begin + count)
        bands[own], level[own] = piece.bands, piece.level
        tell(HEARD * (first + count - begin) / (end - begin))
    return SpeechFeatures(bands, level)
