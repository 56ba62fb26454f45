"""A head of our own that makes all 52 shapes: what previews, demos, tests and exports show a take on.

`making` builds it from nothing but numbers; the result is kept as `face.npz`, so that showing it costs no building.
"""

from .face import COLOURS, Face, load_face

__all__ = ["COLOURS", "Face", "load_face"]
