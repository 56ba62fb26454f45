"""Which program makes takes, and with what. Standard library only, for hosts."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ..errors import MissingPieceError
from .process import WorkerProcess

if TYPE_CHECKING:
    from .session import Session

PYTHON_VARIABLE: Final = "KOEMORPH_PYTHON"
"""Names another Python for hosts to make takes with, one that KoeMorph is installed for."""

CPU: Final = "CPUExecutionProvider"
"""The provider that every machine has."""


@dataclass(frozen=True, kw_only=True)
class Runtime:
    """A Python that KoeMorph is installed for, a model, and what they may use of the machine.

    Two that are equal make the same takes in the same way: a host compares them to know whether to start anew.
    """

    python: str = sys.executable
    """The host's own (never Maya itself: mayapy) or any that KoeMorph is installed for."""
    model: Path | None = None
    """A folder; None is the model that came along."""
    threads: int | None = None
    """Processor threads of the network; None is the usual two."""
    provider: str = CPU
    """ONNX Runtime's."""
    pythonpath: tuple[Path, ...] = ()
    """Folders that come before all others in the program's path."""

    def session(self) -> Session:
        """What gives takes. Nothing is started before it is asked for one."""
        from .session import Session

        return Session(self)

    def start_worker(self) -> WorkerProcess:
        words = [f"--model={self.model.absolute() if self.model.is_dir() else self.model}"] if self.model else []
        words += [f"--threads={self.threads}"] if self.threads else []
        words += [f"--provider={self.provider}"]
        return WorkerProcess(self.command("koemorph.runtime.worker", *words), self.environment())

    def start(self, module: str, *words: str, **variables: str) -> subprocess.Popen[bytes]:
        """Another program of ours, which is let alone; what it says goes to our stderr."""
        command = self.command(module, *words)
        try:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                env={**self.environment(), **variables},
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except (OSError, ValueError) as err:
            raise MissingPieceError(
                f"{self.python} does not start ({getattr(err, 'strerror', None) or err}); choose another Python."
            ) from err

    def command(self, module: str, *words: str) -> list[str]:
        return [str(self.python), "-m", module, *words]

    def environment(self, base: Mapping[str, str] = os.environ) -> dict[str, str]:
        """The caller's; and nothing is imported from the folder that it happens to be in."""
        inherited = [base["PYTHONPATH"]] if base.get("PYTHONPATH") else []
        folders: list[Any] = [*self.pythonpath, *inherited]
        path = {"PYTHONPATH": os.pathsep.join(map(str, folders))} if folders else {}
        return {**base, "PYTHONSAFEPATH": "1", **path}
