"""Which curve gets an attribute's keys: its own, or its curve on an animation layer. Made where there is none yet."""

from __future__ import annotations

from maya import cmds

from koemorph.errors import RigError

MODES = ("additive", "override")


def prepare(layer: str, mode: str) -> None:
    """The layer, made if the scene has none of that name. `mode` is for a new one only."""
    if not cmds.objExists(layer):
        cmds.animLayer(layer, override=mode == "override")
    elif cmds.nodeType(layer) != "animLayer":
        raise RigError(f"{layer} is no animation layer; choose another name.")
    check(layer)


def check(layer: str) -> None:
    if cmds.objExists(layer) and cmds.nodeType(layer) == "animLayer" and cmds.animLayer(layer, query=True, lock=True):
        raise RigError(f"The animation layer {layer} is locked; unlock it or choose another one.")


def curve_for(plug: str, layer: str, frame: float, value: float) -> str:
    """The curve that moves `plug` on a layer, or without layers; with a key at the frame, which `keys` relies on."""
    layer = layer or _base_layer(plug)
    if not layer:
        cmds.setKeyframe(plug, time=frame, value=value)
        curves = cmds.listConnections(plug, source=True, destination=False, skipConversionNodes=True) or []
    else:
        if plug not in _members(layer) and layer != cmds.animLayer(query=True, root=True):
            cmds.animLayer(layer, edit=True, attribute=plug)
        cmds.setKeyframe(plug, animLayer=layer, noResolve=True, time=frame, value=value)
        curves = cmds.animLayer(layer, query=True, findCurveForPlug=plug) or []
    if not curves or not cmds.nodeType(curves[0]).startswith("animCurveT"):
        raise RigError(f"Maya makes no curve for {plug}; look whether it is locked, muted or not keyable.")
    return str(curves[0])


def _base_layer(plug: str) -> str:
    """Where an attribute is layered already, keys without a layer go below all layers."""
    incoming = cmds.listConnections(plug, source=True, destination=False, skipConversionNodes=True) or []
    layered = bool(incoming) and cmds.nodeType(incoming[0]).startswith("animBlendNode")
    return str(cmds.animLayer(query=True, root=True) or "") if layered else ""


def _members(layer: str) -> list[str]:
    return cmds.animLayer(layer, query=True, attribute=True) or []
