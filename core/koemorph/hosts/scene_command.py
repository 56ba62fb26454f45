"""What the command lines of hosts have in common: a scene in, a keyed scene out, of a recording, a list or a link."""

from __future__ import annotations

import argparse
from dataclasses import fields
from pathlib import Path
from typing import Any

from ..errors import OutputError, ShotListError
from ..keying import Keying
from ..knob_flags import add_flags
from ..presets import find_preset
from ..settings import Settings
from ..shots import Shot, read_shots
from ..timing import FrameRate
from .spec import HostSpec


def scene_parser(host: HostSpec, prog: str, *, required: bool) -> tuple[argparse.ArgumentParser, Any]:
    """The flags that every host has, and the group of those that say what is keyed, for a host to add its own."""
    reader = argparse.ArgumentParser(prog=prog, description=f"Key dialogue into a scene of {host.label}.")
    reader.add_argument("scene", type=Path)
    endings = " or ".join(host.suffixes)
    reader.add_argument("-o", "--output", type=Path, required=True, help=f"the scene to write, {endings}")
    reader.add_argument("--overwrite", action="store_true", help="write even where a file is")
    what = reader.add_mutually_exclusive_group(required=required)
    what.add_argument("--file", default="", help="a recording")
    what.add_argument("--shots", type=Path, help="or a shot list")
    what.add_argument("--link", metavar="ADDRESS", help="for batches, which hand takes over so")
    reader.add_argument("--mapping", default="", help="a mapping preset, by name or file")
    reader.add_argument("--preset", default="", help="a preset of settings, by name or file")
    reader.add_argument("--model", type=Path, help="another model: its folder, or light where that came along")
    add_flags(reader, fields(Keying))
    return reader, what


def preset_of(given: argparse.Namespace) -> Settings:
    """The preset that was named, else the usual settings."""
    return find_preset(given.preset).over(Settings()) if given.preset else Settings()


def check_paths(host: HostSpec, given: argparse.Namespace, *, into_itself: bool = False) -> None:
    """Whether the scene can be read and the other one written; `into_itself` where `--overwrite` means that too."""
    scene, output = given.scene, given.output
    if output.suffix.lower() not in host.suffixes:
        raise OutputError(f"{output.name} is no scene of {host.label}; end it in {' or '.join(host.suffixes)}.")
    if not scene.is_file():
        raise OutputError(f"There is no scene {scene}; name one.")
    if output.exists():
        if output.samefile(scene) and not into_itself:
            raise OutputError(f"{output} is the scene itself; name another file.")
        if not given.overwrite:
            raise OutputError(f"{output} exists; name another file, or allow it with --overwrite.")
    if not output.absolute().parent.is_dir():
        raise OutputError(f"There is no folder {output.absolute().parent}; make it first.")


def lines_of(path: Path, rate: FrameRate, settings: Settings) -> tuple[Shot, ...]:
    """The lines of a shot list; one with anything wrong in it is refused."""
    listed = read_shots(path, rate=rate, settings=settings)
    if listed.problems:
        raise ShotListError("; ".join(str(problem).rstrip(".") for problem in listed.problems) + ".")
    return tuple(listed)
