"""The encoder on disk: encoder.onnx, (n, 1, 80, 16) mel windows -> (n, 512) features, and encoder.json about it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Final

import numpy as np

from ..errors import ModelError
from ..features.ave import BANK, FEATURE_SIZE, WINDOW, Array
from ..model import shipped_model
from ..sessions import open_session

GRAPH_NAME: Final = "encoder.onnx"
CONFIG_NAME: Final = "encoder.json"
INPUT: Final = "mel"
OUTPUT: Final = "features"
FORMAT: Final = 1
BATCH: Final = 64
"""Windows at once; more are no faster on a processor."""


@dataclass(frozen=True)
class EncoderConfig:
    """What is known of an encoder. `sha256` is that of the graph."""

    name: str
    version: str
    licence: str
    parameters: int
    sha256: str
    about: str = ""
    format: int = FORMAT

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str, where: Path) -> EncoderConfig:
        try:
            data: dict[str, Any] = json.loads(text)
            config = cls(**{known.name: data[known.name] for known in fields(cls) if known.name in data})
            if config.format != FORMAT or not isinstance(config.sha256, str):
                raise ValueError(f"format {config.format} instead of {FORMAT}")
        except (ValueError, TypeError, RecursionError) as err:
            raise ModelError(f"{where} does not describe an encoder of this KoeMorph ({err}).") from err
        return config


@dataclass(frozen=True, eq=False)
class Encoder:
    """Mel windows to features; one session, any number of calls."""

    config: EncoderConfig
    _session: Any = field(repr=False)

    def __call__(self, windows: Array) -> Array:
        """(n, 80, 16) -> (n, 512), in batches."""
        parts = [
            np.asarray(self._session.run([OUTPUT], {INPUT: windows[first : first + BATCH, None]})[0], np.float32)
            for first in range(0, len(windows), BATCH)
        ]
        return np.concatenate(parts) if parts else np.empty((0, FEATURE_SIZE), np.float32)


def shipped_encoder() -> Path:
    """The folder of the encoder that comes along."""
    return shipped_model() / "ave"


def load_encoder(
    folder: Path | None = None, threads: int | None = None, providers: Sequence[str] = ("CPUExecutionProvider",)
) -> Encoder:
    """Open an encoder folder (the shipped one by default), its graph checked against its hash."""
    folder = folder or shipped_encoder()
    try:
        config = EncoderConfig.from_json((folder / CONFIG_NAME).read_text("utf-8"), folder / CONFIG_NAME)
        graph = (folder / GRAPH_NAME).read_bytes()
    except (OSError, UnicodeDecodeError) as err:
        raise ModelError(
            f"No usable encoder in {folder} ({getattr(err, 'strerror', None) or err}); give a folder with {GRAPH_NAME} "
            f"and {CONFIG_NAME}, as 'koemorph-models export-ave' writes it, or install KoeMorph with pip."
        ) from err
    if hashlib.sha256(graph).hexdigest() != config.sha256:
        raise ModelError(f"{folder / GRAPH_NAME} is damaged (its hash does not match {CONFIG_NAME}); export it again.")
    session = open_session(graph, threads, providers)
    _check(session, folder / GRAPH_NAME)
    return Encoder(config, session)


def _check(session: Any, where: Path) -> None:
    inputs = {entry.name: entry.shape for entry in session.get_inputs()}
    outputs = {entry.name: entry.shape for entry in session.get_outputs()}
    heard, given = inputs.get(INPUT, []), outputs.get(OUTPUT, [])
    if len(inputs) != 1 or heard[1:] != [1, BANK.bands, WINDOW] or given[1:] != [FEATURE_SIZE]:
        raise ModelError(f"{where} is not an encoder: it takes {inputs} and gives {outputs}.")
