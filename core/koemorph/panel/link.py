"""The line between the panel and a host in another process. Standard library only: a host polls it on a timer.

A host listens on a port of this machine and starts the panel with the port on its command line and a token, made up
for this one link, in its environment. The panel connects and says the token; who does not know it is let go.
From then on both send messages, one JSON object per line, described by `messages.py` and `link_schema.json`. Both say
`ping` when they have nothing else to say, so that each notices when the other is gone without a word.
"""

from __future__ import annotations

import contextlib
import hmac
import json
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from ..errors import KoeMorphError
from .messages import LINE_LIMIT, Message, problem_of

PROTOCOL: Final = 1
TOKEN_VARIABLE: Final = "KOEMORPH_LINK_TOKEN"  # noqa: S105 (the name, not the token)
UNSENT_LIMIT: Final = 8 * 2**20
"""Bytes that may wait for a peer that does not read."""
PING_SECONDS: Final = 2.0
GONE_SECONDS: Final = 60.0
"""A peer that says nothing for so long is gone; a host that is busy may be silent for a while."""
GREETING_SECONDS: Final = 5.0
"""How long whoever connects may take to say the token."""
LOCAL: Final = "127.0.0.1"

__all__ = ["LinkError", "Listener", "Message", "Peer", "connect"]


class LinkError(KoeMorphError):
    """The peer is gone, or does not speak as agreed."""


class Peer:
    """One end of a link that stands. `poll` and `send` never wait."""

    def __init__(self, connection: socket.socket) -> None:
        connection.setblocking(False)
        self._socket = connection
        self._heard, self._unsent = bytearray(), bytearray()
        self._heard_at = self._said_at = time.monotonic()
        self._kept: list[Message] = []
        self.closed = False

    @property
    def quiet(self) -> float:
        """Seconds since the peer said anything."""
        return time.monotonic() - self._heard_at

    def send(self, message: str, **values: Any) -> None:
        """Raises a `LinkError` if the peer is gone; what it does not read at once waits for the next `poll`."""
        line = json.dumps({"message": message, **values}, separators=(",", ":")).encode("ascii") + b"\n"
        if problem := problem_of(line):
            raise LinkError(f"The message {message!r} cannot be sent: {problem}.")
        self._unsent += line
        self._said_at = time.monotonic()
        self._flush()
        if len(self._unsent) > UNSENT_LIMIT:
            self._fail("it does not read what it is sent")

    def poll(self) -> list[Message]:
        """The messages since the last time, pings left out. Raises a `LinkError` once the peer is gone."""
        if self.closed:
            raise LinkError("The link is closed.")
        self._flush()
        ended = self._receive()
        messages, self._kept = self._kept, []
        while (end := self._heard.find(b"\n")) >= 0:
            line = bytes(self._heard[: end + 1])
            del self._heard[: end + 1]
            if problem := problem_of(line):
                self._fail(problem)
            told = json.loads(line)
            if told["message"] != "ping":
                messages.append(told)
        if len(self._heard) > LINE_LIMIT:
            self._fail(f"a message may be {LINE_LIMIT} bytes long at most")
        if ended and not messages:
            self._fail("it has ended")
        if self.quiet > GONE_SECONDS:
            self._fail(f"it has not answered for {GONE_SECONDS:.0f} seconds")
        if time.monotonic() - self._said_at > PING_SECONDS:
            self.send("ping")
        return messages

    def keep(self, messages: list[Message]) -> None:
        """For the next `poll`."""
        self._kept = messages

    def close(self) -> None:
        """Say goodbye, if it can be said at once."""
        if not self.closed:
            with contextlib.suppress(LinkError, OSError):
                self.send("bye")
            self._shut()

    def _receive(self) -> bool:
        """Read what has come; returns whether nothing more will."""
        while len(self._heard) <= LINE_LIMIT:
            try:
                data = self._socket.recv(65536)
            except (BlockingIOError, InterruptedError):
                return False
            except OSError:
                return True
            if not data:
                return True
            self._heard += data
            self._heard_at = time.monotonic()
        return False

    def _flush(self) -> None:
        try:
            while self._unsent:
                del self._unsent[: self._socket.send(self._unsent)]
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            self._fail("it has ended")

    def _fail(self, why: str) -> None:
        self._shut()
        raise LinkError(f"The link is broken: of the other side, {why}; start the panel again from the host.")

    def _shut(self) -> None:
        self.closed = True
        self._socket.close()


class Listener:
    """A host's end before anybody has come: waits, without waiting, for the one panel that knows the token."""

    def __init__(self, host: str) -> None:
        """`host` is how the panel calls us: Blender 4.5, Maya 2026."""
        self._host, self.token = host, secrets.token_hex(32)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.bind((LOCAL, 0))
        self._socket.listen(4)
        self._socket.setblocking(False)
        self.address = f"{LOCAL}:{self._socket.getsockname()[1]}"
        """What follows `--link` on the panel's command line."""
        self._strangers: list[tuple[Peer, float]] = []

    def start_panel(
        self,
        python: str | Path = sys.executable,
        arguments: Iterable[str] = (),
        pythonpath: Iterable[str | Path] = (),
    ) -> subprocess.Popen[bytes]:
        """`python` is one that KoeMorph and PySide6 are installed for. What the panel says goes to our stderr."""
        environment = {**os.environ, TOKEN_VARIABLE: self.token, "PYTHONSAFEPATH": "1"}
        inherited = [environment["PYTHONPATH"]] if environment.get("PYTHONPATH") else []
        if folders := [*(str(folder) for folder in pythonpath), *inherited]:
            environment["PYTHONPATH"] = os.pathsep.join(folders)
        command = [str(python), "-m", "koemorph.panel", "--link", self.address, *arguments]
        try:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                env=environment,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as err:
            raise LinkError(f"The panel does not start with {python} ({err.strerror or err}).") from err

    def poll(self) -> Peer | None:
        """The panel, once it has come and said the token. Whoever else comes is told so and let go."""
        with contextlib.suppress(BlockingIOError, InterruptedError):
            while True:
                connection, _ = self._socket.accept()
                self._strangers.append((Peer(connection), time.monotonic()))
        waiting, found = [], None
        for stranger, since in self._strangers:
            outcome = self._greet(stranger) if found is None else False
            if outcome:
                found = stranger
            elif outcome is None and time.monotonic() - since < GREETING_SECONDS:
                waiting.append((stranger, since))
            else:
                stranger.close()
        self._strangers = waiting
        if found is not None:
            self.close()
        return found

    def close(self) -> None:
        for stranger, _ in self._strangers:
            stranger.close()
        self._strangers = []
        self._socket.close()

    def _greet(self, stranger: Peer) -> bool | None:
        """Whether it is the panel; None as long as it has said nothing."""
        try:
            messages = stranger.poll()
            if not messages:
                return None
            hello = messages[0]
            if hello["message"] != "hello" or not hmac.compare_digest(hello["token"].encode(), self.token.encode()):
                stranger.send("refused", text="This is not the panel that was started from here.")
                return False
            if hello["protocol"] != PROTOCOL:
                stranger.send("refused", text=f"The panel of KoeMorph {hello['koemorph']} does not fit this host.")
                return False
            stranger.send("welcome", protocol=PROTOCOL, host=self._host)
            stranger.keep(messages[1:])
        except LinkError:
            return False
        return True


def connect(address: str, token: str, koemorph: str) -> Peer:
    """The panel's end. The host answers `welcome` or `refused`, which `poll` brings."""
    name, _, port = address.rpartition(":")
    if name != LOCAL or not port.isdigit():
        raise LinkError(f"{address!r} is no address of a host; a link begins in the host, which starts the panel.")
    if not token:
        raise LinkError(
            f"A link needs the token that a host leaves in {TOKEN_VARIABLE}; start the panel from the host."
        )
    try:
        connection = socket.create_connection((LOCAL, int(port)), timeout=GREETING_SECONDS)
    except (OSError, OverflowError) as err:
        raise LinkError(f"No host answers at {address} ({err}); start the panel again from the host.") from err
    peer = Peer(connection)
    peer.send("hello", protocol=PROTOCOL, token=token, koemorph=koemorph)
    return peer
