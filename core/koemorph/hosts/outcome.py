"""What came of a line that a host was to key: for a command line, for a batch, for the report that shot lists have."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from ..errors import KoeMorphError
from ..recording import Recording
from ..runtime.messages import Failed
from ..shots import Shot
from ..shots.report import Entry
from ..timing import FrameRate
from .messages import Keyed


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """Of one line; with a message it has failed."""

    name: str
    message: str = ""
    exit_code: int = 0
    text: str = "keyed"
    """A sentence about what was keyed."""
    keys: int = 0
    frames: int | None = None
    notes: tuple[str, ...] = ()

    @classmethod
    def failed(cls, name: str, err: KoeMorphError) -> Outcome:
        return cls(name=name, message=str(err), exit_code=err.exit_code)

    def answer(self) -> Keyed | Failed:
        """To a batch, which knows the line by its name."""
        if self.message:
            return Failed(id=self.name, text=self.message, exit_code=self.exit_code)
        return Keyed(id=self.name, keys=self.keys, notes=self.notes)

    def entry(self, heard: Recording, scene: Path, rate: FrameRate, took: float, shot: Shot | None = None) -> Entry:
        """Its row in a report; `took` are the seconds that it took."""
        made = not self.message
        outputs = (scene,) if made else ()
        return Entry(
            shot=self.name,
            character=shot.character if shot else "",
            status="done" if made else "failed",
            audio=str(heard.path),
            outputs=tuple(path.name for path in outputs),
            fps=str(rate),
            frames=self.frames,
            seconds=None if self.frames is None else float(self.frames / rate.fps),
            took=round(took, 4),
            warnings=self.notes,
            message=self.message,
            line=shot.where if shot else "",
            sketch={},
            links=tuple(path.absolute().as_uri() for path in (*outputs, heard.path)),
        )


def tell(program: str, outcomes: Sequence[Outcome]) -> int:
    """Each line in a sentence; the exit code is that of the first that failed."""
    for one in outcomes:
        if one.message:
            say(f"{program}: {one.name}: {one.message}", sys.stderr)
        else:
            say(f"{one.name}: {one.text}", sys.stdout)
        for note in one.notes:
            say(f"{one.name}: {note}", sys.stderr)
    return next((one.exit_code or 1 for one in outcomes if one.message), 0)


def say(text: str, stream: TextIO) -> None:
    """A line for terminals of hosts, of which some can show nothing but ASCII."""
    stream.write(text.encode("ascii", "backslashreplace").decode() + "\n")
