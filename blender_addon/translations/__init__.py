# SPDX-License-Identifier: GPL-3.0-or-later
"""The interface in other languages: one JSON file each, from the English text to its translation."""

from __future__ import annotations

import json
from pathlib import Path

import bpy

_LANGUAGES = {"ja": ("ja_JP",), "de": ("de_DE",)}
"""Blender's names for each file's language."""
_CONTEXTS = ("*", "Operator")
"""Buttons of operators look their names up apart from everything else."""


def read(name: str) -> dict[str, str]:
    texts: dict[str, str] = json.loads((Path(__file__).parent / f"{name}.json").read_text("utf-8"))
    return texts


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
