"""What is to be keyed, on whom and how: what a command or the panel asks for, and what a scene remembers of a line."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from koemorph.errors import SettingsError
from koemorph.keying import Keying
from koemorph.settings import Settings
from koemorph.speech.script import Script
from koemorph.speech.track import Phone, Tracks, Word, described, entry_from
from koemorph.timing import FrameRate

from . import layers
from .character import Character, character_of


@dataclass(frozen=True, kw_only=True)
class KeyRequest:
    """What is to be done. Frames are the scene's."""

    targets: tuple[str, ...]
    rate: FrameRate
    settings: Settings = field(default_factory=Settings)
    naming: str = ""
    """A mapping preset's name or file; empty chooses the best."""
    head: str = ""
    """A node that the head's turns are keyed on; empty leaves them."""
    layer: str = ""
    layer_mode: str = "additive"
    keying: Keying = field(default_factory=Keying)
    merge: bool = False
    offset: Fraction = Fraction(0)
    """Frames by which the line is moved."""
    span: tuple[float, float] | None = None
    """The first and the last frame that may get keys."""
    script: Script | None = None
    """What is said."""
    edited: Tracks | None = None
    """The line's phones and words after somebody edited them, which then count alone."""
    calibrate: str = ""
    """How far some targets go on this character: `Jaw_Drop gain 1.2 maximum 0.8`."""
    model: str = ""
    """The folder of another model than the one that came along."""

    def __post_init__(self) -> None:
        if self.layer_mode not in layers.MODES:
            known = ", ".join(layers.MODES)
            raise SettingsError(f"The layer mode cannot be {self.layer_mode!r}; choose from {known}.")

    def character(self) -> Character:
        from_rest = not (self.layer and layers.is_additive(self.layer, self.layer_mode))
        return character_of(
            list(self.targets),
            self.naming,
            self.head,
            calibrate=self.calibrate,
            layered=bool(self.layer),
            from_rest=from_rest,
        )

    def to_dict(self) -> dict[str, Any]:
        """As a scene holds it; the rate is the scene's own."""
        tracks = self.edited
        return {
            "targets": list(self.targets),
            "settings": self.settings.to_dict(),
            "naming": self.naming,
            "head": self.head,
            "layer": self.layer,
            "layer_mode": self.layer_mode,
            "keying": self.keying.to_dict(),
            "merge": self.merge,
            "offset": str(self.offset),
            "span": self.span,
            "script": self.script and self.script.to_dict(),
            "phones": None if tracks is None else [described(one) for one in tracks.phones],
            "words": None if tracks is None else [described(one) for one in tracks.words],
            "calibrate": self.calibrate,
            "model": self.model,
        }

    @classmethod
    def from_dict(cls, told: dict[str, Any], rate: FrameRate) -> KeyRequest:
        edited = None
        if told["phones"] is not None:
            phones = tuple(entry_from(Phone, one) for one in told["phones"])
            edited = Tracks(phones, tuple(entry_from(Word, one) for one in told["words"]))
        return cls(
            targets=tuple(told["targets"]),
            rate=rate,
            settings=Settings.from_dict(told["settings"]),
            naming=told["naming"],
            head=told["head"],
            layer=told["layer"],
            layer_mode=told["layer_mode"],
            keying=Keying.from_dict(told["keying"]),
            merge=told["merge"],
            offset=Fraction(told["offset"]),
            span=told["span"] and (told["span"][0], told["span"][1]),
            script=Script.from_dict(told["script"]) if told["script"] else None,
            edited=edited,
            calibrate=told.get("calibrate", ""),
            model=told["model"],
        )
