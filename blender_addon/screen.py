# SPDX-License-Identifier: GPL-3.0-or-later
"""Blender's windows, for what works beside them."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import bpy

_OURS = {"VIEW_3D", "DOPESHEET_EDITOR"}
"""The editors that have our tab."""


def in_window() -> AbstractContextManager[Any]:
    """A timer runs outside of every window; what is selected is known only inside of one."""
    windows = bpy.context.window_manager.windows
    return bpy.context.temp_override(window=windows[0]) if len(windows) else nullcontext()


def redraw() -> None:
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            if area.type in _OURS:
                area.tag_redraw()
