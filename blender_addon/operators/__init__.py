# SPDX-License-Identifier: GPL-3.0-or-later
"""What buttons do, one module for each subject."""

from . import (
    animate,
    export,
    follow,
    imports,
    lines,
    mapping,
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
    *lines.CLASSES,
    *mapping.CLASSES,
    *presets.CLASSES,
    *recording.CLASSES,
    *sample_face.CLASSES,
    *shot_list.CLASSES,
    *window.CLASSES,
)
