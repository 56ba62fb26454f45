"""Joints and controls as what a mapping turns: in which order they turn, and where they rest.

A mapping says how far a bone turns about its own axes, in degrees. In Maya that is what `rotate` adds to the joint's
orientation; what `translate`, `rotate` and `scale` are before a line is keyed is where the bone rests.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from maya import cmds

from koemorph.keying import CurveKeys
from koemorph.rig import Link, Modes
from koemorph.rig.bones import AXES, Channel, number_of

from .shapes import deformers, meshes_of

_ORDERS = ("XYZ", "YZX", "ZXY", "XZY", "YXZ", "ZYX")
"""By the number of an object's rotateOrder."""
_ATTRIBUTES = {"rotation_euler": "rotate", "location": "translate", "scale": "scale"}
_TURNS = (("headPitch", "x"), ("headYaw", "y"), ("headRoll", "z"))
REST = "koemorphRest_"
"""Before the names of attributes that remember where a bone rests."""


@dataclass(frozen=True, kw_only=True)
class Plug:
    """An attribute that gets keys: `added` + `factor` x what the mapping says."""

    name: str
    factor: float = 1.0
    added: float = 0.0
    rest: float | None = None
    """Of a bone: what it is before it is keyed."""

    def placed(self, keys: CurveKeys) -> CurveKeys:
        if (self.factor, self.added) == (1.0, 0.0):
            return keys
        values, slopes = self.added + self.factor * keys.values, self.factor * keys.slopes
        return CurveKeys(frames=keys.frames, values=values, slopes=slopes, interpolation=keys.interpolation)


def head_links(node: str) -> tuple[Link, ...]:
    """A head that turns with the voice: nods about its x axis, turns about y, tilts about z."""
    return tuple(
        Link(source=turn, target=Channel(node, "rotate", axis).target, gain=float(np.degrees(1.0)))
        for turn, axis in _TURNS
    )


def joints_of(targets: Iterable[str]) -> tuple[str, ...]:
    """The joints that move the named meshes, and those below the named objects."""
    targets = list(targets)
    found = [joint for mesh in meshes_of(targets) for skin in deformers(mesh, "skinCluster") for joint in _moving(skin)]
    below = [joint for target in targets for joint in cmds.ls(target, dagObjects=True, type="joint") or []]
    return tuple(dict.fromkeys([*found, *below]))


def modes_of(bones: Iterable[str]) -> Modes:
    return tuple((bone, _ORDERS[int(cmds.getAttr(f"{bone}.rotateOrder"))]) for bone in bones)


def plug_of(target: str, *, from_rest: bool) -> Plug | None:
    """The attribute behind a number of a bone; None where that has none. Additive layers do not begin at the rest."""
    found = number_of(target)
    if found is None:
        return None
    bone, told, index = found
    attribute = f"{_ATTRIBUTES[told]}{AXES[index].upper()}"
    if not cmds.objExists(bone) or not cmds.attributeQuery(attribute, node=bone, exists=True):
        return None
    name, rest = f"{bone}.{attribute}", _rest(bone, attribute)
    if told == "scale":  # a mapping says of a size what it is, 1 at rest
        return Plug(name=name, factor=rest if from_rest else 1.0, added=0.0, rest=rest)
    return Plug(
        name=name,
        factor=float(np.degrees(1.0)) if told == "rotation_euler" else 1.0,
        added=rest if from_rest else 0.0,
        rest=rest,
    )


def keep_rests(plugs: Iterable[Plug]) -> None:
    """Written onto the bones, so that a line keyed over another one begins at the same rest."""
    for plug in plugs:
        bone, _, attribute = plug.name.partition(".")
        if plug.rest is not None and not cmds.attributeQuery(REST + attribute, node=bone, exists=True):
            cmds.addAttr(bone, longName=REST + attribute, attributeType="double", defaultValue=plug.rest)


def rest_of(plug: str) -> float:
    """What an attribute is where no line moves it: what a bone was before, and no shape at all."""
    bone, _, attribute = plug.partition(".")
    kept = cmds.attributeQuery(REST + attribute, node=bone, exists=True)
    return float(cmds.getAttr(f"{bone}.{REST}{attribute}")) if kept else 0.0


def _rest(bone: str, attribute: str) -> float:
    """As it was when we first keyed it; before that, as it is."""
    kept = cmds.attributeQuery(REST + attribute, node=bone, exists=True)
    return float(cmds.getAttr(f"{bone}.{REST if kept else ''}{attribute}"))


def _moving(skin: str) -> list[str]:
    return list(dict.fromkeys(cmds.listConnections(skin, type="joint", source=True, destination=False) or []))
