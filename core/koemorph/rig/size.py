"""How far bones move are lengths: a preset that was measured on one face is scaled to the size of another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from .bones import Channel
from .mapping import Link, Mapping

_MEASURED: Final = {"Rigify face": ("mouthSmileLeft", "mouthSmileRight", 0.0704)}
"""Of presets whose links move bones: two shapes, and how far the bones that they move were apart there."""


def sized(mapping: Mapping, apart: Callable[[str, str], float]) -> Mapping:
    """A fitted preset with its moves as large as the face is. `apart`: from two bones to their distance at rest."""
    for preset, (left, right, measured) in _MEASURED.items():
        bones = [_moved(mapping, source) for source in (left, right)]
        if preset in mapping.name and all(bones) and (distance := apart(*bones)) > 0:
            return mapping.with_links(tuple(_scaled(link, distance / measured) for link in mapping.links))
    return mapping


def _moved(mapping: Mapping, source: str) -> str:
    channels = (Channel.of(link.target) for link in mapping.of(source))
    return next((one.bone for one in channels if one and one.kind == "move"), "")


def _scaled(link: Link, by: float) -> Link:
    channel = Channel.of(link.target)
    if channel is None or channel.kind != "move":
        return link
    return replace(link, gain=link.gain * by, offset=link.offset * by)
