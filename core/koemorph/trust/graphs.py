"""Whether an ONNX graph wants other files, told from its bytes: ONNX Runtime would open them wherever we stand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

_INSIDE: Final = {
    ("model", 7): "graph",
    ("model", 25): "function",
    ("function", 7): "node",
    ("graph", 1): "node",
    ("graph", 5): "tensor",
    ("graph", 15): "sparse",
    ("sparse", 1): "tensor",
    ("sparse", 2): "tensor",
    ("node", 5): "attribute",
    ("attribute", 5): "tensor",
    ("attribute", 6): "graph",
    ("attribute", 10): "tensor",
    ("attribute", 11): "graph",
    ("attribute", 22): "sparse",
    ("attribute", 23): "sparse",
}
"""Where tensors can be, by the numbers of ONNX's fields."""
_EXTERNAL_DATA, _DATA_LOCATION = 13, 14
_KEY: Final = b"location"
"""Under which a tensor names its file."""
_DEEPEST: Final = 64


def names_files(graph: bytes) -> bool:
    """Whether any tensor of it lies in a file of its own. What is no ONNX at all is for ONNX Runtime to refuse."""
    if _KEY not in graph:  # most are told by this
        return False
    try:
        return _names_files(memoryview(graph), "model", 0)
    except (IndexError, ValueError):
        return False


def _names_files(message: memoryview, kind: str, depth: int) -> bool:
    if depth > _DEEPEST:
        raise ValueError("deeper than any graph")
    for number, value in _fields(message):
        if kind == "tensor":
            if number == _EXTERNAL_DATA or (number == _DATA_LOCATION and value == 1):
                return True
        else:
            inside = _INSIDE.get((kind, number), "")
            if inside and isinstance(value, memoryview) and _names_files(value, inside, depth + 1):
                return True
    return False


def _fields(message: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """Number and value of every field of a protobuf message; values of fixed size are passed over."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        wire = tag & 7
        if wire == 0:
            value, at = _varint(message, at)
            yield tag >> 3, value
        elif wire == 2:
            size, at = _varint(message, at)
            yield tag >> 3, message[at : at + size]
            at += size
        elif wire in (1, 5):
            at += 8 if wire == 1 else 4
        else:
            raise ValueError("no protobuf")


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        value, at, shift = value | (byte & 0x7F) << shift, at + 1, shift + 7
        if byte < 0x80:
            return value, at
        if shift > 63:
            raise ValueError("no number")
