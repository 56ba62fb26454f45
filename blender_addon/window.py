# SPDX-License-Identifier: GPL-3.0-or-later
"""The panel in a window of its own, a process beside Blender: it shows face and curves, and asks us to key its takes.

A timer looks for its messages, tells it what is selected, and keys on the main thread, one undo step for each take.
"""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import bpy
from bpy.app.handlers import persistent

from koemorph.errors import KoeMorphError
from koemorph.formats import read_take
from koemorph.hosts import messages
from koemorph.hosts.link import Listener, Peer
from koemorph.keying import Keying
from koemorph.runtime.messages import Bye, Failed
from koemorph.settings import Settings

from .character import character_of, chosen_objects
from .key_line import key, request_of
from .line import Line, lines_of
from .process import runtime
from .properties import settings_of, show_keying, show_settings
from .screen import in_window
from .source import chosen_source, scene_rate

POLL_SECONDS = 0.05
LOOK_SECONDS = 0.5
"""Between two looks at what is selected."""


class PanelWindow:
    """At most one. `error` is what last went wrong, for the sidebar to show."""

    def __init__(self) -> None:
        self.error = ""
        self._process: subprocess.Popen[bytes] | None = None
        self._listener: Listener | None = None
        self._peer: Peer | None = None
        self._scene: messages.Scene | None = None
        self._settings: dict[str, Any] = {}
        self._looks = 0
        self._keyed: tuple[str, str, Line] | None = None
        """Job, action and line of what was keyed last."""

    @property
    def is_open(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def open(self) -> None:
        self.close()
        self.error = ""
        listener = Listener(f"Blender {bpy.app.version_string}")
        self._process = _start_panel(listener)
        self._listener = listener
        bpy.app.timers.register(self.tick, first_interval=POLL_SECONDS, persistent=True)
        if on_undo not in bpy.app.handlers.undo_post:
            bpy.app.handlers.undo_post.append(on_undo)

    def close(self) -> None:
        """The window stays, so that nothing made there is lost; only the link ends."""
        for end in (self._peer, self._listener):
            if end is not None:
                end.close()
        self._peer = self._listener = self._keyed = None
        self._scene, self._settings = None, {}
        if on_undo in bpy.app.handlers.undo_post:
            bpy.app.handlers.undo_post.remove(on_undo)

    def tick(self) -> float | None:
        """What the timer calls; returns when to call again."""
        try:
            with in_window():
                if self._peer is not None:
                    self._serve(self._peer)
                elif self._listener is not None:
                    self._wait(self._listener)
        except KoeMorphError as err:
            self.error = "" if self._process is not None and self._process.poll() == 0 else str(err)
            self.close()
        return None if self._peer is None and self._listener is None else POLL_SECONDS

    def undone(self) -> None:
        """Somebody pressed undo: tell the panel if that took its keys back."""
        if self._keyed is None or self._peer is None:
            return
        job, name, line = self._keyed
        action = bpy.data.actions.get(name)
        if action is None or line not in lines_of(action):
            self._keyed = None
            try:
                self._peer.send(messages.Undone(id=job))
            except KoeMorphError as err:
                self.error = str(err)

    def _wait(self, listener: Listener) -> None:
        if not self.is_open:
            raise KoeMorphError("The panel did not start; install koemorph[panel] for the Python in the preferences.")
        self._peer = listener.poll()
        if self._peer is not None:
            self._listener = None
            self._tell(self._peer)
            try:
                self._peer.send(messages.Open(audio=chosen_source(bpy.context).recording.path))
            except KoeMorphError:
                return  # nothing is chosen yet: it can be opened there

    def _serve(self, peer: Peer) -> None:
        for message in peer.poll():
            if isinstance(message, messages.Key):
                self._key(peer, message)
            elif isinstance(message, messages.ShowSettings):
                self._settings = message.settings
                values = Settings.from_dict(message.settings).to_dict()
                show_settings(bpy.context.scene.koemorph.settings, values)
            elif isinstance(message, Bye):
                raise KoeMorphError("The panel was closed.")
        self._looks += 1
        if self._looks * POLL_SECONDS >= LOOK_SECONDS:
            self._tell(peer)

    def _tell(self, peer: Peer) -> None:
        """What has changed here since the last time."""
        self._looks = 0
        scene, settings = _scene(), settings_of(bpy.context.scene.koemorph.settings).changed()
        if scene != self._scene:
            self._scene = scene
            peer.send(scene)
        if settings != self._settings:
            self._settings = settings
            peer.send(messages.ShowSettings(settings=settings))

    def _key(self, peer: Peer, message: messages.Key) -> None:
        try:
            report, action = _keyed(message)
        except KoeMorphError as err:
            peer.send(Failed.of(err, message.id))
            return
        bpy.ops.ed.undo_push(message=f"KoeMorph: {report.line.name}")
        self._keyed = (message.id, action, report.line)
        peer.send(messages.Done(id=message.id, text=" ".join([report.text() + ".", *report.notes])))


window = PanelWindow()


@persistent
def on_undo(*_: object) -> None:
    window.undone()


def _start_panel(listener: Listener) -> subprocess.Popen[bytes]:
    """With the Python of the preferences, which PySide6 is installed for, and with their model."""
    wanted = replace(runtime(), pythonpath=())
    model = [f"--model={wanted.model}"] if wanted.model else []
    return wanted.start("koemorph.panel", "--link", listener.address, *model, **listener.variables)


def _scene() -> messages.Scene:
    shown = bpy.context.scene.koemorph
    target = ""
    names: tuple[str, ...] = ()
    objects = chosen_objects(bpy.context)
    if objects:
        try:
            character = character_of(objects, shown.naming)
            target, names = character.name, character.coverage.rig.names
        except KoeMorphError:
            pass  # nobody can be keyed
    return messages.Scene(
        rate=scene_rate(bpy.context.scene),
        target=target,
        names=tuple(names),
        keys=shown.style.lower(),
        tolerance=float(f"{shown.tolerance:.6g}"),
    )


def _keyed(message: messages.Key) -> tuple[Any, str]:
    """Key the panel's take where the sidebar says; returns the report and the name of an action that holds it."""
    shown = bpy.context.scene.koemorph
    take = read_take(message.take)
    if message.audio and not _is_chosen(message.audio):
        shown.source, shown.audio = "FILE", str(message.audio)
    show_keying(shown, Keying.from_dict({"keys": message.keys, "tolerance": message.tolerance}))
    placed = replace(request_of(bpy.context), settings=Settings.from_dict(message.settings))
    heard = placed.source.recording
    if heard.begin is not None or heard.end is not None:
        begin = heard.begin or take.start
        take = take.retime(take.rate, begin, heard.end or take.start + take.duration)
    if take.rate != placed.rate:
        take = take.retime(placed.rate)
    report = key(placed, take)
    owners = placed.character().owners
    actions = [
        name for owner in owners for name in _actions(owner.block) if report.line in lines_of(bpy.data.actions[name])
    ]
    return report, actions[0] if actions else ""


def _actions(block: Any) -> list[str]:
    """The names of all actions that move a data-block, those in NLA strips too."""
    data = block.animation_data
    if data is None:
        return []
    strips = [strip.action for track in data.nla_tracks for strip in track.strips]
    return [action.name for action in (data.action, *strips) if action is not None]


def _is_chosen(audio: Path) -> bool:
    try:
        return chosen_source(bpy.context).recording.path.absolute() == audio
    except KoeMorphError:
        return False
