"""Any rig: the 52 shapes under the names that a character has, by presets that are small JSON files."""

from .coverage import Coverage, Rig
from .many import match_many
from .mapping import Link, Mapping
from .matching import match
from .preset import find, load, mapping_of, read, shipped, write

__all__ = [
    "Coverage",
    "Link",
    "Mapping",
    "Rig",
    "find",
    "load",
    "mapping_of",
    "match",
    "match_many",
    "read",
    "shipped",
    "write",
]
