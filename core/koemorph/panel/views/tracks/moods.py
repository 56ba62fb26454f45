"""Moods over time: heard in the voice until somebody changes one, from then on the setting Mood keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Final

from ....errors import TakeError
from ....moods import NEUTRAL, MoodKey, MoodTrack, moods
from ....speech.by_hand import Side
from ...qt import tr
from .editor import Span, TrackEditor

SHORTEST: Final = 0.05
"""Seconds that a mood keeps."""
USUAL: Final = 0.6
"""How strong a mood is that somebody chooses where none was."""

Keys = tuple[MoodKey, ...]


class MoodEditor(TrackEditor):
    """`held` are keys in seconds of the recording; each lasts until the next."""

    choices = tuple(moods())

    @property
    def held(self) -> Keys:
        take = self.state.shown
        return take.moods.keys if take is not None and take.moods is not None else ()

    def spans(self) -> Sequence[Span]:
        keys, take = self.held, self.state.shown
        if take is None or not keys:
            return []
        end = float(take.start + take.duration)
        source = take.moods.source if take.moods else ""
        ends = [*(key.seconds for key in keys[1:]), max(end, keys[-1].seconds + SHORTEST)]
        return [
            Span(start=key.seconds, end=last, text=key.mood, sure=key.intensity, source=source)
            for key, last in zip(keys, ends, strict=True)
        ]

    def with_edge(self, held: Keys, number: int, side: Side, moment: float, *, alone: bool) -> Keys:
        """A mood ends where the next begins, so it is always a key that moves."""
        number += side == "end"
        if number >= len(held):
            return held
        first = held[number - 1].seconds + SHORTEST if number else float(self.state.begin)
        last = held[number + 1].seconds - SHORTEST if number + 1 < len(held) else moment
        moved = replace(held[number], seconds=round(max(min(moment, last), first), 3))
        return (*held[:number], moved, *held[number + 1 :])

    def renamed(self, held: Keys, number: int, text: str) -> Keys:
        if text not in moods():
            raise TakeError(tr("There is no mood called {name}.", name=repr(text)))
        strength = held[number].intensity if held[number].mood != NEUTRAL else USUAL
        new = MoodKey(seconds=held[number].seconds, mood=text, intensity=strength)
        return (*held[:number], new, *held[number + 1 :])

    def strengthened(self, held: Keys, number: int, strength: float) -> Keys:
        new = replace(held[number], intensity=round(min(max(strength, 0.0), 1.0), 2))
        return (*held[:number], new, *held[number + 1 :])

    def without(self, held: Keys, number: int) -> Keys:
        """The mood before it goes on; before the first the face is neutral."""
        return (*held[:number], *held[number + 1 :])

    def with_new(self, held: Keys, start: float, end: float, text: str) -> Keys:
        """Another mood for a stretch; after it goes on what was there."""
        before = [key for key in held if key.seconds < start]
        goes_on = next(
            (key for key in reversed(held) if key.seconds <= end), MoodKey(seconds=end, mood=NEUTRAL, intensity=0.0)
        )
        after = [key for key in held if key.seconds > end]
        new = MoodKey(seconds=round(max(start, 0.0), 3), mood=text, intensity=USUAL)
        return (*before, new, replace(goes_on, seconds=round(end, 3)), *after)

    def room_for_new(self, moment: float, usual: float) -> tuple[float, float]:
        """The later half of the stretch there, a usual length where it is long."""
        start, end = super().room_for_new(moment, usual)
        for span in self.spans():
            if span.start <= moment < span.end:
                start = max(moment - usual / 2, span.start + SHORTEST)
                end = min(start + usual, span.end - SHORTEST)
        return start, max(end, start + SHORTEST)

    def put(self, edited: Keys, why: str) -> None:
        if edited == self.held:
            return
        own = MoodTrack(edited, "edited").shifted(-Fraction(self.state.begin))
        settings = self.state.settings.with_values(mood_keys=str(own) or f"0:00 {NEUTRAL}")
        self.state.choose(why, settings=settings)

    def forget(self) -> None:
        self.state.choose(tr("Moods as heard"), settings=self.state.settings.with_values(mood_keys="", mood=NEUTRAL))
        self.state.end_drag()

    @property
    def is_edited(self) -> bool:
        return bool(self.state.settings.mood_keys) or self.state.settings.mood != NEUTRAL

    def locked(self) -> str:
        """Those of a capture, which has none of its own, can be set as well."""
        mine = self.is_edited or (self.state.take is not None and self.state.take.moods is None)
        if self.state.finished and not self.state.comparing and mine:
            return ""
        return super().locked()
