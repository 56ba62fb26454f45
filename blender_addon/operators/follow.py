# SPDX-License-Identifier: GPL-3.0-or-later
"""Bring lines to where their sounds are."""

from __future__ import annotations

import bpy
from bpy.types import Operator

from koemorph.errors import KoeMorphError
from koemorph.hosts.outcome import Outcome

from ..following import Strayed, orders, strayed, take_along
from ..shot_list import Lines, Summary
from .base import LineOperator

_WAIT_SECONDS = 0.2


class FollowSounds(LineOperator, Operator):
    """Move the keys of all lines whose strip or Speaker was moved, and make those again that were trimmed"""

    bl_idname = "koemorph.follow_sounds"
    bl_label = "Follow Sounds"
    bl_options = {"REGISTER", "UNDO"}

    _moved: list[Strayed]

    def requested(self, context: bpy.types.Context) -> Lines:
        found = strayed(context)
        if not found:
            raise KoeMorphError("Every line is where its sound is.")
        self._moved = [one for one in found if not one.trimmed]
        return orders(context, [one for one in found if one.trimmed])

    def started(self, placed: Lines) -> Lines:
        return placed

    def keyed(self, placed: Lines, rendering: Lines) -> Summary:
        take_along(self._moved)
        return Summary([*(Outcome(name=one.name) for one in self._moved), *rendering.key()])

    def made(self, placed: Lines) -> Summary:
        while not placed.advance(_WAIT_SECONDS):
            pass
        return self.keyed(placed, placed)


CLASSES = (FollowSounds,)
