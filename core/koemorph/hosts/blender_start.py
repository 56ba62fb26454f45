"""What Blender is started with: finds KoeMorph's extension, of a checkout or installed, and runs its entry.

Blender is not let to take itself down: versions of it hang or crash at that, with all written that was to be.
"""

import importlib
import os
import shutil
import sys
import traceback
from pathlib import Path

import bpy

HERE = Path(__file__).resolve()


def extension() -> object:
    """Registered; None if there is none."""
    sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != HERE.parent]
    checkout = HERE.parents[3]
    if (checkout / "blender_addon").is_dir():
        sys.path += [str(checkout / "core"), str(checkout)]
        found = importlib.import_module("blender_addon")
        found.register()
        return found
    import addon_utils  # type: ignore[import-not-found]  # found only once bpy is there

    names = [one.__name__ for one in addon_utils.modules()]
    known = [name for name in names if name.rpartition(".")[2] == "koemorph"]
    return addon_utils.enable(known[0]) if known else None


def main() -> int:
    found = extension()
    if found is None:
        sys.stdout.write("KoeMorph's extension is not installed in this Blender\n")
        return 1
    entry = importlib.import_module(f"{found.__name__}.batch")  # type: ignore[attr-defined]
    code: int = entry.main(sys.argv[sys.argv.index("--") + 1 :])
    return code


code = 1
try:
    code = main()
except BaseException:  # noqa: BLE001 (it is told, and Blender must end)
    traceback.print_exc()
shutil.rmtree(bpy.app.tempdir, ignore_errors=True)
sys.stdout.flush()
sys.stderr.flush()
os._exit(code)
