"""Any model on disk: a folder with a JSON description and ONNX graphs, each checked against its hash there."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

from .errors import ModelError


class Description(Protocol):
    """What a JSON file says of its graphs."""

    @property
    def graphs(self) -> Mapping[str, str]:
        """The SHA-256 of each graph, by its file's name."""


D = TypeVar("D", bound=Description)


def read_folder(
    folder: Path, description: str, graphs: Sequence[str], parse: Callable[[str, Path], D], *, kind: str, remedy: str
) -> tuple[D, dict[str, bytes]]:
    """The parsed `description` and the bytes of `graphs`, or one sentence that says what is wrong and what to do.

    `kind` names what should be there ("encoder"), `remedy` what brings it. `parse` gets the text and where it stood.
    """
    where = folder / description
    try:
        config = parse(where.read_text("utf-8"), where)
        found = {name: (folder / name).read_bytes() for name in graphs}
    except (OSError, UnicodeDecodeError) as err:
        reason = getattr(err, "strerror", None) or err
        raise ModelError(
            f"There is no usable {kind} in {folder} ({reason}); {remedy}, or give a folder with {description}, "
            f"{', '.join(graphs)}."
        ) from err
    for name, data in found.items():
        if hashlib.sha256(data).hexdigest() != config.graphs.get(name):
            raise ModelError(f"{folder / name} is damaged (its hash does not match {description}); {remedy}.")
    return config, found
