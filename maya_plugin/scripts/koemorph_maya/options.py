"""What the panel's and the menu's user chose last, kept in Maya's preferences."""

from __future__ import annotations

from dataclasses import dataclass, field

from maya import cmds

from koemorph.errors import SettingsError
from koemorph.keying import Keying

from . import layers

_PREFIX = "koemorph_"


@dataclass(frozen=True, kw_only=True)
class Choices:
    """How lines are keyed. Names and words are those of `koemorphKey`."""

    layer: str = ""
    layer_mode: str = layers.MODES[0]
    keying: Keying = field(default_factory=Keying)

    def held(self) -> dict[str, str | float]:
        """As the preferences have it, by name without the prefix."""
        return {
            "layer": self.layer,
            "layer_mode": self.layer_mode,
            "style": self.keying.style,
            "tolerance": self.keying.tolerance,
        }


def remembered() -> Choices:
    """As they were chosen last; what another version wrote and this one does not know counts as not chosen."""
    usual = Choices()
    held = usual.held()
    for name in held:
        if cmds.optionVar(exists=_PREFIX + name):
            held[name] = cmds.optionVar(query=_PREFIX + name)  # type: ignore[call-overload]  # it wants the name
    try:
        keying = Keying(style=str(held["style"]), tolerance=held["tolerance"])  # type: ignore[arg-type]  # checked
    except SettingsError:
        keying = usual.keying
    mode = str(held["layer_mode"])
    return Choices(
        layer=str(held["layer"]),
        layer_mode=mode if mode in layers.MODES else usual.layer_mode,
        keying=keying,
    )


def remember(choices: Choices) -> None:
    for name, value in choices.held().items():
        if isinstance(value, float):
            cmds.optionVar(floatValue=(_PREFIX + name, value))
        else:
            cmds.optionVar(stringValue=(_PREFIX + name, value))


def forget() -> None:
    """Leaves nothing of ours in Maya's preferences."""
    for name in Choices().held():
        if cmds.optionVar(exists=_PREFIX + name):
            cmds.optionVar(remove=_PREFIX + name)
