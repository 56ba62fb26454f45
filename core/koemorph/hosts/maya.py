"""Maya without a window: mayapy, with the entry that comes with KoeMorph's Maya module."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from ..errors import MissingPieceError
from .spec import HostSpec

ENTRY: Final = "KOEMORPH_MAYA_BAKE"
"""The variable that names koemorph-maya-bake.py, where the Maya module is not in its usual place."""
_SCRIPT: Final = "koemorph-maya-bake.py"


def command(program: str, words: Sequence[str]) -> list[str]:
    return [program, str(_entry()), *words]


def _entry() -> Path:
    homes = {"darwin": "Library/Preferences/Autodesk/maya", "win32": "Documents/maya"}
    modules = Path.home() / homes.get(sys.platform, "maya") / "modules" / "KoeMorph"
    named = os.environ.get(ENTRY)
    places = [Path(named)] if named else [Path(__file__).parents[3] / "maya_plugin" / _SCRIPT, modules / _SCRIPT]
    for place in places:
        if place.is_file():
            return place
    raise MissingPieceError(
        f"KoeMorph's Maya module is not in {modules}; install it there, or name its {_SCRIPT} in the variable {ENTRY}."
    )


HOST = HostSpec(
    name="maya",
    label="Maya",
    suffixes=(".ma", ".mb"),
    flag="mayapy",
    about="Maya's Python",
    command=command,
    places=lambda: [str(Path(os.environ.get("MAYA_LOCATION", "")) / "bin")],
)
