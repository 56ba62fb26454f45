"""Questions to the scene that Maya answers with a text, a list or nothing; here always in the same way."""

from __future__ import annotations

from maya import cmds


def kind(node: str) -> str:
    return str(cmds.nodeType(node))


def movers(plug: str) -> list[str]:
    """The nodes that move an attribute, conversions of units left out."""
    return cmds.listConnections(plug, source=True, destination=False, skipConversionNodes=True) or []


def is_layered(plug: str) -> bool:
    """Whether animation layers stand between an attribute and its curves."""
    return any(kind(node).startswith("animBlendNode") for node in movers(plug))


def is_curve(node: str) -> bool:
    """Whether a node is a curve over time; one over another attribute is a driver, with which nobody else meddles."""
    return kind(node).startswith("animCurveT")


def is_connected(plug: str) -> bool:
    return bool(cmds.listConnections(plug, source=True, destination=False))
