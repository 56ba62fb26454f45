"""Programs that key scenes. What is known of each is a `HostSpec`; nobody outside of this folder knows any by name.

spec     what must be known of a host        bake     a batch has lines keyed into a scene by a host
link     messages between two processes      blender, maya    the ones that come along
scene_command    flags of hosts without a window             outcome    what came of a line there
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points

from ..errors import KoeMorphError
from . import blender, maya
from .spec import HostSpec

__all__ = ["GROUP", "HostSpec", "by_name", "by_suffix", "hosts", "suffixes"]

GROUP = "koemorph.hosts"
"""The group of entry points: each names a HostSpec."""


@cache
def hosts() -> tuple[HostSpec, ...]:
    """Those that come along, and those that other packages bring."""
    found = {spec.name: spec for spec in (blender.HOST, maya.HOST)}
    for entry in entry_points(group=GROUP):
        spec = entry.load()
        if not isinstance(spec, HostSpec):
            raise KoeMorphError(f"The host {entry.name} of {entry.value} is no HostSpec; update or remove its package.")
        found.setdefault(spec.name, spec)
    return tuple(found.values())


def by_name(name: str) -> HostSpec:
    return next(spec for spec in hosts() if spec.name == name)


def by_suffix(suffix: str) -> HostSpec | None:
    """The host of files that end so; None for what is no scene."""
    return next((spec for spec in hosts() if suffix.lower() in spec.suffixes), None)


def suffixes() -> tuple[str, ...]:
    """How scenes end."""
    return tuple(suffix for spec in hosts() for suffix in spec.suffixes)
