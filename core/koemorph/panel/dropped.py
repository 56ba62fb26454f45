"""The door for what is dropped on the panel: files and folders of this machine; what is in them passes doors later."""

from __future__ import annotations

from pathlib import Path

from ..trust import limits
from ..trust.looks import is_file, is_folder
from .qt import QtCore


def dropped(data: QtCore.QMimeData) -> tuple[Path, ...]:
    """Those that are there; pipes, devices, addresses and names that no disk can hold are left out."""
    paths = (Path(url.toLocalFile()) for url in data.urls()[: limits.DROPPED.most] if url.isLocalFile())
    return tuple(path for path in paths if is_file(path) or is_folder(path))
