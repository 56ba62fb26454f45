"""A model on disk: three ONNX graphs and the JSON beside them that says what they expect.

model.json      this file's `ModelConfig`
listener.onnx   mel windows -> what is heard, in features of 50 Hz
analyse.onnx    features and emotion tokens -> latents and phones, once per clip
render.onnx     latents and a temperature -> the 52 curves
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, fields, replace
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from . import arkit
from .errors import ModelError
from .model_folder import MODEL, REINSTALL, read_folder
from .speech.symbols import classes
from .trust import limits, shown
from .trust.doors import reason_of

CONFIG_NAME: Final = "model.json"
LISTENER_NAME: Final = "listener.onnx"
LISTENER_NOTICE: Final = "LISTENER_LICENSE"
"""Beside it: whose it is and on what terms."""
ANALYSE_NAME: Final = "analyse.onnx"
RENDER_NAME: Final = "render.onnx"
GRAPHS: Final = (LISTENER_NAME, ANALYSE_NAME, RENDER_NAME)
EAR_NAME: Final = "ear.npz"
"""Tells moods, where a model's listener has other tones than the usual one."""
MOUTH_NAME: Final = "mouth.npz"
"""Tells how narrow a mouth is, where a model has learned that from a film."""
FORMAT: Final = 2
LIGHT: Final = "light"
"""The name, and the folder beside the usual model, of the one that is small and fast."""
FEATURES: Final = "whisper-base-mel80+egemaps88x3/3"
"""Names the features a model was trained on; it changes whenever a number in them would."""

ANALYSIS_FPS: Final = 60
CELL_FRAMES: Final = 8
"""The long context is remembered in cells of eight frames."""
TOKEN_FRAMES: Final = 18
"""An emotion token every 0.3 s."""
GRID_FRAMES: Final = 72
"""Blocks begin and end where both a cell and a token do."""


@dataclass(frozen=True, kw_only=True)
class ModelConfig:
    """What an engine must know of a model. Times in frames of 60 fps unless named otherwise."""

    name: str
    trained: bool
    licence: str
    shapes: tuple[str, ...]
    latent_rank: int
    phones: tuple[str, ...]
    """The classes of the phone posterior, in its order."""
    listener: str
    """What listens, by whom, and its licence."""
    receptive_frames: int
    """The speech stream hears this far to either side of a frame, beside what the listener hears."""
    past_frames: int
    ahead_frames: int
    """The attention's context reaches this far back and this far ahead (the look-ahead)."""
    emotion_tokens: int
    """The emotion attention reaches this many tokens to either side."""
    smoothing_seconds: dict[str, float]
    """What training learned to be the best smoothing, per half of the face."""
    opset: int
    parameters: int
    sha256: dict[str, str]
    features: str = FEATURES
    format: int = FORMAT
    version: str = "0"

    @property
    def halo_frames(self) -> int:
        """How much a block must see on either side for its own frames to be exact; a multiple of the grid."""
        reach = max(self.past_frames, self.ahead_frames) + self.receptive_frames + 2 * CELL_FRAMES
        reach = max(reach, (self.emotion_tokens + 1) * TOKEN_FRAMES)
        return -(-reach // GRID_FRAMES) * GRID_FRAMES

    @property
    def edge_frames(self) -> int:
        """How much silence to lay before the first and after the last frame of a clip."""
        return -(-(self.receptive_frames + CELL_FRAMES) // GRID_FRAMES) * GRID_FRAMES

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str, where: str) -> ModelConfig:
        try:
            data: dict[str, Any] = MODEL.json(text, f"{where}/{CONFIG_NAME}")
            if data["format"] != FORMAT or data["features"] != FEATURES:
                raise ModelError(
                    f"The model in {where} was made for another version of KoeMorph "
                    f"(it expects {shown(str(data['features']), 60)}, this is {FEATURES}); "
                    "install the model that belongs to this one."
                )
            known = {f.name for f in fields(cls)}
            config = cls(**{key: value for key, value in data.items() if key in known})
            config = cls(**{**config.__dict__, "shapes": tuple(config.shapes), "phones": tuple(config.phones)})
            for entry in fields(cls):
                _check_kind(entry.name, getattr(config, entry.name), _KINDS[str(entry.type)])
        except (ValueError, KeyError, TypeError, RecursionError) as err:
            raise ModelError(f"{where}/{CONFIG_NAME} is not a KoeMorph model description ({reason_of(err)}).") from err
        if config.shapes != arkit.SHAPES:
            raise ModelError(f"The model in {where} does not speak of the 52 ARKit shapes in Apple's order.")
        if config.phones != classes():
            raise ModelError(
                f"The model in {where} hears other phones than this KoeMorph; install the one that belongs to it."
            )
        return config


_MOST: Final = {
    **dict.fromkeys(("receptive_frames", "past_frames", "ahead_frames", "emotion_tokens"), limits.REACH),
    "latent_rank": limits.RANK,
}
_LONGEST_SMOOTHING: Final = 10.0
"""Seconds."""
_KINDS: Final = {
    "str": str,
    "bool": bool,
    "int": int,
    "tuple[str, ...]": tuple,
    "dict[str, str]": dict,
    "dict[str, float]": dict,
}


def _check_kind(name: str, value: Any, kind: type[Any]) -> None:
    if type(value) is not kind or (isinstance(value, int) and value < 0):
        raise TypeError(f"{name} cannot be {str(value)[:40]!r}")
    if (most := _MOST.get(name)) is not None and value > most.most:
        raise TypeError(f"{name} is more than {most}, and {most.reason}")
    if kind is dict and not all(
        isinstance(entry, str) or 0.0 <= entry <= _LONGEST_SMOOTHING for entry in value.values()
    ):
        raise TypeError(f"{name} holds what is no time")


@dataclass(frozen=True, kw_only=True)
class ModelFiles:
    """A model found, read and verified; the graphs as bytes, ready for a session."""

    config: ModelConfig
    listener: bytes
    analyse: bytes
    render: bytes
    folder: Path
    ear: bytes | None = None
    mouth: bytes | None = None

    @property
    def sha256(self) -> str:
        """One hash for the whole model, as it goes into provenance."""
        every = sorted(self.config.sha256.values())
        return hashlib.sha256("".join(every).encode()).hexdigest()

    def without_graphs(self) -> ModelFiles:
        """What is still asked of it when its graphs are open, twenty megabytes lighter."""
        return replace(self, listener=b"", analyse=b"", render=b"", ear=None, mouth=None)


def shipped_model() -> Path:
    """The folder of the model that comes with KoeMorph: package data, or `models/weights` in a checkout."""
    packaged = Path(str(files("koemorph"))) / "weights"
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "models" / "weights"


def model_folder(named: Path | None = None) -> Path:
    """The folder that a user names: a path, or `light`, the smaller model that comes along; none is the usual one."""
    if named is None or (str(named) == LIGHT and not named.is_dir()):
        return shipped_model() / str(named or "")
    return named


def load_model(folder: Path | None = None) -> ModelFiles:
    """Read a model folder (see `model_folder`) and check every file against its hash."""
    named, folder = folder, model_folder(folder)
    if str(named) == LIGHT and not folder.is_dir() and folder.parent.is_dir():
        raise ModelError("The light model does not come with this package; name the folder of a model, or none.")
    besides = [name for name in (EAR_NAME, MOUTH_NAME) if (folder / name).is_file()]
    config, graphs = read_folder(
        folder,
        CONFIG_NAME,
        (*GRAPHS, *besides),
        lambda text, where: ModelConfig.from_json(text, str(where.parent)),
        lambda config: config.sha256,
        kind="model",
        remedy=REINSTALL,
    )
    if lost := config.sha256.keys() - graphs.keys():
        raise ModelError(
            f"No usable model in {folder} (there is no {min(lost)}); reinstall KoeMorph or give one with it."
        )
    listener, analyse, render = (graphs[name] for name in GRAPHS)
    return ModelFiles(
        config=config,
        listener=listener,
        analyse=analyse,
        render=render,
        folder=folder,
        ear=graphs.get(EAR_NAME),
        mouth=graphs.get(MOUTH_NAME),
    )
