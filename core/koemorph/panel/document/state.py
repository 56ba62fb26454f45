"""All that the panel is about, in one object: what was chosen, with undo, and the takes that came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from ...errors import SettingsError
from ...keying import Keying
from ...settings import Settings, info_of
from ...speech.script import Script
from ...speech.track import Tracks
from ...take import Take
from ...timing import FrameRate
from ..qt import QtCore, QtGui, Signal, tr

LABELS: Final = {entry.name: info_of(entry).label for entry in (*fields(Settings), *fields(Keying))}


@dataclass(frozen=True)
class Choices:
    """What can be undone: everything that was chosen and nothing that was made."""

    settings: Settings = field(default_factory=Settings)
    rate: FrameRate = field(default_factory=lambda: FrameRate.parse(60))
    keying: Keying = field(default_factory=lambda: Keying(style="bezier"))
    mapping: str = ""
    """The name or file of the preset that names shapes for the rig; empty for ARKit's own names."""
    script: Script | None = None
    """What is said in the recording, where somebody gave it."""
    edited: Tracks | None = None
    """Phones and words once somebody edited them; they then count in place of what is heard."""


@dataclass(frozen=True, eq=False)
class Reference:
    """What the current take is compared with: an earlier one of the same line, or any from a file."""

    take: Take
    name: str
    settings: Settings | None = None


class State(QtCore.QObject):
    """The panel's one state. Views listen to its signals and change it by its methods only."""

    choices_changed = Signal()
    take_changed = Signal()
    """The take, the reference or which of the two is shown."""
    source_changed = Signal()

    def __init__(self, parent: QtCore.QObject | None = None) -> None:
        super().__init__(parent)
        self.undo = QtGui.QUndoStack(self)
        self.source: Path | None = None
        self.begin = Fraction(0)
        """The moment of the recording at which the line begins, seconds; keys of moods count from it."""
        self.finished = False
        """Whether the source is a finished take, where no network runs."""
        self.take: Take | None = None
        self.reference: Reference | None = None
        self.comparing = False
        self._choices = Choices()
        self._drag = 0

    @property
    def choices(self) -> Choices:
        return self._choices

    @property
    def settings(self) -> Settings:
        return self._choices.settings

    @property
    def rate(self) -> FrameRate:
        return self._choices.rate

    @property
    def shown(self) -> Take | None:
        """What face and curves show: the take, or the reference while the two are compared."""
        return self.reference.take if self.comparing and self.reference else self.take

    def open(self, source: Path, finished: bool, start: Choices, begin: Fraction = Fraction(0)) -> None:
        """Another line: what was made of the last one is gone, and so is the way back to it."""
        self.source, self.finished, self.begin = source, finished, begin
        self.take, self.reference, self.comparing = None, None, False
        self._choices = start
        self.undo.clear()
        self.source_changed.emit()
        self.choices_changed.emit()
        self.take_changed.emit()

    def start_with(self, **values: Any) -> None:
        """What to begin the next line with; not a step that can be undone."""
        self._apply(replace(self._choices, **values))

    def set_setting(self, name: str, value: Any) -> None:
        """One setting; the steps of one drag are undone together. Raises what is wrong with the value."""
        settings = self.settings.with_values(**{name: value})
        self._push(replace(self._choices, settings=settings), tr(LABELS[name]), f"{name} {self._drag}")

    def set_keying(self, name: str, value: Any) -> None:
        """The same for how the take is keyed."""
        keying = replace(self._choices.keying, **{name: value})
        self._push(replace(self._choices, keying=keying), tr(LABELS[name]), f"{name} {self._drag}")

    def set_settings(self, settings: Settings, why: str) -> None:
        self._push(replace(self._choices, settings=settings), why)

    def choose(self, why: str, **values: Any) -> None:
        """Anything else of `Choices`."""
        self._push(replace(self._choices, **values), why, f"{why} {self._drag}")

    def end_drag(self) -> None:
        """What comes next is undone by itself."""
        self._drag += 1

    def keep_as_reference(self) -> None:
        """Hold on to the take as it is now, to compare with what it becomes."""
        if self.take is not None:
            self.set_reference(Reference(self.take, tr("kept"), self.settings))

    def set_reference(self, reference: Reference | None) -> None:
        self.reference = reference
        self.comparing = False
        self.take_changed.emit()

    def compare(self, on: bool) -> None:
        self.comparing = on and self.reference is not None
        self.take_changed.emit()

    def return_to_reference(self) -> None:
        """The settings that the reference was made with, as a step that can be undone."""
        if self.reference is None or self.reference.settings is None:
            raise SettingsError(tr("Keep a take first; only its settings can be returned to."))
        self.set_settings(self.reference.settings, tr("Return to the kept take"))
        self.compare(False)

    def receive(self, take: Take) -> None:
        self.take = take
        self.take_changed.emit()

    def _push(self, choices: Choices, why: str, merge: str = "") -> None:
        if choices != self._choices:
            self.undo.push(_Change(self._apply, self._choices, choices, why, merge))

    def _apply(self, choices: Choices) -> None:
        self._choices = choices
        self.choices_changed.emit()


class _Change(QtGui.QUndoCommand):
    """From some choices to others; changes of the same thing in one drag become one."""

    def __init__(self, apply: Callable[[Choices], None], before: Choices, after: Choices, why: str, merge: str) -> None:
        super().__init__(why)
        self._apply, self._before, self.after, self.merge = apply, before, after, merge

    def id(self) -> int:
        return 1 if self.merge else -1

    def mergeWith(self, other: QtGui.QUndoCommand) -> bool:  # noqa: N802
        if not isinstance(other, _Change) or other.merge != self.merge:
            return False
        self.after = other.after
        return True

    def redo(self) -> None:
        self._apply(self.after)

    def undo(self) -> None:
        self._apply(self._before)
