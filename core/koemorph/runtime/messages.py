"""What a program that wants takes and the process that makes them say to each other; `wire` says how it is written.

`python -m koemorph.runtime` prints it as JSON Schema.
"""

from __future__ import annotations

import sys
import traceback
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from ..errors import KoeMorphError, MemoryShortError
from ..recording import Recording
from ..speech.script import Script
from ..timing import FrameRate
from .wire import Id, Message, vocabulary

PROTOCOL: Final = 2
"""Raised when a message changes in a way that an older program would misunderstand."""
_DETAILS_LIMIT: Final = 100_000
"""Letters."""


@dataclass(frozen=True, kw_only=True)
class Job(Message):
    """A request that waits its turn and ends in one made, analysed, forgot, failed or stopped with its id."""

    id: Id


@dataclass(frozen=True, kw_only=True)
class Make(Job):
    """A job that leaves a take file; `format` is for an `out` whose ending does not tell.

    `script` is what is said; `tracks` a file of phones and words (.json, .TextGrid) in place of what is heard.
    """

    out: Path
    rate: FrameRate
    settings: dict[str, Any] = field(default_factory=dict)
    format: str | None = None
    script: Script | None = None
    tracks: Path | None = None


@dataclass(frozen=True, kw_only=True)
class Animate(Make):
    """A recording to a take file."""

    recording: Recording


@dataclass(frozen=True, kw_only=True)
class Analyse(Job):
    """A recording to an analysis, kept under the key."""

    key: Id
    recording: Recording
    settings: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Render(Make):
    """A kept analysis to a take file, in milliseconds: what a slider repeats."""

    key: Id


@dataclass(frozen=True, kw_only=True)
class Forget(Job):
    """Give a kept analysis back."""

    key: Id


@dataclass(frozen=True, kw_only=True)
class Film(Job):
    """A take file to a movie of our face (.mp4, .gif), with the sound of a recording."""

    take: Path
    out: Path
    recording: Recording | None = None


@dataclass(frozen=True, kw_only=True)
class Cancel(Message):
    """The job ends in stopped, unless it has ended."""

    id: Id


@dataclass(frozen=True, kw_only=True)
class Ping(Message):
    """Answered by pong at once, whatever is running; on a link, a sign of life without an answer."""

    id: Id | None = None


@dataclass(frozen=True, kw_only=True)
class Shutdown(Message):
    """End, whatever is running."""


@dataclass(frozen=True, kw_only=True)
class Ready(Message):
    """The worker's first words."""

    protocol: int
    koemorph: str
    pid: int
    model: str
    model_sha256: str
    trained: bool


@dataclass(frozen=True, kw_only=True)
class Progress(Message):
    """How much of a job is done: from 0 to 1, never less than before."""

    id: Id
    stage: str
    fraction: float


@dataclass(frozen=True, kw_only=True)
class Made(Message):
    """The file of a job is there.

    `seconds` is how long that took, `begin` and `duration` those of the sound that was heard, in seconds of it.
    """

    id: Id
    out: Path
    frames: int
    rate: FrameRate
    warnings: tuple[str, ...]
    seconds: float
    begin: Fraction | None = None
    duration: Fraction | None = None


@dataclass(frozen=True, kw_only=True)
class Analysed(Message):
    """The analysis is kept; others may have had to go for it. `duration` is that of the sound."""

    id: Id
    key: Id
    duration: Fraction
    forgotten: tuple[str, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Forgot(Message):
    """`forgotten` is empty where the key was not kept."""

    id: Id
    forgotten: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Failed(Message):
    """What went wrong, as a sentence; without an id it is the whole process that failed."""

    id: Id | None = None
    error: str = KoeMorphError.__name__
    """The name of its class among `errors`; internal for a defect, which has details."""
    text: str
    exit_code: int = KoeMorphError.exit_code
    details: str = ""

    @classmethod
    def of(cls, error: Exception, request_id: str | None = None) -> Failed:
        """A `KoeMorphError` in its own sentence; anything else is a defect and comes with its traceback."""
        if isinstance(error, MemoryError):
            error = MemoryShortError()
        if isinstance(error, KoeMorphError):
            return cls(id=request_id, error=type(error).__name__, text=str(error), exit_code=error.exit_code)
        details = "".join(traceback.format_exception(error))[-_DETAILS_LIMIT:]
        sys.stderr.write(details)
        what = f"{type(error).__name__}: {error}"[:2000]
        text = f"Something went wrong inside KoeMorph ({what}); please report it with the details."
        return cls(id=request_id, error="internal", text=text, details=details)


@dataclass(frozen=True, kw_only=True)
class Stopped(Message):
    """A job was cancelled and has left no file behind."""

    id: Id


@dataclass(frozen=True, kw_only=True)
class Pong(Message):
    """The answer to ping."""

    id: Id | None = None


@dataclass(frozen=True, kw_only=True)
class Bye(Message):
    """The last words of whoever ends."""

    exit_code: int = 0


REQUESTS: Final = vocabulary(Animate, Analyse, Render, Forget, Film, Cancel, Ping, Shutdown)
EVENTS: Final = vocabulary(Ready, Progress, Made, Analysed, Forgot, Failed, Stopped, Pong, Bye)
ENDS: Final = (Made, Analysed, Forgot, Failed, Stopped)
"""How a job of the worker ends."""
