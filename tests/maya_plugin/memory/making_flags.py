"""Writes `flags.json`: which flags Maya's commands have, from the tables that PyMEL brings along.

    pip download --no-deps pymel==1.5.0 && python tests/maya_plugin/memory/making_flags.py pymel-1.5.0-*.whl

PyMEL is under the BSD licence, kept beside this file. Only commands that something here calls are taken, and of their
flags only those that Maya 2024 and Maya 2025 both have, with the same type and modes.
"""

from __future__ import annotations

import json
import sys
import zipfile
from pathlib import Path
from typing import Any

COMMANDS = [
    "about", "addAttr", "aliasAttr", "animLayer", "attributeQuery", "blendShape", "connectAttr",
    "createNode", "currentTime", "currentUnit", "cutKey", "delete", "deleteUI", "file", "getAttr",
    "keyframe", "listConnections",
    "listHistory", "loadPlugin", "lockNode", "ls", "menu", "menuItem", "nodeType", "objExists",
    "optionVar", "playbackOptions", "pluginInfo", "polySphere", "progressWindow", "redo",
    "referenceQuery", "relationship", "requires", "scriptJob", "select", "selectKey",
    "selectionConnection", "setAttr", "setKeyframe", "shelfButton", "sound", "tabLayout", "timeControl",
    "polyEvaluate", "pointPosition",
    "undo", "undoInfo", "warning", "workspaceControl",
]  # fmt: skip
VERSIONS = (2024, 2025)


def table(wheel: zipfile.ZipFile, version: int) -> dict[str, Any]:
    held: dict[str, Any] = {}
    exec(wheel.read(f"pymel/cache/mayaCmdsList{version}.py").decode(), held)
    commands: dict[str, Any] = held["data"][0]
    return commands


def flags_of(command: dict[str, Any]) -> dict[str, list[Any]]:
    """By long name: the short one, the modes (none where PyMEL knows none), the type of the argument."""
    return {
        name: [flag["shortname"], sorted(flag.get("modes") or []), _kind(flag) if flag.get("numArgs") else "switch"]
        for name, flag in command.get("flags", {}).items()
        if name.isidentifier()
    }


def _kind(flag: dict[str, Any]) -> Any:
    kinds = flag["args"] if isinstance(flag["args"], list) else [flag["args"]]
    names = [str(kind).removeprefix("<type ").removesuffix(">") for kind in kinds]
    return names[0] if len(names) == 1 else names


def main(path: str) -> None:
    with zipfile.ZipFile(path) as wheel:
        older, newer = (table(wheel, version) for version in VERSIONS)
    kept = {}
    for name in COMMANDS:
        if name not in newer:
            print(f"PyMEL does not know {name}")
            continue
        before, now = flags_of(older[name]), flags_of(newer[name])
        kept[name] = {flag: told for flag, told in sorted(now.items()) if before.get(flag) == told}
    lines = [f" {json.dumps(name)}: {json.dumps(flags)}" for name, flags in kept.items()]
    Path(__file__).with_name("flags.json").write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
