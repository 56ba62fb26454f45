"""The engine: a clip in, a take out. Analyse once, render as often as a slider moves.

    Clip -> what the listener hears, emotion tokens -> Analysis       (in fixed blocks)
    Analysis + Settings -> curves at 60 fps -> performance -> Take at the rate asked for

Analysis always runs on one clock of 60 frames a second. A take at 30 fps is every second of its frames;
any other rate is read between them at exact times. Blocks are the same whatever the source and overlap by
all that a frame can hear, so an hour gives what an unblocked run would, in memory that does not grow.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from . import __version__, arkit
from .audio import Clip, open_clip
from .features.backends import emotion_backend
from .features.listener import CELL, FEATURE_RATE, FEATURE_SIZE, STEP, TONE_SIZE, Listening
from .features.mel import sound_level
from .features.melody import MELODY_RATE, melody
from .features.track import EmotionTrack
from .model import ANALYSIS_FPS, GRID_FRAMES, TOKEN_FRAMES, ModelFiles, load_model
from .moods import MoodTrack
from .moods.hearing import MoodEar, hear_moods
from .performance import LONGEST_KEPT, Frames, PerformedLine, mood_track, names
from .performance.directed import Version, blended, spliced_moods, versions
from .room import give_back, in_memory, is_away, put_away, room
from .settings import Settings
from .speech.alignment import Aligned, listen
from .speech.presence import absence_of_speech
from .speech.rounding import REACH as MOUTH_REACH
from .speech.rounding import MouthEar, heard_rounding
from .speech.script import Script
from .speech.stretch import retold
from .speech.track import Tracks, moved, within
from .take import Take
from .timing import FrameRate

CLOCK: Final = FrameRate(Fraction(ANALYSIS_FPS))
MELODY_FRAMES: Final = ANALYSIS_FPS // MELODY_RATE
BLOCK_FRAMES: Final = 16 * GRID_FRAMES
"""Almost twenty seconds: what a run of the network needs in memory grows with it."""

HEARD: Final = 0.5
"""How much of a block counts as done when it has been listened to and the network is still to run."""

Array = NDArray[np.float32]
Curves = Mapping[float, Array]
"""Raw curves by the temperature that the network was asked at."""
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

    def given(self, script: Script | None, edited: Tracks | None) -> Origin:
        """With what somebody gave beside the clip, which is part of where the take comes from."""
        told = {**({"script": script.to_dict()} if script else {}), **({"edited": True} if edited else {})}
        return replace(self, provenance={**self.provenance, **told}) if told else self


@dataclass(frozen=True)
class Voice:
    """The moods that it is in, a sentence where it is none, and how round its lips are heard to be (T,)."""

    moods: MoodTrack | None
    absent: str | None
    rounding: Array | None


@dataclass(frozen=True, eq=False)
class Heard:
    """What is told of a clip beside its curves: how loud it is, which phones sound, how it is said.

    `level` (T,) in dBFS at 60 fps; `phones` (n, classes) log probabilities fifty times a second, frame m centred on
    m / 50 s; `tones` (cells, 1024) of half seconds, what moods are heard in; `melody` twenty times a second;
    `narrowness` (n,) of the mouth, as the phones.
    """

    level: Array
    phones: NDArray[np.float16]
    tones: NDArray[np.float16]
    melody: Array
    narrowness: NDArray[np.float16]
    _voice: list[Voice] = field(default_factory=list, init=False, repr=False)

    def voice(self, ear: MoodEar | None, mouth: MouthEar | None) -> Voice:
        """What the whole voice tells; remembered, since a slider asks for it again."""
        if not self._voice:
            moods, absent = hear_moods(self.tones, self.level, ear), absence_of_speech(self.phones, self.level)
            narrowness = self.narrowness if mouth else None
            rounding = heard_rounding(narrowness, self.phones, len(self.level), ANALYSIS_FPS)
            self._voice.append(Voice(moods, absent, rounding))
        return self._voice[0]

    @classmethod
    def of(cls, duration: Fraction, classes: int) -> Heard:
        """Room for a clip, to be filled by `add`."""
        features = feature_frames(duration)
        return cls(
            np.empty(analysis_frames(duration), dtype=np.float32),
            room((features, classes), np.float16),
            room((-(-features // CELL), TONE_SIZE), np.float16),
            np.empty(-(-analysis_frames(duration) // MELODY_FRAMES), dtype=np.float32),
            np.zeros(features, dtype=np.float16),
        )

    def add(self, block: Block) -> None:
        self.level[block.frames] = block.level
        for own, first, told in (
            (self.phones, block.first_feature, block.phones),
            (self.tones, block.first_cell, block.tones),
            (self.melody, block.frames.start // MELODY_FRAMES, block.melody),
            (self.narrowness, block.first_feature, block.narrowness),
        ):
            inside = own[first : first + len(told)]
            inside[:] = told[: len(inside)]

    def put_away(self) -> None:
        """What of it belongs to hours needs no memory until it is read again."""
        put_away(self.phones, self.tones)

    @property
    def nbytes(self) -> int:
        return self.level.nbytes + self.phones.nbytes + self.tones.nbytes + self.melody.nbytes + self.narrowness.nbytes


@dataclass(frozen=True, eq=False)
class Analysis:
    """What rendering needs of a clip: hold on to it and a slider costs milliseconds.

    `speech` and `emotion` (T, 52 r) are the latents of the two streams, frames of 60 fps.
    """

    speech: Array
    emotion: Array
    heard: Heard
    origin: Origin
    _said: dict[Script | None, Aligned] = field(default_factory=dict, init=False, repr=False)
    _lines: dict[tuple[Settings, FrameRate], dict[Version, PerformedLine]] = field(
        default_factory=dict, init=False, repr=False
    )

    def lines(self, settings: Settings, rate: FrameRate) -> dict[Version, PerformedLine]:
        """Where the latest performance is kept: another phone changes only a little of it."""
        known = self._lines.get((settings, rate), {})
        self._lines.clear()
        self._lines[settings, rate] = known
        return known

    def said(self, script: Script | None) -> Aligned:
        """What is said in it, by a script or by hearing; remembered, since a slider asks for it again."""
        if script not in self._said:
            self._said.clear()
            self._said[script] = listen(self.heard.phones, script)
        return self._said[script]

    @property
    def nbytes(self) -> int:
        """What it holds in memory."""
        performed = sum(line.nbytes for lines in self._lines.values() for line in lines.values())
        return self.speech.nbytes + self.emotion.nbytes + self.heard.nbytes + performed


@dataclass(frozen=True, eq=False)
class Block:
    """Some frames of a clip, as `Analysis` and `Heard` have all of them."""

    frames: slice
    speech: Array
    emotion: Array
    level: Array
    first_feature: int
    phones: Array
    first_cell: int
    tones: Array
    melody: Array
    narrowness: Array


class Engine:
    """A loaded model. Not tied to any clip; not for use from two threads at once."""

    def __init__(
        self,
        model: ModelFiles | None = None,
        *,
        threads: int | None = None,
        providers: Sequence[str] = ("CPUExecutionProvider",),
        sessions: tuple[Session, Session, Session] | None = None,
        block_frames: int = BLOCK_FRAMES,
    ) -> None:
        model = model or load_model()
        self._ear = MoodEar.load(model.ear, str(model.folder)) if model.ear else None
        self._mouth = MouthEar.load(model.mouth, str(model.folder)) if model.mouth else None
        self.block_frames = max(1, block_frames // GRID_FRAMES) * GRID_FRAMES
        if sessions is None:
            from .sessions import open_session

            graphs = (model.listener, model.analyse, model.render)
            listener, analyser, renderer = (open_session(graph, threads, providers) for graph in graphs)
            sessions = (listener, analyser, renderer)
        self._listener, self._analyser, self._renderer = sessions
        self.model = model.without_graphs()

    def animate(
        self,
        source: Path | str | Clip,
        settings: Settings | None = None,
        rate: FrameRate = CLOCK,
        *,
        script: Script | None = None,
        edited: Tracks | None = None,
        progress: Progress | None = None,
    ) -> Take:
        """A recording (or a clip already opened) to a finished take; a long one never holds its latents.

        Where a script is given, its phones are used as far as it fits what is heard. `edited` are tracks in seconds of
        the recording, as a take has them, in place of what is heard.
        """
        settings = settings or Settings()
        if not isinstance(source, Clip):
            listening = None if progress is None else (lambda done: progress("listening", done))
            with open_clip(Path(source), progress=listening) as clip:
                return self.animate(clip, settings, rate, script=script, edited=edited, progress=progress)
        heard = Heard.of(source.duration, len(self.model.config.phones))
        parts = versions(settings, Frames.around(source.duration, rate, settings).moments())
        size = len(heard.level), len(names(settings))
        curves: Curves = {one.settings.temperature: room(size, np.float32) for one in parts}
        with closing(self._blocks(source, settings, progress)) as blocks:
            for block in blocks:
                for temperature, raw in curves.items():
                    face = self.run_render(block.speech, block.emotion, temperature)
                    raw[block.frames, : len(arkit.SHAPES)] = face
                    put_away(raw)
                heard.add(block)
                heard.put_away()
        origin = self._origin(source, settings).given(script, edited)
        if any(map(is_away, curves.values())):
            give_back()
        said = listen(heard.phones, script) if edited is None else _told(edited, origin)

        def line(one: Version) -> PerformedLine:
            raw = in_memory(curves[one.settings.temperature])
            raw = raw if len(parts) == 1 else raw.copy()
            return self._line(raw, heard, origin, one.settings, rate)

        return self._taken(line, parts, heard, origin, settings, rate, said)

    def analyse(self, clip: Clip, settings: Settings | None = None, *, progress: Progress | None = None) -> Analysis:
        """The expensive half, once per clip."""
        settings = settings or Settings()
        frames, config = analysis_frames(clip.duration), self.model.config
        size = len(config.shapes) * config.latent_rank
        speech, emotion = (np.empty((frames, size), dtype=np.float32) for _ in range(2))
        heard = Heard.of(clip.duration, len(config.phones))
        with closing(self._blocks(clip, settings, progress)) as blocks:
            for block in blocks:
                speech[block.frames], emotion[block.frames] = block.speech, block.emotion
                heard.add(block)
        return Analysis(speech, emotion, heard, self._origin(clip, settings))

    def render(
        self,
        analysis: Analysis,
        settings: Settings | None = None,
        rate: FrameRate = CLOCK,
        *,
        script: Script | None = None,
        edited: Tracks | None = None,
    ) -> Take:
        """The cheap half: what a slider or an edit repeats. The same bytes as `animate` on the same clip."""
        settings = settings or Settings()
        parts = versions(settings, Frames.around(analysis.origin.duration, rate, settings).moments())
        heard, lines, raw = analysis.heard, analysis.lines(settings, rate), dict[float, Array]()
        keep = len(parts) * len(heard.level) <= LONGEST_KEPT

        def line(one: Version) -> PerformedLine:
            known, temperature = lines.get(one), one.settings.temperature
            if known is None:
                if temperature not in raw:
                    raw[temperature] = self._raw(analysis, temperature, len(names(settings)))
                curves = raw[temperature] if len(parts) == 1 else raw[temperature].copy()
                known = self._line(curves, heard, analysis.origin, one.settings, rate, keep=keep)
                lines.update({one: known} if keep else {})
            return known

        origin = analysis.origin.given(script, edited)
        said = analysis.said(script) if edited is None else _told(edited, origin)
        return self._taken(line, parts, heard, origin, settings, rate, said)

    def _raw(self, analysis: Analysis, temperature: float, columns: int) -> Array:
        raw = np.zeros((len(analysis.heard.level), columns), dtype=np.float32)
        for first in range(0, len(raw), self.block_frames):
            own = slice(first, first + self.block_frames)
            face = self.run_render(analysis.speech[own], analysis.emotion[own], temperature)
            raw[own, : len(arkit.SHAPES)] = face
        return raw

    def _blocks(self, clip: Clip, settings: Settings, progress: Progress | None) -> Generator[Block, None, None]:
        """What is heard in each block of the clip, in order; close it."""
        config = self.model.config
        frames = analysis_frames(clip.duration)
        gain = np.float32(clip.gain)

        def normalised(start: int, stop: int) -> Array:
            return np.asarray(clip.read(start, stop) * gain)

        def tell(done: float, first: int = 0, stop: int = frames) -> None:
            if progress is not None:
                progress("animating", (first + done * (stop - first)) / frames)

        listening = Listening(self.run_listener, normalised)
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
                speech, mood, phones = self.run_analyse(features, inside, tokens, tokens_inside)
                own, place = slice(first - begin, stop - begin), first_feature(first)
                end_place = first_feature(stop + -stop % GRID_FRAMES)
                cells = slice(-(-place // CELL), -(-end_place // CELL))
                yield Block(
                    slice(first, stop),
                    speech[own],
                    mood[own],
                    sound_level(normalised, first, stop - first, CLOCK),
                    place,
                    phones[place - heard[0] : end_place - heard[0]],
                    cells.start,
                    listening.tones(cells.start, cells.stop),
                    melody(normalised, first // MELODY_FRAMES, -(-(stop - first) // MELODY_FRAMES)),
                    self._narrowness(features, place - heard[0], end_place - heard[0]),
                )
            tell(1.0)

    def _narrowness(self, features: Array, first: int, stop: int) -> Array:
        """(stop - first,) of those features; zeros for a model that does not hear it."""
        if self._mouth is None:
            return np.zeros(stop - first, dtype=np.float32)
        return self._mouth.narrowness(features[first - MOUTH_REACH : stop + MOUTH_REACH])

    def run_listener(self, mel: Array) -> tuple[Array, Array]:
        """A window's mel (80, 1000) -> its features (500, 512) and the tones of its cells (20, 1024)."""
        features, tones = self._listener.run(None, {"mel": mel[None]})
        return features[0], tones[0]

    def run_analyse(
        self, features: Array, inside: Array, tokens: Array, tokens_inside: Array
    ) -> tuple[Array, Array, Array]:
        """One block: (5 T/6, 512), (T,), (T/18 + 1, 264), (T/18 + 1,) -> two latents (T, 52 r), phones (5 T/6, 68)."""
        feed = {"features": features, "inside": inside, "emotion": tokens, "emotion_inside": tokens_inside}
        speech, emotion, phones = self._analyser.run(None, {name: array[None] for name, array in feed.items()})
        return speech[0], emotion[0], phones[0]

    def run_render(self, speech: Array, emotion: Array, temperature: float) -> Array:
        """What a slider repeats: latents (T, 52 r) twice and a temperature -> raw curves (T, 52)."""
        feed = {
            "speech_latents": np.ascontiguousarray(speech)[None],
            "emotion_latents": np.ascontiguousarray(emotion)[None],
            "temperature": np.array([temperature], dtype=np.float32),
        }
        return np.asarray(self._renderer.run(None, feed)[0][0], dtype=np.float32)

    def _line(
        self,
        curves: Array,
        heard: Heard,
        origin: Origin,
        settings: Settings,
        rate: FrameRate,
        *,
        keep: bool = False,
    ) -> PerformedLine:
        return PerformedLine(
            curves,
            heard.level,
            settings,
            CLOCK,
            Frames.around(origin.duration, rate, settings),
            key=origin.provenance["audio_sha256"],
            heard=self._voice(heard).moods,
            melody=heard.melody,
            rounding=self._voice(heard).rounding,
            keep=keep,
        )

    def _voice(self, heard: Heard) -> Voice:
        return heard.voice(self._ear, self._mouth) if self.model.config.trained else Voice(None, None, None)

    def _taken(
        self,
        line: Callable[[Version], PerformedLine],
        parts: Mapping[Version, Array],
        heard: Heard,
        origin: Origin,
        settings: Settings,
        rate: FrameRate,
        said: Aligned,
    ) -> Take:
        told = {one.told: retold(said, heard.phones, one.told) for one in parts}
        said = retold(said, heard.phones, tuple(one for version in parts for one in version.told))
        voice = self._voice(heard)
        heard.put_away()
        values = blended(parts, lambda one: line(one).say(told[one.told].phones))
        for array in (values, values.base):
            if array is not None:
                array.flags.writeable = False  # so that the take need not copy it
        warnings = [*origin.provenance["warnings"], *([voice.absent] if voice.absent else ()), *said.notes]
        shown = spliced_moods(settings, lambda own: mood_track(own, voice.moods))
        return Take(
            names(settings),
            values,
            rate,
            origin.start + Frames.around(origin.duration, rate, settings).first_moment,
            {**origin.provenance, "settings": settings.to_dict(), "warnings": warnings},
            phones=moved(said.phones, origin.start),
            words=moved(said.words, origin.start),
            moods=shown and shown.shifted(origin.start),
        )

    def _origin(self, clip: Clip, settings: Settings) -> Origin:
        provenance = {
            "koemorph": __version__,
            "model": self.model.config.name,
            "model_sha256": self.model.sha256,
            "trained": self.model.config.trained,
            "emotion": settings.emotion,
            "audio": clip.path.name if clip.path else "",
            "audio_sha256": clip.sha256,
            "recording": dict(clip.asked),
            "warnings": list(clip.warnings),
        }
        return Origin(clip.duration, clip.start, provenance)


def _told(tracks: Tracks, origin: Origin) -> Aligned:
    """Tracks of the recording as those of the clip, which may be a part of it."""
    begin, end = origin.start, origin.start + origin.duration
    return Aligned(moved(within(tracks.phones, begin, end), -begin), moved(within(tracks.words, begin, end), -begin))


def analysis_frames(duration: Fraction) -> int:
    """Frames of 60 fps that every moment of the clip lies between, at whatever rate it is read."""
    return int(duration * ANALYSIS_FPS) + 2


def feature_frames(duration: Fraction) -> int:
    """Features that begin inside of the clip, and one that ends it."""
    return int(duration * FEATURE_RATE) + 1


def first_feature(frame: int) -> int:
    """The feature at a frame of 60 fps that lies on the grid of blocks."""
    return frame * FEATURE_RATE // ANALYSIS_FPS
