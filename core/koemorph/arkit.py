"""The 52 ARKit face shapes: their names, order, regions and mirror pairs stand only here.

The order is Apple's `ARFaceAnchor.BlendShapeLocation` enumeration. Other tools order them otherwise
(Live Link Face swaps left and right, MediaPipe sorts by letter), so shapes travel by name.
"""

from __future__ import annotations

from typing import Final

EYES: Final = (
    "eyeBlinkLeft",
    "eyeLookDownLeft",
    "eyeLookInLeft",
    "eyeLookOutLeft",
    "eyeLookUpLeft",
    "eyeSquintLeft",
    "eyeWideLeft",
    "eyeBlinkRight",
    "eyeLookDownRight",
    "eyeLookInRight",
    "eyeLookOutRight",
    "eyeLookUpRight",
    "eyeSquintRight",
    "eyeWideRight",
)
JAW: Final = ("jawForward", "jawLeft", "jawRight", "jawOpen")
LIPS: Final = (
    "mouthClose",
    "mouthFunnel",
    "mouthPucker",
    "mouthLeft",
    "mouthRight",
    "mouthSmileLeft",
    "mouthSmileRight",
    "mouthFrownLeft",
    "mouthFrownRight",
    "mouthDimpleLeft",
    "mouthDimpleRight",
    "mouthStretchLeft",
    "mouthStretchRight",
    "mouthRollLower",
    "mouthRollUpper",
    "mouthShrugLower",
    "mouthShrugUpper",
    "mouthPressLeft",
    "mouthPressRight",
    "mouthLowerDownLeft",
    "mouthLowerDownRight",
    "mouthUpperUpLeft",
    "mouthUpperUpRight",
)
BROWS: Final = ("browDownLeft", "browDownRight", "browInnerUp", "browOuterUpLeft", "browOuterUpRight")
CHEEKS: Final = ("cheekPuff", "cheekSquintLeft", "cheekSquintRight")
NOSE: Final = ("noseSneerLeft", "noseSneerRight")
TONGUE: Final = ("tongueOut",)

SHAPES: Final[tuple[str, ...]] = (*EYES, *JAW, *LIPS, *BROWS, *CHEEKS, *NOSE, *TONGUE)
"""All 52 names in Apple's order."""

HEAD_TURNS: Final = ("headYaw", "headPitch", "headRoll")
"""Beside the shapes: how the head is turned, in radians; `performance.head` tells about which axes."""

REGIONS: Final[dict[str, tuple[str, ...]]] = {
    "eyes": EYES,
    "jaw": JAW,
    "lips": LIPS,
    "brows": BROWS,
    "cheeks": CHEEKS,
    "nose": NOSE,
    "tongue": TONGUE,
}

LOWER_FACE: Final[tuple[str, ...]] = (*JAW, *LIPS, "cheekPuff", *TONGUE)
"""What the sound moves: these must keep up with speech."""

UPPER_FACE: Final[tuple[str, ...]] = tuple(name for name in SHAPES if name not in LOWER_FACE)

INDEX: Final[dict[str, int]] = {name: i for i, name in enumerate(SHAPES)}


def sides(name: str) -> tuple[str, ...]:
    """The shapes that a name means: itself, or its left and right where it is written without a side."""
    pair = (name + "Left", name + "Right")
    return pair if name not in INDEX and pair[0] in INDEX else (name,)


def mirrored(name: str) -> str:
    """The shape on the other side of the face; shapes in the middle mirror onto themselves."""
    for side, other in (("Left", "Right"), ("Right", "Left")):
        if name.endswith(side):
            return name[: -len(side)] + other
    return name


def indices(names: tuple[str, ...]) -> list[int]:
    """Positions of `names` in `SHAPES`, for indexing columns of our own arrays only."""
    return [INDEX[name] for name in names]
