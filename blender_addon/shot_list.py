# SPDX-License-Identifier: GPL-3.0-or-later
"""Every line of a shot list onto its character: who is meant by a name, how far the lines are, where keys go."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import bpy
from bpy.app.translations import pgettext_rpt

from koemorph.errors import AudioError, Cancelled, KoeMorphError, RigError, ShotListError
from koemorph.hosts.outcome import Outcome
from koemorph.hosts.scene_command import lines_of
from koemorph.keying import Keying
from koemorph.runtime.take_request import TakeRequest
from koemorph.settings import Settings
from koemorph.shots import Shot
from koemorph.speech.companion import script_beside
from koemorph.take import Take

from .character import dressed
from .destination import ACTIVE, NEW, check
from .key_line import KeyRequest, key, start
from .source import Source, scene_rate

FIRST_FRAME = 1
"""Where a line begins that names no frame."""


@dataclass(frozen=True, kw_only=True)
class KeyOptions:
    """How all lines are keyed: see the panel's properties of the same names."""

    where: str = NEW
    blend: str = "REPLACE"
    keying: Keying = field(default_factory=Keying)


def read_list(path: Path, settings: Settings) -> tuple[Shot, ...]:
    """The lines that name this scene or none; a list with anything wrong in it is refused."""
    listed = lines_of(path, scene_rate(bpy.context.scene), settings)
    here = os.path.realpath(bpy.data.filepath)
    shots = tuple(shot for shot in listed if shot.scene is None or os.path.realpath(shot.scene) == here)
    if not shots:
        raise ShotListError(f"{path.name} has no line for this scene; look at its column scene.")
    return shots


def faces(name: str) -> tuple[str, ...]:
    """The objects that a name stands for: a face, all that an armature, a parent or a collection carries.

    Without a name it is the scene's only face.
    """
    objects = bpy.context.scene.objects
    one, group = objects.get(name), bpy.data.collections.get(name)
    if not name:
        found = [each for each in objects if _has_shapes(each)]
        if len(found) > 1:
            raise RigError(f"The scene has {len(found)} faces; name one of them under object.")
    elif one is not None and one.type == "ARMATURE":
        found = [*dressed(one), one]
    elif one is not None:
        found = [each for each in (one, *one.children_recursive) if _has_shapes(each)]
    elif group is not None:
        found = [each for each in group.all_objects if _has_shapes(each)]
    else:
        raise RigError(f"The scene has nothing called {name}; name a face, an armature or a collection under object.")
    if not found:
        raise RigError(f"{name or 'The scene'} has no mesh with shape keys; name a face under object.")
    return tuple(each.name for each in found)


def _has_shapes(one: Any) -> bool:
    return one.type == "MESH" and one.data.shape_keys is not None


def order_of(shot: Shot, options: KeyOptions) -> KeyRequest:
    """Everything that can be refused is refused here, before the worker starts."""
    heard = replace(shot.recording, path=shot.recording.path.absolute())
    if not heard.path.is_file():
        raise AudioError(f"{shot.recording.path} is not a file; check the path.")
    source = Source(heard, Fraction(FIRST_FRAME if shot.start_frame is None else shot.start_frame))
    wanted = placed(source, shot.settings, shot.face, shot.rig, options)
    return replace(
        wanted,
        script=shot.script,
        beside=shot.script_file is not None and shot.script_file == script_beside(heard.path),
    )


def placed(source: Source, settings: Settings, face: str, naming: str, options: KeyOptions) -> KeyRequest:
    """A line for whom the name stands for, in this scene."""
    wanted = KeyRequest(
        source=source,
        objects=faces(face),
        settings=settings,
        rate=scene_rate(bpy.context.scene),
        keying=options.keying,
        naming=naming,
        where=options.where,
        blend=options.blend,
    )
    check(wanted.character().owners, wanted.where)
    return wanted


def lines_of_list(shots: Sequence[Shot], options: KeyOptions) -> Lines:
    return Lines([(shot.name, partial(order_of, shot, options)) for shot in shots])


class Lines:
    """Lines on their way to takes, one after another: to be looked at as the request of one line is.

    Each is known by a name and what orders it, which may fail.
    """

    def __init__(self, lines: Sequence[tuple[str, Callable[[], KeyRequest]]]) -> None:
        self.told: dict[str, Outcome] = {}
        self.stage, self.fraction = "starting", 0.0
        self._names = [name for name, _ in lines]
        self._made: list[tuple[str, KeyRequest, Take, tuple[str, ...]]] = []
        self._waiting: list[tuple[str, KeyRequest]] = []
        self._current: TakeRequest | None = None
        self._last_words = ""
        for name, ordered in lines:
            try:
                self._waiting.append((name, ordered()))
            except KoeMorphError as err:
                self.told[name] = Outcome.failed(name, err)

    def advance(self, wait: float = 0.0) -> bool:
        """Take in what the worker says; true once no line is left. One that fails does not stop the others."""
        if not self._waiting:
            return True
        name, placed = self._waiting[0]
        try:
            if self._current is None:
                self._current = start(placed)
            rendering = self._current
            if rendering.advance(wait):
                assert rendering.take is not None
                self._made.append((name, placed, rendering.take, rendering.warnings))
                self._next()
            else:
                self.stage = rendering.stage
                self.fraction = (len(self._names) - len(self._waiting) + rendering.fraction) / len(self._names)
        except Cancelled:
            raise
        except KoeMorphError as err:
            self._fail(err)
        return not self._waiting

    def _fail(self, err: KoeMorphError) -> None:
        """Two lines that fail with the same words do so for no reason of their own: then all others would as well."""
        same = str(err) == self._last_words
        for name, _ in list(self._waiting) if same else self._waiting[:1]:
            self.told[name] = Outcome.failed(name, err)
            self._next()
        self._last_words = str(err)

    def cancel(self) -> None:
        if self._current is not None:
            self._current.cancel()

    def close(self) -> None:
        if self._current is not None:
            self._current.cancel()

    def key(self) -> list[Outcome]:
        """Write all takes; what came of every line, in the order of the list."""
        self.told |= key_all(self._made)
        return [self.told[name] for name in self._names]

    def _next(self) -> None:
        self.close()
        self._current = None
        self._waiting.pop(0)


def key_all(made: Sequence[tuple[str, KeyRequest, Take, tuple[str, ...]]]) -> dict[str, Outcome]:
    """Write takes, each with its name, its order and what there is to know of it; what came of each.

    Of several lines on one character the first makes the new Action and the others go into it.
    """
    begun: set[Any] = set()
    told: dict[str, Outcome] = {}
    for name, placed, take, warnings in made:
        try:
            blocks = {owner.block for owner in placed.character().owners}
            where = ACTIVE if placed.where == NEW and begun & blocks else placed.where
            report = key(replace(placed, where=where), take, warnings)
            begun |= blocks
            told[name] = Outcome(name=name, notes=report.notes, keys=report.key_count)
        except KoeMorphError as err:
            told[name] = Outcome.failed(name, err)
    return told


@dataclass(frozen=True)
class Summary:
    """What the operator tells: each failed line in a sentence, and how many were keyed."""

    lines: Sequence[Outcome]

    @property
    def notes(self) -> Iterable[str]:
        for line in self.lines:
            yield from (f"{line.name}: {note}" for note in ((line.message,) if line.message else line.notes))

    def text(self) -> str:
        keyed = sum(not line.message for line in self.lines)
        return pgettext_rpt("{keyed} of {all} lines are keyed").format(keyed=keyed, all=len(self.lines))
