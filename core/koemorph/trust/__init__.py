"""The one place for trust: whatever comes from outside passes one of its doors.

limits   how much of anything is let in, and why no honest file has more: data, not code
parsing  JSON without numbers that are none, for doors and messages
doors    one per kind of outside data: regular files only, bounded in size, depth, count and unpacking
words    text that can be written, shown and used as the name of a file
looks    whether a file is still the one that was looked at
"""

from __future__ import annotations

from . import limits
from .doors import Door
from .limits import Limit
from .looks import Look
from .words import fault_of, shown, unescaped

__all__ = ["Door", "Limit", "Look", "fault_of", "limits", "shown", "unescaped"]
