# SPDX-License-Identifier: GPL-3.0-or-later
"""What the core says, as Blender's interface puts it: names with their unit, descriptions without a full stop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields

from koemorph.keying import STYLES, Keying
from koemorph.knobs import Info
from koemorph.languages import texts
from koemorph.presets import shipped
from koemorph.settings import Settings, info_of

Say = Callable[[str], str]
"""From the core's English to a language."""
STAGES = ("Starting", "Listening", "Animating", "Writing")


def name(shown: Info, say: Say = str) -> str:
    return say(shown.label) + (f" ({say(shown.unit)})" if shown.unit else "")


def description(text: str, say: Say = str) -> str:
    return say(text).rstrip(".。")


def title(text: str, say: Say = str) -> str:
    """What the core writes small and with hyphens."""
    words = say(text).replace("-", " ")
    return words[:1].upper() + words[1:]


def translated(language: str) -> dict[str, str]:
    """Everything of the core's that Blender shows."""
    known = texts(language)

    def say(text: str) -> str:
        return known.get(text, text)

    found = {stage: say(stage) for stage in STAGES}
    for shown in map(info_of, (*fields(Settings), *fields(Keying))):
        found[name(shown)] = name(shown, say)
        found[description(shown.tooltip)] = description(shown.tooltip, say)
        found[shown.group] = say(shown.group)
        found |= {title(choice): title(choice, say) for choice in shown.choices}
    for style in STYLES.values():
        found[style.label] = say(style.label)
        found[description(style.tooltip)] = description(style.tooltip, say)
    for preset in shipped():
        found[title(preset.name)] = title(preset.name, say)
        found[description(preset.about)] = description(preset.about, say)
    return found
