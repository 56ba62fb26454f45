"""The script of a line as it is given: its text and the language of it. `reading` knows how it is said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ..errors import KoeMorphError

LONGEST: Final = 100_000
"""Letters: more than an hour of speech has."""
ENGLISH: Final = "en"


class ScriptError(KoeMorphError):
    """The script cannot be read; hearing goes on without it."""


@dataclass(frozen=True)
class Script:
    """What is said in a recording. `[directions]` are skipped and `/IPA/` is taken as it is."""

    text: str
    language: str = ENGLISH
    """A code such as en, de or ja."""

    def __post_init__(self) -> None:
        if len(self.text) > LONGEST:
            raise ScriptError(f"The script has {len(self.text)} letters, more than anybody says in a line; cut it.")
        if "\0" in self.text or any("\ud800" <= letter <= "\udfff" for letter in self.text):
            raise ScriptError("The script holds signs that are no text; write it anew.")
        if len(self.language) > 40 or not self.language.strip():
            raise ScriptError("The script's language must be a code such as en, de or ja.")

    @classmethod
    def of(cls, text: str, language: str = ENGLISH) -> Script | None:
        """As it stands in a field that may be left empty."""
        return cls(text.strip(), language.strip() or ENGLISH) if text.strip() else None

    def to_dict(self) -> dict[str, str]:
        """As it is written down."""
        return {"text": self.text, "language": self.language}

    @classmethod
    def from_dict(cls, told: Any) -> Script:
        if not isinstance(told, Mapping) or not told.keys() <= {"text", "language"}:
            raise ScriptError("A script must be an object of text and language.")
        if not isinstance(told.get("text"), str) or not isinstance(told.get("language", ENGLISH), str):
            raise ScriptError("A script must have a text, and its language must be one too.")
        return cls(told["text"], told.get("language", ENGLISH))


def about_script(notes: Iterable[str]) -> tuple[str, ...]:
    """Those of a take's sentences that are about its script."""
    return tuple(note for note in notes if "script" in note or "espeak" in note)
