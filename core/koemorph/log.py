"""What happened, for a bug report: a file that anybody can send, told by the loggers below "koemorph"."""

from __future__ import annotations

import logging
import platform
import sys
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from . import __version__
from .errors import OutputError

__all__ = ["LOGGER", "RecentLog", "logger", "stop_log", "write_log"]

LOGGER: Final = logging.getLogger("koemorph")
LOGGER.addHandler(logging.NullHandler())
_FORM: Final = "%(asctime)s.%(msecs)03d %(levelname)-7s %(name)s [%(process)d] %(message)s"
_CLOCK: Final = "%Y-%m-%dT%H:%M:%S"
RECENT: Final = 2000
"""Lines that are kept for a bug report."""


def logger(name: str) -> logging.Logger:
    """A module's own; what it says goes nowhere, standard error included, until somebody asks for a log."""
    return logging.getLogger(name)


class RecentLog(logging.Handler):
    """The latest that was logged, for somebody who copies it into a bug report; there from `keep` to `stop_log`."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(logging.Formatter(_FORM, _CLOCK))
        self._lines: deque[str] = deque(maxlen=RECENT)

    @classmethod
    def keep(cls) -> RecentLog:
        handler = cls()
        LOGGER.addHandler(handler)
        LOGGER.setLevel(logging.DEBUG)
        return handler

    def emit(self, record: logging.LogRecord) -> None:
        self._lines.append(self.format(record))

    @property
    def text(self) -> str:
        """Who ran where, and the lines."""
        return "\n".join([whereabouts(), *self._lines])


def whereabouts() -> str:
    return f"KoeMorph {__version__}, Python {sys.version.split()[0]}, {platform.platform()}"


def write_log(path: Path, command: Sequence[str]) -> logging.Handler:
    """All that is logged from now on goes to the end of `path`, after who runs what; returns the handler."""
    try:
        handler = logging.FileHandler(path, encoding="utf-8", errors="backslashreplace")
    except OSError as err:
        raise OutputError(f"The log {path} cannot be written ({err.strerror or err}); name another file.") from err
    handler.setFormatter(logging.Formatter(_FORM, _CLOCK))
    LOGGER.addHandler(handler)
    LOGGER.setLevel(logging.DEBUG)
    LOGGER.info("%s", whereabouts())
    LOGGER.info("koemorph %s", " ".join(map(str, command)))
    return handler


def stop_log(handler: logging.Handler) -> None:
    LOGGER.removeHandler(handler)
    handler.close()
