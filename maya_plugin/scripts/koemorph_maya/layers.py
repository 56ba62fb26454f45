"""Which curve gets an attribute's keys: its own, or its curve on an animation layer. Made where there is none yet."""

from __future__ import annotations

from maya import cmds

from koemorph.errors import RigError

from .nodes import is_curve, is_layered, kind, movers

MODES = ("additive", "override")


def prepare(layer: str, mode: str) -> None:
    """The layer, made if the scene has none of that name. `mode` is for a new one only."""
    check(layer)
    if not cmds.objExists(layer):
        cmds.animLayer(layer, override=mode == "override")


def is_additive(layer: str, mode: str) -> bool:
    """Whether keys there are added to what is below; of a layer that is still to be made `mode` says it."""
    check(layer)
    return not cmds.animLayer(layer, query=True, override=True) if cmds.objExists(layer) else mode == "additive"


def check(layer: str) -> None:
    """Whether keys can go there, if there is one of that name already."""
    if not cmds.objExists(layer):
        return
    if kind(layer) != "animLayer":
        raise RigError(f"{layer} is no animation layer; choose another name.")
    if cmds.animLayer(layer, query=True, lock=True):
        raise RigError(f"The animation layer {layer} is locked; unlock it or choose another one.")


def curve_on(plug: str, layer: str) -> str:
    """The curve that moves `plug` on a layer, or without layers; empty where there is none."""
    if layer := _meant(plug, layer):
        curves = _curves_on(layer, plug) if cmds.objExists(layer) else []
    else:
        curves = [mover for mover in movers(plug) if is_curve(mover)]
    return curves[0] if curves else ""


def curve_for(plug: str, layer: str, frame: float, value: float) -> str:
    """The same, made if need be; with a key at the frame, which `keys` relies on."""
    if layer := _meant(plug, layer):
        if plug not in _members(layer) and layer != cmds.animLayer(query=True, root=True):
            cmds.animLayer(layer, edit=True, attribute=plug)
        cmds.setKeyframe(plug, animLayer=layer, noResolve=True, time=frame, value=value)
    else:
        cmds.setKeyframe(plug, time=frame, value=value)
    if curve := curve_on(plug, layer):
        return curve
    raise RigError(f"Maya makes no curve for {plug}; look whether it is locked, muted or not keyable.")


def _meant(plug: str, layer: str) -> str:
    """Where an attribute is layered already, keys without a layer go below all layers."""
    return layer or (str(cmds.animLayer(query=True, root=True) or "") if is_layered(plug) else "")


def _curves_on(layer: str, plug: str) -> list[str]:
    """The flag wants the attribute in query mode too, which the published types do not know."""
    return cmds.animLayer(layer, query=True, findCurveForPlug=plug) or []  # type: ignore[call-overload]


def _members(layer: str) -> list[str]:
    held: str | list[str] = cmds.animLayer(layer, query=True, attribute=True) or []
    return [held] if isinstance(held, str) else held
