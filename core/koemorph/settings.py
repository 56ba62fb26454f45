"""Everything an animator can set, once: names, defaults, ranges, labels and explanations.

The command line's flags, presets, panels of hosts and the docs are generated from the fields of `Settings`;
a new field appears everywhere by itself.
"""

from __future__ import annotations

import json
from dataclasses import Field, asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Final

from .errors import SettingsError


@dataclass(frozen=True)
class Info:
    """How a setting is shown. `low`, `high` and `step` are None for a choice."""

    label: str
    tooltip: str
    group: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    step: float | None = None
    choices: tuple[str, ...] = ()
    analysis: bool = False
    """True when a change needs the clip to be analysed anew, not only rendered."""


_INFO: Final = "info"


def _number(default: float, low: float, high: float, step: float, **shown: Any) -> Any:
    return field(default=default, metadata={_INFO: Info(low=low, high=high, step=step, **shown)})


def _choice(default: str, choices: tuple[str, ...], **shown: Any) -> Any:
    return field(default=default, metadata={_INFO: Info(choices=choices, **shown)})


@dataclass(frozen=True)
class Settings:
    """How a take is made from a clip. Immutable; every value is checked against its range."""

    temperature: float = _number(
        0.2,
        0.05,
        0.5,
        0.01,
        label="Temperature",
        group="Performance",
        tooltip="How each shape listens: low to either the words or the mood alone, high to a blend of both.",
    )
    lower_face_smoothing: float = _number(
        0.012,
        0.0,
        0.1,
        0.001,
        label="Lower face smoothing",
        group="Smoothing",
        unit="s",
        tooltip="Calms jaw, lips and tongue. A time, so it looks the same at every frame rate; 0 is raw.",
    )
    upper_face_smoothing: float = _number(
        0.04,
        0.0,
        0.1,
        0.001,
        label="Upper face smoothing",
        group="Smoothing",
        unit="s",
        tooltip="Calms brows, eyes, cheeks and nose.",
    )
    smoothing_method: str = _choice(
        "zero-phase",
        ("zero-phase", "causal"),
        label="Smoothing method",
        group="Smoothing",
        tooltip="Zero-phase adds no delay. Causal looks only back, like a live feed, and lags a little.",
    )
    silence_gate: float = _number(
        -48.0,
        -70.0,
        -25.0,
        1.0,
        label="Silence gate",
        group="Silence",
        unit="dB",
        tooltip="Sound weaker than this leaves the mouth at rest. Speech is brought to -23 dB first; -70 turns it off.",
    )
    silence_hold: float = _number(
        0.25,
        0.0,
        1.0,
        0.01,
        label="Hold",
        group="Silence",
        unit="s",
        tooltip="How long the mouth stays free before and after sound, so that lips may prepare and finish.",
    )
    silence_fade: float = _number(
        0.12,
        0.0,
        1.0,
        0.01,
        label="Fade",
        group="Silence",
        unit="s",
        tooltip="How long the mouth takes to come to rest and to leave it.",
    )
    emotion: str = _choice(
        "native",
        ("native", "opensmile"),
        label="Emotion analysis",
        group="Analysis",
        analysis=True,
        tooltip="What measures the voice for mood: our own, or openSMILE (research licence, installed separately).",
    )

    def __post_init__(self) -> None:
        for entry in fields(self):
            object.__setattr__(self, entry.name, _checked(entry, getattr(self, entry.name)))

    def with_values(self, /, **values: Any) -> Settings:
        """A copy with some values replaced; an unknown name is an error that names the known ones."""
        known = [entry.name for entry in fields(self)]
        for name in values:
            if name not in known:
                raise SettingsError(f"There is no setting called {name!r}; there are {', '.join(known)}.")
        return replace(self, **values)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Any, where: str = "These settings") -> Settings:
        if not isinstance(values, dict):
            raise SettingsError(f"{where} must be a JSON object of names and values.")
        return cls().with_values(**values)

    @classmethod
    def load(cls, path: Path) -> Settings:
        """Read a preset: a JSON object that names only what differs from the defaults."""
        try:
            values = json.loads(path.read_text("utf-8-sig"))
        except OSError as err:
            raise SettingsError(f"The preset {path} cannot be read ({err.strerror}).") from err
        except (ValueError, RecursionError) as err:
            raise SettingsError(f"The preset {path} is not valid JSON ({err}).") from err
        return cls.from_dict(values, where=f"The preset {path}")


def info_of(entry: Field[Any]) -> Info:
    shown: Info = entry.metadata[_INFO]
    return shown


def _checked(entry: Field[Any], value: Any) -> float | str:
    shown = info_of(entry)
    if shown.choices:
        if value not in shown.choices:
            raise SettingsError(f"{shown.label} cannot be {value!r}; choose from {', '.join(shown.choices)}.")
        return str(value)
    assert shown.low is not None and shown.high is not None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not shown.low <= value <= shown.high:
        unit = f" {shown.unit}" if shown.unit else ""
        raise SettingsError(f"{shown.label} cannot be {value!r}; it goes from {shown.low:g} to {shown.high:g}{unit}.")
    return float(value)
