"""Flags for argparse, made from what is said of settings: one more field is one more flag."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from dataclasses import Field, fields
from typing import Any

from .knobs import info_of


def name_of(entry: Field[Any]) -> str:
    """What a setting is called on a command line, without the dashes."""
    return info_of(entry).flag or entry.name.replace("_", "-")


def add_flags(parser: argparse.ArgumentParser, entries: Iterable[Field[Any]]) -> None:
    """In groups, as they are shown elsewhere. A flag that is not given leaves None."""
    groups: dict[str, Any] = {}
    for entry in entries:
        shown = info_of(entry)
        if shown.group not in groups:
            groups[shown.group] = parser.add_argument_group(shown.group.lower())
        group, flag, about = groups[shown.group], "--" + name_of(entry), shown.tooltip
        told: dict[str, Any] = {"dest": entry.name, "default": None}
        if shown.kind == "choice":
            group.add_argument(flag, choices=shown.choices, help=f"{about} (default: {entry.default})", **told)
        elif shown.kind == "switch":
            usual = "on" if entry.default else "off"
            group.add_argument(flag, action=argparse.BooleanOptionalAction, help=f"{about} (default: {usual})", **told)
        elif shown.kind == "text":
            group.add_argument(flag, metavar="TEXT", help=f"{about} (default: none)", **told)
        else:
            unit = f" {shown.unit}" if shown.unit else ""
            limits = f"{shown.low:g} to {shown.high:g}{unit}, default {entry.default:g}"
            group.add_argument(flag, type=float, metavar="N", help=f"{about} ({limits})", **told)


def given_of(kind: type[Any], options: argparse.Namespace) -> dict[str, Any]:
    """What a command line says of the settings of a kind, by field."""
    said = {entry.name: getattr(options, entry.name, None) for entry in fields(kind)}
    return {name: value for name, value in said.items() if value is not None}
