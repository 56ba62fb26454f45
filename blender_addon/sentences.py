# SPDX-License-Identifier: GPL-3.0-or-later
"""Sentences in a sidebar: Blender's labels do not break lines."""

from __future__ import annotations

import textwrap
import unicodedata
from typing import Any

import bpy
from bpy.app.translations import pgettext_iface

_NEVER_FIRST = "。、」)"
"""What no line begins with."""
_LETTER = 7.0
"""Pixels that a letter takes, about."""


def say(layout: Any, context: bpy.types.Context, text: str, icon: str = "NONE", room: int = 0) -> None:
    """A sentence, on as many lines as the sidebar needs; or on `room` lines, empty ones too, so that nothing jumps."""
    width = context.region.width / (_LETTER * context.preferences.system.ui_scale) if context.region else 40
    column = layout.column(align=True)
    column.scale_y = 0.8
    lines = wrapped(pgettext_iface(text), max(16, int(width) - 6)) if text else []
    if room:
        icon = icon if text else "NONE"
        lines = [*lines, *room * [""]][:room] if len(lines) <= room else [*lines[: room - 1], lines[room - 1] + " ..."]
    for number, line in enumerate(lines):
        column.label(text=line, icon=icon if number == 0 else "BLANK1" if icon != "NONE" else "NONE", translate=False)


def say_why(layout: Any, context: bpy.types.Context, *buttons: Any) -> None:
    """Why buttons are greyed out, each reason once."""
    for why in dict.fromkeys(button.reason(context) for button in buttons):
        if why:
            say(layout, context, why, "INFO")


def wrapped(text: str, width: int) -> list[str]:
    """Lines of at most `width` letters. Writing without spaces breaks anywhere, and its letters are twice as wide."""
    if not any(unicodedata.east_asian_width(letter) in "WF" for letter in text):
        return textwrap.wrap(text, width)
    lines, room = [""], width
    for letter in text:
        wide = 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        if wide > room and letter not in _NEVER_FIRST:
            lines, room = [*lines, ""], width
        lines[-1] += letter
        room -= wide
    return lines
