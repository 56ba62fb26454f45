"""What KoeMorph's commands for MEL and Python have in common. Errors are one sentence."""

from __future__ import annotations

from collections.abc import Iterable

from maya.api import OpenMaya

from koemorph.errors import KoeMorphError

from . import key_line
from .flags import Flags, help_of, syntax_of


class Command(OpenMaya.MPxCommand):
    """Its changes go through Maya's own commands and `koemorphWriteKeys`, which undo themselves."""

    name = ""

    @classmethod
    def syntax(cls) -> OpenMaya.MSyntax:
        return syntax_of(cls.name)

    def isUndoable(self) -> bool:  # noqa: N802
        return False

    def doIt(self, args: OpenMaya.MArgList) -> None:  # noqa: N802
        flags = Flags(OpenMaya.MArgParser(self.syntax(), args), self.name)
        try:
            result = help_of(self.name) if flags.has("-help") else self.work(flags)
        except KoeMorphError as err:
            OpenMaya.MGlobal.displayError(str(err))
            raise RuntimeError(str(err)) from None
        self.setResult(result)

    def work(self, flags: Flags) -> str:
        raise NotImplementedError

    def tell(self, report: key_line.KeyReport) -> str:
        self.warn(report.notes)
        return report.text()

    def warn(self, notes: Iterable[str]) -> None:
        for note in notes:
            OpenMaya.MGlobal.displayWarning(note)
