"""Any rig: the 52 shapes under the names that a character has, by presets that are small JSON files."""

from .bones import Channel, Modes, rotation_vector
from .calibrating import calibrated
from .coverage import Coverage, Rig
from .document import SOURCES, mapping_of
from .many import match_many
from .mapping import Calibration, Link, Mapping
from .matching import match
from .preset import find, load, read, shipped, write
from .size import sized
from .visemes import NAMES as VISEMES

__all__ = [
    "SOURCES",
    "VISEMES",
    "Calibration",
    "Channel",
    "Coverage",
    "Link",
    "Mapping",
    "Modes",
    "Rig",
    "calibrated",
    "find",
    "load",
    "mapping_of",
    "match",
    "match_many",
    "read",
    "rotation_vector",
    "shipped",
    "sized",
    "write",
]
