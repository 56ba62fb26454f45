"""The pretrained listener: its encoder in torch, its export, and the features that everything on top learns from."""

from .encoder import Listener, load_listener
from .hearing import Heard, hear, open_listener

__all__ = ["Heard", "Listener", "hear", "load_listener", "open_listener"]
