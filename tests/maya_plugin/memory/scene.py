"""What a scene is made of, as far as keying faces goes: nodes, connections, curves on ticks, layers; and its motion."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

TICKS = 141_120_000
"""In a second, since Maya 2017."""
RATES = {
    "game": Fraction(15),
    "film": Fraction(24),
    "pal": Fraction(25),
    "ntsc": Fraction(30),
    "show": Fraction(48),
    "palf": Fraction(50),
    "ntscf": Fraction(60),
    "120fps": Fraction(120),
    "23.976fps": Fraction(24000, 1001),
    "29.97fps": Fraction(30000, 1001),
    "29.97df": Fraction(30000, 1001),
    "47.952fps": Fraction(48000, 1001),
    "59.94fps": Fraction(60000, 1001),
}
FIXED, LINEAR, STEP = 1, 2, 5
"""Maya's numbers of the tangent types."""
BASE = "BaseAnimation"


@dataclass(frozen=True)
class Key:
    ticks: int
    value: float
    entering: int = LINEAR
    leaving: int = LINEAR
    slope_in: float = 0.0
    """Per second, as `slope_out`; counts where the tangent is fixed."""
    slope_out: float = 0.0


@dataclass
class Node:
    kind: str
    parent: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    aliases: list[str] = field(default_factory=list)
    """The weights of a blendShape, in their order."""
    locked: set[str] = field(default_factory=set)
    """Attributes, or * for the node."""
    referenced: bool = False
    keys: tuple[Key, ...] = ()
    geometry: Any = field(default=None, compare=False)
    """Of a mesh its points and how many faces; of a blendShape which points each weight moves, and how far."""

    def copy(self) -> Node:
        held = {"values": dict(self.values), "aliases": list(self.aliases), "locked": set(self.locked)}
        return replace(self, **held)


@dataclass
class State:
    """All that undo brings back."""

    unit: str = "film"
    nodes: dict[str, Node] = field(default_factory=dict)
    wires: dict[str, str] = field(default_factory=dict)
    """From an attribute to the one that it gets its value from."""
    layers: dict[str, dict[str, str]] = field(default_factory=dict)
    """From a layer to the curves of its attributes, the lowest layer first."""
    selection: list[str] = field(default_factory=list)
    selected_keys: tuple[str, ...] = ()

    def copy(self) -> State:
        return replace(
            self,
            nodes={name: node.copy() for name, node in self.nodes.items()},
            wires=dict(self.wires),
            layers={name: dict(curves) for name, curves in self.layers.items()},
            selection=list(self.selection),
        )

    def find(self, name: str) -> str:
        """The node that a name or a path means; empty if there is none."""
        plain = name.rpartition("|")[2].removeprefix(":")
        return plain if plain in self.nodes else ""

    def attribute(self, plug: str) -> str:
        """`node.w[3]` under the weight's alias, everything else as it is."""
        node, _, name = plug.partition(".")
        held = self.nodes.get(self.find(node))
        if held is not None and held.kind == "blendShape" and name.startswith(("w[", "weight[")):
            number = int(name.partition("[")[2].rstrip("]"))
            name = held.aliases[number] if number < len(held.aliases) else name
        return f"{self.find(node) or node}.{name}"

    def mover(self, plug: str) -> str:
        """The node that moves an attribute; empty if none does."""
        return self.wires.get(self.attribute(plug), "").partition(".")[0]

    def layer_of(self, plug: str) -> list[str]:
        """The layers above the base that an attribute is in."""
        return [layer for layer, curves in self.layers.items() if layer != BASE and plug in curves]

    def value(self, plug: str, ticks: int) -> Any:
        """What an attribute is at a time: its curve's value, its layers' or its own."""
        plug = self.attribute(plug)
        node, _, name = plug.partition(".")
        rest = self.nodes[node].values[name]
        mover = self.mover(plug)
        if not mover:
            return rest
        if not self.nodes[mover].kind.startswith("animBlendNode"):
            return evaluate(self.nodes[mover].keys, ticks)
        base = self.layers[BASE].get(plug, "")
        total = evaluate(self.nodes[base].keys, ticks) if base else rest
        for layer in self.layer_of(plug):
            curve = self.layers[layer][plug]
            if curve:
                above = evaluate(self.nodes[curve].keys, ticks)
                total = above if self.nodes[layer].values["override"] else total + above
        return total

    def ticks(self, frame: float) -> int:
        return ticks_of(frame, RATES[self.unit])


def ticks_of(frame: float, fps: Fraction) -> int:
    return round(Fraction(frame) * TICKS / fps)


def evaluate(keys: tuple[Key, ...], ticks: int) -> float:
    """Between two keys the cubic that has their values and slopes; level before the first and after the last."""
    right = bisect_right([key.ticks for key in keys], ticks)
    if right in (0, len(keys)):
        return keys[min(right, len(keys) - 1)].value
    one, two = keys[right - 1], keys[right]
    if one.leaving == STEP:
        return one.value
    length = (two.ticks - one.ticks) / TICKS
    u = (ticks - one.ticks) / (two.ticks - one.ticks)
    straight = (two.value - one.value) / length
    leave = one.slope_out if one.leaving == FIXED else straight
    arrive = two.slope_in if two.entering == FIXED else straight
    rise = 3 * u**2 - 2 * u**3
    return (
        one.value + (two.value - one.value) * rise + length * (leave * (u**3 - 2 * u**2 + u) + arrive * (u**3 - u**2))
    )
