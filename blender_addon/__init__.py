# SPDX-License-Identifier: GPL-3.0-or-later
"""KoeMorph for Blender: select a face, pick the line, press the button, keep animating.

source       what is listened to            character    whom it is keyed on
process      the worker beside Blender      destination  where keys go
key_line     one line, asked for to keyed   keys         writing them in bulk
line         what an Action remembers       compat       what differs between versions of Blender
retake       a line made again              preview      the face while sliders are dragged
mapping      a character's own links         trial        one target shown alone
following    lines keep up with their sound window       the panel beside Blender
directing    what the timeline says of a line   parts        of a line, made anew
script       what is said in a line         tracks       its phones and words
markers      them on the timeline         marks        other markers, which direct
bug_report   what happened, to be copied
head         what turns with the head     look         eyes on an object
"""

import bpy

from . import batch, mapping_panel, operators, panel, phones_panel, preferences, properties, translations, trial
from .bug_report import bug_report
from .following import LOOK_SECONDS, follower
from .operators.sample_face import draw_in_menu
from .preview import preview
from .process import worker
from .window import window as panel_window

CLASSES = (
    *preferences.CLASSES,
    *properties.CLASSES,
    *operators.CLASSES,
    *mapping_panel.CLASSES,
    *phones_panel.CLASSES,
    *panel.CLASSES,
)


_commands: list[object] = []


def register() -> None:
    bug_report.begin()
    for kind in CLASSES:
        bpy.utils.register_class(kind)
    properties.register()
    trial.register()
    bpy.types.VIEW3D_MT_mesh_add.append(draw_in_menu)
    translations.register()
    bpy.app.timers.register(follower.tick, first_interval=LOOK_SECONDS, persistent=True)
    _commands.append(bpy.utils.register_cli_command(batch.NAME, batch.main))


def unregister() -> None:
    panel_window.close()
    preview.stop()
    if bpy.app.timers.is_registered(follower.tick):
        bpy.app.timers.unregister(follower.tick)
    follower.stop()
    worker.close()
    while _commands:
        bpy.utils.unregister_cli_command(_commands.pop())
    translations.unregister()
    trial.unregister()
    bpy.types.VIEW3D_MT_mesh_add.remove(draw_in_menu)
    properties.unregister()
    for kind in reversed(CLASSES):
        bpy.utils.unregister_class(kind)
    bug_report.end()
