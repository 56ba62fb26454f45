"""A take that was asked of a session."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ..errors import KoeMorphError
from ..recording import Recording
from ..settings import Settings
from ..speech.script import Script
from ..speech.track import Tracks
from ..take import Take
from ..timing import FrameRate
from .messages import Analyse, Animate, Make, Render

if TYPE_CHECKING:
    from .session import Session

WAIT_SECONDS: Final = 0.1
"""Between two looks at whether to go on, for callers that wait."""


class TakeRequest:
    """A take on its way. Look at it after `Session.poll`, or call `advance` or `wait`."""

    def __init__(
        self,
        session: Session,
        recording: Recording,
        settings: Settings,
        rate: FrameRate,
        *,
        script: Script | None,
        edited: Tracks | None,
        key: str,
    ) -> None:
        self.recording, self.settings, self.rate, self.key = recording, settings, rate, key
        self.script, self.edited = script, edited
        self.stage, self.fraction = "starting", 0.0
        self.take: Take | None = None
        self.warnings: tuple[str, ...] = ()
        self.begin, self.duration = Fraction(0), Fraction(0)
        """Of the sound that was heard, in seconds of the recording."""
        self.error: KoeMorphError | None = None
        self._session = session

    @property
    def over(self) -> bool:
        """Whether there is a take or an error."""
        return self.take is not None or self.error is not None

    def advance(self, wait: float = 0.0) -> bool:
        """Take in what the worker says, waiting for it up to `wait` seconds; true once the take is there."""
        if not self.over:
            self._session.poll(wait)
        if self.error is not None:
            raise self.error
        return self.take is not None

    def wait(self, go_on: Callable[[str, float], bool] | None = None) -> Take:
        """The take. `go_on` is told a stage and how much is done, several times a second, and says whether to."""
        while not self.advance(WAIT_SECONDS):
            if go_on is not None and not go_on(self.stage, self.fraction):
                self.cancel()
        assert self.take is not None
        return self.take

    def cancel(self) -> None:
        """Nothing comes of it any more; the worker and what it remembers stay."""
        self._session.drop(self)

    def analysis(self, job: str) -> Analyse:
        """What a worker is told to hear it first."""
        return Analyse(id=job, key=self.key, recording=self._heard, settings=self.settings.to_dict())

    def rendering(self, job: str, *, out: Path, tracks: Path | None) -> Make:
        """What a worker is told to make it: from the analysis it keeps, or in one go."""
        told: dict[str, Any] = {"id": job, "out": out, "rate": self.rate, "script": self.script, "tracks": tracks}
        if self.key:
            return Render(key=self.key, settings=self.settings.to_dict(), **told)
        return Animate(recording=self._heard, settings=self.settings.to_dict(), **told)

    @property
    def _heard(self) -> Recording:
        """As another process finds it."""
        return replace(self.recording, path=self.recording.path.absolute())
