# SPDX-License-Identifier: GPL-3.0-or-later
"""One target of a character shown alone, while a person calibrates it.

What the character was like before is kept with the object itself, so that undo, redo and a saved file know it too: the
face is put back when the slider comes to 0, before a line is made, and before anything is saved or rendered.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from typing import Any

import bpy
from bpy.app.handlers import persistent

from koemorph.errors import KoeMorphError
from koemorph.hosts.kept import kept

from . import targets


def changed(row: Any) -> None:
    """The slider of a target was moved."""
    owner = row.id_data
    own = owner.koemorph
    if row.test == 0.0:
        put_back(owner)
        return
    for other in own.targets:
        if other != row and other.test:
            other.test = 0.0  # which puts back what it has changed
    try:
        _show(owner, row)
    except KoeMorphError:
        put_back(owner)  # the panel says why there is nothing to be seen


def _show(owner: Any, row: Any) -> None:
    from .character import character_of, whole_face

    character = character_of(whole_face(owner))
    shown = character.mapping.alone(row.name, row.test)
    numbers = [
        (one.block, path, index, target) for one in character.owners for target, (path, index) in one.targets.items()
    ]
    if not owner.koemorph.before:
        before = [(*_known(block), path, index, targets.read(block, path, index)) for block, path, index, _ in numbers]
        owner.koemorph.before = json.dumps(before)
    for block, path, index, target in numbers:
        if target in shown.names:
            targets.write(block, path, index, float(shown.curve(target)[0]))


def put_back(owner: Any) -> None:
    before, owner.koemorph.before = owner.koemorph.before, ""
    with contextlib.suppress(KoeMorphError, ValueError, TypeError):  # of a file that somebody made so
        for kind, name, path, index, value in kept(before or "[]", "What a face was before the test"):
            block = (bpy.data.shape_keys if kind == "KEY" else bpy.data.objects).get(name)
            if block is not None:
                targets.write(block, path, index, value)
                block.update_tag(refresh={"TIME"})


def _known(block: Any) -> tuple[str, str]:
    return block.id_type, block.name


def end_all() -> None:
    for owner in _tested():
        for row in owner.koemorph.targets:
            if row.test:
                row.test = 0.0


def _tested() -> Iterator[Any]:
    return (one for one in bpy.data.objects if one.koemorph.before)


@persistent
def _before_change(*_: object) -> None:
    end_all()


HANDLERS = (("save_pre", _before_change), ("render_init", _before_change))


def register() -> None:
    for event, handler in HANDLERS:
        getattr(bpy.app.handlers, event).append(handler)


def unregister() -> None:
    end_all()
    for event, handler in HANDLERS:
        getattr(bpy.app.handlers, event).remove(handler)
