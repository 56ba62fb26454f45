"""Key a folder of your own characters (GLB, VRM, FBX, .blend) with one recording, and look at each on a contact sheet.

    pip install bpy==4.5.* koemorph          # with the Python that this bpy wants; or run it in Blender's own Python
    python examples/contact_sheets.py CHARACTERS line.wav -o sheets [--rig PRESET] [--frames 8] [--size 200]

For each character it prints what fits (as `koemorph map` does), keys every mesh with shapes and the bones that the
mapping turns, saves NAME.glb.blend, and draws NAME.glb.png: moments of p, b and m and those that tell the most, with
the phone of each, and a blink. Look at them: do the lips close, do the teeth stay in the mouth, do the lids close?
VRM files are read as the glTF that they are. It never writes into the folder of the characters.
"""

from __future__ import annotations

import argparse
from fractions import Fraction
from pathlib import Path

import bpy
import numpy as np
from mathutils import Vector
from PIL import Image, ImageDraw, ImageFont

import koemorph
from koemorph.errors import KoeMorphError, RigError
from koemorph.preview.sheet import telling_frames
from koemorph.rig import Coverage, Mapping, find, match_many, sized
from koemorph.take import Take

CLOSING = "pbm"
APART = 4
"""Frames: two pictures of nearly the same moment tell no more than one."""
READ = {
    ".glb": lambda path: bpy.ops.import_scene.gltf(filepath=str(path)),
    ".vrm": lambda path: bpy.ops.import_scene.gltf(filepath=str(path)),
    ".gltf": lambda path: bpy.ops.import_scene.gltf(filepath=str(path)),
    ".fbx": lambda path: bpy.ops.import_scene.fbx(filepath=str(path)),
    ".blend": lambda path: bpy.ops.wm.open_mainfile(filepath=str(path)),
}


def main() -> int:
    options = arguments()
    options.output.mkdir(parents=True, exist_ok=True)
    take = koemorph.animate(options.recording, rate=24)
    files = [path for path in sorted(options.characters.iterdir()) if path.suffix.lower() in READ]
    failed = 0
    for path in files:
        try:
            character(path, take, options)
        except (KoeMorphError, RuntimeError) as err:
            failed += 1
            print(f"{path.name}: {err}")
    print(f"{len(files) - failed} of {len(files)} characters are keyed in {options.output}.")
    return 1 if failed or not files else 0


def character(path: Path, take: Take, options: argparse.Namespace) -> None:
    bpy.ops.wm.read_factory_settings(use_empty=True)
    READ[path.suffix.lower()](path)
    meshes = [one for one in bpy.data.objects if one.type == "MESH" and one.data.shape_keys]
    rigs = [one for one in bpy.data.objects if one.type == "ARMATURE"]
    mapping, coverage = fitted(path.name, meshes, rigs, options.rig)
    print(coverage.text())
    mapped = mapping.apply(take)
    key(mapped, meshes, rigs)
    bpy.ops.wm.save_as_mainfile(filepath=str(options.output / f"{path.name}.blend"))
    frames = moments(take, options.frames)
    pictures = stills(frames, options.size, options.engine, options.output)
    sheet(pictures, {frame: heard(take, frame) for frame in frames}, coverage, options.output / f"{path.name}.png")


def moments(take: Take, count: int) -> list[int]:
    """A third of them where the lips close, one in a blink, the others where the face is most unlike its mean."""
    closed = [phone for phone in take.phones if phone.symbol in CLOSING]
    closed = closed[:: max(1, len(closed) // max(1, count // 3))][: count // 3]
    chosen = {frame_at(take, (phone.start + phone.end) / 2) for phone in closed}
    chosen.add(int(take.curve("eyeBlinkLeft").argmax()))
    apart = [one for one in telling_frames(take, count) if min(abs(one - other) for other in chosen) >= APART]
    picked = np.linspace(0, len(apart) - 1, min(count - len(chosen), len(apart))).round().astype(int)
    return sorted(chosen | {apart[at] for at in picked})


def frame_at(take: Take, seconds: Fraction) -> int:
    return min(max(round(take.rate.fps * (seconds - take.start)), 0), take.frame_count - 1)


def heard(take: Take, frame: int) -> str:
    """The phone of a frame."""
    at = take.start + frame / take.rate.fps
    return next((phone.symbol for phone in take.phones if phone.start <= at < phone.end), "-")


def fitted(name: str, meshes: list, rigs: list, preset: str | None) -> tuple[Mapping, Coverage]:
    names = [tuple(key.name for key in one.data.shape_keys.key_blocks[1:]) for one in meshes]
    moving = {key.name for one in meshes for key in one.data.shape_keys.key_blocks[1:] if moves(key)}
    empty = tuple(dict.fromkeys(name for each in names for name in each if name not in moving))
    modes = tuple({bone.name: bone.rotation_mode for rig in rigs for bone in rig.pose.bones}.items())
    bones = tuple(bone for bone, _ in modes)
    wanted = find(preset) if preset else None
    mapping, coverage = match_many(names, name, wanted, lambda target: False, empty=empty, bones=bones)
    if wanted is None:
        mapping = sized(mapping, lambda left, right: apart(rigs, left, right))
    return mapping.with_bones(modes), coverage


def apart(rigs: list, left: str, right: str) -> float:
    """The distance of two bones at rest; 0 where no armature has both."""
    held = next((rig.data.bones for rig in rigs if left in rig.data.bones and right in rig.data.bones), None)
    return (held[left].head_local - held[right].head_local).length if held else 0.0


def moves(key: bpy.types.ShapeKey) -> bool:
    here, there = (np.empty(3 * len(key.data), np.float32) for _ in range(2))
    key.data.foreach_get("co", here)
    key.relative_key.data.foreach_get("co", there)
    return bool((here != there).any())


def key(mapped: Take, meshes: list, rigs: list) -> None:
    scene = bpy.context.scene
    scene.render.fps, scene.render.fps_base = mapped.rate.fps.numerator, mapped.rate.fps.denominator
    scene.frame_start, scene.frame_end = 1, mapped.frame_count
    for name in mapped.names:
        for one in (*(mesh.data.shape_keys for mesh in meshes), *rigs):
            path, _, index = name.rpartition("[")
            if name.startswith("pose.bones["):
                held = getattr(one, "pose", None) is not None and one.pose.bones.get(path.split('"')[1])
                where = (path, int(index[:-1])) if held else None
            else:
                held = name in getattr(one, "key_blocks", ())
                where = (f'key_blocks["{bpy.utils.escape_identifier(name)}"].value', 0) if held else None
            if where is not None:
                keyed(one, *where, mapped.curve(name))


def keyed(block: bpy.types.ID, path: str, index: int, values: np.ndarray) -> None:
    data = block.animation_data or block.animation_data_create()
    data.action = data.action or bpy.data.actions.new(block.name)
    curve = data.action.fcurve_ensure_for_datablock(block, path, index=index)
    curve.keyframe_points.add(len(values))
    points = np.stack([np.arange(1, len(values) + 1), values], axis=1)
    curve.keyframe_points.foreach_set("co", points.ravel().astype(np.float32))
    curve.update()


def stills(frames: list[int], size: int, engine: str, folder: Path) -> list[Image.Image]:
    """Cycles on the processor needs no screen and no graphics card; Workbench is faster where there is EGL."""
    scene = bpy.context.scene
    scene.render.engine, scene.cycles.samples, scene.cycles.device = engine, 8, "CPU"
    scene.render.resolution_x = scene.render.resolution_y = size
    scene.world = scene.world or bpy.data.worlds.new("World")
    scene.world.use_nodes = True
    scene.view_settings.view_transform = "Standard"
    scene.display.shading.light, scene.display.shading.color_type = "STUDIO", "MATERIAL"
    scene.display.shading.show_cavity = True
    colour, strength = scene.world.node_tree.nodes["Background"].inputs[:2]
    colour.default_value, strength.default_value = (1.0, 1.0, 1.0, 1.0), 0.5
    lamp = bpy.data.objects.new("Lamp", bpy.data.lights.new("Lamp", "SUN"))
    lamp.data.energy, lamp.rotation_euler = 2.0, (0.9, 0.0, -0.6)
    scene.collection.objects.link(lamp)
    middle, height = moving_part(frames)
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    camera.data.type, camera.data.ortho_scale = "ORTHO", 1.15 * height
    camera.data.clip_end = 100 * height
    camera.location = middle + Vector((0, -10 * height, 0))
    camera.rotation_euler = (np.pi / 2, 0, 0)
    scene.collection.objects.link(camera)
    scene.camera = camera
    pictures = []
    for frame in frames:
        scene.frame_set(frame + 1)
        scene.render.filepath = str(folder / ".still.png")
        bpy.ops.render.render(write_still=True)
        with Image.open(scene.render.filepath) as picture:
            pictures.append(picture.convert("RGB"))
        Path(scene.render.filepath).unlink()
    return pictures


def moving_part(frames: list[int]) -> tuple[Vector, float]:
    """The middle and the height of what moves in these frames: on a whole body that is the head."""
    first, *others = [places(frame + 1) for frame in (0, *frames)]
    far = np.max([np.abs(other - first).max(axis=1) for other in others], axis=0) > 1e-5
    if not far.any():
        raise RigError("Nothing moves.")
    low, high = first[far].min(axis=0), first[far].max(axis=0)
    return Vector((low + high) / 2), float((high - low).max())


def places(frame: int) -> np.ndarray:
    """Where all vertices are in a frame, shapes and bones applied."""
    bpy.context.scene.frame_set(frame)
    graph = bpy.context.evaluated_depsgraph_get()
    found = []
    for one in (one.evaluated_get(graph) for one in bpy.data.objects if one.type == "MESH" and one.visible_get()):
        points = np.empty(3 * len(one.data.vertices), np.float32)
        one.data.vertices.foreach_get("co", points)
        found.append(points.reshape(-1, 3) @ np.array(one.matrix_world)[:3, :3].T + np.array(one.matrix_world)[:3, 3])
    return np.concatenate(found)


def sheet(pictures: list[Image.Image], frames: dict[int, str], coverage: Coverage, path: Path) -> None:
    size, lines = pictures[0].width, coverage.text().splitlines()
    across = min(4, len(pictures))
    down = -(-len(pictures) // across)
    whole = Image.new("RGB", (across * size, down * (size + 14) + 14), "white")
    pen = ImageDraw.Draw(whole)
    font = ImageFont.load_default(11)
    pen.text((4, 0), lines[0][: across * size // 5], "black", font)
    for place, (picture, (frame, phone)) in enumerate(zip(pictures, frames.items(), strict=True)):
        left, top = place % across * size, 14 + place // across * (size + 14)
        whole.paste(picture, (left, top))
        pen.text((left + 4, top + size), f"frame {frame + 1}   {phone}", "black", font)
    whole.save(path)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("characters", type=Path, help="a folder of .glb, .vrm, .gltf, .fbx or .blend files")
    parser.add_argument("recording", type=Path)
    parser.add_argument("-o", "--output", type=Path, default=Path("sheets"))
    parser.add_argument("--rig", help="a preset's name or file, where it is not found out by itself")
    parser.add_argument("--frames", type=int, default=8)
    parser.add_argument("--size", type=int, default=200, help="pixels of each picture")
    parser.add_argument("--engine", default="CYCLES", choices=["CYCLES", "BLENDER_WORKBENCH"])
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
