"""Lines keyed into a scene by a host without a window: the batch's end, and the host's.

The host opens the scene and tells its rate; the batch, which has made the takes, hands them over at that rate; the host
answers for each, writes the scene and ends. Neither hurries the other: that one is gone is told by its process.
"""

from __future__ import annotations

import contextlib
import math
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from ..errors import Cancelled, KoeMorphError, MissingPieceError, RemoteError
from ..log import logger
from ..runtime.messages import Bye, Failed
from ..runtime.wire import Message
from ..timing import FrameRate
from .link import TOKEN_VARIABLE, LinkError, Listener, Peer, connect
from .messages import Keyed, Line, Save, Scene, Welcome
from .spec import HostSpec

_LOG: Final = logger(__name__)
_LOOK_SECONDS: Final = 0.02
_END_SECONDS: Final = 20.0
"""What a host may take to end; some hang at that."""
_LONGEST_REASON: Final = 300
"""Letters of what a host said last."""

Answer = Keyed | Failed


class Baking:
    """A host on its way to a keyed scene. Whatever waits here can be stopped, and asks `go_on` whether to wait on."""

    def __init__(self, host: HostSpec, program: str, scene: Path, output: Path, go_on: Callable[[], bool]) -> None:
        self._host, self._scene, self._go_on = host, scene, go_on
        self._listener = Listener("KoeMorph's batch", math.inf)
        self._peer: Peer | None = None
        self._said: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 (closed in `close`)
        words = [str(scene.absolute()), "-o", str(output.absolute()), "--link", self._listener.address]
        try:
            self._process = subprocess.Popen(
                host.command(program, words),
                stdin=subprocess.DEVNULL,
                stdout=self._said,
                stderr=subprocess.STDOUT,
                env={**os.environ, **self._listener.variables},
            )
        except OSError as err:
            self.close()
            raise MissingPieceError(f"{program} cannot be started ({err.strerror or err}); name another.") from err
        _LOG.info("%s %d opens %s", program, self._process.pid, scene)

    def rate(self) -> FrameRate:
        """Of the scene, once it is open."""
        while True:
            for message in self._messages():
                if isinstance(message, Scene):
                    return message.rate

    def key(self, lines: Sequence[Line]) -> Mapping[str, Answer]:
        """Hand the lines over and have the scene written; what came of each, by its id."""
        peer, answers = self._peer, dict[str, Answer]()
        assert peer is not None
        for message in (*lines, Save()):
            peer.send(message)
        while True:
            for message in self._messages():
                if isinstance(message, (Keyed, Failed)) and message.id is not None:
                    answers[message.id] = message
                if isinstance(message, Bye):
                    peer.close()
                    with contextlib.suppress(subprocess.TimeoutExpired):  # what it was to write is written
                        self._process.wait(_END_SECONDS)
                    return answers

    def close(self) -> None:
        process = getattr(self, "_process", None)
        if process is not None and process.poll() is None:
            process.kill()
            process.wait()
        for end in (self._peer, self._listener, self._said):
            if end is not None:
                end.close()

    def _messages(self) -> list[Message]:
        """At least one; an error once the host is gone without its last words."""
        while True:
            ended = self._process.poll() is not None
            try:
                self._peer = self._peer or self._listener.poll()
                messages = self._peer.poll() if self._peer is not None else []
            except LinkError:
                ended, messages = True, []
            for message in messages:
                if isinstance(message, Failed) and message.id is None and self._peer is not None:
                    self._peer.close()
                    raise RemoteError(message.text, message.exit_code)
            if messages:
                return messages
            if ended:
                what = f"{self._host.label} did not key {self._scene} ({self._reason()})"
                raise KoeMorphError(f"{what}; see whether the scene opens there.")
            if not self._go_on():
                raise Cancelled("Stopped; nothing half-written is left.")
            time.sleep(_LOOK_SECONDS)

    def _reason(self) -> str:
        """What it said last, else how it ended."""
        try:
            code = self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        self._said.seek(0)
        said = [line.strip() for line in self._said.read().decode("utf-8", "replace").splitlines() if line.strip()]
        return said[-1].rstrip(".")[:_LONGEST_REASON] if said else f"exit code {code}"


@contextmanager
def baking(
    host: HostSpec, program: str, scene: Path, output: Path, go_on: Callable[[], bool] = lambda: True
) -> Iterator[Baking]:
    """A host at work on a scene, which it will write to `output`; it ends with the block."""
    at_work = Baking(host, program, scene, output, go_on)
    try:
        yield at_work
    finally:
        at_work.close()


def serve(
    address: str,
    rate: Callable[[], FrameRate],
    key: Callable[[Sequence[Line]], Mapping[str, Answer]],
    save: Callable[[], None],
) -> int:
    """The host's end: `rate` opens the scene, `key` keys all lines and answers for each, `save` writes the scene.

    Nothing is written if no line could be keyed. The exit code is that of the first line that failed.
    """
    peer = connect(address, os.environ.get(TOKEN_VARIABLE, ""), math.inf)
    try:
        peer.send(Scene(rate=rate(), target="", names=()))
        lines = _lines(peer)
        answers = key(lines)
        if any(isinstance(answer, Keyed) for answer in answers.values()):
            save()
        for answer in answers.values():
            peer.send(answer)
    except LinkError:
        raise
    except KoeMorphError as err:
        peer.send(Failed.of(err))
        _heard_out(peer)
        return err.exit_code
    peer.send(Bye())
    _heard_out(peer)
    return next((answer.exit_code or 1 for answer in answers.values() if isinstance(answer, Failed)), 0)


def _lines(peer: Peer) -> list[Line]:
    """All that are to be keyed."""
    lines: list[Line] = []
    while True:
        for message in peer.poll():
            if isinstance(message, Line):
                lines.append(message)
            elif isinstance(message, Save):
                return lines
            elif not isinstance(message, Welcome):
                raise LinkError("The batch speaks of something else; update the older of the two.")
        time.sleep(_LOOK_SECONDS)


def _heard_out(peer: Peer) -> None:
    """Until the batch has closed the link: closed from here, what it has not read yet might be lost."""
    until = time.monotonic() + _END_SECONDS
    with contextlib.suppress(LinkError):
        while time.monotonic() < until:
            peer.poll()
            time.sleep(_LOOK_SECONDS)
