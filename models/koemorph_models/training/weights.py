"""Weights: the average of a training's, and the files that keep them with the size of their network."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch
from torch import Tensor, nn

from ..errors import DataError
from ..network import KoeMorphNet, NetworkConfig


class Average:
    """A slow average of a module's weights and statistics: better than any single step's."""

    def __init__(self, module: nn.Module, decay: float = 0.999) -> None:
        self.decay = decay
        self.state = {name: value.detach().clone() for name, value in module.state_dict().items()}

    @torch.no_grad()
    def follow(self, module: nn.Module, step: int) -> None:
        decay = min(self.decay, (step + 1) / (step + 10))
        for name, value in module.state_dict().items():
            if value.is_floating_point():
                self.state[name].lerp_(value, 1 - decay)
            else:
                self.state[name].copy_(value)


def save_weights(path: Path, config: NetworkConfig, state: Mapping[str, Tensor], **facts: Any) -> None:
    """Weights with the size of their network, to export, to measure and to fine-tune from."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".part")
    torch.save({"config": vars(config), "weights": dict(state), **facts}, partial)
    partial.replace(path)


def load_net(path: Path) -> KoeMorphNet:
    """What `save_weights` wrote."""
    try:
        stored = torch.load(path, map_location="cpu", weights_only=True)
        net = KoeMorphNet(NetworkConfig(**stored["config"]))
        net.load_state_dict(stored["weights"])
    except (UnpicklingError, RuntimeError, ValueError, EOFError, KeyError, TypeError) as err:
        reason = " ".join(str(err).split())[:200]
        raise DataError(
            f"{path} holds no weights that this KoeMorph can use ({reason}); give a run's weights.pt."
        ) from err
    return net.eval()
