"""How a command tells what it is doing: a bar on a terminal, JSON lines for programs, or nothing."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..errors import Cancelled, KoeMorphError
from ..log import logger
from ..trust.words import unescaped as _one_line

_LOG = logger(__name__)
_BAR_WIDTH = 24
_SECONDS_BETWEEN = 0.1


def add_progress(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--progress",
        choices=("auto", "bar", "json", "none"),
        default="auto",
        help="a bar; or, for programs, one JSON object a line on standard output, errors included "
        "(default: a bar on a terminal)",
    )
    parser.add_argument("-q", "--quiet", action="store_true", help="say nothing but errors")
    parser.add_argument("--log", type=Path, metavar="FILE", help="add what happened to this file, for a bug report")


class Report:
    """Progress, results, notes and errors of one command."""

    def __init__(self, style: str, *, quiet: bool = False) -> None:
        if style == "auto":
            style = "bar" if sys.stderr.isatty() and not quiet else "none"
        self.json = style == "json"
        self._bar = style == "bar"
        self._quiet = quiet
        self._last = 0.0
        self._stage: tuple[Path, str] | None = None
        self._shown = False

    def progress(self, source: Path, stage: str, fraction: float) -> None:
        now = time.monotonic()
        if now - self._last < _SECONDS_BETWEEN and fraction < 1.0 and self._stage == (source, stage):
            return
        if self._stage != (source, stage):
            _LOG.debug("%s: %s", source, stage)
        self._last, self._stage = now, (source, stage)
        if self.json:
            self._line(event="progress", source=str(source), stage=stage, fraction=round(fraction, 4))
        elif self._bar:
            done = round(fraction * _BAR_WIDTH)
            bar = "#" * done + "." * (_BAR_WIDTH - done)
            sys.stderr.write(f"\r{_one_line(source.name)[:40]:<40} {stage:<10} [{bar}] {fraction:4.0%} ")
            sys.stderr.flush()
            self._shown = True

    def result(self, sentence: str, *, below: Sequence[str] = (), **facts: Any) -> None:
        """What was done, in one line; `below` are more of them, for people only."""
        self._clear()
        _LOG.info("%s", sentence)
        if self.json:
            self._line(event="result", **facts)
        elif not self._quiet:
            print(*map(_one_line, (sentence, *below)), sep="\n")

    def note(self, source: Path, sentence: str) -> None:
        self._clear()
        _LOG.warning("%s: %s", source, sentence)
        if self.json:
            self._line(event="note", source=str(source), message=sentence)
        elif not self._quiet:
            print(_one_line(f"{source.name}: {sentence}"), file=sys.stderr)

    def error(self, source: Path | None, err: KoeMorphError) -> int:
        """What went wrong with one recording, or with all of the command if `source` is None; its exit code."""
        self._clear()
        _LOG.error("%s%s: %s", f"{source}: " if source else "", type(err).__name__, err, exc_info=err)
        if self.json:
            kind, name = type(err).__name__, None if source is None else str(source)
            self._line(event="error", source=name, kind=kind, message=str(err), exit_code=err.exit_code)
        elif isinstance(err, Cancelled):
            print(err, file=sys.stderr)
        else:
            print(_one_line(f"koemorph: {err}"), file=sys.stderr)
        return err.exit_code

    def _clear(self) -> None:
        if self._shown:
            sys.stderr.write("\r" + " " * (40 + 1 + 10 + 2 + _BAR_WIDTH + 8) + "\r")
            sys.stderr.flush()
            self._shown = False

    @staticmethod
    def _line(**facts: Any) -> None:
        print(json.dumps(facts, ensure_ascii=False), flush=True)
