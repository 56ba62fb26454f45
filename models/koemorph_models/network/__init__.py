"""The network of KoeMorph in torch: made here, trained by `koemorph_models.training`, exported to ONNX."""

from .config import CONFIGS, TINY, NetworkConfig
from .net import KoeMorphNet

__all__ = ["CONFIGS", "TINY", "KoeMorphNet", "NetworkConfig"]
