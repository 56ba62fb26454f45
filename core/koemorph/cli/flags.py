"""Flags that several commands share; those of the settings are made from `Settings` itself."""

from __future__ import annotations

import argparse
from dataclasses import fields
from pathlib import Path
from typing import Final

from ..engine import Engine
from ..errors import SettingsError
from ..knob_flags import add_flags, given_of
from ..model import load_model
from ..presets import find_preset
from ..settings import Settings, info_of
from ..speech.script import ENGLISH
from ..timing import FrameRate

MODEL_HELP: Final = "another model: 'light', which came along too, smaller and faster, or a folder"


def add_settings(parser: argparse.ArgumentParser, *, network: bool = True) -> None:
    """`network` is false for commands that work on finished takes, where no network runs."""
    parser.add_argument(
        "--preset", metavar="NAME|FILE", help="settings from a preset (see koemorph presets); flags override it"
    )
    parser.add_argument(
        "--smoothing", type=float, metavar="S", help="one smoothing time in seconds for the whole face; 0 is raw"
    )
    add_flags(parser, (entry for entry in fields(Settings) if network or not info_of(entry).network))


def settings_from(options: argparse.Namespace, base: Settings | None = None) -> Settings:
    """The base (by default the defaults), then the preset, then --smoothing, then single flags."""
    settings = base or Settings()
    if options.preset:
        settings = find_preset(options.preset).over(settings)
    if options.smoothing is not None:
        settings = settings.with_values(lower_face_smoothing=options.smoothing, upper_face_smoothing=options.smoothing)
    return settings.with_values(**given_of(Settings, options))


def add_script(parser: argparse.ArgumentParser) -> None:
    """Of what is said. A text beside a recording is its script by itself."""
    parser.add_argument("--language", default=ENGLISH, metavar="CODE", help="the script's language (default: en)")
    parser.add_argument("--no-script", action="store_true", help="leave a line.txt beside line.wav")


def add_engine(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", type=Path, metavar="FOLDER", help=MODEL_HELP)
    parser.add_argument("--threads", type=int, metavar="N", help="processor threads for the network (default: 2)")
    parser.add_argument(
        "--provider", metavar="NAME", default="CPUExecutionProvider", help="ONNX Runtime provider (default: CPU)"
    )


def engine_from(options: argparse.Namespace) -> Engine:
    if options.threads is not None and options.threads < 1:
        raise SettingsError("--threads must be at least 1.")
    return Engine(load_model(options.model), threads=options.threads, providers=(options.provider,))


def add_rate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--fps",
        default="60",
        metavar="RATE",
        help="frame rate of the result: 24, 25, 29.97, 30, 60, 30000/1001 ... (default: 60)",
    )


def rate_from(options: argparse.Namespace) -> FrameRate:
    return FrameRate.parse(options.fps)
