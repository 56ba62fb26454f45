"""List the presets and moods that come along; with --preset, show one; with -o, write one, made of --preset and
whatever flags are given.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from ..files import write_text
from ..moods import moods
from ..presets import find_preset, shipped
from ..settings import Preset, Settings
from . import flags


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="write a preset of your own")
    parser.add_argument("--about", default="", metavar="TEXT", help="what the preset is for, in a sentence")
    parser.add_argument("--json", action="store_true", help="the list as JSON, for programs")
    flags.add_settings(parser)


def run(options: argparse.Namespace) -> int:
    settings = flags.settings_from(options)
    if options.output or settings != Settings() or options.preset:
        about = options.about or (find_preset(options.preset).about if options.preset else "")
        made = Preset(name=options.output.stem if options.output else "", about=about, values=settings.changed())
        if options.output:
            write_text(options.output, made.to_json())
            print(f"{options.output}: {len(made.values)} settings that differ from the defaults")
        else:
            print(made.to_json(), end="")
    elif options.json:
        print(json.dumps(_everything(), ensure_ascii=False, indent=2))
    else:
        _list()
    return 0


def _list() -> None:
    for title, entries in _everything().items():
        print(f"{title}:")
        for name, entry in entries.items():
            print(f"  {name:<12} {entry['about']}")


def _everything() -> dict[str, dict[str, Any]]:
    return {
        "presets": {preset.name: {"about": preset.about, "settings": preset.values} for preset in shipped()},
        "moods": {mood.name: {"about": mood.about, "shapes": mood.shapes} for mood in moods().values()},
    }
