"""The extension in a real window: not a test of CI, but a walk through the panel that leaves pictures.

Needs a Blender with a window, ImageMagick, xdotool, and where there is no display Xvfb:

    xvfb-run -a -s "-screen 0 1280x800x24" blender --factory-startup --window-geometry 0 0 1280 800 \\
        --python tests/blender_addon/window.py -- KOEMORPH.zip LINE.wav PICTURES

It installs the zip (use a throw-away BLENDER_USER_RESOURCES), presses the button, cancels a second press and, with Esc,
a third one, drags a slider with the live preview on, lets the line follow its strip, turns to the Dope Sheet, writes a
playblast with sound, and ends with a line that begins with PASSED or FAILED.
"""

from __future__ import annotations

import subprocess
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy

ARCHIVE, RECORDING, PICTURES = (Path(text) for text in sys.argv[sys.argv.index("--") + 1 :])
MODULE = "bl_ext.user_default.koemorph"
SETTLE, TICK = 3.0, 0.05
"""Seconds for a redraw, and between two looks at the work."""


def picture(name: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    subprocess.run(["import", "-window", "root", str(PICTURES / f"{name}.png")], check=True)


def view() -> tuple[Any, Any, Any]:
    window = bpy.context.window_manager.windows[0]
    area = next(area for area in window.screen.areas if area.type == "VIEW_3D")
    return window, area, next(region for region in area.regions if region.type == "WINDOW")


def sidebar() -> None:
    """Turn to our tab; there are tabs once the sidebar was drawn."""
    _, area, _ = view()
    region = next(region for region in area.regions if region.type == "UI")
    region.active_panel_category = "KoeMorph"
    area.tag_redraw()


def in_view(work: Any, *arguments: Any, **more: Any) -> Any:
    window, area, region = view()
    with bpy.context.temp_override(window=window, area=area, region=region):
        return work(*arguments, **more)


def walk() -> Iterator[float]:
    """Each step ends by saying how long to wait for the next one."""
    bpy.ops.extensions.package_install_files(filepath=str(ARCHIVE), repo="user_default", enable_on_install=False)
    bpy.ops.preferences.addon_enable(module=MODULE)
    progress = sys.modules[f"{MODULE}.operators.base"].progress
    for one in list(bpy.data.objects):
        bpy.data.objects.remove(one)
    yield SETTLE
    in_view(bpy.ops.koemorph.add_sample_face)
    in_view(bpy.ops.ed.undo_push, message="a face")
    in_view(bpy.ops.view3d.view_axis, type="FRONT")
    in_view(bpy.ops.view3d.view_selected)
    view()[1].spaces[0].shading.type = "MATERIAL" if "--material" in sys.argv else "SOLID"
    view()[1].spaces[0].shading.color_type = "MATERIAL"
    view()[1].spaces[0].overlay.show_overlays = False
    view()[1].spaces[0].show_region_ui = True
    face = bpy.context.view_layer.objects.active
    yield SETTLE
    sidebar()
    yield SETTLE
    picture("1-no-recording")
    bpy.context.scene.koemorph.audio = str(RECORDING)
    in_view(bpy.ops.ed.undo_push, message="a recording")
    yield SETTLE
    picture("2-ready")
    assert in_view(bpy.ops.koemorph.animate, "INVOKE_DEFAULT") == {"RUNNING_MODAL"}
    seen = False
    while progress.busy:
        yield TICK
        if progress.busy and progress.rendering.fraction > 0.3 and not seen:
            seen = True
            yield TICK
            picture("3-at-work")
    block = face.data.shape_keys
    assert not progress.last_error, progress.last_error
    assert block.animation_data.action is not None
    action = block.animation_data.action.name
    bpy.context.scene.frame_set(40)
    yield SETTLE
    picture("4-keyed")
    yield from cancelling(progress, block, action)
    name = face.name
    in_view(bpy.ops.ed.undo)
    yield SETTLE
    block = bpy.data.objects[name].data.shape_keys
    assert block.animation_data is None or block.animation_data.action is None
    picture("6-undone")
    in_view(bpy.ops.ed.redo)
    yield SETTLE
    assert bpy.data.objects[name].data.shape_keys.animation_data.action.name == action
    yield from previewing(name)
    yield from following(name)
    yield from elsewhere()
    playblast()


def cancelling(progress: Any, block: Any, action: str) -> Iterator[float]:
    """By the button, and by Esc."""
    for how, channel in (("button", "LEFT"), ("esc", "RIGHT")):
        bpy.context.scene.koemorph.channel = channel
        assert in_view(bpy.ops.koemorph.animate, "INVOKE_DEFAULT") == {"RUNNING_MODAL"}
        yield TICK
        if how == "button":
            in_view(bpy.ops.koemorph.cancel)
        else:
            subprocess.run(["xdotool", "mousemove", "400", "300", "key", "Escape"], check=True)
        seconds = 0.0
        while progress.busy:
            seconds += TICK
            assert seconds < 1.0, f"{how} does not cancel"
            yield TICK
        assert block.animation_data.action.name == action, how
    bpy.context.scene.koemorph.channel = "MIX"
    yield SETTLE
    picture("5-cancelled")


def shapes(name: str) -> dict[str, float]:
    return {block.name: block.value for block in bpy.data.objects[name].data.shape_keys.key_blocks}


def previewing(name: str) -> Iterator[float]:
    """Drag a slider, look, undo, and turn it off again."""
    preview = sys.modules[f"{MODULE}.preview"].preview
    shown = bpy.context.scene.koemorph.settings
    bpy.context.scene.frame_set(48)
    in_view(bpy.ops.ed.undo_push, message="frame")
    was = shapes(name)
    assert in_view(bpy.ops.koemorph.live_preview, "INVOKE_DEFAULT") == {"FINISHED"}
    for number in range(30):
        shown.temperature, shown.lower_face_smoothing = 0.2 + number / 100, number / 200
        yield TICK
    yield SETTLE
    assert preview.shown and not preview.error and shapes(name) != was, preview.error
    sidebar()
    picture("7-previewed")
    in_view(bpy.ops.ed.undo_push, message="slider")
    for number in range(10):
        shown.face_strength = 1.0 - number / 20
        yield TICK
    in_view(bpy.ops.ed.undo_push, message="another slider")
    in_view(bpy.ops.ed.undo)
    yield SETTLE
    in_view(bpy.ops.koemorph.live_preview, "INVOKE_DEFAULT")
    yield SETTLE
    assert not preview.on
    for shape, value in shapes(name).items():
        assert abs(value - was[shape]) < 1e-5, (shape, value, was[shape])
    shown.property_unset("temperature")
    shown.property_unset("lower_face_smoothing")


def following(name: str) -> Iterator[float]:
    """A line from a strip, which is moved while it is kept in sync."""
    scene = bpy.context.scene
    compat = sys.modules[f"{MODULE}.compat"]
    strip = compat.new_sound_strip(scene, "Line", str(RECORDING), 1, 1)
    scene.koemorph.source, scene.koemorph.strip, scene.koemorph.follow = "STRIP", strip.name, True
    assert in_view(bpy.ops.koemorph.animate) == {"FINISHED"}
    block = bpy.data.objects[name].data.shape_keys
    strip.frame_start = 25
    yield SETTLE
    first = min(key.co[0] for curve in compat.curves_of(block).fcurves for key in curve.keyframe_points)
    assert first == 25, first
    scene.frame_start, scene.frame_end = 25, int(strip.frame_final_end)
    sidebar()
    yield SETTLE
    picture("8-followed")


def elsewhere() -> Iterator[float]:
    """In the Dope Sheet, and in another language."""
    area = view()[1]
    area.ui_type = "DOPESHEET"
    area.spaces[0].show_region_ui = True
    yield SETTLE
    next(region for region in area.regions if region.type == "UI").active_panel_category = "KoeMorph"
    yield SETTLE
    picture("9-dope-sheet")
    area.ui_type = "VIEW_3D"
    yield SETTLE
    sidebar()
    bpy.context.preferences.view.language = "ja_JP"
    bpy.context.preferences.view.use_translate_interface = True
    yield SETTLE
    picture("10-japanese")


def playblast() -> None:
    render = bpy.context.scene.render
    region = view()[2]
    render.resolution_x, render.resolution_y, render.resolution_percentage = region.width, region.height, 100
    image = render.image_settings
    if hasattr(image, "media_type"):
        image.media_type = "VIDEO"
    else:
        image.file_format = "FFMPEG"
    render.ffmpeg.format, render.ffmpeg.codec, render.ffmpeg.audio_codec = "MPEG4", "H264", "AAC"
    render.filepath = str(PICTURES / "playblast.mp4")
    render.use_file_extension = False
    render.use_sequencer = False
    view()[1].spaces[0].show_region_ui = False
    in_view(bpy.ops.render.opengl, animation=True)
    assert (PICTURES / "playblast.mp4").stat().st_size > 10_000


def step(steps: Iterator[float]) -> float | None:
    try:
        return next(steps)
    except StopIteration:
        print("PASSED", flush=True)
    except Exception:  # noqa: BLE001 (the walk ends, whatever it was)
        traceback.print_exc()
        print("FAILED", flush=True)
    bpy.ops.wm.quit_blender()
    return None


bpy.context.preferences.view.show_splash = False
steps = walk()
bpy.app.timers.register(lambda: step(steps), first_interval=3.0)
