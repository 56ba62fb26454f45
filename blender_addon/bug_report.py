# SPDX-License-Identifier: GPL-3.0-or-later
"""What happened while the extension was enabled, for a bug report: names of files, but no sound and no curves."""

from __future__ import annotations

import bpy

from koemorph.log import RecentLog, stop_log


class BugReport:
    """Kept in memory, the latest lines of it, until somebody copies them."""

    def __init__(self) -> None:
        self._log: RecentLog | None = None

    def begin(self) -> None:
        self._log = self._log or RecentLog.keep()

    @property
    def text(self) -> str:
        told = self._log.text if self._log else "The extension is not enabled; nothing was kept."
        return f"Blender {bpy.app.version_string}\n{told}"

    def end(self) -> None:
        if self._log is not None:
            stop_log(self._log)
            self._log = None


bug_report = BugReport()
