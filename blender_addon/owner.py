# SPDX-License-Identifier: GPL-3.0-or-later
"""Whom a line is keyed on: the data-blocks that get keys, and what of the 52 shapes they have."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from koemorph.rig import Coverage, Mapping


@dataclass(frozen=True)
class Owner:
    """A data-block that gets keys: the shape keys of a mesh, or an object with bones and custom properties."""

    block: Any
    described: str
    targets: dict[str, tuple[str, int]]
    """From a mapping's targets to path and index on the data-block."""

    joins: bool = False
    """Whether lines that are made again may be keyed on it for the first time."""

    @property
    def paths(self) -> list[tuple[str, int]]:
        return list(self.targets.values())


@dataclass(frozen=True)
class Character:
    name: str
    owners: tuple[Owner, ...]
    mapping: Mapping
    coverage: Coverage
    notes: tuple[str, ...] = field(default=())
