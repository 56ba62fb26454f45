"""The making of the audio encoder of `koemorph ave`: its network, users' own checkpoints, training, export."""

from .network import AudioEncoder

__all__ = ["AudioEncoder"]
