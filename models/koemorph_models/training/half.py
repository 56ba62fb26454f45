"""Half precision where a machine is quick at it; a processor without instructions for it is ten times slower."""

from __future__ import annotations

from functools import cache

import torch


def half(device: str, *, wanted: bool) -> torch.autocast:
    """What runs inside of it takes bfloat16, if that is wanted here and pays."""
    return torch.autocast(device, torch.bfloat16, enabled=wanted and (device != "cpu" or _processor_has_it()))


@cache
def _processor_has_it() -> bool:
    known: dict[str, object] = getattr(torch.cpu, "get_capabilities", dict)()  # since torch 2.10
    return bool(known.get("avx512_bf16") or known.get("amx_bf16") or known.get("bf16"))
