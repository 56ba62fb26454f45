"""The host that would key a take, as the panel sees it: in another process, at the other end of a link."""

from __future__ import annotations

import tempfile
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from .. import formats
from ..errors import KoeMorphError, SettingsError
from ..hosts import messages
from ..hosts.link import LinkError, Peer, connect
from ..keying import Keying
from ..runtime.messages import Bye, Failed
from ..runtime.wire import Message
from ..settings import Settings
from ..take import Take
from ..timing import FrameRate
from .qt import QtCore, Signal, tr

POLL_MS: Final = 30
BUSY_SECONDS: Final = 6.0
"""A host that has been silent for so long is called busy."""


@dataclass(frozen=True)
class Scene:
    """What of the host's scene concerns the panel."""

    rate: FrameRate
    target: str
    """The character that would be keyed; empty if none is selected."""
    names: tuple[str, ...]
    keying: Keying | None = None
    """How the host would key, if it says so."""


class Host(QtCore.QObject):
    """What the panel needs of a host. One in the same process, as in Maya, offers the same."""

    changed = Signal()
    """The scene, or whether the host is there, ready or busy."""
    asked_to_open = Signal(object)
    set_settings = Signal(object)
    told = Signal(str)
    failed = Signal(str)

    name = ""
    scene: Scene | None = None
    busy = False
    gone = False

    def key(self, take: Take, recording: Path | None, settings: Settings) -> None:
        raise NotImplementedError

    def tell_keying(self, keying: Keying) -> None:
        """How the next take is keyed."""
        raise NotImplementedError

    def tell_settings(self, settings: Settings) -> None:
        """The settings have changed; a host may show them."""

    def close(self) -> None:
        raise NotImplementedError


class LinkedHost(Host):
    """A host at the other end of a socket."""

    def __init__(self, address: str, token: str, parent: QtCore.QObject | None = None) -> None:
        super().__init__(parent)
        self._peer: Peer = connect(address, token)
        self._folder = tempfile.TemporaryDirectory(prefix="koemorph-panel-")
        self._waiting: set[str] = set()
        self._keying = Keying()
        self._known = Settings()
        """What the host knows our settings to be."""
        self._timer = QtCore.QTimer(self)
        self._timer.timeout.connect(self._poll)
        self._timer.start(POLL_MS)

    def key(self, take: Take, recording: Path | None, settings: Settings) -> None:
        job = uuid.uuid4().hex
        path = Path(self._folder.name) / f"{job}.take"
        try:
            formats.write_take(take, path)
            audio = recording.absolute() if recording else None
            told = messages.Key(id=job, take=path, audio=audio, settings=settings.changed(), **self._keying.to_dict())
            self._peer.send(told)
        except KoeMorphError as err:
            self._fail(err)
            return
        self._waiting.add(job)
        self.changed.emit()

    def tell_settings(self, settings: Settings) -> None:
        if not self.gone and settings != self._known:
            self._known = settings
            try:
                self._peer.send(messages.ShowSettings(settings=settings.changed()))
            except LinkError as err:
                self._fail(err)

    def tell_keying(self, keying: Keying) -> None:
        self._keying = keying

    @property
    def keying(self) -> bool:
        return bool(self._waiting)

    def close(self) -> None:
        self._timer.stop()
        self._peer.close()
        self._folder.cleanup()

    def _poll(self) -> None:
        try:
            for message in self._peer.poll():
                self._hear(message)
        except KoeMorphError as err:
            self._fail(err)
            return
        if (busy := self._peer.quiet > BUSY_SECONDS) != self.busy:
            self.busy = busy
            self.changed.emit()

    def _hear(self, message: Message) -> None:
        if isinstance(message, messages.Welcome):
            self.name = message.host
        elif isinstance(message, messages.Scene):
            self.scene = Scene(message.rate, message.target, message.names, _keying(message))
        elif isinstance(message, messages.Open):
            self.asked_to_open.emit(message.audio)
        elif isinstance(message, messages.ShowSettings):
            self._known = Settings.from_dict(message.settings, self.name or "The host")
            self.set_settings.emit(self._known)
        elif isinstance(message, (messages.Done, Failed, messages.Undone)):
            self._end(message)
        elif isinstance(message, messages.Refused):
            raise LinkError(message.text)
        elif isinstance(message, Bye):
            raise LinkError(
                tr("{host} has closed the link; what was made here can still be saved.", host=self._called())
            )
        self.changed.emit()

    def _end(self, message: messages.Done | Failed | messages.Undone) -> None:
        self._waiting.discard(message.id or "")
        (Path(self._folder.name) / f"{Path(message.id or '').name}.take").unlink(missing_ok=True)
        if isinstance(message, Failed):
            self.failed.emit(message.text)
        elif isinstance(message, messages.Done):
            self.told.emit(message.text)
        else:
            self.told.emit(tr("{host} has taken the keys back.", host=self._called()))

    def _fail(self, err: KoeMorphError) -> None:
        self.failed.emit(str(err))
        if isinstance(err, SettingsError) or not (self._peer.closed or isinstance(err, LinkError)):
            return
        self._timer.stop()
        self._peer.close()
        self._waiting.clear()
        self.gone, self.scene = True, None
        self.changed.emit()

    def _called(self) -> str:
        return self.name or tr("The host")


def _keying(message: messages.Scene) -> Keying | None:
    """What a scene says of keys; nothing where it says nothing that we know."""
    if message.keys is None:
        return None
    try:
        return Keying.from_dict({"keys": message.keys, "tolerance": message.tolerance})
    except SettingsError:
        return None
