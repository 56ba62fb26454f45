# SPDX-License-Identifier: GPL-3.0-or-later
"""Edits of the phones of the line at the current frame: the line is made again in its place with what was set.

Each is one step of undo. The recording was analysed before, so that this takes a fraction of a second.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import bpy
from bpy.props import BoolProperty, EnumProperty, IntProperty, StringProperty
from bpy.types import Operator

from koemorph.errors import TakeError
from koemorph.recording import exact
from koemorph.speech import editing
from koemorph.speech.by_hand import Side, symbol_of, with_edge
from koemorph.speech.track import Phone, Tracks

from .. import tracks
from ..character import chosen_objects
from ..key_line import KeyReport, KeyRequest
from ..line import Found, source_from_dict
from ..retake import current_line, in_place, refound
from ..source import scene_rate
from ..tracks import LineTracks
from .base import ReasonedPoll
from .of_line import ForCurrentLine

NO_PHONES = "Nothing is known of this line's phones; press Update"
NOTHING_CHOSEN = "No phone is chosen; click one in the list"
_USUAL = Fraction(2, 25)
"""Seconds of a new phone, where nothing says how long it is."""


def frame_of(context: Any, found: Found, moment: Fraction) -> float:
    """The scene's frame for a moment of a line's recording."""
    source = source_from_dict(found.line.source)
    return float(source.frame_of(moment, scene_rate(context.scene))) + found.shift


def moment_of(context: Any, found: Found, frame: float) -> Fraction:
    source = source_from_dict(found.line.source)
    return source.seconds_of(exact(frame - found.shift), scene_rate(context.scene))


def current(context: Any) -> tuple[Found, LineTracks] | None:
    """The line at the current frame and what is said in it."""
    found = current_line(context)
    held = tracks.of(found.action, found.line) if found else None
    return (found, held) if found and held is not None else None


class OfPhones(ForCurrentLine):
    """Makes the line again with other tracks."""

    bl_options = {"REGISTER", "UNDO"}

    _moment: Fraction | None = None
    """When the phone sounds that is chosen afterwards."""

    @classmethod
    def reason(cls, context: bpy.types.Context) -> str:
        if why := super().reason(context):
            return why
        return "" if current(context) else NO_PHONES

    def changed(self, context: Any, found: Found, held: LineTracks) -> Tracks | None:
        """The tracks to make the line with; None for those that are heard or in its script."""
        raise NotImplementedError

    def requested(self, context: bpy.types.Context) -> KeyRequest:
        there = current(context)
        if there is None:
            raise TakeError(f"{self.reason(context)}.")
        found, held = there
        edited = self.changed(context, found, held)
        names = [one.name for one in chosen_objects(context)]
        return replace(in_place(context, found, found.line, refound(found.line, context), names), edited=edited)

    def keyed(self, placed: KeyRequest, rendering: Any) -> KeyReport:
        return self._chosen(placed, super().keyed(placed, rendering))

    def made(self, placed: KeyRequest) -> KeyReport:
        return self._chosen(placed, super().made(placed))

    def _chosen(self, placed: KeyRequest, report: KeyReport) -> KeyReport:
        there = current(bpy.context)
        if there is not None and self._moment is not None:
            held, edited = there[1], placed.edited
            phones = (edited or held.tracks).phones
            held.row = next((at for at, one in enumerate(phones) if one.end > self._moment), len(phones) - 1)
        return report


class OfPhone(OfPhones):
    """Changes the phone that is chosen in the list."""

    @classmethod
    def reason(cls, context: bpy.types.Context) -> str:
        if why := super().reason(context):
            return why
        there = current(context)
        return "" if there and there[1].chosen else NOTHING_CHOSEN

    def changed(self, context: Any, found: Found, held: LineTracks) -> Tracks:
        phone = held.chosen
        if phone is None:
            raise TakeError(f"{NOTHING_CHOSEN}.")
        self._moment = phone.start
        return self.phone_changed(context, found, held, phone)

    def phone_changed(self, context: Any, found: Found, held: LineTracks, phone: Phone) -> Tracks:
        raise NotImplementedError


class SetPhone(OfPhone, Operator):
    """Say another phone in the place of the chosen one"""

    bl_idname = "koemorph.phone_set"
    bl_label = "Set Phone"

    symbol: StringProperty(
        name="Symbol", description="In IPA or ARPAbet; empty is the panel's", options={"SKIP_SAVE", "HIDDEN"}
    )

    def phone_changed(self, context: Any, found: Found, held: LineTracks, phone: Phone) -> Tracks:
        symbol = symbol_of(self.symbol or context.scene.koemorph.phone)
        return editing.set_symbol(held.tracks, phone.start, symbol)


class MovePhone(OfPhone, Operator):
    """Move a boundary of the chosen phone; the phone that touches it there comes along"""

    bl_idname = "koemorph.phone_move"
    bl_label = "Move Boundary"

    side: EnumProperty(
        name="Boundary",
        description="Which end of the phone is moved",
        items=[("START", "Start", "Where it begins"), ("END", "End", "Where it ends")],
    )
    by: IntProperty(name="Frames", description="How far; backwards if it is less than 0", options={"SKIP_SAVE"})
    playhead: BoolProperty(
        name="To Playhead", description="To the current frame, wherever that is", options={"SKIP_SAVE"}
    )
    alone: BoolProperty(
        name="Alone", description="Leave the phone that touches it there where it is", options={"SKIP_SAVE"}
    )

    def phone_changed(self, context: Any, found: Found, held: LineTracks, phone: Phone) -> Tracks:
        side: Side = "start" if self.side == "START" else "end"
        if self.playhead:
            moment = moment_of(context, found, context.scene.frame_current_final)
        else:
            moment = getattr(phone, side) + scene_rate(context.scene).seconds(self.by)
        there = held.tracks
        edited = with_edge(there, there.phones, held.row, side, moment, editing.move, alone=self.alone)
        if edited == there:
            raise TakeError(f"There is no room to move the {phone.symbol} there; drop or move what is in its way.")
        self._moment = edited.phones[held.row].start
        return edited


class DropPhone(OfPhone, Operator):
    """Take the chosen phone out; a word that has no other goes as well"""

    bl_idname = "koemorph.phone_drop"
    bl_label = "Drop Phone"

    def phone_changed(self, context: Any, found: Found, held: LineTracks, phone: Phone) -> Tracks:
        return editing.drop(held.tracks, phone.start)


class InsertPhone(OfPhones, Operator):
    """Put a phone in at the current frame; the one that sounds there ends then"""

    bl_idname = "koemorph.phone_insert"
    bl_label = "Insert at Playhead"

    symbol: StringProperty(
        name="Symbol", description="In IPA or ARPAbet; empty is the panel's", options={"SKIP_SAVE", "HIDDEN"}
    )

    def changed(self, context: Any, found: Found, held: LineTracks) -> Tracks:
        symbol, there = symbol_of(self.symbol or context.scene.koemorph.phone), held.tracks
        start = moment_of(context, found, context.scene.frame_current_final)
        inside = next((one for one in there.phones if one.start <= start < one.end), None)
        after = next((one.start for one in there.phones if one.start > start), start + _USUAL)
        end = inside.end if inside else min(start + _USUAL, after)
        self._moment = start
        return editing.insert(there, start, end, symbol)


class ResetPhones(OfPhones, Operator):
    """Forget all edits of the line's phones: what is heard, or in its script, counts again"""

    bl_idname = "koemorph.phones_reset"
    bl_label = "Reset Phones"

    @classmethod
    def reason(cls, context: bpy.types.Context) -> str:
        if why := super().reason(context):
            return why
        there = current(context)
        return "" if there and there[0].line.edited else "No phone of this line was edited"

    def changed(self, context: Any, found: Found, held: LineTracks) -> None:
        self._moment = held.chosen.start if held.chosen else None


class GoToPhone(ReasonedPoll, Operator):
    """Go to the frame at which the phone begins"""

    bl_idname = "koemorph.phone_go"
    bl_label = "Go to Phone"
    bl_options = {"INTERNAL"}

    row: IntProperty(name="Row", description="Which phone of the list", options={"HIDDEN", "SKIP_SAVE"})

    @classmethod
    def reason(cls, context: bpy.types.Context) -> str:
        return "" if current(context) else NO_PHONES

    def execute(self, context: bpy.types.Context) -> set[str]:
        there = current(context)
        if there is None or not 0 <= self.row < len(there[1].phones):
            return {"CANCELLED"}
        found, held = there
        held.row = self.row
        phone = held.chosen
        if phone is not None:
            context.scene.frame_set(round(frame_of(context, found, phone.start)))
        return {"FINISHED"}


CLASSES = (SetPhone, MovePhone, DropPhone, InsertPhone, ResetPhones, GoToPhone)
