"""The network of KoeMorph in torch: made here, trained by `koemorph_models.training`, exported to ONNX."""

from .config import TINY, NetworkConfig
from .net import KoeMorphNet

__all__ = ["TINY", "KoeMorphNet", "NetworkConfig"]
