"""What is broken: the things people do that write files, each as a function of the folder that it works in."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from unittest import mock

import numpy as np
import soundfile

from koemorph import arkit, formats
from koemorph.cli import main, watch
from koemorph.errors import KoeMorphError
from koemorph.model import load_model
from koemorph.runtime import Runtime
from koemorph.shots import make_scene, read_shots
from koemorph.shots.batch import attempt
from koemorph.shots.make_line import BatchOptions, Workplace
from koemorph.shots.records import Records
from koemorph.shots.report import write_report
from koemorph.take import Take
from koemorph.timing import FrameRate

from .inside import InsideSession, inside_host

MODEL = Path(__file__).parents[1] / "data" / "tiny_model"
RUNTIME = Runtime(model=MODEL, threads=1)


def prepare(folder: Path) -> None:
    """Two recordings, lists of them, a scene that was keyed by somebody else, and a take."""
    time = np.arange(2_400) / 16_000
    for number, name in enumerate(("one", "two"), 1):
        sound = 0.2 * np.sin(2 * np.pi * 150 * number * time) * np.sin(2 * np.pi * 3 * time) ** 2
        (folder / name).mkdir(exist_ok=True)
        soundfile.write(folder / name / f"{name}.wav", sound, 16_000, subtype="PCM_16")
    values = np.random.default_rng(0).random((90, 52), dtype=np.float32)
    formats.write_take(Take(arkit.SHAPES, values, FrameRate.parse(60)), folder / "made.take")
    (folder / "list.csv").write_text("audio,target\none/one.wav,a/one.take | one.csv\ntwo/two.wav,two.jsonl\n")
    (folder / "scene.ma").write_text("a scene")
    (folder / "out").mkdir()
    (folder / "out" / "scene.ma").write_text("by somebody else")
    (folder / "scenes.csv").write_text("audio,scene,object\none/one.wav,scene.ma,Face\n", encoding="utf-8")


def animate(folder: Path) -> int:
    words = [str(folder / "one" / "one.wav"), "-o", str(folder / "new" / "one.take"), "--model", str(MODEL), "-q"]
    return main(["animate", *words])


def convert(folder: Path) -> int:
    return main(["convert", str(folder / "made.take"), str(folder / "converted.csv"), "-q"])


def preset(folder: Path) -> int:
    return main(["presets", "-o", str(folder / "mine.json"), "--seed", "7", "--about", "mine"])


def batch(folder: Path) -> int:
    """As one process of a batch does it, and its report."""
    return _batch(folder, "list.csv")


def scene(folder: Path) -> int:
    """A line keyed into a copy of a scene, where another scene stands."""
    with mock.patch.object(make_scene, "baking", inside_host), mock.patch.dict("os.environ", KOEMORPH_MAYAPY="/bin/sh"):
        return _batch(folder, "scenes.csv")


def watched(folder: Path) -> int:
    """A folder that is looked at until nothing new is in it; what fails is tried again at once."""
    words = [str(folder / "two"), "-o", str(folder / "out"), "--model", str(MODEL), "-q"]
    with (
        mock.patch.object(watch, "Session", lambda runtime: _session()),
        mock.patch.object(watch, "AGAIN_SECONDS", 0.0),
    ):
        return main(["watch", *words, "--every", "0.002", "--until-idle", "0.05"])


def _batch(folder: Path, name: str) -> int:
    out = folder / "out"
    try:
        shots, records = read_shots(folder / name, output=out), Records(out)
        records.prepare()
        options = BatchOptions(output=out, runtime=RUNTIME)
        at = Workplace(options, records, load_model(MODEL).sha256, _session(), lambda stage, done: True)
        outcomes = [outcome for unit in shots.units() for outcome in attempt(unit, at)]
        write_report(shots, out)
    except KoeMorphError as err:
        return err.exit_code
    return max(outcome.record.exit_code for outcome in outcomes)


@cache
def _session() -> InsideSession:
    return InsideSession(MODEL)


WORKS: dict[str, Callable[[Path], int]] = {
    work.__name__: work for work in (animate, convert, preset, batch, scene, watched)
}


def visible(folder: Path) -> dict[str, bytes]:
    """All files under names of their own; what is hidden is nobody's result. Records and reports tell times.

    A scene that was written but not noted yet is kept beside the next one: a copy too many is no loss.
    """
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {
        name: path.read_bytes()
        for name, path in found.items()
        if not any(part.startswith(".koemorph") for part in Path(name).parts)
        and "shots-report" not in name
        and ".backup2" not in name
    }
