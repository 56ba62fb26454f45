"""The engine: a clip in, a take out. Analyse once, render as often as a slider moves.

    Clip -> what the listener hears, emotion tokens -> Analysis       (in fixed blocks)
    Analysis + Settings -> curves at 60 fps -> performance -> Take at the rate asked for

Analysis always runs on one clock of 60 frames a second. A take at 30 fps is every second of its frames;
any other rate is read between them at exact times. Blocks are the same whatever the source and overlap by
all that a frame can hear, so an hour gives what an unblocked run would, in memory that does not grow.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

from . import __version__, arkit
from .analysis import CLOCK, Analysis, Array, Heard, Origin, Voice, analysis_frames
from .audio import Clip, open_clip
from .model import ModelFiles, load_model
from .network import BLOCK_FRAMES, Network, Progress, Session
from .performance import LONGEST_KEPT, Frames, PerformedLine, mood_track, names
from .performance.directed import Version, blended, spliced_moods, versions
from .performance.questions import written
from .room import give_back, in_memory, is_away, put_away, room
from .settings import Settings
from .speech.alignment import Aligned, listen
from .speech.script import Script
from .speech.stretch import retold
from .speech.track import Tracks, moved, within
from .take import Take
from .timing import FrameRate

Curves = Mapping[float, Array]
"""Raw curves by the temperature that the network was asked at."""


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
        self.network = Network(
            model, threads=threads, providers=providers, sessions=sessions, block_frames=block_frames
        )
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
        with closing(self.network.blocks(source, settings, progress)) as blocks:
            for block in blocks:
                for temperature, raw in curves.items():
                    face = self.network.render(block.speech, block.emotion, temperature)
                    raw[block.frames, : len(arkit.SHAPES)] = face
                    put_away(raw)
                heard.add(block)
                heard.put_away()
        origin = self._origin(source, settings).given(script, edited)
        if any(map(is_away, curves.values())):
            give_back(from_now_on=True)
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
        with closing(self.network.blocks(clip, settings, progress)) as blocks:
            for block in blocks:
                speech[block.frames], emotion[block.frames] = block.speech, block.emotion
                heard.add(block)
        return Analysis(speech=speech, emotion=emotion, heard=heard, origin=self._origin(clip, settings))

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
        for first in range(0, len(raw), self.network.block_frames):
            own = slice(first, first + self.network.block_frames)
            face = self.network.render(analysis.speech[own], analysis.emotion[own], temperature)
            raw[own, : len(arkit.SHAPES)] = face
        return raw

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
            duration=float(origin.duration),
            keep=keep,
        )

    def _voice(self, heard: Heard) -> Voice:
        return (
            heard.voice(self.network.ear, self.network.mouth) if self.model.config.trained else Voice(None, None, None)
        )

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
        text = str(origin.provenance.get("script", {}).get("text", ""))
        values = blended(parts, lambda one: line(one).say(told[one.told].phones, written(told[one.told].words, text)))
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
        return Origin(duration=clip.duration, start=clip.start, provenance=provenance)


def _told(tracks: Tracks, origin: Origin) -> Aligned:
    """Tracks of the recording as those of the clip, which may be a part of it."""
    begin, end = origin.start, origin.start + origin.duration
    return Aligned(moved(within(tracks.phones, begin, end), -begin), moved(within(tracks.words, begin, end), -begin))
