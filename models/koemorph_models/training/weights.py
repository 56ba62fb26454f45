"""Weights: the files that keep them with the size of their network."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from pickle import UnpicklingError
from typing import Any, TypeVar

import torch
from torch import Tensor, nn

from ..errors import DataError
from ..network import KoeMorphNet, NetworkConfig, build

Net = TypeVar("Net", bound=nn.Module)


def save_weights(path: Path, config: object, state: Mapping[str, Tensor], **facts: Any) -> None:
    """Weights with the size of their network, to export, to measure and to fine-tune from."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".part")
    torch.save({"config": vars(config), "weights": dict(state), **facts}, partial)
    partial.replace(path)


def load_net(path: Path) -> KoeMorphNet:
    """What `save_weights` wrote."""
    return load_weights(path, lambda **config: build(NetworkConfig(**config)))


def load_weights(path: Path, made: Callable[..., Net]) -> Net:
    """A net of any kind, `made` of the config that was saved with its weights."""
    try:
        stored = torch.load(path, map_location="cpu", weights_only=True)
        net = made(**stored["config"])
        net.load_state_dict(stored["weights"])
    except (UnpicklingError, RuntimeError, ValueError, EOFError, KeyError, TypeError) as err:
        reason = " ".join(str(err).split())[:200]
        raise DataError(
            f"{path} holds no weights that this KoeMorph can use ({reason}); give a run's weights.pt."
        ) from err
    return net.eval()
