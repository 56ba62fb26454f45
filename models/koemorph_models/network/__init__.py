"""The network of KoeMorph in torch: made here, trained by `koemorph_models.training`, exported to ONNX.

A variant is a module with a subclass of `KoeMorphNet`, its place in `NETWORKS`, and a size in `CONFIGS` that names it.
"""

from typing import Final

from .config import CONFIGS, TINY, NetworkConfig
from .net import KoeMorphNet

__all__ = ["CONFIGS", "NETWORKS", "TINY", "KoeMorphNet", "NetworkConfig", "build"]

NETWORKS: Final[dict[str, type[KoeMorphNet]]] = {net.__name__: net for net in (KoeMorphNet,)}


def build(config: NetworkConfig) -> KoeMorphNet:
    """With drawn weights."""
    return NETWORKS[config.network](config)
