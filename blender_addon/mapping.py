# SPDX-License-Identifier: GPL-3.0-or-later
"""A character's own mapping, kept with its object: rows that a person edits, one for each link."""

import json
from dataclasses import replace
from typing import Any

import bpy
from bpy.props import BoolProperty, CollectionProperty, FloatProperty, IntProperty, StringProperty
from bpy.types import PropertyGroup

from koemorph.rig import Channel, Link, Mapping
from koemorph.rig.document import SOURCES, as_json, mapping_of


class MappingRow(PropertyGroup):
    """One shape driving one target."""

    source: StringProperty(
        name="Shape",
        description="One of the 52 ARKit shapes",
        search=lambda self, context, text: [name for name in SOURCES if text.lower() in name.lower()],
    )
    target: StringProperty(
        name="Target",
        description='A shape key, how a bone turns (bone:jaw:rotate x, gain in degrees), or a property: ["property"]',
        search=lambda self, context, text: [name for name in _target_names(self) if text.lower() in name.lower()],
        search_options={"SUGGESTION"},
    )
    gain: FloatProperty(
        name="Gain", description="The shape's value times this", default=1.0, soft_min=-2.0, soft_max=2.0
    )
    offset: FloatProperty(name="Offset", description="Added after the gain", default=0.0, soft_min=-1.0, soft_max=1.0)
    inverted: BoolProperty(name="Inverted", description="1 minus the shape's value")
    more: StringProperty(options={"HIDDEN"})
    """Ranges and shares from a preset, as JSON; they cannot be edited here, and are kept."""


class CharacterProperties(PropertyGroup):
    """What an object knows about itself as a character."""

    mapping_name: StringProperty(name="Mapping", description="What the preset is called")
    rows: CollectionProperty(type=MappingRow)
    row: IntProperty(options={"HIDDEN"})
    more: StringProperty(options={"HIDDEN"})
    """What else the mapping says, as a preset without its links: limits and calibrations."""


def stored_mapping(owner: Any) -> Mapping | None:
    """The object's own mapping, if a person made one. Rows that name no shape or target are not finished and wait."""
    own: CharacterProperties = owner.koemorph
    links = [_link(row) for row in own.rows if row.source in SOURCES and row.target.strip()]
    if not links:
        return None
    mapping = Mapping(own.mapping_name or owner.name, tuple(links))
    if not own.more:
        return mapping
    kept = mapping_of(json.loads(own.more), owner.name)
    return replace(mapping, limits=kept.limits, calibrations=kept.calibrations, approximated=kept.approximated)


def store_mapping(owner: Any, mapping: Mapping) -> None:
    own: CharacterProperties = owner.koemorph
    own.rows.clear()
    own.mapping_name = mapping.name
    own.more = as_json(replace(mapping, links=mapping.links[:1])) if mapping.links else ""
    for link in mapping.links:
        row = own.rows.add()
        row.source, row.target = link.source, link.target
        row.gain, row.offset, row.inverted = link.gain, link.offset, link.inverted
        row.more = _ranges(link)


def _ranges(link: Link) -> str:
    kept = {name: getattr(link, name) for name in ("source_range", "target_range", "share_of")}
    return json.dumps({name: value for name, value in kept.items() if value is not None})


def _link(row: MappingRow) -> Link:
    more = json.loads(row.more or "{}")
    ranges = {name: tuple(more[name]) for name in ("source_range", "target_range") if name in more}
    return Link(
        row.source, row.target.strip(), row.gain, row.offset, row.inverted, share_of=more.get("share_of"), **ranges
    )


def _target_names(row: MappingRow) -> list[str]:
    """What the row's object has to offer: its shapes, or bones and custom properties."""
    owner = row.id_data
    names: list[str] = []
    if owner.type == "MESH" and owner.data.shape_keys:
        names += [block.name for block in owner.data.shape_keys.key_blocks[1:]]
    if owner.pose is not None:
        for bone in owner.pose.bones:
            path = f'pose.bones["{bpy.utils.escape_identifier(bone.name)}"]'
            names += [Channel(bone.name, kind, axis).target for kind in ("rotate", "move") for axis in "xyz"]
            names += [f'{path}["{name}"]' for name in dict(bone.items()) if not name.startswith("_")]
    names += [f'["{name}"]' for name in dict(owner.items()) if isinstance(owner[name], float)]
    return names
