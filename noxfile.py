"""`nox` runs everything: lint, types, tests. `nox -s tests` runs one of them."""

from pathlib import Path

import nox

nox.options.default_venv_backend = "venv"
nox.options.reuse_existing_virtualenvs = True
nox.options.sessions = ["lint", "types", "tests"]

EXTRAS: dict[str, list[str]] = nox.project.load_toml("pyproject.toml")["project"]["optional-dependencies"]


@nox.session
def lint(session: nox.Session) -> None:
    session.install(*EXTRAS["lint"])
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    session.install(".[train,lint,panel]")
    session.run("mypy")


@nox.session
def tests(session: nox.Session) -> None:
    """Everything, with every optional piece installed, against the installed package."""
    session.install(".[test,test-panel,train,opensmile,formats,panel]")
    session.run("pytest", *session.posargs)


@nox.session(python=["3.10", "3.11", "3.12", "3.13"])
def core(session: nox.Session) -> None:
    """The runtime alone on each Python it supports, without torch or openSMILE."""
    session.install(".[test]")
    session.run("pytest", "tests/core", *session.posargs)


@nox.session
def oldest(session: nox.Session) -> None:
    """The runtime with the oldest libraries that pyproject.toml admits, as older hosts bring them."""
    session.install(".[test]", "numpy==1.26.4", "onnxruntime==1.18.1", "soundfile==0.12.1", "soxr==0.5.0.post1")
    session.run("pytest", "tests/core", *session.posargs)


def _blender(version: str, python: str, *older: str) -> None:
    @nox.session(name=f"blender-{version}", python=python)
    def blender(session: nox.Session) -> None:
        """The extension inside of a real Blender, from its sources and from the zip that is handed out."""
        runtime = ("onnxruntime", "soundfile", "soxr", "pillow")
        session.install(f"bpy=={version}.*", *older, *runtime, "pytest>=8,<10", "pytest-timeout", "hypothesis")
        built = session.create_tmp()
        session.run("python", "packaging/build.py", "blender", "--platform", "linux-x64", "--output", built)
        archive = next(Path(built).glob("blender/*-linux_x64.zip"))
        session.env.update(PYTHONPATH="core", KOEMORPH_BLENDER_ZIP=str(archive.resolve()))
        session.run("python", "-m", "pytest", "tests/blender_addon", *session.posargs)


_blender("4.2", "3.11", "numpy==1.26.*")
_blender("4.5", "3.11")
_blender("5.0", "3.11")
_blender("5.1", "3.13")
_blender("5.2", "3.13")
