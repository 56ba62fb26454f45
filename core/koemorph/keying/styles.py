"""How a take becomes keys: how many there are, what is between them, and how far they may stray.

A new style is an entry of `STYLES` with its own way from samples to keys, and its words in `languages/`; nobody else
knows of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..errors import SettingsError
from ..knobs import check_all, choice, number
from .keys import CurveKeys, Interpolation
from .reduce import reduce_curves


@dataclass(frozen=True, kw_only=True)
class Style:
    """One way to set keys, and what people read of it."""

    name: str
    label: str
    tooltip: str
    interpolation: Interpolation
    keys: Callable[[NDArray[np.float32], Keying, NDArray[np.bool_] | None], list[CurveKeys]] = reduce_curves
    """From samples (frames, curves), and marks where curves must not change, to keys; frame 0 first."""
    reduced: bool = True
    """Whether there are as few keys as the tolerance allows."""


STYLES: Final[Mapping[str, Style]] = {
    style.name: style
    for style in (
        Style(
            name="every",
            label="Every Frame",
            tooltip="A key on every frame.",
            interpolation="linear",
            keys=lambda values, keying, exact: [CurveKeys.dense(column) for column in values.T],
            reduced=False,
        ),
        Style(
            name="bezier",
            label="Few Keys",
            tooltip="As few Bezier keys as the tolerance allows, to be edited by hand.",
            interpolation="bezier",
        ),
        Style(
            name="linear",
            label="Few, Straight",
            tooltip="As few keys as the tolerance allows, with straight lines between them.",
            interpolation="linear",
        ),
        Style(
            name="stepped",
            label="Stepped",
            tooltip="As few keys as the tolerance allows, held until the next one.",
            interpolation="stepped",
        ),
    )
}
"""By name. Scenes know them by their position too: new ones come last."""


@dataclass(frozen=True, kw_only=True)
class Keying:
    """How a take is keyed. Flags, widgets, properties and options of hosts are made from these fields."""

    style: str = choice(
        "every",
        tuple(STYLES),
        labels={style.name: style.label for style in STYLES.values()},
        label="Style",
        group="Keys",
        flag="keys",
        tooltip="How many keys there are, and what is between them.",
    )
    tolerance: float = number(
        0.01,
        within=(0.001, 0.2),
        step=0.001,
        label="Tolerance",
        group="Keys",
        tooltip="How far a curve of few keys may stray from the performance, 1 being a shape's full travel.",
    )

    def __post_init__(self) -> None:
        check_all(self)

    @property
    def how(self) -> Style:
        return STYLES[self.style]

    def to_dict(self) -> dict[str, Any]:
        """As messages and files have it."""
        return {"keys": self.style, "tolerance": self.tolerance}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Keying:
        """What is not said is as usual; nor does a tolerance of 0 say anything, which older panels send."""
        style = values.get("keys", cls.style)
        if style not in STYLES:
            raise SettingsError(f"There are no keys of the kind {style!r}; there are {', '.join(STYLES)}.")
        return cls(style=style, tolerance=values.get("tolerance") or cls.tolerance)
