"""The size of the network, apart from its code, so that a tiny one can be made for tests."""

from __future__ import annotations

from dataclasses import dataclass

from koemorph.features.listener import FEATURE_RATE
from koemorph.model import ANALYSIS_FPS


@dataclass(frozen=True, kw_only=True)
class NetworkConfig:
    """Defaults are the shipped model's. Frames are of 60 fps, cells of 8 frames, tokens of 0.3 s."""

    network: str = "KoeMorphNet"
    """Which of `network.NETWORKS` it is, so that weights name theirs."""
    width: int = 256
    heads: int = 8
    dilations: tuple[int, ...] = (1, 2, 4, 8, 1)
    phone_width: int = 256
    latent_rank: int = 2
    decoder_width: int = 128
    past_cells: int = 32
    ahead_cells: int = 31
    emotion_reach: int = 14

    @property
    def receptive_frames(self) -> int:
        """Three taps in each block, seven features in the phone head, one between clocks; the detail adds a frame."""
        features = sum(self.dilations) + 3 + 1
        return -(-features * ANALYSIS_FPS // FEATURE_RATE) + 1


LIGHT = NetworkConfig(width=80, heads=4, dilations=(1, 2, 4), phone_width=96, decoder_width=64)
"""Beside two of the listener's layers instead of four."""
TINY = NetworkConfig(width=16, heads=2, dilations=(1,), phone_width=8, decoder_width=8)
"""For tests: the same graph, a few thousand parameters."""
CONFIGS = {"koemorph": NetworkConfig(), "light": LIGHT, "tiny": TINY}
