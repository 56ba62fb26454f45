# SPDX-License-Identifier: GPL-3.0-or-later
"""What all operators share: an error is one sentence, a greyed button says why, and work runs beside Blender."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import bpy
from bpy.app.translations import pgettext_rpt

from koemorph.errors import Cancelled, KoeMorphError
from koemorph.log import logger
from koemorph.runtime.take_request import TakeRequest

from .. import trial
from ..directing import keyed
from ..key_line import KeyReport, KeyRequest, key, run, start
from ..marks import KNOBS
from ..preview import preview
from ..screen import redraw

_LOG = logger("koemorph.blender")
TICK_SECONDS = 0.05


class Progress:
    """What the panel shows of the line being made; there is at most one."""

    def __init__(self) -> None:
        self.rendering: TakeRequest | None = None
        self.stop_asked = False
        self._error = ""
        self._cause: tuple[object, ...] = ()

    @property
    def last_error(self) -> str:
        """Forgotten as soon as something else is chosen than what it was about."""
        return self._error if self._cause == _chosen() else ""

    @last_error.setter
    def last_error(self, sentence: str) -> None:
        self._error, self._cause = sentence, _chosen()

    @property
    def busy(self) -> bool:
        return self.rendering is not None


_CHOICES = ("source", "audio", "strip", "speaker", "channel", "scope", "naming", "where", "shot_list", "phone")
_TEXTS = tuple(name for name, shown in KNOBS.items() if shown.kind == "text")
"""Settings that can be wrong; all others are sliders, and while one drags those nothing comes or goes."""


def _chosen() -> tuple[object, ...]:
    """All that decides whether a line can be made."""
    scene, one = bpy.context.scene, bpy.context.object
    shown = scene.koemorph
    part, settings = shown.part, shown.settings
    links = [(row.source, row.target) for row in one.koemorph.rows] if one else []
    return (
        one and one.name,
        *(getattr(shown, name) for name in _CHOICES),
        *(getattr(settings, name) for name in _TEXTS),
        *(part.first, part.last, part.script, part.language, shown.script.text, shown.script.block),
        *((marker.frame, marker.name) for marker in scene.timeline_markers),
        *keyed(scene),
        *links,
    )


progress = Progress()


def guarded(operator: Any, work: Callable[[], Any]) -> Any | None:
    """What `work` gives; nothing, and a sentence for the person, if it could not be done."""
    progress.last_error = ""
    try:
        return work()
    except Cancelled as err:
        operator.report({"INFO"}, pgettext_rpt(str(err)))
    except KoeMorphError as err:
        progress.last_error = str(err)
        _LOG.info("said: %s", err)
        operator.report({"ERROR"}, str(err))
    return None


class ReasonedPoll:
    """A button that is greyed out says why."""

    poll_message_set: Any
    report: Any

    @classmethod
    def reason(cls, context: bpy.types.Context) -> str:
        """Why it cannot be pressed; empty if it can."""
        return ""

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        why = cls.reason(context)
        if why:
            cls.poll_message_set(pgettext_rpt(why))
        return not why


class LineOperator(ReasonedPoll):
    """Makes one line: beside Blender when it is pressed, waiting when a script calls it."""

    _timer: Any = None
    _rendering: TakeRequest | None = None
    _request: KeyRequest | None = None

    def requested(self, context: bpy.types.Context) -> Any:
        raise NotImplementedError

    def started(self, placed: Any) -> Any:
        """What makes the ordered, to be looked at as a `TakeRequest` is."""
        return start(placed)

    def keyed(self, placed: Any, rendering: Any) -> Any:
        """Write what was made; the report of it."""
        return key(placed, rendering.take, rendering.warnings)

    def made(self, placed: Any) -> Any:
        """All of it at once, waiting."""
        return run(placed)

    @classmethod
    def reason(cls, context: bpy.types.Context) -> str:
        return "A line is being made; wait for it or cancel it" if progress.busy else ""

    def execute(self, context: bpy.types.Context) -> set[str]:
        preview.put_back()
        trial.end_all()
        report = guarded(self, lambda: self.made(self.requested(context)))
        return self._reported(report)

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        if bpy.app.background or context.window is None:
            return self.execute(context)
        preview.put_back()
        trial.end_all()
        placed = guarded(self, lambda: self.requested(context))
        rendering = guarded(self, lambda: self.started(placed)) if placed else None
        if rendering is None:
            return {"CANCELLED"}
        self._request, self._rendering = placed, rendering
        progress.rendering, progress.stop_asked = rendering, False
        manager = context.window_manager
        manager.progress_begin(0.0, 1.0)
        self._timer = manager.event_timer_add(TICK_SECONDS, window=context.window)
        manager.modal_handler_add(self)
        return {"RUNNING_MODAL"}

    def modal(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        rendering = self._rendering
        assert rendering is not None
        if progress.stop_asked or (event.type == "ESC" and event.value == "PRESS"):
            rendering.cancel()
            self._leave(context)
            self.report({"INFO"}, pgettext_rpt("Cancelled; nothing was changed."))
            return {"CANCELLED"}
        if event.type != "TIMER":
            return {"PASS_THROUGH"}
        try:
            done = rendering.advance()
        except KoeMorphError as err:
            self._leave(context)
            progress.last_error = str(err)
            self.report({"ERROR"}, str(err))
            return {"CANCELLED"}
        _show(context, rendering)
        if not done:
            return {"PASS_THROUGH"}
        report = guarded(self, lambda: self.keyed(self._request, rendering))
        self._leave(context)
        return self._reported(report)

    def cancel(self, context: bpy.types.Context) -> None:
        """Blender ends, or loads another file."""
        if self._rendering is not None:
            self._rendering.cancel()
            self._leave(context)

    def _reported(self, report: KeyReport | None) -> set[str]:
        if report is None:
            return {"CANCELLED"}
        for note in report.notes:
            self.report({"WARNING"}, note)
        self.report({"INFO"}, report.text())
        return {"FINISHED"}

    def _leave(self, context: bpy.types.Context) -> None:
        if self._rendering is not None:
            self._rendering.cancel()
        self._rendering = progress.rendering = None
        context.window_manager.event_timer_remove(self._timer)
        context.window_manager.progress_end()
        _status(context, None)
        redraw()


def _show(context: bpy.types.Context, rendering: TakeRequest) -> None:
    context.window_manager.progress_update(rendering.fraction)
    stage = pgettext_rpt(rendering.stage.capitalize())
    _status(context, f"KoeMorph: {stage} {rendering.fraction:.0%}   [Esc]")
    redraw()


def _status(context: bpy.types.Context, text: str | None) -> None:
    if context.workspace is not None:
        context.workspace.status_text_set(text)
