# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines follow their sounds: a strip or Speaker that was moved takes its keys along, a trimmed one is heard again.

On request as one step of undo; by themselves without a step of their own, so that they go with the step of the strip.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import bpy

from koemorph.errors import KoeMorphError

from .key_line import KeyRequest
from .line import Line, source_from_dict
from .line_list import Placed, lines_of_objects, move
from .parts import at_source
from .process import worker
from .retake import in_place, refound
from .screen import in_window, redraw
from .shot_list import Lines
from .source import Source

LOOK_SECONDS, BUSY_SECONDS = 0.5, 0.05
"""Between two looks at the strips, and at the worker while it makes a line again."""


@dataclass(frozen=True)
class Strayed:
    """A line, and where its sound is now."""

    placed: Placed
    source: Source

    @property
    def line(self) -> Line:
        return self.placed.line

    @property
    def by(self) -> float:
        return moved_by(self.line, self.source)

    @property
    def trimmed(self) -> bool:
        return is_trimmed(self.line, self.source)

    @property
    def name(self) -> str:
        return f"{self.line.name} ({self.line.first:g})"


def moved_by(line: Line, source: Source) -> float:
    """Frames."""
    return float(source.first_frame - source_from_dict(line.source).first_frame)


def is_trimmed(line: Line, source: Source) -> bool:
    """Whether something else is heard than what the line was made from."""
    was, now = source_from_dict(line.source).recording, source.recording
    return (was.path, was.begin, was.end) != (now.path, now.begin, now.end)


def strayed(context: Any) -> list[Strayed]:
    """All lines of the scene that are not where their sound is. A sound that is gone leaves its line alone."""
    found: list[Strayed] = []
    for placed in lines_of_objects(context.scene.objects):
        try:
            source = refound(placed.line, context)
        except KoeMorphError:
            continue
        if moved_by(placed.line, source) or is_trimmed(placed.line, source):
            found.append(Strayed(placed, source))
    return found


def take_along(lines: list[Strayed]) -> None:
    """Move the keys of lines that were only moved; the farthest first, so that none comes to lie on another's."""
    for stray in sorted(lines, key=lambda one: one.line.first * (-1 if one.by > 0 else 1)):
        move(stray.placed, stray.source, stray.by)


def orders(context: Any, lines: list[Strayed]) -> Lines:
    """Make lines again as they were made, from what is heard of them now."""

    def ordered(stray: Strayed) -> KeyRequest:
        line = at_source(stray.line, stray.source)
        return in_place(context, stray.placed.places[0][1], line, stray.source, stray.placed.objects)

    return Lines([(stray.name, partial(ordered, stray)) for stray in lines])


class Follower:
    """Looks at the scene's sounds every now and then, if the scene asks for it."""

    def __init__(self) -> None:
        self.error = ""
        self._seen: list[Strayed] = []
        self._lines: Lines | None = None

    def tick(self, wait: float = 0.0) -> float:
        """What the timer calls; returns when to call again."""
        with in_window():
            context = bpy.context
            if self._lines is not None:
                self._go_on(self._lines, wait)
            elif context.scene.koemorph.follow and not worker.busy:
                self._look(context)
        return LOOK_SECONDS if self._lines is None else BUSY_SECONDS

    def stop(self) -> None:
        if self._lines is not None:
            self._lines.cancel()
        self._lines, self._seen = None, []

    def _look(self, context: Any) -> None:
        """What is the same twice is no longer being dragged."""
        seen, self._seen = self._seen, strayed(context)
        if not self._seen:
            self.error = ""
        if not self._seen or [(one.line, one.source) for one in seen] != [(one.line, one.source) for one in self._seen]:
            return
        take_along([one for one in self._seen if not one.trimmed])
        trimmed = [one for one in self._seen if one.trimmed]
        self._seen = []
        if trimmed:
            self._lines = orders(context, trimmed)
        redraw()

    def _go_on(self, lines: Lines, wait: float) -> None:
        try:
            if lines.advance(wait):
                self._lines = None
                self.error = next((told.message for told in lines.key() if told.message), "")
                redraw()
        except KoeMorphError as err:
            self.stop()
            self.error = str(err)


follower = Follower()
