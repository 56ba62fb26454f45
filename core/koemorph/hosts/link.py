"""Messages between two processes of this machine. Standard library only: whoever has one polls it on a timer.

One side listens on a port and starts the other with the port on its command line and a token, made up for this one
link, in its environment. The other connects and says the token; who does not know it is let go. From then on both send
the messages of the vocabulary `LINK`. Both say `ping` when they have nothing else to say, so that each notices when the
other is gone without a word. A host listens for the panel that it starts, and a batch for the host that it starts.
"""

from __future__ import annotations

import contextlib
import hmac
import secrets
import socket
import time
from typing import Final, NoReturn

from .. import __version__
from ..errors import KoeMorphError
from ..runtime.messages import PROTOCOL, Bye, Ping
from ..runtime.wire import LINE_LIMIT, Message, WireError, decode, encode
from .messages import LINK, Hello, Refused, Welcome

TOKEN_VARIABLE: Final = "KOEMORPH_LINK_TOKEN"  # noqa: S105 (the name, not the token)
UNSENT_LIMIT: Final = 8 * 2**20
"""Bytes that may wait for a peer that does not read."""
PING_SECONDS: Final = 2.0
GONE_SECONDS: Final = 60.0
"""A peer that says nothing for so long is gone; a host that is busy may be silent for a while."""
GREETING_SECONDS: Final = 5.0
"""How long whoever connects may take to say the token."""
MOST_STRANGERS: Final = 16
"""Who have connected and said nothing; of more than these the first is let go."""
BACKLOG: Final = 128
LOCAL: Final = "127.0.0.1"


class LinkError(KoeMorphError):
    """The peer is gone, or does not speak as agreed."""


class Peer:
    """One end of a link that stands. `poll` and `send` never wait."""

    def __init__(self, connection: socket.socket, patience: float | None = None) -> None:
        """Who says nothing for `patience` seconds, by default a minute, is gone."""
        connection.setblocking(False)
        self._patience = patience
        self._socket = connection
        self._heard, self._unsent = bytearray(), bytearray()
        self._heard_at = self._said_at = time.monotonic()
        self._kept: list[Message] = []
        self.closed = False

    @property
    def quiet(self) -> float:
        """Seconds since the peer said anything."""
        return time.monotonic() - self._heard_at

    def send(self, message: Message) -> None:
        """Raises a `LinkError` if the peer is gone; what it does not read at once waits for the next `poll`."""
        try:
            self._unsent += encode(message)
        except WireError as err:
            raise LinkError(str(err)) from err
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
            try:
                told = decode(line, LINK)
            except WireError as err:
                self._fail(str(err).rstrip("."))
            if not isinstance(told, Ping):
                messages.append(told)
        if len(self._heard) > LINE_LIMIT:
            self._fail(f"a message may be {LINE_LIMIT} bytes long at most")
        if ended and not messages:
            self._fail("it has ended")
        if self.quiet > (limit := GONE_SECONDS if self._patience is None else self._patience):
            self._fail(f"it has not answered for {limit:.0f} seconds")
        if time.monotonic() - self._said_at > PING_SECONDS:
            self.send(Ping())
        return messages

    def keep(self, messages: list[Message]) -> None:
        """For the next `poll`."""
        self._kept = messages

    def close(self) -> None:
        """Say goodbye, if it can be said at once."""
        if not self.closed:
            with contextlib.suppress(LinkError, OSError):
                self.send(Bye())
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

    def _fail(self, why: str) -> NoReturn:
        self._shut()
        raise LinkError(f"The link is broken: of the other side, {why}; start it again from there.")

    def _shut(self) -> None:
        self.closed = True
        self._socket.close()


class Listener:
    """One end before anybody has come: waits, without waiting, for the one program that knows the token."""

    def __init__(self, name: str, patience: float | None = None) -> None:
        """`name` is how we are called over there: Blender 4.5, Maya 2026."""
        self._name, self._patience, self.token = name, patience, secrets.token_hex(32)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.bind((LOCAL, 0))
        self._socket.listen(BACKLOG)
        self._socket.setblocking(False)
        self.address = f"{LOCAL}:{self._socket.getsockname()[1]}"
        """What follows `--link` on the other program's command line."""
        self._strangers: list[tuple[Peer, float]] = []

    @property
    def variables(self) -> dict[str, str]:
        """What the other program needs in its environment."""
        return {TOKEN_VARIABLE: self.token}

    def poll(self) -> Peer | None:
        """The other end, once it has come and said the token. Whoever else comes is told so and let go."""
        with contextlib.suppress(BlockingIOError, InterruptedError):
            while True:
                connection, _ = self._socket.accept()
                self._strangers.append((Peer(connection, self._patience), time.monotonic()))
        waiting, found = [], None
        for stranger, since in self._strangers:
            outcome = self._greet(stranger) if found is None else False
            if outcome:
                found = stranger
            elif outcome is None and time.monotonic() - since < GREETING_SECONDS:
                waiting.append((stranger, since))
            else:
                stranger.close()
        for stranger, _ in waiting[:-MOST_STRANGERS]:
            stranger.close()
        self._strangers = waiting[-MOST_STRANGERS:]
        if found is not None:
            self.close()
        return found

    def close(self) -> None:
        for stranger, _ in self._strangers:
            stranger.close()
        self._strangers = []
        self._socket.close()

    def _greet(self, stranger: Peer) -> bool | None:
        """Whether it is the one that was started; None as long as it has said nothing."""
        try:
            messages = stranger.poll()
            if not messages:
                return None
            hello = messages[0]
            if not isinstance(hello, Hello) or not hmac.compare_digest(_bytes(hello.token), _bytes(self.token)):
                stranger.send(Refused(text="This is not the program that was started from here."))
                return False
            if hello.protocol != PROTOCOL:
                stranger.send(Refused(text=f"KoeMorph {hello.koemorph} over there does not fit this one."))
                return False
            stranger.send(Welcome(protocol=PROTOCOL, host=self._name))
            stranger.keep(messages[1:])
        except LinkError:
            return False
        return True


def _bytes(text: str) -> bytes:
    """Of anything that JSON may call a text."""
    return text.encode("utf-8", "surrogatepass")


def connect(address: str, token: str, patience: float | None = None) -> Peer:
    """The other end. The listener answers `welcome` or `refused`, which `poll` brings."""
    name, _, port = address.rpartition(":")
    if name != LOCAL or not (port.isascii() and port.isdigit()):
        raise LinkError(f"{address!r} is no address of a link; it begins in the other program, which starts this one.")
    if not token:
        raise LinkError(
            f"A link needs the token that the other program leaves in {TOKEN_VARIABLE}; start this one from there."
        )
    try:
        connection = socket.create_connection((LOCAL, int(port[:9])), timeout=GREETING_SECONDS)
    except (OSError, OverflowError) as err:
        raise LinkError(f"Nobody answers at {address} ({err}); start this again from the other program.") from err
    peer = Peer(connection, patience)
    peer.send(Hello(protocol=PROTOCOL, token=token, koemorph=__version__))
    return peer
