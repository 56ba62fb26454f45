# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said in a line: the panel's text or Text data-block, else a `line.txt` beside the recording; and what came of
it."""

from typing import Any

import bpy
from bpy.props import BoolProperty, EnumProperty, PointerProperty, StringProperty
from bpy.types import PropertyGroup

from koemorph.speech.companion import script_of
from koemorph.speech.script import ENGLISH, Script, about_script
from koemorph.take import Take

from .source import Source

LANGUAGES = ("en", "ja", "de", "fr", "es", "it", "pt", "nl", "pl", "ru", "cmn", "ko")
"""Offered; any other code can be typed."""
_LEAVE = "untick Text Beside Recording to leave it"


class ScriptProperties(PropertyGroup):
    """What the panel says about the script of the next line."""

    kind: EnumProperty(
        name="Script",
        description="Where the words of the line are written",
        items=[
            ("TYPED", "Script", "Words that are typed here"),
            ("TEXT", "Text", "A Text data-block, as the Text Editor has it"),
        ],
    )
    text: StringProperty(
        name="Script",
        description="What is said in the recording; empty is heard. [Directions] are skipped, /IPA/ is taken as it is",
    )
    block: PointerProperty(name="Text", description="The Text data-block with what is said", type=bpy.types.Text)
    language: StringProperty(
        name="Language",
        description="Of the script: en and Japanese in kana are read here, others where espeak-ng is installed",
        default=ENGLISH,
        search=lambda self, context, text: [code for code in LANGUAGES if text.lower() in code],
        search_options={"SUGGESTION"},
    )
    beside: BoolProperty(
        name="Text Beside Recording",
        description="Without a script here, a text that lies beside the recording and is called like it is used",
        default=True,
    )

    @property
    def script(self) -> Script | None:
        """The one that stands here; None where nothing does."""
        if self.kind == "TYPED":
            return Script.of(self.text, self.language)
        return Script.of(self.block.as_string(), self.language) if self.block else None

    def show(self, line: Any) -> None:
        """The script of a line that is there; one that lies beside the recording comes by itself."""
        told = {} if line.beside else line.script or {}
        self.kind, self.text = "TYPED", told.get("text", "")
        self.language = told.get("language", self.language)


def chosen_script(context: Any, source: Source) -> tuple[Script | None, tuple[str, ...]]:
    """As the panel says for a recording, and what there is to say of it."""
    shown = context.scene.koemorph.script
    script = shown.script
    if script is not None or not shown.beside:
        return script, ()
    return script_beside(source, shown.language)


def script_beside(source: Source, language: str = ENGLISH) -> tuple[Script | None, tuple[str, ...]]:
    """The text beside a recording, and what there is to say of it."""
    return script_of(source.recording.path, language.strip() or ENGLISH, _LEAVE)


def told_of(take: Take) -> tuple[str, ...]:
    """What the core says of a take's script, as sentences for people."""
    if take.edited:
        return ("Phones were edited by hand; they count.",)
    if take.script is None:
        return ()
    found = (f"Script: {len(take.words)} words found.",) if take.words else ()
    return (*found, *about_script(take.provenance.get("warnings", ())))


CLASSES = (ScriptProperties,)
