# /// script
# dependencies = ["nox>=2025.5", "uv"]
# ///
"""`nox` runs everything: lint, types, tests, the oldest libraries, three Blenders. `nox -s tests` runs one of them."""

import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import nox
from nox.command import CommandFailed

nox.options.default_venv_backend = "uv|venv"  # installs in half a minute what takes pip three; pip where it is not
if "PIP_FIND_LINKS" in os.environ:  # where wheels lie on this machine; uv has a name of its own for it
    os.environ.setdefault("UV_FIND_LINKS", os.environ["PIP_FIND_LINKS"])
nox.options.reuse_existing_virtualenvs = True
nox.options.error_on_missing_interpreters = False  # they are skipped, and nox says so at the end
nox.options.sessions = ["lint", "tests", "oldest", "blender-4.2", "blender-4.5", "blender-5.2"]

PARALLEL = ("-n", "auto", "--dist", "worksteal")
"""As many tests at a time as there are cores; a file's tests stay together until one process has nothing left."""
ONE_THREAD = {"OMP_NUM_THREADS": "1"}
"""For torch, whose idle threads wait busily and would take the cores from each other."""
EXTRAS: dict[str, list[str]] = nox.project.load_toml("pyproject.toml")["project"]["optional-dependencies"]
LIGHT = [one for one in EXTRAS["test"] if not one.startswith(("librosa", "openjd-cli"))]
"""What `ROOMS` are tested with, without what other implementations bring."""
ROOMS = [f"tests/core/{room}" for room in ("audio", "formats", "keying", "performance", "rig", "runtime", "speech")]
ROOMS += [str(path) for path in sorted(Path("tests/core").glob("test_*.py"))]
ROOMS += ["-m", "not slow"]
"""Where another Python or library would show: what listens, computes, reads and writes, and the worker. The commands,
the panel and batches only call these; `nox -t core` runs them on every Python as well. What takes long for its hour of
sound or its thousand damaged files would say the same on each; `tests` has it."""


@nox.session
def lint(session: nox.Session) -> None:
    session.install(*(one for one in EXTRAS["lint"] if one.startswith("ruff")))
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """By themselves; `tests` looks at them too, so that the large libraries are installed once."""
    session.install(".[train,lint,panel,test]", "./extras")
    session.run("mypy")
    session.run("pytest", "tests/maya_plugin/test_maya_static.py")


@nox.session
def tests(session: nox.Session) -> None:
    """Types and everything else, with every optional piece installed, against the installed package."""
    session.install("pip", "--no-compile", ".[test,test-panel,train,opensmile,formats,panel,lint]", "./extras")
    with _meanwhile(session, "mypy"):
        session.run("pytest", *PARALLEL, *session.posargs, env=ONE_THREAD)


@contextmanager
def _meanwhile(session: nox.Session, program: str) -> Iterator[None]:
    """Runs beside what is done inside; what it found comes after."""
    with tempfile.TemporaryFile("w+") as said:
        running = subprocess.Popen([Path(session.bin) / program], stdout=said, stderr=subprocess.STDOUT)
        try:
            yield
        finally:
            failed = running.wait()
            said.seek(0)
            session.log(f"{program}: {said.read().rstrip()}")
    if failed:
        session.error(f"{program} is not content")


def _python(version: str) -> str:
    """What nox finds by itself or lets uv download; a pyenv keeps its own where neither looks."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    kept = sorted(pyenv.glob(f"versions/{version}.*/bin/python"))
    return str(kept[-1]) if kept else version


@nox.session(python=_python("3.10"), venv_backend="uv")
def oldest(session: nox.Session) -> None:
    """The runtime on the oldest Python and libraries that pyproject.toml admits, as older hosts bring them."""
    libraries = ("numpy==1.26.4", "onnxruntime==1.18.1", "soundfile==0.12.1", "soxr==0.5.0.post1", "pillow==10.3.0")
    session.install(".", *LIGHT, *libraries)
    session.run("pytest", *ROOMS, *PARALLEL, *session.posargs, env=ONE_THREAD)


def _core(version: str) -> None:
    @nox.session(name=f"core-{version}", python=_python(version), tags=["core"])
    def core(session: nox.Session) -> None:
        """The runtime alone on each Python it supports, without torch or openSMILE."""
        session.install("--no-compile", ".[test]")
        session.run("pytest", "tests/core", *PARALLEL, *session.posargs)


for supported in ("3.10", "3.11", "3.12", "3.13"):
    _core(supported)


def _blender(version: str, python: str, *older: str, rooms: Sequence[str] = ()) -> None:
    @nox.session(name=f"blender-{version}", python=_python(python), venv_backend="uv")
    def blender(session: nox.Session) -> None:
        """The extension inside of a real Blender, from its sources and from the zip; and `rooms` on its Python."""
        runtime = ("onnxruntime", "soundfile", "soxr", "pillow", *older)
        try:
            session.install(f"bpy=={version}.*", *runtime, "pip", *LIGHT)
        except CommandFailed:
            session.skip(f"Blender {version} cannot be had as a Python package here: see what uv says above")
        built, scenes = Path(session.create_tmp()), session.cache_dir / "scenes"
        session.run("python", "packaging/build.py", "blender", "--platform", "linux-x64", "--output", str(built))
        archive = next(built.glob("blender/*-linux_x64.zip"))
        session.env.update(
            PYTHONPATH="core", KOEMORPH_BLENDER_ZIP=str(archive.resolve()), KOEMORPH_BLENDER_SCENES=str(scenes)
        )
        beside = "tests/maya_plugin/test_same_as_in_blender.py"
        session.run("python", "-m", "pytest", "tests/blender_addon", beside, *PARALLEL, *session.posargs)
        if rooms:
            session.run("python", "-m", "pytest", *rooms, *PARALLEL, *session.posargs, env=ONE_THREAD)


_blender("4.2", "3.11", "numpy==1.26.*")
_blender("4.5", "3.11")
_blender("5.0", "3.11")
_blender("5.1", "3.13")
_blender("5.2", "3.13", rooms=ROOMS)  # the newest Python that the runtime supports
