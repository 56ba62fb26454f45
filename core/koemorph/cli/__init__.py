"""The command line: parses, calls, prints.

A command is a module with `add_arguments(parser)` and `run(options)`; its docstring is its help.
"""

from __future__ import annotations

import argparse
import atexit
import gc
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, Final, NoReturn

from .. import __version__
from ..errors import Cancelled, KoeMorphError, MemoryShortError, MissingPieceError, OutputError
from ..threads import keep_numpy_on_one_thread
from ..trust import fault_of
from ..trust.doors import reason_of
from .report import Report

COMMANDS: Final = {
    "animate": "turn recordings into takes",
    "batch": "work through a shot list, skipping what has not changed",
    "shots": "check, begin or convert a shot list",
    "watch": "animate recordings as they land in a folder",
    "farm": "write a shot list as a job for a render farm",
    "edit": "change a finished take: strength, lips, eyes, mood, timing, rate",
    "phones": "see and edit which phones sound when; exchange them with other tools",
    "panel": "hear and see a line, and change it, in a window",
    "convert": "take curves from one file format to another",
    "preview": "see a take as a contact sheet or a movie",
    "demo": "animate the bundled example line",
    "info": "tell what a recording or a take holds",
    "presets": "list presets and moods, or make a preset",
    "map": "give a take the names of a rig",
    "formats": "list the file formats",
    "doctor": "check the installation",
}
"""Each is a module of this folder, and what help says of it; only the one that is called is loaded."""
ELSEWHERE: Final = "koemorph.commands"
"""The entry points by which another package brings a command: such a module, with a `SUMMARY` as it stands here."""
EXTRAS: Final = ("ave", "flipbook")
"""Commands of the distribution koemorph-extras."""
EXIT_CODES: Final = """exit codes:
  0 done                        5 model missing or damaged
  1 something else went wrong   6 take cannot be read or combined
  2 wrong command line          7 result cannot be written
  3 recording cannot be used    8 an optional piece is not installed
  4 setting or preset wrong     130 stopped (Ctrl-C); nothing half-written is left
"""


class Parser(argparse.ArgumentParser):
    """What it could not read, it tells in one line, with nothing that a terminal would obey."""

    def error(self, message: str) -> NoReturn:
        super().error(str(KoeMorphError(" ".join(message.split()))))


def main(arguments: Sequence[str] | None = None) -> int:
    keep_numpy_on_one_thread()
    atexit.register(gc.freeze)  # else Python looks through all that was loaded before it ends: a tenth of a second
    parser = Parser(
        prog="koemorph",
        description="Turn a recorded line of dialogue into an editable facial performance.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"KoeMorph {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    given = sys.argv[1:] if arguments is None else list(arguments)
    called = next((word for word in given if not word.startswith("-")), "")
    if called in COMMANDS:
        _add(commands.add_parser(called), _loaded(called))
    elif given[:1] != ["--version"]:
        for name, summary in COMMANDS.items():
            commands.add_parser(name, help=summary)
        from importlib.metadata import entry_points  # slow to load, as is looking: only where it is needed

        for entry in entry_points(group=ELSEWHERE):
            try:
                module = entry.load()
                _add(commands.add_parser(entry.name, help=module.SUMMARY), module)
            except (ImportError, AttributeError) as err:  # whatever else can be called goes on
                broken = MissingPieceError(
                    f"'{entry.name}' of {entry.value} is no command that KoeMorph can use ({reason_of(err)}); "
                    "bring the package that it belongs to up to date."
                )
                if called == entry.name:
                    return Report("none").error(None, broken)
        if called in EXTRAS and called not in commands.choices:
            return Report("none").error(
                None, MissingPieceError(f"'{called}' is a command of its own: pip install koemorph-extras.")
            )
    for word in given:
        if fault := fault_of(word):  # no shell gives such a word, but Windows and other programs do
            parser.error(f"{fault}; write it anew.")
    options = parser.parse_args(given)
    _prepare_streams()
    with _polite_kill_is_ctrl_c(), _logged(getattr(options, "log", None), given):
        return _run(options)


def _loaded(name: str) -> Any:
    """The module of a command; nothing is garbage while it loads, and looking for some takes an eighth of the time."""
    searching = gc.isenabled()
    gc.disable()
    try:
        return import_module(f".{name}", __name__)
    finally:
        if searching:
            gc.enable()


def _add(parser: argparse.ArgumentParser, command: Any) -> None:
    parser.description = command.__doc__
    command.add_arguments(parser)
    parser.set_defaults(run=command.run)


@contextmanager
def _logged(path: Path | None, command: Sequence[str]) -> Iterator[None]:
    if path is None:
        yield
        return
    from ..log import stop_log, write_log

    try:
        handler = write_log(path, command)
    except OutputError as err:
        raise SystemExit(Report("none").error(None, err)) from err
    try:
        yield
    finally:
        stop_log(handler)


def _run(options: argparse.Namespace) -> int:
    report = Report(getattr(options, "progress", "none"))
    try:
        try:
            code: int = options.run(options)
            return code
        except KeyboardInterrupt:
            raise Cancelled("Stopped; nothing half-written is left.") from None
    except BrokenPipeError:  # the reader of our output has gone, as `| head` does
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
        return 1
    except KoeMorphError as err:
        return report.error(None, err)
    except OSError as err:
        where = f"{err.filename}: " if err.filename else ""
        return report.error(None, KoeMorphError(f"{where}{err.strerror or err}; check the path."))
    except MemoryError:
        return report.error(None, MemoryShortError())


@contextmanager
def _polite_kill_is_ctrl_c() -> Iterator[None]:
    """While a command runs, so that it removes its temporary files; other threads than the main one get no signals."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL if before is None else before)


def _stop(number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _prepare_streams() -> None:
    """Names of files may hold what a console cannot show; that must never end the work."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
