"""The encoder on disk: encoder.onnx, (n, 1, 80, 16) mel windows -> (n, 512) features, and encoder.json about it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import numpy as np

from koemorph.errors import ModelError
from koemorph.model_folder import MODEL, read_folder
from koemorph.sessions import open_session

from .features import BANK, WINDOW, Array
from .modes import FEATURE_SIZE

GRAPH_NAME: Final = "encoder.onnx"
CONFIG_NAME: Final = "encoder.json"
INPUT: Final = "mel"
OUTPUT: Final = "features"
FORMAT: Final = 1
BATCH: Final = 64
"""Windows at once; more are no faster on a processor."""


@dataclass(frozen=True, kw_only=True)
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
            data: dict[str, Any] = MODEL.json(text, str(where))
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
    return Path(str(files(__package__))) / "weights"


def load_encoder(
    folder: Path | None = None, threads: int | None = None, providers: Sequence[str] = ("CPUExecutionProvider",)
) -> Encoder:
    """Open an encoder folder (the shipped one by default), its graph checked against its hash."""
    folder = folder or shipped_encoder()
    config, graphs = read_folder(
        folder,
        CONFIG_NAME,
        (GRAPH_NAME,),
        EncoderConfig.from_json,
        lambda config: {GRAPH_NAME: config.sha256},
        kind="encoder",
        remedy="write it with 'koemorph-models export-ave' or install koemorph-extras again",
    )
    session = open_session(graphs[GRAPH_NAME], threads, providers)
    _check(session, folder / GRAPH_NAME)
    return Encoder(config, session)


def _check(session: Any, where: Path) -> None:
    inputs = {entry.name: entry.shape for entry in session.get_inputs()}
    outputs = {entry.name: entry.shape for entry in session.get_outputs()}
    heard, given = inputs.get(INPUT, []), outputs.get(OUTPUT, [])
    if len(inputs) != 1 or heard[1:] != [1, BANK.bands, WINDOW] or given[1:] != [FEATURE_SIZE]:
        raise ModelError(f"{where} is not an encoder: it takes {inputs} and gives {outputs}.")
