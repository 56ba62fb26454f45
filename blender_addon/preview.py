# SPDX-License-Identifier: GPL-3.0-or-later
"""The current frame as the sliders would have it, on the face while they are dragged. Keys are left to Update.

A timer looks at the settings; the worker makes the line from what it remembers of the recording. The face is put back
before anything is saved, rendered, undone or keyed.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import bpy
import numpy as np
from bpy.app.handlers import persistent

from koemorph.errors import Cancelled, KoeMorphError
from koemorph.runtime.take_request import TakeRequest
from koemorph.settings import Settings
from koemorph.take import Take

from . import targets
from .key_line import KeyRequest, start
from .line import lines_on
from .owner import Character
from .process import worker
from .retake import current_line, retake
from .screen import in_window, redraw

LOOK_SECONDS = 0.04


@dataclass(frozen=True)
class Wanted:
    """Which line is shown, and how."""

    request: KeyRequest
    shift: Fraction
    """Frames by which an NLA strip moves the line."""

    def same_take(self, other: Wanted | None) -> bool:
        if other is None:
            return False
        mine, theirs = self.request, other.request
        return _asked(mine) == _asked(theirs)

    def same_face(self, other: Wanted | None) -> bool:
        return other is not None and self.request.objects == other.request.objects


class Preview:
    """At most one. `error` is why nothing is shown, for the sidebar."""

    def __init__(self) -> None:
        self.on, self.error = False, ""
        self._rendering: TakeRequest | None = None
        self._making: Wanted | None = None
        self._made: Wanted | None = None
        self._take: Take | None = None
        self._before: dict[tuple[str, str], float] = {}
        """What the face was like, by owner and target."""

    @property
    def shown(self) -> bool:
        return bool(self._before)

    def start(self) -> None:
        self.on, self.error = True, ""
        for event, handler in HANDLERS:
            getattr(bpy.app.handlers, event).append(handler)
        bpy.app.timers.register(self.tick, first_interval=LOOK_SECONDS)

    def stop(self) -> None:
        if not self.on:
            return
        self.on, self.error = False, ""
        self.put_back()
        for event, handler in HANDLERS:
            getattr(bpy.app.handlers, event).remove(handler)
        if bpy.app.timers.is_registered(self.tick):
            bpy.app.timers.unregister(self.tick)

    def tick(self, wait: float = 0.0) -> float | None:
        """What the timer calls; returns when to call again."""
        if not self.on:
            return None
        error, self.error = self.error, ""
        try:
            with in_window():
                self._look(bpy.context, wait)
        except Cancelled:
            self._rendering = None  # a line is being made; the settings are looked at again after it
        except KoeMorphError as err:
            self.put_back()
            self.error = str(err)
        if self.error != error:
            redraw()
        return LOOK_SECONDS

    def put_back(self) -> None:
        """The face as it was. What is shown next is made anew."""
        if self._rendering is not None:
            self._rendering.cancel()
        shown, before = self._made, self._before
        self._rendering = self._making = self._made = self._take = None
        self._before = {}
        if shown is None or not before:
            return
        for owner, target, path, index in _numbers(shown.request):
            if (owner.described, target) in before:
                targets.write(owner.block, path, index, before[owner.described, target])

    def reframe(self) -> None:
        """The frame was changed, so that the face is as its keys have it."""
        self._before = {}
        if self._made is not None and not bpy.app.is_job_running("RENDER"):
            self._show(bpy.context.scene.frame_current_final)

    def _look(self, context: Any, wait: float) -> None:
        found = current_line(context)
        wanted = Wanted(
            retake(context, found),
            Fraction(found.shift) if found else Fraction(0),
        )
        assert found is not None
        if not wanted.same_face(self._made or self._making or wanted):
            self.put_back()
        if wanted.request.settings == Settings.from_dict(found.line.settings):
            self.put_back()  # that is what the keys say
            return
        if self._rendering is None and not wanted.same_take(self._made) and not worker.busy:
            self._making = wanted
            self._rendering = start(wanted.request)
        if self._rendering is not None and self._rendering.advance(wait):
            take, self._made = self._rendering.take, self._making
            assert take is not None and self._made is not None
            self._take = self._made.request.character().mapping.apply(take)
            self._rendering = None
            self._show(context.scene.frame_current_final)

    def _show(self, frame: float) -> None:
        """The face at a frame of the scene; nothing outside of the line."""
        wanted, take = self._made, self._take
        assert wanted is not None and take is not None
        first = wanted.request.source.frame_of(take.start, wanted.request.rate) + wanted.shift
        at = frame - float(first)
        if not 0 <= at <= take.frame_count - 1:
            return
        frames = np.arange(take.frame_count)
        for owner, target, path, index in _numbers(wanted.request):
            if target in take.names:
                self._before.setdefault((owner.described, target), targets.read(owner.block, path, index))
                targets.write(owner.block, path, index, float(np.interp(at, frames, take.curve(target))))


def _asked(request: KeyRequest) -> tuple[object, ...]:
    """All that the take depends on."""
    return request.source, request.settings, request.rate, request.script, request.edited


def _numbers(request: KeyRequest) -> list[tuple[Any, str, str, int]]:
    """Owner, target, path and index of all that the line moves; nothing if the character is gone."""
    try:
        character: Character = request.character()
    except KoeMorphError:
        return []
    return [(owner, target, *at) for owner in character.owners for target, at in owner.targets.items()]


preview = Preview()


@persistent
def _on_frame(*_: object) -> None:
    preview.reframe()


@persistent
def _before_change(*_: object) -> None:
    preview.put_back()


@persistent
def _after_undo(*_: object) -> None:
    """The step may have been kept while something was shown: the keys say what the face is like."""
    for one in bpy.data.objects:
        block = one.data.shape_keys if one.type == "MESH" else one
        if block is not None and any(lines_on(block)):
            block.update_tag(refresh={"TIME"})


@persistent
def _on_load(*_: object) -> None:
    preview.stop()


HANDLERS = (
    ("frame_change_post", _on_frame),
    ("undo_pre", _before_change),
    ("redo_pre", _before_change),
    ("undo_post", _after_undo),
    ("redo_post", _after_undo),
    ("save_pre", _before_change),
    ("render_init", _before_change),
    ("load_pre", _on_load),
)
