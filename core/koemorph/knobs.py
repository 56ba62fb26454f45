"""What is known of one setting: how it is shown, what it may be, and which value makes its step do nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields
from typing import Any, Final, Literal

from .errors import SettingsError

Kind = Literal["number", "whole", "choice", "switch", "text"]
Value = float | int | bool | str


@dataclass(frozen=True, kw_only=True)
class Info:
    """How a setting is shown. `low`, `high` and `step` are None unless it is a number."""

    label: str
    tooltip: str
    group: str
    kind: Kind = "number"
    unit: str = ""
    low: float | None = None
    high: float | None = None
    step: float | None = None
    choices: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    """What choices are called, where their names do not say it."""
    flag: str = ""
    """Its name on command lines and in commands, where that is not the field's."""
    off: Value | None = None
    """The value at which its step leaves the curves as they came; None where there is no such value."""
    check: Callable[[str], object] | None = None
    """For a text: reads it, and raises a `SettingsError` that says what is wrong with it."""
    analysis: bool = False
    """True when a change needs the clip to be analysed anew, not only rendered."""
    network: bool = False
    """True when it acts inside the network, so that it means nothing to a finished take."""


_INFO: Final = "info"


def number(default: float, *, within: tuple[float, float], step: float, **shown: Any) -> Any:
    return _knob(default, low=within[0], high=within[1], step=step, **shown)


def whole(default: int, *, within: tuple[int, int], **shown: Any) -> Any:
    return _knob(default, kind="whole", low=within[0], high=within[1], step=1, **shown)


def choice(default: str, choices: tuple[str, ...], **shown: Any) -> Any:
    return _knob(default, kind="choice", choices=choices, **shown)


def switch(default: bool, **shown: Any) -> Any:
    return _knob(default, kind="switch", **shown)


def text(check: Callable[[str], object], **shown: Any) -> Any:
    return _knob("", kind="text", check=check, **shown)


def _knob(default: Value, **shown: Any) -> Any:
    return field(default=default, metadata={_INFO: Info(**shown)})


def info_of(entry: Field[Any]) -> Info:
    shown: Info = entry.metadata[_INFO]
    return shown


def check_all(settings: Any) -> None:
    """For `__post_init__` of a frozen dataclass of settings: each as it is held, or an error that says why not."""
    for entry in fields(settings):
        object.__setattr__(settings, entry.name, checked(info_of(entry), getattr(settings, entry.name)))


def checked(shown: Info, value: Any) -> Value:
    """The value as the setting holds it, or an error that says what it may be."""
    if shown.kind == "choice":
        if value not in shown.choices:
            raise SettingsError(f"{shown.label} cannot be {value!r}; choose from {', '.join(shown.choices)}.")
        return str(value)
    if shown.kind == "switch":
        if not isinstance(value, bool):
            raise SettingsError(f"{shown.label} cannot be {value!r}; it is true or false.")
        return value
    if shown.kind == "text":
        if not isinstance(value, str):
            raise SettingsError(f"{shown.label} cannot be {value!r}; it is a text.")
        if shown.check is not None:
            shown.check(value)
        return value.strip()
    return _in_range(shown, value)


def _in_range(shown: Info, value: Any) -> float | int:
    assert shown.low is not None and shown.high is not None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not shown.low <= value <= shown.high:
        unit = f" {shown.unit}" if shown.unit else ""
        raise SettingsError(f"{shown.label} cannot be {value!r}; it goes from {shown.low:g} to {shown.high:g}{unit}.")
    if shown.kind == "number":
        return float(value)
    if value != int(value):
        raise SettingsError(f"{shown.label} cannot be {value!r}; it is a whole number.")
    return int(value)
