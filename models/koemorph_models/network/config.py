"""The size of the network, apart from its code, so that a tiny one can be made for tests."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class NetworkConfig:
    """Defaults are the shipped model's. Frames are of 60 fps, cells of 8 frames, tokens of 0.3 s."""

    width: int = 256
    heads: int = 8
    dilations: tuple[int, ...] = (1, 2, 4, 8, 1, 2, 1)
    latent_rank: int = 2
    decoder_width: int = 128
    past_cells: int = 32
    ahead_cells: int = 31
    emotion_reach: int = 14

    @property
    def receptive_frames(self) -> int:
        """Each block's kernel has three taps; the detail attention adds one frame."""
        return sum(self.dilations) + 1


TINY = NetworkConfig(width=16, heads=2, dilations=(1,), decoder_width=8)
"""For tests: the same graph, a few thousand parameters."""
