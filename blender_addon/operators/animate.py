# SPDX-License-Identifier: GPL-3.0-or-later
"""The button: make the line and key it. And the ones beside it: cancel, check that everything works, copy the log."""

from __future__ import annotations

import bpy
from bpy.app.translations import pgettext_rpt
from bpy.types import Operator

from koemorph.errors import KoeMorphError

from .. import destination
from ..bug_report import bug_report
from ..character import character_of, chosen_objects
from ..key_line import KeyRequest, request_of
from ..process import worker
from .base import LineOperator, ReasonedPoll, guarded, progress

_PATIENCE_SECONDS = 30.0


def no_face(context: bpy.types.Context) -> str:
    """Why what is active cannot be keyed; empty if it can."""
    panel = context.scene.koemorph
    if context.object is None:
        return "Nothing is active; select a character's face"
    try:
        destination.check(character_of(chosen_objects(context), panel.naming).owners, panel.where)
    except KoeMorphError as err:
        return str(err)
    return ""


class Animate(LineOperator, Operator):
    """Listen to the recording and key the face: one undo step"""

    bl_idname = "koemorph.animate"
    bl_label = "Animate Face"
    bl_options = {"REGISTER", "UNDO"}

    def requested(self, context: bpy.types.Context) -> KeyRequest:
        return request_of(context)

    @classmethod
    def reason(cls, context: bpy.types.Context) -> str:
        panel = context.scene.koemorph
        if why := super().reason(context):
            return why
        if context.object and panel.source == "FILE" and not panel.audio:
            return "No recording is chosen; pick a sound file"
        return no_face(context)


class Cancel(ReasonedPoll, Operator):
    """Stop making the line; nothing is changed"""

    bl_idname = "koemorph.cancel"
    bl_label = "Cancel"

    @classmethod
    def reason(cls, context: bpy.types.Context) -> str:
        return "" if progress.busy else "No line is being made"

    def execute(self, context: bpy.types.Context) -> set[str]:
        progress.stop_asked = True
        return {"FINISHED"}


class Check(Operator):
    """Start the worker and tell which model it has loaded, or what keeps it from working"""

    bl_idname = "koemorph.check"
    bl_label = "Check Installation"

    def execute(self, context: bpy.types.Context) -> set[str]:
        ready = guarded(self, lambda: worker.ready(_PATIENCE_SECONDS))
        if ready is None:
            return {"CANCELLED"}
        self.report({"INFO"}, ready)
        return {"FINISHED"}


class CopyLog(Operator):
    """Copy what happened, and in which versions, for a bug report"""

    bl_idname = "koemorph.copy_log"
    bl_label = "Copy Log"

    def execute(self, context: bpy.types.Context) -> set[str]:
        context.window_manager.clipboard = bug_report.text
        self.report({"INFO"}, pgettext_rpt("The log is on the clipboard; paste it into the report."))
        return {"FINISHED"}


CLASSES = (Animate, Cancel, Check, CopyLog)
