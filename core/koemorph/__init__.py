"""KoeMorph: recorded dialogue to an editable facial performance of 52 ARKit shapes."""

__version__ = "0.1.0"
