"""What must be known of a program that keys scenes without a window."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..errors import MissingPieceError


@dataclass(frozen=True, kw_only=True)
class HostSpec:
    """A host. Another one is a package of its own with an entry point of the group `koemorph.hosts`.

    Its command opens a scene, calls `hosts.bake.serve`, and ends with what that returns.
    """

    name: str
    label: str
    """As people call it."""
    suffixes: tuple[str, ...]
    """Of its scenes, in small letters; what is made of a scene ends as the scene does."""
    flag: str
    """The flag of the command line that names its program, without dashes; also the program's usual name."""
    about: str
    """What to name there."""
    command: Callable[[str, Sequence[str]], list[str]]
    """From the program and what it is told (a scene, -o, a scene, --link, an address) to all that is to be started."""
    places: Callable[[], Sequence[str]] = tuple
    """Folders in which the program is looked for where it is not on the path."""

    @property
    def variable(self) -> str:
        """Of the environment, to name the program."""
        return f"KOEMORPH_{self.flag.upper().replace('-', '_')}"

    def program(self, named: str = "") -> str:
        """The one that was named, or the variable's, or the one that is found."""
        wanted = named or os.environ.get(self.variable, "")
        found = shutil.which(wanted or self.flag)
        for folder in () if found or wanted else self.places():
            found = found or shutil.which(self.flag, path=folder)
        if found is None:
            what = f"There is no program {wanted}" if wanted else f"{self.flag} is not on the path"
            raise MissingPieceError(
                f"{what}, and {self.label} scenes need it; name it with --{self.flag} or in the variable "
                f"{self.variable}."
            )
        return found
