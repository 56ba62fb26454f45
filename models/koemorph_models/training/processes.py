"""Several processes that train together (`torchrun`), each with its own batches; one alone is the usual case."""

from __future__ import annotations

import os
from collections.abc import Iterable

import torch
from torch import distributed, nn


class Processes:
    """This process, `number` of `count`. Alone, nothing here does anything."""

    def __init__(self, device: str) -> None:
        self.number, self.count = int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1"))
        self._device = device
        if self.count > 1 and not distributed.is_initialized():
            distributed.init_process_group("nccl" if device.startswith("cuda") else "gloo")

    def begin_alike(self, module: nn.Module) -> None:
        """All take the first one's weights and statistics."""
        if self.count > 1:
            for value in module.state_dict().values():
                distributed.broadcast(value, 0)

    def share_gradients(self, parameters: Iterable[nn.Parameter]) -> None:
        """All go on with the mean of what each found."""
        if self.count > 1:
            for parameter in parameters:
                if parameter.grad is not None:
                    distributed.all_reduce(parameter.grad.div_(self.count))

    def any(self, late: bool) -> bool:
        """Whether any is late: all must end after the same step, or the others would wait for it."""
        if self.count == 1:
            return late
        told = torch.tensor(float(late), device=self._device)
        distributed.all_reduce(told, distributed.ReduceOp.MAX)
        return bool(told.item())
