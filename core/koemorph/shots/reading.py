"""A whole shot list, read and checked before anything is made: every problem of every line at once."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path
from typing import Final

from ..settings import Settings
from ..speech.script import ENGLISH
from ..timing import FrameRate
from ..trust import limits, shown
from ..trust.looks import is_file
from .columns import Columns, leaves
from .rows import rows_of
from .shot import Problem, Shot, ShotList

RECORDS_FOLDER: Final = ".koemorph"
"""Below the folder of the results: what is known of each line, and the lock."""
REPORT: Final = "shots-report"
"""The name of the report's files, in the folder of the results."""


def read_shots(
    path: Path,
    *,
    output: Path | None = None,
    rate: FrameRate | None = None,
    settings: Settings | None = None,
    formats: tuple[str, ...] = (),
    allow_outside: bool = False,
    language: str = ENGLISH,
    beside: bool = True,
) -> ShotList:
    """`rate`, `settings`, `formats` and `language` are for lines that name none.

    With `output`, its links are looked through; without `beside`, texts that lie beside recordings are left.
    """
    rows = rows_of(path, rate)
    columns = Columns(path if path.is_dir() else path.parent, rate, settings, formats, language, beside)
    shots: list[Shot] = []
    problems: list[Problem] = []
    names: dict[str, str] = {}
    files: dict[str, tuple[str, str]] = {}
    sources: set[str] = set()
    for row in rows:
        if len(problems) > limits.PROBLEMS.most:
            problems.append(Problem(row.where, f"From here on nothing was read: there are over {limits.PROBLEMS}."))
            break
        shot, wrong = columns.shot(row)
        problems += wrong
        if shot is None:
            continue
        wrong = [*_twice(shot, names, files), *_astray(shot, output, allow_outside)]
        problems += wrong
        if not wrong:
            shots.append(shot)
            sources.update(
                os.path.realpath(path) for path in (shot.recording.path, shot.scene, shot.script_file) if path
            )
    if output is not None:
        replacing = [
            Problem(
                shot.where,
                f"target: {target.path} would replace what lines of the list are made from; choose another name.",
            )
            for shot in shots
            for target in shot.targets
            if os.path.realpath(output / target.path) in sources
        ]
        problems += replacing
        spoilt = {problem.where for problem in replacing}
        shots = [shot for shot in shots if shot.where not in spoilt]
    return ShotList(path, tuple(shots), tuple(problems))


def missing_recordings(shots: ShotList) -> tuple[Problem, ...]:
    """Recordings, and the scenes that they are keyed into."""
    return tuple(
        Problem(shot.where, f"{column}: {path} does not exist; check the path.")
        for shot in shots
        for column, path in (("audio", shot.recording.path), ("scene", shot.scene))
        if path is not None and not is_file(path)
    )


def _same(text: str) -> str:
    """What file systems that know no capitals, or compose accents, take for the same."""
    return unicodedata.normalize("NFC", text).casefold()


def _twice(shot: Shot, names: dict[str, str], files: dict[str, tuple[str, str]]) -> list[Problem]:
    """Names and files are each line's own, but for a keyed scene, which all lines of one scene share."""
    problems = []
    before = names.setdefault(_same(shot.name), shot.where)
    if before != shot.where:
        problems.append(
            Problem(shot.where, f"shot: {shown(shot.name)} is the name of {before} already; name it differently.")
        )
    for target in shot.targets:
        origin = os.path.realpath(shot.scene) if target.is_scene and shot.scene else ""
        before, made_from = files.setdefault(_same(os.path.normpath(target.path)), (shot.where, origin))
        if before != shot.where and not problems and not (origin and origin == made_from):
            problems.append(Problem(shot.where, f"target: {target.path} is written by {before} already; rename it."))
    return problems


def _astray(shot: Shot, output: Path | None, allowed: bool) -> list[Problem]:
    problems = []
    for target in shot.targets:
        first = os.path.normpath(target.path).replace("\\", "/").split("/")[0].casefold()
        if first == RECORDS_FOLDER or first.startswith(REPORT + "."):
            problems.append(
                Problem(shot.where, f"target: {first} is kept for what KoeMorph notes; choose another name.")
            )
        elif not allowed and leaves(target.path):
            problems.append(
                Problem(
                    shot.where, f"target: {target.path} leads out of the output folder; allow it or write it inside."
                )
            )
        elif not allowed and output is not None and not lies_inside(output / target.path, output):
            problems.append(
                Problem(
                    shot.where, f"target: {target.path} goes through a link out of the output folder; remove the link."
                )
            )
    return problems


def lies_inside(path: Path, folder: Path) -> bool:
    """Links included: where the file would really lie."""
    return Path(os.path.realpath(path.parent)).is_relative_to(os.path.realpath(folder))
