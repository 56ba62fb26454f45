"""Scenes on disk, references and plug-ins."""

from __future__ import annotations

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from .ascii import Malformed
from .cmds_nodes import NodeCommands
from .reading import Scene, Written, read
from .scene import RATES, TICKS, Key, Node, State
from .writing import curves_of

_LONG = {"offset": "o", "sourceStart": "ss", "sourceEnd": "se", "filename": "f"}


class FileCommands(NodeCommands):
    def do_file(
        self,
        path: str = "",
        newFile: bool = False,
        open: bool = False,  # noqa: A002
        i: bool = False,
        rename: str = "",
        save: bool = False,
        force: bool = False,
        type: str = "mayaAscii",  # noqa: A002
        executeScriptNodes: bool = True,
        ignoreVersion: bool = False,
        renamingPrefix: str = "",
        returnNewNodes: bool = False,
    ) -> Any:
        maya = self._maya
        if rename:
            maya.scene_name = rename
        elif save:
            Path(maya.scene_name).write_text((maya.scene_text or "//Maya ASCII 2024 scene\n") + curves_of(maya.state))
        elif newFile or open:
            text = Path(path).read_text("utf-8") if open else ""
            scene = _read(text) if open else Scene()
            maya.state, maya.scene_name, maya.scene_text = State(), path, text
            maya.forget()
            maya.scripts_ran = open and executeScriptNodes
            self._add(scene, "", False)
            maya.happens("SceneOpened" if open else "NewSceneOpened")
        elif i:
            assert type == "mayaAscii"
            return self.refer(path)
        return None

    def refer(self, path: str, namespace: str = "") -> list[str]:
        """Takes another scene into this one, as a reference where it gets a namespace of its own."""
        unit = self._state.unit
        made = self._add(_read(Path(path).read_text("utf-8")), namespace, bool(namespace))
        self._state.unit = unit
        return made

    def _add(self, scene: Scene, namespace: str, referenced: bool) -> list[str]:
        space = f"{namespace}:" if namespace else ""
        state = self._state
        state.unit = scene.unit
        for name, written in scene.nodes.items():
            if name in state.nodes and written.kind == "lightLinker":
                continue
            state.nodes[space + name] = _node(written, space, RATES[state.unit], referenced)
        for source, goal in scene.wires:
            ends = [end if end.startswith(":") else space + end for end in (source, goal)]
            state.wires[state.attribute(ends[1])] = ends[0]
        return [f"|{space}{name}" for name, written in scene.nodes.items() if written.kind == "transform"]

    def do_loadPlugin(self, path: str) -> list[str]:
        described = spec_from_file_location(Path(path).stem, path)
        assert described and described.loader
        shell = module_from_spec(described)
        described.loader.exec_module(shell)
        shell.maya_useNewAPI()
        shell.initializePlugin(sys.modules["maya.api.OpenMaya"].MObject())
        self._maya.shells[Path(path).stem] = shell
        return [Path(path).stem]

    def do_pluginInfo(self, name: str, query: bool, loaded: bool) -> bool:
        return name in self._maya.shells


def _read(text: str) -> Scene:
    try:
        return read(text)
    except Malformed as err:
        raise RuntimeError(f"Error reading file. {err}") from err


def _node(written: Written, space: str, fps: Any, referenced: bool) -> Node:
    node = Node(written.kind, space + written.parent if written.parent else "", referenced=referenced)
    if written.kind == "blendShape":
        numbered = {int(place[len("weight[") : -1]): name for name, place in written.held["aal"].items()}
        node.aliases = [numbered[number] for number in sorted(numbered)]
        node.values = dict(zip(node.aliases, written.joined("w").ravel().tolist(), strict=True))
        held = [f"it[0].itg[{number}].iti[6000]" for number in sorted(numbered)]
        node.geometry = [(written.held[f"{one}.ict"], written.held[f"{one}.ipt"][:, :3]) for one in held]
    elif written.kind == "mesh":
        node.values["intermediateObject"] = bool(written.held.get("io", [[0]])[0][0])
        node.geometry = (written.joined("vt"), len(written.joined("fc")))
    elif written.kind == "audio":
        node.values = {name: written.held.get(short, [[0.0]]) for name, short in _LONG.items()}
        node.values = {n: v if isinstance(v, str) else float(v[0][0]) for n, v in node.values.items()}
        node.values["silence"] = 0.0
    elif written.kind.startswith("animCurve"):
        node.keys = tuple(Key(round(frame * TICKS / fps), value) for frame, value in written.joined("ktv").tolist())
    return node
