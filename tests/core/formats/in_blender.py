"""Run by a Python that has bpy: import a scene file, play it, and write down what Blender makes of each shape.

python in_blender.py SCENE FPS FPS_BASE FIRST LAST RESULT.json
"""

import json
import sys
from pathlib import Path

import bpy

scene_file, fps, fps_base, first, last, result = sys.argv[1:]
bpy.ops.wm.read_factory_settings(use_empty=True)
scene = bpy.context.scene
if scene_file.endswith((".glb", ".gltf")):  # the importer counts frames at the scene's rate
    scene.render.fps, scene.render.fps_base = int(fps), float(fps_base)
    bpy.ops.import_scene.gltf(filepath=scene_file)
else:
    bpy.ops.wm.usd_import(filepath=scene_file)
mesh = next(ob for ob in bpy.data.objects if ob.type == "MESH" and ob.data.shape_keys)
blocks = mesh.data.shape_keys.key_blocks[1:]
curves = {block.name: [] for block in blocks}
for frame in range(int(first), int(last) + 1):
    scene.frame_set(frame)
    for block in blocks:
        curves[block.name].append(block.value)
height = max((mesh.matrix_world @ vertex.co).z for vertex in mesh.data.vertices)
facts = {
    "curves": curves,
    "fps": scene.render.fps / scene.render.fps_base,
    "range": [scene.frame_start, scene.frame_end],
    "vertices": len(mesh.data.vertices),
    "materials": [slot.name for slot in mesh.material_slots],
    "height": height,
    "version": bpy.app.version_string,
}
Path(result).write_text(json.dumps(facts), "utf-8")
