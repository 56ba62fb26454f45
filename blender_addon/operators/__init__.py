# SPDX-License-Identifier: GPL-3.0-or-later
"""What buttons do, one module for each subject."""

from . import (
    animate,
    bones,
    export,
    first_line,
    follow,
    imports,
    lines,
    mapping,
    outputs,
    parts,
    presets,
    recording,
    sample_face,
    shot_list,
    update,
    window,
)

CLASSES = (
    *animate.CLASSES,
    *update.CLASSES,
    *follow.CLASSES,
    *imports.CLASSES,
    *export.CLASSES,
    *first_line.CLASSES,
    *lines.CLASSES,
    *mapping.CLASSES,
    *bones.CLASSES,
    *outputs.CLASSES,
    *parts.CLASSES,
    *presets.CLASSES,
    *recording.CLASSES,
    *sample_face.CLASSES,
    *shot_list.CLASSES,
    *window.CLASSES,
)
