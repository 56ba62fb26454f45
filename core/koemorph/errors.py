"""Every error a user can meet. Each message says what, where and what to do."""

from __future__ import annotations

import re
from typing import Final

_ENDLESS: Final = re.compile(r"\S{500,}")


class KoeMorphError(Exception):
    """Base of all errors that are the input's or the surroundings' fault, not a defect.

    The message is one sentence for an animator; hosts show it as it is. `exit_code` is what
    the command line returns.
    """

    exit_code = 1

    def __str__(self) -> str:
        """In one line, with nothing in it that a terminal would obey, whatever file names and cells it tells of.

        A word that does not end is cut in its middle.
        """
        text = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in super().__str__())
        return _ENDLESS.sub(lambda word: f"{word[0][:200]}...{word[0][-100:]}", text)


class AudioError(KoeMorphError):
    """The recording cannot be read, or holds nothing that can be animated."""

    exit_code = 3


class SettingsError(KoeMorphError):
    """A setting, preset or frame rate is unknown or out of its range."""

    exit_code = 4


class RigError(SettingsError):
    """A rig's names or a mapping preset are wrong, or do not fit each other."""


class ShotListError(SettingsError):
    """A shot list cannot be read, or lines of it are wrong."""


class RemoteError(KoeMorphError):
    """What another process could not do, for a reason of any kind, in its words and with its exit code."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class LineError(RemoteError):
    """One line of a shot list failed; the others went on."""


class ModelError(KoeMorphError):
    """The model files are missing, damaged or of another kind."""

    exit_code = 5


class TakeError(KoeMorphError):
    """A take cannot be read, written or combined."""

    exit_code = 6


class OutputError(KoeMorphError):
    """A result cannot be written where it was asked for."""

    exit_code = 7


class MissingPieceError(KoeMorphError):
    """An optional library or program is needed and not installed."""

    exit_code = 8


class MemoryShortError(KoeMorphError):
    """The memory of the machine is at its end."""

    def __init__(self) -> None:
        super().__init__("There is not enough memory for that; ask for a shorter part, or close other programs.")


class Cancelled(KoeMorphError):
    """The user stopped the work; nothing was changed."""

    exit_code = 130
