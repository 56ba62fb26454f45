"""The zip that is handed out, installed in a fresh profile as a person would. KOEMORPH_BLENDER_ZIP names it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ZIP = os.environ.get("KOEMORPH_BLENDER_ZIP", "")
STEPS = """
import json, os, sys
import bpy

archive, recording = sys.argv[1:]
bpy.ops.extensions.package_install_files(filepath=archive, repo="user_default", enable_on_install=False)
bpy.ops.preferences.addon_enable(module="bl_ext.user_default.koemorph")
import koemorph
from bl_ext.user_default.koemorph.process import library_folders

bpy.ops.koemorph.add_sample_face()
bpy.context.scene.koemorph.audio = recording
done = bpy.ops.koemorph.animate()
block = bpy.context.object.data.shape_keys
told = {
    "done": list(done),
    "core": koemorph.__file__,
    "libraries": [str(folder) for folder in library_folders()],
    "keyed": block.animation_data is not None and block.animation_data.action.name,
    "preferences": bpy.context.preferences.addons["bl_ext.user_default.koemorph"].preferences.threads,
}
bpy.ops.preferences.addon_disable(module="bl_ext.user_default.koemorph")
print("TOLD", json.dumps(told), flush=True)
os._exit(0)  # see conftest.py
"""


@pytest.mark.skipif(not ZIP, reason="KOEMORPH_BLENDER_ZIP names no zip")
def test_the_zip_installs_and_keys_a_face(tmp_path: Path, recording: Path) -> None:
    script = tmp_path / "steps.py"
    script.write_text(STEPS, "utf-8")
    profile = tmp_path / "profile"
    profile.mkdir()
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment["BLENDER_USER_RESOURCES"] = str(profile)
    command = [sys.executable, str(script), str(Path(ZIP).resolve()), str(recording)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=240, check=False)
    answers = [line for line in done.stdout.splitlines() if line.startswith("TOLD ")]
    assert answers, done.stdout + done.stderr
    told = json.loads(answers[0].removeprefix("TOLD "))
    assert told["done"] == ["FINISHED"] and told["keyed"]
    assert told["core"].startswith(str(profile)) and told["libraries"][0].startswith(str(profile))
    assert told["preferences"] == 2
