"""The Maya that tests work in: a scene, an undo queue, plug-in commands, and what an artist would see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from .scene import RATES, TICKS, Key, Node, State

Step = tuple[Callable[[], Any], Callable[[], Any]]


@dataclass
class Interface:
    """What is on the screen, and what Maya keeps from one day to the next."""

    globals: dict[str, str] = field(
        default_factory=lambda: {
            "gMainWindow": "MayaWindow",
            "gShelfTopLevel": "ShelfLayout",
            "gPlayBackSlider": "timeControl1",
        }
    )
    menus: dict[str, dict[str, Any]] = field(default_factory=dict)
    """From a menu to what is written in it and what that does."""
    shelves: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {"Animation": []})
    controls: dict[str, Any] = field(default_factory=dict)
    """Workspace controls: the flags they were made with, and their widget while they are open."""
    options: dict[str, Any] = field(default_factory=dict)
    jobs: dict[int, tuple[str, Callable[[], Any]]] = field(default_factory=dict)
    jobs_made: int = 0
    heard: str = ""
    """The audio node that the timeline plays."""
    graph_editor: list[str] | None = field(default_factory=list)
    """What it shows; None while it was never open."""
    progress: list[tuple[str, int]] = field(default_factory=list)
    cancel_at: int = 1000
    """The per cent at which somebody presses Esc."""


class Maya:
    def __init__(self) -> None:
        self.state = State()
        self.done: list[list[Step]] = []
        self.undone: list[list[Step]] = []
        self.open_chunks = 0
        self.records_undo = True
        self.commands: dict[str, Any] = {}
        """Those of plug-ins."""
        self.shells: dict[str, Any] = {}
        """Loaded plug-in files, by name."""
        self.said: list[str] = []
        self.interface = Interface()
        self.batch = True
        self.range = (1.0, 120.0)
        self.now = 1.0
        self.length_unit = 6
        self.bent = False
        """Whether tangents are understood otherwise than we think."""
        self.scene_name = ""
        self.scene_text = ""
        self.scripts_ran = False
        """Whether opening the scene ran what it holds."""

    # Scenes for a test

    def add_face(self, node: str, names: tuple[str, ...], mesh: str) -> None:
        """A mesh that a blendShape deforms."""
        nodes = self.state.nodes
        nodes[mesh] = Node("transform")
        nodes[f"{mesh}Shape"] = Node("mesh", mesh)
        nodes[f"{mesh}ShapeOrig"] = Node("mesh", mesh, {"intermediateObject": True})
        nodes[node] = Node("blendShape", "", dict.fromkeys(names, 0.0), list(names))
        self.state.wires[f"{node}.ip[0].ig"] = f"{mesh}ShapeOrig.w"
        self.state.wires[f"{mesh}Shape.i"] = f"{node}.og[0]"

    def add_joint(self, name: str, mesh: str = "", **values: float) -> None:
        """With a mesh, it moves that; what else the joint is bears names such as translateX."""
        plain = {f"{what}{axis}": 0.0 for what in ("translate", "rotate") for axis in "XYZ"}
        scale = {f"scale{axis}": 1.0 for axis in "XYZ"}
        self.state.nodes[name] = Node("joint", "", {**plain, **scale, "rotateOrder": 0, **values})
        if mesh:
            self.state.nodes.setdefault(f"{mesh}Skin", Node("skinCluster"))
            self.state.wires[f"{mesh}Skin.ma[{len(self.state.wires)}]"] = f"{name}.wm[0]"
            self.state.wires[f"{mesh}ShapeOrig.i"] = f"{mesh}Skin.og[0]"

    def empty(self, node: str, *names: str) -> None:
        """Of a blendShape's targets, whose meshes are gone, these move nothing."""
        moved, none = np.ones((1, 3)), np.zeros((0, 3))
        held = self.state.nodes[node]
        held.geometry = [(np.arange(len(d)), d) for one in held.aliases for d in [none if one in names else moved]]

    def add_sound(self, node: str, path: Path, **values: float) -> None:
        plain = {"offset": 0.0, "silence": 0.0, "sourceStart": 0.0, "sourceEnd": 0.0}
        self.state.nodes[node] = Node("audio", "", {**plain, **values, "filename": str(path)})

    def drive(self, plug: str, kind: str, **made: Any) -> Node:
        """Something moves an attribute before we come."""
        name = f"mover_of_{plug.replace('.', '_')}"
        self.state.nodes[name] = Node(kind, **made)
        self.state.wires[plug] = f"{name}.output"
        return self.state.nodes[name]

    def key_at(self, frame: float, value: float = 0.5) -> Key:
        return Key(self.state.ticks(frame), value)

    # What a test looks at

    def curve_of(self, plug: str, layer: str = "") -> Node:
        name = self.state.layers[layer][plug] if layer else self.state.mover(plug)
        return self.state.nodes[name]

    def frames_of(self, plug: str, layer: str = "") -> list[tuple[Fraction, float]]:
        fps = RATES[self.state.unit]
        return [(Fraction(key.ticks, TICKS) * fps, key.value) for key in self.curve_of(plug, layer).keys]

    def drawn(self, plug: str, first: float, count: int) -> list[float]:
        """An attribute's values from a frame on."""
        return [self.state.value(plug, self.state.ticks(first + frame)) for frame in range(count)]

    # Undo

    def remember(self, step: Step) -> None:
        if not self.records_undo:
            return
        if self.open_chunks:
            self.done[-1].append(step)
        else:
            self.done.append([step])
        self.undone.clear()

    def changing(self, work: Callable[[], Any]) -> Any:
        """What a command of Maya's does is one step."""
        before = self.state.copy()
        result = work()
        after = self.state.copy()
        self.remember((lambda: self._restore(before), lambda: self._restore(after)))
        return result

    def _restore(self, state: State) -> None:
        self.state = state.copy()

    def forget(self) -> None:
        self.done, self.undone, self.open_chunks = [], [], 0

    # Events

    def happens(self, event: str) -> None:
        for name, script in list(self.interface.jobs.values()):
            if name == event:
                script()

    def run(self, name: str, arguments: tuple[Any, ...], flags: dict[str, Any]) -> Any:
        """A command of a plug-in."""
        from maya.api import OpenMaya  # type: ignore[import-not-found,unused-ignore]

        command = self.commands[name]()
        command.doIt(OpenMaya.MArgList(arguments, flags))
        if command.isUndoable():
            self.remember((command.undoIt, command.redoIt))
        return command._result
