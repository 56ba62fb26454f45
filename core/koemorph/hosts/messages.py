"""What a host, and the panel or the batch at the other end of its link, say to each other.

`python -m koemorph.hosts` prints it as JSON Schema.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from ..recording import Recording
from ..runtime.messages import Bye, Failed, Ping
from ..runtime.wire import Id, Message, vocabulary
from ..timing import FrameRate


@dataclass(frozen=True, kw_only=True)
class Hello(Message):
    """The panel's first words; the token is what the host left in its environment."""

    protocol: int
    token: str
    koemorph: str


@dataclass(frozen=True, kw_only=True)
class Welcome(Message):
    """The host's answer; how it is called."""

    protocol: int
    host: str


@dataclass(frozen=True, kw_only=True)
class Refused(Message):
    """The host's answer to a stranger."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Scene(Message):
    """What of the host's scene concerns the panel: whom it would key (empty: nobody), shapes, kind of keys."""

    rate: FrameRate
    target: str
    names: tuple[str, ...]
    keys: str | None = None
    tolerance: float | None = None


@dataclass(frozen=True, kw_only=True)
class ShowSettings(Message):
    """Settings that were changed at the other end; those that are not named have their defaults."""

    settings: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Open(Message):
    """The recording that the host has chosen."""

    audio: Path


@dataclass(frozen=True, kw_only=True)
class Key(Message):
    """The panel asks for a take file to be keyed; the answer is done or failed."""

    id: Id
    take: Path
    audio: Path | None
    settings: dict[str, Any]
    keys: str
    tolerance: float


@dataclass(frozen=True, kw_only=True)
class Line(Message):
    """A batch asks for a take file to be keyed into the scene that is open; the answer is keyed or failed.

    The take has the scene's rate and was made of the recording with the settings; at `first_frame` the recording begins
    to sound. `object` is who is meant, empty for the only face there is; without a `mapping` the host finds one.
    """

    id: Id
    take: Path
    recording: Recording
    settings: dict[str, Any]
    first_frame: Fraction
    object: str = ""
    mapping: str = ""
    keying: dict[str, Any] = field(default_factory=dict)
    """As `Keying` is written down; what it does not name is the host's usual way."""


@dataclass(frozen=True, kw_only=True)
class Save(Message):
    """That was the last line: write the scene if any was keyed, and say bye."""


@dataclass(frozen=True, kw_only=True)
class Keyed(Message):
    """A line is keyed: how many keys, and what there is to know about it."""

    id: Id
    keys: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Done(Message):
    """A take is keyed."""

    id: Id
    text: str


@dataclass(frozen=True, kw_only=True)
class Undone(Message):
    """Somebody took back, in the host, what was keyed."""

    id: Id


LINK: Final = vocabulary(
    *(Hello, Welcome, Refused, Scene, ShowSettings, Open, Key, Done, Failed, Undone, Line, Keyed, Save, Ping, Bye)
)
