"""The graphs of a model, run over a clip in blocks.

Blocks are the same whatever the source and overlap by all that a frame can hear, so an hour gives what an unblocked run
would, in memory that does not grow.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from functools import partial
from typing import Any, Final, Protocol

import numpy as np

from .analysis import CLOCK, MELODY_FRAMES, Array, Block, analysis_frames, feature_frames
from .audio import Clip
from .features.backends import emotion_backend
from .features.listener import CELL, FEATURE_RATE, FEATURE_SIZE, STEP, Listening
from .features.mel import sound_level
from .features.melody import melody
from .features.track import EmotionTrack
from .model import ANALYSIS_FPS, GRID_FRAMES, TOKEN_FRAMES, ModelFiles
from .moods.hearing import MoodEar
from .room import give_back
from .settings import Settings
from .speech.rounding import REACH as MOUTH_REACH
from .speech.rounding import MouthEar
from .threads import default_threads

BLOCK_FRAMES: Final = 16 * GRID_FRAMES
"""Almost twenty seconds: what a run of the network needs in memory grows with it."""
LISTENER_THREADS: Final = 4
"""At most: more of them cut its sums otherwise, and the last bits of a take must not depend on how many there are."""
ANALYSER_THREADS: Final = 2
"""Always, whatever is asked for: with any other number its sums have other last bits."""
HEARD: Final = 0.5
"""How much of a block counts as done when it has been listened to and the network is still to run."""

Progress = Callable[[str, float], None]
"""Called often, with a stage (listening, animating) and how much of it is done; may raise to stop the work."""


class Session(Protocol):
    """What an engine needs of an ONNX Runtime session; tests may inject another."""

    def run(self, outputs: Sequence[str] | None, feed: Mapping[str, Array]) -> Sequence[Any]: ...


class Network:
    """A model's opened graphs, and what else it hears with."""

    def __init__(
        self,
        model: ModelFiles,
        *,
        threads: int | None,
        providers: Sequence[str],
        sessions: tuple[Session, Session, Session] | None,
        block_frames: int,
    ) -> None:
        self.ear = MoodEar.load(model.ear, str(model.folder)) if model.ear else None
        self.mouth = MouthEar.load(model.mouth, str(model.folder)) if model.mouth else None
        self.config = model.config
        self.block_frames = max(1, block_frames // GRID_FRAMES) * GRID_FRAMES
        if sessions is None:
            from .sessions import open_session

            threads = threads or default_threads()
            listener = open_session(model.listener, min(threads, LISTENER_THREADS), providers)
            analyser = open_session(model.analyse, ANALYSER_THREADS, providers)
            sessions = (listener, analyser, open_session(model.render, threads, providers))
            give_back()  # opening needs half as much again
        self._listener, self._analyser, self._renderer = sessions

    def blocks(self, clip: Clip, settings: Settings, progress: Progress | None) -> Generator[Block, None, None]:
        """What is heard in each block of the clip, in order; close it."""
        config = self.config
        frames = analysis_frames(clip.duration)
        gain = np.float32(clip.gain)

        def normalised(start: int, stop: int) -> Array:
            return np.asarray(clip.read(start, stop) * gain)

        def tell(done: float, first: int = 0, stop: int = frames) -> None:
            if progress is not None:
                progress("animating", (first + done * (stop - first)) / frames)

        listening = Listening(self.listen, normalised, feature_frames(clip.duration))
        with EmotionTrack(emotion_backend(settings.emotion), normalised, clip.sample_count) as emotion:
            tell(0.0)
            for first in range(0, frames, self.block_frames):
                stop = min(first + self.block_frames, frames)
                begin = max(first - config.halo_frames, -config.edge_frames)
                end = min(stop + config.halo_frames, frames + config.edge_frames)
                end += -end % GRID_FRAMES
                heard = [first_feature(begin), first_feature(end)]
                features = np.empty((heard[1] - heard[0], FEATURE_SIZE), dtype=np.float32)
                for place in range(0, len(features), STEP):
                    piece = features[place : place + STEP]
                    piece[:] = listening.features(heard[0] + place, heard[0] + place + len(piece))
                    tell(HEARD * (place + len(piece)) / len(features), first, stop)
                inside = np.zeros(end - begin, dtype=np.float32)
                inside[-min(begin, 0) : frames - begin] = 1.0
                waiting = partial(tell, HEARD, first, stop)
                tokens, tokens_inside = emotion.tokens(begin // TOKEN_FRAMES, end // TOKEN_FRAMES + 1, waiting)
                speech, mood, phones = self.analyse(features, inside, tokens, tokens_inside)
                own, place = slice(first - begin, stop - begin), first_feature(first)
                end_place = first_feature(stop + -stop % GRID_FRAMES)
                cells = slice(-(-place // CELL), -(-end_place // CELL))
                yield Block(
                    frames=slice(first, stop),
                    speech=speech[own],
                    emotion=mood[own],
                    level=sound_level(normalised, first, stop - first, CLOCK),
                    first_feature=place,
                    phones=phones[place - heard[0] : end_place - heard[0]],
                    first_cell=cells.start,
                    tones=listening.tones(cells.start, cells.stop),
                    melody=melody(normalised, first // MELODY_FRAMES, -(-(stop - first) // MELODY_FRAMES)),
                    narrowness=self._narrowness(features, place - heard[0], end_place - heard[0]),
                )
            tell(1.0)

    def _narrowness(self, features: Array, first: int, stop: int) -> Array:
        """(stop - first,) of those features; zeros for a model that does not hear it."""
        if self.mouth is None:
            return np.zeros(stop - first, dtype=np.float32)
        return self.mouth.narrowness(features[first - MOUTH_REACH : stop + MOUTH_REACH])

    def listen(self, mel: Array) -> tuple[Array, Array]:
        """A window's mel (80, 2 n) -> its features (n, 512) and the tones of its cells (n / 25, 1024)."""
        features, tones = self._listener.run(None, {"mel": mel[None]})
        return features[0], tones[0]

    def analyse(
        self, features: Array, inside: Array, tokens: Array, tokens_inside: Array
    ) -> tuple[Array, Array, Array]:
        """One block: (5 T/6, 512), (T,), (T/18 + 1, 264), (T/18 + 1,) -> two latents (T, 52 r), phones (5 T/6, 68)."""
        feed = {"features": features, "inside": inside, "emotion": tokens, "emotion_inside": tokens_inside}
        speech, emotion, phones = self._analyser.run(None, {name: array[None] for name, array in feed.items()})
        return speech[0], emotion[0], phones[0]

    def render(self, speech: Array, emotion: Array, temperature: float) -> Array:
        """What a slider repeats: latents (T, 52 r) twice and a temperature -> raw curves (T, 52)."""
        feed = {
            "speech_latents": np.ascontiguousarray(speech)[None],
            "emotion_latents": np.ascontiguousarray(emotion)[None],
            "temperature": np.array([temperature], dtype=np.float32),
        }
        return np.asarray(self._renderer.run(None, feed)[0][0], dtype=np.float32)


def first_feature(frame: int) -> int:
    """The feature at a frame of 60 fps that lies on the grid of blocks."""
    return frame * FEATURE_RATE // ANALYSIS_FPS
