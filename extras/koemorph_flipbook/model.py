"""A flip-book's net on disk, in a folder of its own.

flipbook.json   this file's `FlipbookConfig`
listen.onnx     (B, 48000) samples at the reference level -> (B, 90, width), what each picture will show
draw.onnx       (N, width) -> (N, 128, 128, 3), sRGB bytes
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from koemorph.errors import ModelError
from koemorph.model_folder import MODEL, read_folder

CONFIG_NAME: Final = "flipbook.json"
LISTEN_NAME: Final = "listen.onnx"
DRAW_NAME: Final = "draw.onnx"
FORMAT: Final = 1


@dataclass(frozen=True, kw_only=True)
class FlipbookConfig:
    """What must be known of a net to use it and to say which it was."""

    name: str
    licence: str
    width: int
    """Numbers that stand for a picture between the two graphs."""
    parameters: int
    opset: int
    sha256: dict[str, str]
    format: int = FORMAT

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str, where: Path) -> FlipbookConfig:
        try:
            data: dict[str, Any] = MODEL.json(text, str(where))
            if data["format"] != FORMAT:
                raise ValueError(f"format {data['format']}, known is {FORMAT}")
            config = cls(**{entry.name: data[entry.name] for entry in fields(cls)})
            if not isinstance(config.width, int) or not isinstance(config.sha256, dict):
                raise TypeError("width or sha256 is of the wrong kind")
        except (ValueError, KeyError, TypeError, RecursionError) as err:
            raise ModelError(f"{where} does not describe a flip-book that this KoeMorph can use ({err}).") from err
        return config


@dataclass(frozen=True, kw_only=True)
class FlipbookFiles:
    """A net found, read and verified; the graphs as bytes, ready for a session."""

    config: FlipbookConfig
    listen: bytes
    draw: bytes


def shipped_flipbook() -> Path:
    """The folder of the net that comes along."""
    return Path(str(files(__package__))) / "weights"


def load_flipbook(folder: Path | None = None) -> FlipbookFiles:
    """Read a folder (the shipped one by default) and check every file against its hash."""
    config, graphs = read_folder(
        folder or shipped_flipbook(),
        CONFIG_NAME,
        (LISTEN_NAME, DRAW_NAME),
        FlipbookConfig.from_json,
        lambda config: config.sha256,
        kind="flip-book",
        remedy="install koemorph-extras again",
    )
    return FlipbookFiles(config=config, listen=graphs[LISTEN_NAME], draw=graphs[DRAW_NAME])
