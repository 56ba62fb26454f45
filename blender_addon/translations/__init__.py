# SPDX-License-Identifier: GPL-3.0-or-later
"""The interface in other languages: what the core says in them, and one JSON file each for what only Blender shows."""

from __future__ import annotations

import json
from pathlib import Path

import bpy

from ..labels import translated

_LANGUAGES = {"ja": ("ja_JP",), "de": ("de_DE",)}
"""Blender's names for each file's language."""
_CONTEXTS = ("*", "Operator")
"""Buttons of operators look their names up apart from everything else."""


def read(name: str) -> dict[str, str]:
    own: dict[str, str] = json.loads((Path(__file__).parent / f"{name}.json").read_text("utf-8"))
    return translated(name) | own


def register() -> None:
    bpy.app.translations.register(
        __package__,
        {
            code: {(context, text): translated for text, translated in read(name).items() for context in _CONTEXTS}
            for name, codes in _LANGUAGES.items()
            for code in codes
        },
    )


def unregister() -> None:
    bpy.app.translations.unregister(__package__)
