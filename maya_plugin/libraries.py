"""For scripts that mayapy runs: it learns where this module's libraries lie only from Maya, which has to run first."""

from __future__ import annotations

import sys
from pathlib import Path


def find_libraries() -> None:
    """Puts the module's own folders before all others; `../core` is where a checkout has the core."""
    here = Path(__file__).resolve().parent
    python = f"cp{sys.version_info[0]}{sys.version_info[1]}"
    sys.path[:0] = [
        str(here / name) for name in ("scripts", "core", "../core", "any", python) if (here / name).is_dir()
    ]
