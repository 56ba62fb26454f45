"""Blender and Maya without a window, as programs: lines go in as a small shot list, a keyed scene comes out."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ..errors import KoeMorphError, MissingPieceError
from .shot import Shot

PROGRAMS: Final = {"blender": "KOEMORPH_BLENDER", "maya": "KOEMORPH_MAYAPY"}
"""The variable that names each host's program."""
MAYA_ENTRY: Final = "KOEMORPH_MAYA_BAKE"
"""The variable that names koemorph-maya-bake.py, where the Maya module is not in its usual place."""
PYTHON: Final = "KOEMORPH_PYTHON"
"""The variable that tells hosts which Python makes their takes."""
_CHECKOUT: Final = Path(__file__).parents[3]
_MAYA_SCRIPT: Final = "koemorph-maya-bake.py"
_START_BLENDER: Final = """
import bpy, addon_utils, importlib, os, shutil, sys, traceback
code, known = 1, [one.__name__ for one in addon_utils.modules() if one.__name__.rpartition(".")[2] == "koemorph"]
try:
    if {folders!r}:
        sys.path.extend({folders!r})
        addon = importlib.import_module("blender_addon")
        addon.register()
    else:
        addon = addon_utils.enable(known[0]) if known else None
    if addon is None:
        print("KoeMorph's extension is not installed in this Blender")
    else:
        code = importlib.import_module(addon.__name__ + ".batch").main({arguments!r})
except BaseException:
    traceback.print_exc()
shutil.rmtree(bpy.app.tempdir, ignore_errors=True)
sys.stdout.flush()
sys.stderr.flush()
os._exit(code)
"""
"""Blender is not let to take itself down: versions of it hang or crash at that, with all written that was to be."""


@dataclass(frozen=True)
class Told:
    """What a host says of one line; with a message it has failed."""

    message: str = ""
    notes: tuple[str, ...] = ()


def program(host: str, named: str = "") -> str:
    """The one that was named, or the variable's, or the one on the path."""
    wanted = named or os.environ.get(PROGRAMS[host], "")
    usual = "blender" if host == "blender" else "mayapy"
    found = shutil.which(wanted or usual)
    if found is None and host == "maya" and not wanted:
        found = shutil.which(usual, path=str(Path(os.environ.get("MAYA_LOCATION", "")) / "bin"))
    if found is None:
        what = f"There is no program {wanted}" if wanted else f"{usual} is not on the path"
        raise MissingPieceError(
            f"{what}, and {host.capitalize()} scenes need it; name it with --{usual} or in the variable "
            f"{PROGRAMS[host]}."
        )
    return found


def bake(
    host: str, named: str, shots: Sequence[Shot], output: Path, *, model: Path | None, threads: int
) -> Mapping[str, Told]:
    """Key the lines into their scene, opened once and written to `output`; what came of each, by its name."""
    started = program(host, named)
    with tempfile.TemporaryDirectory(prefix="koemorph-") as folder:
        listed, answer = Path(folder) / "lines.json", Path(folder) / "told.json"
        listed.write_text(json.dumps({"shots": [_row(shot) for shot in shots]}), "utf-8")
        scene = str(shots[0].scene.absolute()) if shots[0].scene else ""
        words = [scene, "-o", str(output.absolute()), "--shots", str(listed), "--told", str(answer)]
        if host == "blender":
            words += ["--threads", str(threads), *(["--model", str(model.absolute())] if model else [])]
            command = _blender(started, words)
        elif model is None:
            command = [started, str(_maya_entry()), *words]
        else:
            raise KoeMorphError("Lines for Maya scenes are made with the model that came along; leave out --model.")
        ended, said = _run(command)
        try:
            told: dict[str, Any] = json.loads(answer.read_text("utf-8"))
        except (OSError, ValueError) as err:
            reason = said[-1].rstrip(".")[:300] if said else f"exit code {ended}"
            raise KoeMorphError(
                f"{host.capitalize()} did not key {scene} ({reason}); see whether the scene opens there."
            ) from err
    if told["error"]:
        raise KoeMorphError(told["error"])
    lines = zip(shots, told["lines"], strict=True)
    return {shot.name: Told(line["message"], tuple(line["notes"])) for shot, line in lines}


def _blender(program: str, words: list[str]) -> list[str]:
    """`program` is Blender itself, or a Python that has bpy."""
    folders = [str(_CHECKOUT / "core"), str(_CHECKOUT)] if (_CHECKOUT / "blender_addon").is_dir() else []
    start = _START_BLENDER.format(folders=folders, arguments=words)
    if Path(program).stem.lower().startswith("python"):
        return [program, "-c", start]
    return [program, "--background", "--python-exit-code", "1", "--python-expr", start]


def _maya_entry() -> Path:
    homes = {"darwin": "Library/Preferences/Autodesk/maya", "win32": "Documents/maya"}
    modules = Path.home() / homes.get(sys.platform, "maya") / "modules" / "KoeMorph"
    named = os.environ.get(MAYA_ENTRY)
    places = [Path(named)] if named else [_CHECKOUT / "maya_plugin" / _MAYA_SCRIPT, modules / _MAYA_SCRIPT]
    for place in places:
        if place.is_file():
            return place
    raise MissingPieceError(
        f"KoeMorph's Maya module is not in {modules}; install it there, or name its {_MAYA_SCRIPT} in the variable "
        f"{MAYA_ENTRY}."
    )


def _row(shot: Shot) -> dict[str, Any]:
    """As the hosts' entries read it: the character is the object, and nothing is left to defaults."""
    row: dict[str, Any] = {
        "shot": shot.name,
        "audio": str(shot.audio.absolute()),
        "start_frame": shot.start_frame,
        "channel": shot.channel,
        "character": shot.face,
        "settings": shot.settings.to_dict(),
        "in": None if shot.begin is None else f"{float(shot.begin):.9f}",
        "out": None if shot.end is None else f"{float(shot.end):.9f}",
        "rig": shot.rig,
    }
    return {name: value for name, value in row.items() if value not in (None, "")}


def _run(command: list[str]) -> tuple[int, list[str]]:
    """How it ended and what it said; it dies with us."""
    environment = {PYTHON: sys.executable, **os.environ}
    try:
        ended = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environment,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
    except OSError as err:
        raise MissingPieceError(f"{command[0]} cannot be started ({err.strerror or err}); name another.") from err
    return ended.returncode, [line.strip() for line in ended.stdout.splitlines() if line.strip()]
