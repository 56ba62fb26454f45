"""Builds what is handed out: `python packaging/build.py blender|maya [--output DIR]`. Needs Python 3.11 and pip.

One version number counts for everything: that of core/koemorph/__init__.py.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import blender
import maya_module
from artefacts import BuildError

ROOT = Path(__file__).parents[1]
BUILDERS = {"blender": (blender.build, blender.PLATFORMS), "maya": (maya_module.build, maya_module.PLATFORMS)}


def main() -> int:
    parser = argparse.ArgumentParser(description="Build what is handed out.")
    parser.add_argument("what", choices=list(BUILDERS), help="the extension, or the module, for each platform")
    parser.add_argument("-o", "--output", type=Path, default=ROOT / "dist", metavar="DIR", help="default: dist")
    parser.add_argument(
        "--wheels", type=Path, default=ROOT / "build" / "wheels", metavar="DIR", help="where downloads are kept"
    )
    parser.add_argument("--platform", action="append", choices=list(maya_module.PLATFORMS), help="only this one")
    given = parser.parse_args()
    build, platforms = BUILDERS[given.what]
    try:
        build(ROOT, given.output / given.what, given.wheels, given.platform or list(platforms))
    except BuildError as err:
        print(f"error: {err}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
