"""Maya's own progress window."""

from __future__ import annotations

from maya import cmds


class ProgressWindow:
    """Maya's own progress window, where there are windows; Esc cancels."""

    def __enter__(self) -> ProgressWindow:
        self._shown = not cmds.about(batch=True)
        if self._shown:
            cmds.progressWindow(title="KoeMorph", progress=0, maxValue=100, status="starting", isInterruptable=True)
        return self

    def __exit__(self, *details: object) -> None:
        if self._shown:
            cmds.progressWindow(endProgress=True)

    def show(self, stage: str, fraction: float) -> bool:
        if not self._shown:
            return True
        if cmds.progressWindow(query=True, isCancelled=True):
            return False
        cmds.progressWindow(edit=True, progress=round(100 * fraction), status=stage)
        return True
