"""Any model on disk: a folder with a JSON description and ONNX graphs, each checked against its hash there."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, TypeVar

from .errors import ModelError
from .trust import Door, limits

MODEL: Final = Door(what="file of a model", error=ModelError, size=limits.MODEL_FILE)
REINSTALL: Final = "reinstall KoeMorph"
"""The remedy for what came along with it."""
C = TypeVar("C")


def read_folder(
    folder: Path,
    description: str,
    graphs: Sequence[str],
    parse: Callable[[str, Path], C],
    hashes: Callable[[C], Mapping[str, str]],
    *,
    kind: str,
    remedy: str,
) -> tuple[C, dict[str, bytes]]:
    """The parsed `description` and the bytes of `graphs`, or one sentence on what is wrong and what to do.

    `parse` gets the description's text and where it stood, `hashes` gives the SHA-256 of each graph by its name; `kind`
    is what should be there ("encoder"), `remedy` what brings it.
    """
    names = (description, *graphs)
    if missing := [name for name in names if not (folder / name).is_file()]:
        wanted = ", ".join(names)
        raise ModelError(
            f"No usable {kind} in {folder} (there is no {missing[0]}); {remedy} or give one with {wanted}."
        )
    config = parse(MODEL.text(folder / description), folder / description)
    found = {name: MODEL.read(folder / name) for name in graphs}
    for name, data in found.items():
        if hashlib.sha256(data).hexdigest() != hashes(config).get(name):
            raise ModelError(f"{folder / name} is damaged (its hash does not match {description}); {remedy}.")
    return config, found
