"""Which analysis is whose."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from ..errors import AudioError
from ..recording import Recording
from ..settings import Settings


class AnalysisKeys:
    """Names analyses, and knows how recordings looked when they could last be read."""

    def __init__(self) -> None:
        self._states: dict[Path, tuple[int, int]] = {}
        """Time and size."""

    def key(self, recording: Recording, settings: Settings) -> str:
        """The same for the same sound analysed in the same way, and no longer once the file was changed."""
        path = recording.path.absolute()
        try:
            seen = path.stat()
            self._states[path] = seen.st_mtime_ns, seen.st_size
        except (OSError, ValueError) as err:
            if path not in self._states:  # else it is gone, and what is remembered of it serves on
                reason = getattr(err, "strerror", None) or err
                raise AudioError(f"{path} cannot be read ({reason}); choose another recording.") from err
        told = [recording.to_dict(), self._states[path], settings.for_analysis()]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()
