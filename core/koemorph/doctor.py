"""What is installed, which model is active, and what each missing optional piece would give."""

from __future__ import annotations

import platform
import shutil
import sys
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import Final

from . import __version__
from .errors import KoeMorphError
from .features.backends import NATIVE, OPENSMILE, opensmile_installed
from .model import LISTENER_NOTICE, load_model
from .sessions import import_onnxruntime
from .settings import Settings
from .threads import default_threads


@dataclass(frozen=True)
class Finding:
    """One line of the check-up. `ok` is None for an optional piece that is absent."""

    name: str
    ok: bool | None
    text: str


def examine() -> tuple[Finding, ...]:
    return (
        Finding("KoeMorph", True, f"{__version__} on Python {platform.python_version()}, {platform.platform()}"),
        *(_library(name, module) for name, module in _LIBRARIES.items()),
        _onnxruntime(),
        _model(),
        _listener(),
        _emotion(),
        *_optional(),
    )


_LIBRARIES: Final = {"numpy": "numpy", "soundfile": "soundfile", "soxr": "soxr", "pillow": "PIL"}
"""What must be there, and the module that shows whether it can be loaded."""


def _library(name: str, module: str) -> Finding:
    try:
        import_module(module)
        return Finding(name, True, version(name))
    except (ImportError, OSError) as err:
        if isinstance(err, PackageNotFoundError):
            return Finding(name, True, "there, version unknown")
        return Finding(name, False, f"cannot be loaded ({err}); run 'pip install --force-reinstall {name}'")


def _onnxruntime() -> Finding:
    try:
        runtime, threads = import_onnxruntime(), default_threads()
    except KoeMorphError as err:
        return Finding("onnxruntime", False, str(err))
    providers = ", ".join(runtime.get_available_providers())
    return Finding("onnxruntime", True, f"{runtime.__version__}; providers {providers}; {threads} threads")


def _model() -> Finding:
    try:
        model = load_model()
    except KoeMorphError as err:
        return Finding("model", False, str(err))
    config = model.config
    state = "trained" if config.trained else "UNTRAINED: timing is right, motion means nothing yet"
    facts = f"{config.name} {config.version}, {config.parameters:,} parameters, {state}, {config.licence}"
    return Finding("model", True, f"{facts}, sha256 {model.sha256[:16]}, {model.folder}")


def _listener() -> Finding:
    try:
        return Finding("listener", True, f"{load_model().config.listener}; its notice is {LISTENER_NOTICE}")
    except KoeMorphError as err:
        return Finding("listener", False, str(err))


def _emotion() -> Finding:
    active = Settings().emotion
    other = "openSMILE also installed" if opensmile_installed() else "openSMILE not installed (not needed)"
    return Finding("emotion", True, f"{active} is active ({NATIVE}: our own eGeMAPS; {OPENSMILE}: {other})")


_EXTRAS: Final = (
    ("imageio-ffmpeg", "imageio_ffmpeg", "preview", "writes movies where ffmpeg is not installed"),
    ("PySide6", "PySide6", "panel", "gives the panel window"),
    ("sounddevice", "sounddevice", "panel", "lets the panel play the sound"),
    ("usd-core", "pxr", "formats", "writes USD"),
    ("torch", "torch", "train", "trains and fine-tunes models"),
)
"""Optional libraries: name, module, the extra that brings it, and what it is good for."""


def _optional() -> tuple[Finding, ...]:
    pieces = [
        ("ffmpeg", shutil.which("ffmpeg") is not None, "it would read m4a, mp4, mov and other video, and write movies"),
        *(
            (name, find_spec(module) is not None, f"pip install 'koemorph[{extra}]' {gives}")
            for name, module, extra, gives in _EXTRAS
        ),
    ]
    return tuple(
        Finding(name, True, "there") if there else Finding(name, None, f"not installed; {gives}")
        for name, there, gives in pieces
    )


def healthy(findings: tuple[Finding, ...]) -> bool:
    return all(finding.ok is not False for finding in findings) and sys.version_info >= (3, 10)
