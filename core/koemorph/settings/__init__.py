"""Everything an animator can set, once: names, defaults, ranges, labels and explanations.

The command line's flags, presets, panels of hosts and the docs are generated from the fields of `Settings`;
a new field appears everywhere by itself. Groups and fields stand in the order in which they are shown.
"""

from ..knobs import Info, info_of
from .preset import PRESET, Preset, load_preset
from .settings import Settings

__all__ = ["PRESET", "Info", "Preset", "Settings", "info_of", "load_preset"]
