# SPDX-License-Identifier: GPL-3.0-or-later
"""Where keys go: a new Action, the active one, or a strip of the NLA."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from koemorph.errors import OutputError

from . import compat, keys, strips
from .changes import Changes
from .keys import Span
from .line import Line, previous_strips, span_of
from .owner import Owner

NEW, ACTIVE, NLA = "NEW", "ACTIVE", "NLA"


@dataclass(frozen=True, kw_only=True)
class Place:
    """The curves of one owner that a line is written to. `strip` plays them, where they are in the NLA already."""

    owner: Owner
    action: Any
    bag: Any
    strip: Any | None = None
    previous: Line | None = None
    """The line that is made again there."""
    changes: Changes | None = None
    """What a person has changed about it, at the frames of the line before; None where that is not known."""

    @property
    def slot(self) -> int:
        return compat.handle(compat.slot_of(self.bag))


def check(owners: tuple[Owner, ...], where: str) -> None:
    """Refuse, before anything is changed, what would harm others or could not be written."""
    if where != ACTIVE:
        return
    ours = {owner.block for owner in owners}
    for owner in owners:
        bag = compat.curves_of(owner.block)
        if bag is None:
            continue
        action = owner.block.animation_data.action
        if action.library is not None or not action.is_editable:
            raise OutputError(f"The Action {action.name} is linked and cannot be changed; choose New Action.")
        if others := [user for user in compat.sharers(owner.block) if user not in ours]:
            raise OutputError(
                f"The Action {action.name} also moves {others[0].name}; choose New Action, so that only "
                f"{owner.described} is keyed."
            )
        refuse_locked(action, bag, owner.paths)


def refuse_locked(action: Any, bag: Any, paths: list[keys.At]) -> None:
    if locked := keys.locked(bag, paths):
        raise OutputError(f"The curve {locked[0]} of {action.name} is locked; unlock it or choose New Action.")


def replaced_keys(owners: tuple[Owner, ...], where: str, span: Span) -> int:
    """How many keys the press of the button would replace."""
    bags = [(compat.curves_of(owner.block), owner) for owner in owners] if where == ACTIVE else []
    return sum(keys.count(bag, owner.paths, span) for bag, owner in bags if bag is not None)


def places(owners: tuple[Owner, ...], where: str, name: str) -> list[Place]:
    """Make what has to be made. One Action holds all owners where Actions have slots."""
    if where == ACTIVE and all(compat.curves_of(owner.block) is not None for owner in owners):
        return [_active(owner) for owner in owners]
    made: Any | None = None
    result: list[Place] = []
    for owner in owners:
        if where == ACTIVE and owner.block.animation_data and owner.block.animation_data.action:
            result.append(_active(owner))
            continue
        if made is None or not compat.SLOTTED:
            made = compat.new_action(name, owner.block)
        if where == NLA:
            result.append(Place(owner=owner, action=made, bag=compat.bag_of_new_slot(made, owner.block)))
        else:
            _keep_previous(owner.block)
            result.append(Place(owner=owner, action=made, bag=compat.assign(owner.block, made)))
    return result


def lay_strip(place: Place, line: Line, blend: str) -> None:
    """Play the curves in the NLA, and nothing outside of their frames."""
    block = place.owner.block
    data = block.animation_data or block.animation_data_create()
    for track, strip in previous_strips(block, line):
        track.strips.remove(strip)
        if not track.strips:
            data.nla_tracks.remove(track)
    _push_down(block, place.owner.paths)
    if compat.SHAPES_REST_AT_ONE and block.id_type == "KEY":
        strips.lay_rest(block, place.owner.paths)
    span = span_of(line)
    strip = strips.new_strip(strips.roomy_track(data, span), line.name, place.action, compat.slot_of(place.bag), span)
    strip.blend_type = _blended(blend, place.owner.paths)


def _blended(blend: str, paths: list[keys.At]) -> str:
    """Turns and sizes do not add up: Blender lays them over what is below by Combine, and adds all else there too."""
    turned = any(path.endswith(("rotation_quaternion", "rotation_axis_angle", ".scale")) for path, _ in paths)
    return "COMBINE" if blend == "ADD" and turned else blend


def place_beside(owner: Owner, other: Place) -> Place:
    """For what joins a line that is there: in the same Action, and as a strip where the other is one."""
    action = other.action if compat.SLOTTED else compat.new_action(other.action.name, owner.block)
    if other.strip is not None:
        return Place(owner=owner, action=action, bag=compat.bag_of_new_slot(action, owner.block))
    if owner.block.animation_data and owner.block.animation_data.action:
        return _active(owner)
    return Place(owner=owner, action=action, bag=compat.assign(owner.block, action))


def _active(owner: Owner) -> Place:
    action = owner.block.animation_data.action
    return Place(owner=owner, action=action, bag=compat.assign(owner.block, action))


def _keep_previous(block: Any) -> None:
    """An Action that nobody uses any more would be lost when the file is saved."""
    previous = block.animation_data.action if block.animation_data else None
    if previous is not None and previous.library is None:
        previous.use_fake_user = True


def _push_down(block: Any, paths: list[tuple[str, int]]) -> None:
    """The active Action would hide the strip where both move the same; below it, it counts outside of the strip."""
    bag, data = compat.curves_of(block), block.animation_data
    if bag is None or not any(bag.fcurves.find(path, index=index) for path, index in paths):
        return
    action = data.action
    slot = compat.active_slot(data)
    track = data.nla_tracks.new()
    track.name = action.name
    strip = track.strips.new(action.name, int(action.frame_range[0]), action)
    compat.use_slot(strip, slot)
    strip.blend_type, strip.extrapolation = data.action_blend_type, data.action_extrapolation
    data.action = None
