"""What the panel's and the menu's user chose last, kept in Maya's preferences."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields

from maya import cmds

from koemorph.curves import TOLERANCE

from . import layers, press

_PREFIX = "koemorph_"


@dataclass(frozen=True)
class Choices:
    """How lines are keyed. Names and words are those of `koemorphKey`."""

    layer: str = ""
    layer_mode: str = layers.MODES[0]
    style: str = press.EVERY
    tolerance: float = TOLERANCE


def remembered() -> Choices:
    """As they were chosen last; what another version wrote and this one does not know counts as not chosen."""
    held = {}
    for field in fields(Choices):
        name = _PREFIX + field.name
        if cmds.optionVar(exists=name):
            held[field.name] = cmds.optionVar(query=name)  # type: ignore[call-overload]  # it wants the name
    usual = Choices()
    layer, mode, style = (str(held.get(name, "")) for name in ("layer", "layer_mode", "style"))
    tolerance = held.get("tolerance")
    return Choices(
        layer,
        mode if mode in layers.MODES else usual.layer_mode,
        style if style in press.STYLES else usual.style,
        float(tolerance) if isinstance(tolerance, (int, float)) and tolerance > 0 else usual.tolerance,
    )


def remember(choices: Choices) -> None:
    for name, value in asdict(choices).items():
        if isinstance(value, float):
            cmds.optionVar(floatValue=(_PREFIX + name, value))
        else:
            cmds.optionVar(stringValue=(_PREFIX + name, value))


def forget() -> None:
    """Leaves nothing of ours in Maya's preferences."""
    for field in fields(Choices):
        if cmds.optionVar(exists=_PREFIX + field.name):
            cmds.optionVar(remove=_PREFIX + field.name)
