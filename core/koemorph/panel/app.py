"""The panel as a program of its own."""

from __future__ import annotations

import json
import os
import signal
import sys
from importlib.resources import files
from pathlib import Path

from .. import languages
from ..hosts.link import TOKEN_VARIABLE
from ..runtime import Runtime
from . import looks
from .document.memory import Memory
from .host import LinkedHost
from .qt import QtCore, QtWidgets
from .window import Panel

SIZE = (1080, 860)


def application(language: str | None = None) -> QtWidgets.QApplication:
    """Qt's one application, in the user's language."""
    QtCore.QCoreApplication.setApplicationName("KoeMorph")
    running = QtWidgets.QApplication.instance()
    app = running if isinstance(running, QtWidgets.QApplication) else QtWidgets.QApplication(sys.argv[:1])
    translate(app, language)
    return app


class Translator(QtCore.QTranslator):
    """A language from English texts and their translations."""

    def __init__(self, texts: dict[str, str], parent: QtCore.QObject) -> None:
        super().__init__(parent)
        self._texts = texts

    def isEmpty(self) -> bool:  # noqa: N802
        return not self._texts

    def translate(self, context: str, text: str, disambiguation: str | None = None, n: int = -1) -> str:
        return self._texts.get(text, "")


def translate(app: QtCore.QCoreApplication, language: str | None = None) -> bool:
    """Speak `language` (ja, de), by default the system's; returns whether there is a translation."""
    spoken = texts((language or QtCore.QLocale().name())[:2])
    return bool(spoken) and app.installTranslator(Translator(spoken, app))


def texts(language: str) -> dict[str, str]:
    """What the core says in that language, and what the panel adds: JSON files, which anybody can write."""
    path = Path(str(files("koemorph.panel"))) / "translations" / f"{language}.json"
    own: dict[str, str] = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    return {**languages.texts(language), **own}


def run(
    source: Path | None = None, link: str | None = None, language: str | None = None, model: Path | None = None
) -> int:
    """Open the panel and stay until it is closed. `link` is the address of a host that waits for it."""
    app = application(language)
    memory = Memory()
    chosen = memory.get("look")
    looks.dress(app, None if not chosen else chosen == "dark")
    host = LinkedHost(link, os.environ.pop(TOKEN_VARIABLE, "")) if link else None
    panel = Panel(host, memory=memory, runtime=Runtime(model=model or memory.model()), own_look=True)
    panel.bar.dark.setChecked(looks.is_dark(app.palette()))
    panel.resize(*SIZE)
    panel.restoreGeometry(memory.geometry())
    signal.signal(signal.SIGINT, lambda *_: panel.close())
    signal.signal(signal.SIGTERM, lambda *_: panel.close())
    beat = QtCore.QTimer()  # so that Python gets to see a signal
    beat.timeout.connect(lambda: None)
    beat.start(200)
    panel.show()
    if source is not None:
        QtCore.QTimer.singleShot(0, lambda: panel.open(source))
    code = app.exec()
    panel.shut()
    return code
