"""A scene with a face, for tests inside of a real Blender (the bpy wheel); without one they are skipped."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import soundfile

from koemorph.engine import Engine
from koemorph.settings import Settings
from koemorph.take import Take
from koemorph.timing import FrameRate

try:
    import bpy
except ImportError:
    bpy = None
    collect_ignore_glob = ["test_*.py"]

LINE = Path(__file__).parents[2] / "core" / "koemorph" / "example" / "line.flac"


@pytest.fixture(scope="session")
def addon() -> Iterator[Any]:
    """Registered once: a class that is still registered at the end would keep some Blenders from ending."""
    import blender_addon

    blender_addon.register()
    yield blender_addon
    blender_addon.unregister()


@pytest.fixture
def context(addon: Any) -> Iterator[Any]:
    """An empty scene."""
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    yield bpy.context


@pytest.fixture
def face(context: Any) -> Any:
    bpy.ops.koemorph.add_sample_face()
    return bpy.context.object


@pytest.fixture(scope="session")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A second and a half of speech, with letters in its path that are not English."""
    samples, rate = soundfile.read(LINE, stop=int(1.5 * 16000))
    path = tmp_path_factory.mktemp("音 声") / "däs ist 一行.wav"
    soundfile.write(path, samples, rate)
    return path


@pytest.fixture
def panel(face: Any, recording: Path) -> Any:
    """The panel's state, with the recording chosen."""
    shown = bpy.context.scene.koemorph
    shown.audio = str(recording)
    return shown


@pytest.fixture(scope="session")
def engine() -> Engine:
    return Engine()


@pytest.fixture(scope="session")
def expected(engine: Engine, recording: Path) -> Any:
    """What the core makes of the recording, without any host."""

    def make(fps: str, settings: Settings | None = None) -> Take:
        return engine.animate(recording, settings or Settings(), FrameRate.parse(fps))

    return make


_status = pytest.StashKey[int]()


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    session.config.stash[_status] = int(exitstatus)


def pytest_unconfigure(config: pytest.Config) -> None:
    """As a Python module Blender ends badly: 4.2 frees its panels when Python is gone, 4.5 may wait for ever.

    So the process ends here, with everything told.
    """
    if bpy is not None and _status in config.stash:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(config.stash[_status])
