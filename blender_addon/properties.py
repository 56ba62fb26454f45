# SPDX-License-Identifier: GPL-3.0-or-later
"""The panel's state, kept with the scene. The settings are generated from the core's `Settings`: one more there is one
more here."""

from dataclasses import fields
from typing import Any

import bpy
from bpy.props import (
    BoolProperty,
    EnumProperty,
    FloatProperty,
    IntProperty,
    PointerProperty,
    StringProperty,
)
from bpy.types import PropertyGroup

from koemorph.keying import STYLES, Keying
from koemorph.knobs import Info
from koemorph.rig import shipped
from koemorph.settings import Settings, info_of
from koemorph.speech.symbols import tables

from . import compat, labels, mapping, markers, script, tracks
from .destination import ACTIVE, NEW, NLA
from .parts import PartProperties


def _property(shown: Info, default: Any) -> Any:
    """Blender's property for a setting."""
    common = {"name": labels.name(shown), "description": labels.description(shown.tooltip)}
    if shown.kind == "choice":
        items = [(choice, labels.title(choice), "") for choice in shown.choices]
        return EnumProperty(items=items, default=default, **common)
    if shown.kind == "switch":
        return BoolProperty(default=default, **common)
    if shown.kind == "text":
        return StringProperty(default=default, **common)
    assert shown.low is not None and shown.high is not None and shown.step is not None
    if shown.kind == "whole":
        return IntProperty(default=default, min=int(shown.low), max=int(shown.high), **common)
    digits = max(2, len(f"{shown.step:.6f}".rstrip("0").split(".")[1]))
    return FloatProperty(
        default=default, min=shown.low, max=shown.high, step=max(1, round(100 * shown.step)), precision=digits, **common
    )


SettingsProperties: Any = type(
    "SettingsProperties",
    (PropertyGroup,),
    {
        "__doc__": "How a take is made.",
        "__annotations__": {entry.name: _property(info_of(entry), entry.default) for entry in fields(Settings)},
    },
)

GROUPS: dict[str, tuple[str, ...]] = {
    group: tuple(entry.name for entry in fields(Settings) if info_of(entry).group == group)
    for group in dict.fromkeys(info_of(entry).group for entry in fields(Settings))
}
"""The settings' names by group, in the order in which they are shown."""


def settings_of(shown: Any) -> Settings:
    """As the panel shows them."""
    return Settings().with_values(**{entry.name: _rounded(getattr(shown, entry.name)) for entry in fields(Settings)})


def _rounded(value: Any) -> Any:
    return mapping.rounded(value) if isinstance(value, float) else value


def show_settings(shown: Any, values: dict[str, Any]) -> None:
    """Put stored settings into the panel; those that it does not know are left out."""
    for name, value in values.items():
        if hasattr(shown, name):
            setattr(shown, name, value)


KEYING = {entry.name: info_of(entry) for entry in fields(Keying)}


def keying_of(shown: Any) -> Keying:
    """How the panel says that lines are keyed."""
    return Keying(style=shown.style.lower(), tolerance=_rounded(shown.tolerance))


def show_keying(shown: Any, keying: Keying) -> None:
    shown.style, shown.tolerance = keying.style.upper(), keying.tolerance


class SceneProperties(PropertyGroup):
    """What the panel asks for."""

    source: EnumProperty(
        name="Sound",
        description="Where the recording is",
        items=[
            ("FILE", "File", "A sound file", "FILE_SOUND", 0),
            ("STRIP", "Strip", "A sound strip of the sequencer, as it is placed and trimmed", "SEQUENCE", 1),
            ("SPEAKER", "Speaker", "The sound of a Speaker object", "SPEAKER", 2),
        ],
    )
    audio: StringProperty(
        name="Recording", description="The line of dialogue: a sound file; // is the folder of the scene"
    )
    with_sound: BoolProperty(
        name="Add Sound",
        description="Put the recording into the sequencer too, play in time with it and let the scene last as long",
        default=True,
    )
    start_frame: IntProperty(name="Start", description="The frame at which the recording begins", default=1)
    strip: StringProperty(name="Strip", description="The sound strip; empty is the active one")
    follow: BoolProperty(
        name="Keep in Sync",
        description="Lines follow their strips and Speakers by themselves when those are moved or trimmed",
    )
    speaker: PointerProperty(
        name="Speaker",
        description="The Speaker; empty is the active object",
        type=bpy.types.Object,
        poll=lambda self, one: one.type == "SPEAKER",
    )
    channel: EnumProperty(
        name="Channel",
        description="Which channel of the recording is listened to",
        items=[("MIX", "Mix", "All channels together"), ("LEFT", "Left", "Left"), ("RIGHT", "Right", "Right")],
    )
    scope: EnumProperty(
        name="Target",
        description="What is keyed",
        items=[
            ("AUTO", "Automatic", "The face, and all of its character that has shapes: teeth, tongue, lashes, beard"),
            ("ACTIVE", "Active", "The active object"),
            ("SELECTED", "Selected", "The active object and all selected ones: face, teeth, tongue, lashes"),
            ("ARMATURE", "Armature", "The active object's armature and all meshes that it moves"),
        ],
    )
    naming: StringProperty(
        name="Naming",
        description="How the character names its shapes: a preset or a JSON file; empty finds out",
        search=lambda self, context, text: [one.name for one in shipped() if text.lower() in one.name.lower()],
        search_options={"SUGGESTION"},
    )
    where: EnumProperty(
        name="Keys",
        description="Where the keys go",
        items=[
            (NEW, "New Action", "A new Action, named after the recording; the previous one is kept"),
            (ACTIVE, "Active Action", "The active Action: keys inside of the line are replaced, all others stay"),
            (NLA, "NLA Strip", "A strip of its own in the NLA editor"),
        ],
    )
    blend: EnumProperty(
        name="Blending",
        description="How the strip is laid over what is below it",
        items=[
            ("REPLACE", "Replace", "In place of what is below"),
            ("ADD", "Add", "Added to what is below"),
            ("COMBINE", "Combine", "Combined with what is below"),
        ],
    )
    style: EnumProperty(
        name=KEYING["style"].label,
        description=labels.description(KEYING["style"].tooltip),
        items=[(one.name.upper(), one.label, labels.description(one.tooltip)) for one in STYLES.values()],
    )
    tolerance: _property(KEYING["tolerance"], Keying.tolerance)
    shot_list: StringProperty(
        name="Shot List",
        description="A table, JSON list or timeline of lines; each names its recording, its frame and its character",
        subtype="FILE_PATH",
        options=compat.RELATIVE_PATH,
    )
    phone: StringProperty(
        name="Phone",
        description="What to set or insert: in IPA, or as sh, th, ng, ah, iy in ARPAbet",
        default="m",
        search=lambda self, context, text: [one for one in sorted(tables().fold) if text in one],
        search_options={"SUGGESTION"},
    )
    script: PointerProperty(type=script.ScriptProperties)
    settings: PointerProperty(type=SettingsProperties)
    part: PointerProperty(type=PartProperties)


CLASSES = (
    *mapping.CLASSES,
    *script.CLASSES,
    *tracks.CLASSES,
    PartProperties,
    SettingsProperties,
    SceneProperties,
)


def register() -> None:
    tracks.register()
    markers.register()
    bpy.types.Scene.koemorph = PointerProperty(type=SceneProperties)
    bpy.types.Object.koemorph = PointerProperty(type=mapping.CharacterProperties)


def unregister() -> None:
    markers.unregister()
    tracks.unregister()
    del bpy.types.Scene.koemorph
    del bpy.types.Object.koemorph
