"""Blender without a window, or a Python that has bpy."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from .spec import HostSpec

START = Path(__file__).with_name("blender_start.py")


def command(program: str, words: Sequence[str]) -> list[str]:
    if Path(program).stem.lower().startswith("python"):
        return [program, str(START), "--", *words]
    return [program, "--background", "--python-exit-code", "1", "--python", str(START), "--", *words]


HOST = HostSpec(
    name="blender",
    label="Blender",
    suffixes=(".blend",),
    flag="blender",
    about="Blender, or a Python with bpy",
    command=command,
)
