"""Which curve gets an attribute's keys: its own, or its curve on an animation layer. Made where there is none yet."""

from __future__ import annotations

from maya import cmds

from koemorph.errors import RigError

from .nodes import is_curve, is_layered, kind, movers

MODES = ("additive", "override")


def prepare(layer: str, mode: str) -> None:
    """The layer, made if the scene has none of that name. `mode` is for a new one only."""
    if not cmds.objExists(layer):
        cmds.animLayer(layer, override=mode == "override")
    elif kind(layer) != "animLayer":
        raise RigError(f"{layer} is no animation layer; choose another name.")
    check(layer)


def check(layer: str) -> None:
    if cmds.objExists(layer) and kind(layer) == "animLayer" and cmds.animLayer(layer, query=True, lock=True):
        raise RigError(f"The animation layer {layer} is locked; unlock it or choose another one.")


def curve_for(plug: str, layer: str, frame: float, value: float) -> str:
    """The curve that moves `plug` on a layer, or without layers; with a key at the frame, which `keys` relies on."""
    if not layer and is_layered(plug):  # then keys without a layer go below all layers
        layer = str(cmds.animLayer(query=True, root=True) or "")
    if not layer:
        cmds.setKeyframe(plug, time=frame, value=value)
        curves = movers(plug)
    else:
        if plug not in _members(layer) and layer != cmds.animLayer(query=True, root=True):
            cmds.animLayer(layer, edit=True, attribute=plug)
        cmds.setKeyframe(plug, animLayer=layer, noResolve=True, time=frame, value=value)
        curves = _curves_on(layer, plug)
    if not curves or not is_curve(curves[0]):
        raise RigError(f"Maya makes no curve for {plug}; look whether it is locked, muted or not keyable.")
    return curves[0]


def _curves_on(layer: str, plug: str) -> list[str]:
    """The flag wants the attribute in query mode too, which the published types do not know."""
    return cmds.animLayer(layer, query=True, findCurveForPlug=plug) or []  # type: ignore[call-overload]


def _members(layer: str) -> list[str]:
    held: str | list[str] = cmds.animLayer(layer, query=True, attribute=True) or []
    return [held] if isinstance(held, str) else held
