"""From torch weights to the files an engine loads."""

from .onnx import export_model

__all__ = ["export_model"]
