# SPDX-License-Identifier: GPL-3.0-or-later
"""A character's own mapping, kept with its object: rows that a person edits, one for each link."""

import json
from dataclasses import replace
from typing import Any

import bpy
from bpy.props import BoolProperty, CollectionProperty, FloatProperty, IntProperty, PointerProperty, StringProperty
from bpy.types import PropertyGroup

from koemorph.rig import Calibration, Channel, Link, Mapping
from koemorph.rig.document import RIG, SOURCES, as_json, mapping_of

from . import head, trial


def _link_named(row: Any, context: Any) -> None:
    """Every target that a link names can be calibrated."""
    if row.target.strip():
        calibrated(row.id_data.koemorph, row.target.strip())


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
        update=_link_named,
    )
    gain: FloatProperty(
        name="Gain", description="The shape's value times this", default=1.0, soft_min=-2.0, soft_max=2.0
    )
    offset: FloatProperty(name="Offset", description="Added after the gain", default=0.0, soft_min=-1.0, soft_max=1.0)
    inverted: BoolProperty(name="Inverted", description="1 minus the shape's value")
    picks: BoolProperty(
        name="Drawing",
        description="The gain is the number of a drawing; of all of the target the strongest shape's is shown",
    )
    more: StringProperty(options={"HIDDEN"})
    """Ranges and shares from a preset, as JSON; they cannot be edited here, and are kept."""


class TargetRow(PropertyGroup):
    """How far one target goes on this character. Its name is the target's."""

    gain: FloatProperty(
        name="Strength",
        description="All that drives the target times this",
        default=1.0,
        soft_min=0.0,
        soft_max=2.0,
    )
    rest: FloatProperty(name="Rest", description="Where it is while nothing is said: 0 to 1, degrees or scene units")
    has_minimum: BoolProperty(name="Has Minimum", description="Whether it stops anywhere below")
    minimum: FloatProperty(name="Minimum", description="It never goes below this: 0 to 1, degrees or scene units")
    has_maximum: BoolProperty(name="Has Maximum", description="Whether it stops anywhere above")
    maximum: FloatProperty(
        name="Maximum", description="It never goes above this: 0 to 1, degrees or scene units", default=1.0
    )
    test: FloatProperty(
        name="Test",
        description="Show this target alone, so far of its full; at 0 the face is as it was",
        min=0.0,
        max=1.0,
        update=lambda self, context: trial.changed(self),
    )

    @property
    def calibration(self) -> Calibration:
        return Calibration(
            target=self.name,
            gain=rounded(self.gain),
            rest=rounded(self.rest),
            minimum=rounded(self.minimum) if self.has_minimum else None,
            maximum=rounded(self.maximum) if self.has_maximum else None,
        )


class CharacterProperties(PropertyGroup):
    """What an object knows about itself as a character."""

    mapping_name: StringProperty(name="Mapping", description="What the preset is called")
    rows: CollectionProperty(type=MappingRow)
    row: IntProperty(options={"HIDDEN"})
    targets: CollectionProperty(type=TargetRow)
    more: StringProperty(options={"HIDDEN"})
    """What else the mapping says, as a preset without its links: its limits, and what is only near."""
    head: PointerProperty(type=head.HeadProperties)
    is_helper: BoolProperty(options={"HIDDEN"})
    """Whether the object only carries turns of somebody's head, see `head`."""
    before: StringProperty(options={"HIDDEN"})
    """What the character was like before a target was tested, as JSON; see `trial`."""


def stored_mapping(owner: Any) -> Mapping | None:
    """The object's own mapping, if a person made one. Rows that name no shape or target are not finished and wait."""
    own: CharacterProperties = owner.koemorph
    links = [_link(row) for row in own.rows if row.source in SOURCES and row.target.strip()]
    if not links:
        return None
    mapping = Mapping(own.mapping_name or owner.name, tuple(links))
    if own.more:
        kept = mapping_of(RIG.json(own.more, owner.name), owner.name)
        mapping = replace(mapping, limits=kept.limits, calibrations=kept.calibrations, approximated=kept.approximated)
    told = [row.calibration for row in own.targets if row.name in {link.target for link in links}]
    known = {one.target for one in told}
    others = [one for one in mapping.calibrations if one.target not in known]
    changed = [one for one in told if one != Calibration(target=one.target)]
    return replace(mapping, calibrations=(*others, *changed))


def store_mapping(owner: Any, mapping: Mapping) -> None:
    own: CharacterProperties = owner.koemorph
    own.rows.clear()
    own.targets.clear()
    own.mapping_name = mapping.name
    own.more = as_json(replace(mapping, links=mapping.links[:1], calibrations=())) if mapping.links else ""
    for link in mapping.links:
        row = own.rows.add()
        row.source, row.target = link.source, link.target
        row.gain, row.offset, row.inverted, row.picks = link.gain, link.offset, link.inverted, link.picks
        row.more = _ranges(link)
    for one in mapping.calibrations:
        told = calibrated(own, one.target)
        told.gain, told.rest = one.gain, one.rest
        told.has_minimum, told.has_maximum = one.minimum is not None, one.maximum is not None
        if one.minimum is not None:
            told.minimum = one.minimum
        if one.maximum is not None:
            told.maximum = one.maximum


def target_row(owner: Any) -> TargetRow | None:
    """The target of the link that is chosen in the list."""
    own = owner.koemorph
    if not 0 <= own.row < len(own.rows):
        return None
    return own.targets.get(own.rows[own.row].target.strip())


def calibrated(own: CharacterProperties, target: str) -> TargetRow:
    """How far a target goes, for it to be told; as it is where nobody has told it yet."""
    known = own.targets.get(target)
    if known is None:
        known = own.targets.add()
        known.name = target
    return known


def rounded(value: float) -> float:
    """Blender keeps numbers in single precision: 0.2 must be 0.2 again, and not 0.20000000298."""
    return float(f"{value:.6g}")


def _ranges(link: Link) -> str:
    kept = {name: getattr(link, name) for name in ("source_range", "target_range", "share_of")}
    return json.dumps({name: value for name, value in kept.items() if value is not None})


def _link(row: MappingRow) -> Link:
    more = RIG.json(row.more or "{}", row.id_data.name)
    ranges = {name: tuple(more[name]) for name in ("source_range", "target_range") if name in more}
    return Link(
        source=row.source,
        target=row.target.strip(),
        gain=row.gain,
        offset=row.offset,
        inverted=row.inverted,
        share_of=more.get("share_of"),
        picks=row.picks,
        **ranges,
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
    names += [f'["{name}"]' for name in dict(owner.items()) if isinstance(owner[name], int | float)]
    return names


CLASSES = (*head.CLASSES, MappingRow, TargetRow, CharacterProperties)
