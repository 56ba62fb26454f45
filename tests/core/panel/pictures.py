"""Pictures of the panel, for people to look at: light and dark, at several scales and widths, every tab.

    python -m tests.core.panel.pictures DIR [--scale 2] [--language de] [--source line.wav]

Runs without a screen.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from koemorph.cli.demo import EXAMPLE
from koemorph.panel import looks
from koemorph.panel.app import application
from koemorph.panel.document.memory import Memory
from koemorph.panel.document.sound import Silence
from koemorph.panel.window import Panel


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--scale", default="1")
    parser.add_argument("--language", default="en")
    parser.add_argument("--source", type=Path)
    parser.add_argument("--moment", type=float, default=2.767, help="seconds")
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["QT_SCALE_FACTOR"] = options.scale
    app = application(options.language)
    options.folder.mkdir(parents=True, exist_ok=True)
    mark = f"{options.language}-{options.scale}x"

    def settle(ready: Callable[[], bool] = lambda: True, at_least: float = 0.5) -> None:
        began = time.monotonic()
        while time.monotonic() - began < at_least or not ready():
            app.processEvents()
            time.sleep(0.005)
            if time.monotonic() - began > 120:
                sys.exit("The panel did not come to rest.")

    with tempfile.TemporaryDirectory() as scratch:
        looks.dress(app, False)
        panel = Panel(memory=Memory(Path(scratch)), output=Silence(""), own_look=True)

        def keep(name: str) -> None:
            settle()
            panel.grab().save(str(options.folder / f"{name}-{mark}.png"))

        panel.resize(1080, 820)
        panel.show()
        keep("empty")
        panel.open(options.source or EXAMPLE)
        settle(lambda: panel.state.take is not None and panel.wave.wave is not None)
        panel.notices.clear()
        panel.timeline.move(options.moment)
        work_on_a_list(panel, Path(scratch), settle)
        for dark in (False, True):
            looks.dress(app, dark)
            panel.resize(1080, 820)
            for tab in range(panel.tabs.count()):
                panel.tabs.setCurrentIndex(tab)
                settle(at_least=1.0)
                keep(f"{'dark' if dark else 'light'}-{tab}")
            panel.tabs.setCurrentIndex(0)
            panel.resize(320, 1000)
            keep(f"{'dark' if dark else 'light'}-narrow")
        panel.resize(1080, 820)
        panel.state.keep_as_reference()
        kept = panel.state.take
        panel.state.set_setting("jaw_strength", 1.7)
        settle(lambda: panel.state.take is not kept)
        panel.open(Path("nowhere.wav"))
        keep("compare-and-error")
        panel.close()


def work_on_a_list(panel: Panel, folder: Path, settle: Callable[[Callable[[], bool]], None]) -> None:
    """Three lines, one of them without its recording."""
    rows = [
        f"{name},{audio},24"
        for name, audio in (("ep01_010", EXAMPLE), ("ep01_020", EXAMPLE), ("ep01_030", "missing.wav"))
    ]
    (folder / "ep01.csv").write_text("\n".join(["shot,audio,fps", *rows]), encoding="utf-8")
    batch = panel.batch.batch
    panel.batch.open(folder / "ep01.csv")
    settle(lambda: not batch.busy)
    batch.run()
    settle(lambda: not batch.busy)
    panel.batch.rows.selectRow(2)
    panel.notices.clear()


if __name__ == "__main__":
    main()
