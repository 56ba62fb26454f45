"""What happens by chance, the same every time: drawn from the line, the seed and the name of the step."""

from __future__ import annotations

import hashlib

import numpy as np


def chance(step: str, seed: int, key: str = "") -> np.random.Generator:
    """A source of random numbers for one step; another seed, line or step gives others."""
    digest = hashlib.sha256(f"{step}/{seed}/{key}".encode()).digest()
    return np.random.default_rng(np.frombuffer(digest, dtype="<u4"))
