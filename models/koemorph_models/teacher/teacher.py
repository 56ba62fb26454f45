"""Phones and prosody to the 52 ARKit curves: what the network is taught.

The lower face speaks (`gestures`), the voice's mood colours it (`expression`), the style makes it a person's.
Blinks and gaze are left at 0: the performance layer makes them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import NDArray

from koemorph.arkit import INDEX, SHAPES
from koemorph.speech.articulation import table, unknown_symbols
from koemorph.take import Take, resample
from koemorph.timing import FrameRate
from koemorph_models.speech.utterance import Phone

from .expression import MOODS, moods, normalise, smooth
from .gestures import GRID, Gestures, gestures, parts_of
from .prosody import RATE, Prosody, Reference, reference
from .style import Style

Curve = NDArray[np.float64]

VERSION: Final = 1
_JAW: Final = 0.31  # jawOpen of an open, stressed, loud vowel
_WIDEST_JAW: Final = 0.42
_OPEN_VOWEL: Final = 0.095  # jawOpen under which no vowel goes
_STRONGEST_MOOD: Final = 0.80
_FADE: Final = 0.08  # s over which what belongs to speech fades into a pause

REST: Final = {
    "browDown": 0.04,
    "browInnerUp": 0.03,
    "browOuterUp": 0.02,
    "eyeSquint": 0.05,
    "cheekSquint": 0.03,
    "noseSneer": 0.03,
    "mouthRollLower": 0.02,
    "mouthShrugLower": 0.02,
    "mouthFrown": 0.015,
    "mouthDimple": 0.01,
    "mouthPress": 0.01,
    "mouthSmile": 0.01,
}
"""Where shapes lie when nobody speaks, before a style scales each by 0.5 to 1.5."""


def teach(
    phones: Sequence[Phone],
    prosody: Prosody,
    duration: float,
    rate: FrameRate,
    style: Style | None = None,
    usual: Reference | None = None,
) -> Take:
    """The curves of `duration` seconds. `usual` is the speaker's normal voice; without it, the recording's own."""
    style = style or Style()
    voice = normalise(prosody, usual or reference([prosody]))
    points = max(2, round(duration * GRID) + 2)
    parts = parts_of(phones, max(duration, 0.05))
    loudness = _on_grid(smooth(voice.loudness, 0.035), points)
    moved = gestures(parts, points, loudness, style.anticipation)
    curves = _lower_face(moved, loudness, style)
    vowels = np.array([part.start for part in parts if part.shape.vowel])
    _add_moods(curves, {name: _on_grid(c, points) for name, c in moods(voice, vowels).items()}, moved, style)
    _add_rest(curves, moved, style)
    _add_sides(curves, style)
    values = np.zeros((points, len(SHAPES)), dtype=np.float32)
    for name, curve in curves.items():
        values[:, INDEX[name]] = np.clip(curve, 0.0, 1.0)
    count = rate.frame_count(Fraction(duration))
    return Take(
        names=SHAPES,
        values=resample(values, FrameRate(Fraction(GRID)), rate, count),
        rate=rate,
        provenance={
            "teacher": VERSION,
            "style": asdict(style),
            "unknown_phones": unknown_symbols(phone.symbol for phone in phones),
        },
    )


def _on_grid(curve: Curve, points: int) -> Curve:
    return np.interp(np.arange(points) * (RATE / GRID), np.arange(len(curve)), curve)


def _lower_face(moved: Gestures, loudness: Curve, style: Style) -> dict[str, Curve]:
    """Articulators to shapes. At a full closure all that parts the lips is 0 and mouthClose undoes the jaw exactly."""
    soft = dict(zip(table().articulators, moved.soft.T, strict=True))
    close, near, bite = moved.close, moved.near, moved.bite
    part, softly = 1.0 - close, 1.0 - near
    jaw = _JAW * style.jaw * style.amplitude * soft["jaw"] * (0.50 + 0.62 * loudness)
    jaw = np.maximum(_limited(jaw, _WIDEST_JAW), _OPEN_VOWEL * moved.vowel)
    lips = style.amplitude * style.lips * (0.72 + 0.34 * loudness)
    pucker = style.rounding * soft["pucker"]
    funnel = style.rounding * soft["funnel"] * softly
    spread = style.spreading * soft["spread"]
    following = np.clip(style.following * (1.3 - 0.6 * moved.vowel), 0.0, 0.6)
    return {
        "jawOpen": jaw,
        "jawForward": 0.20 * soft["forward"] + 0.03 * pucker,
        "mouthClose": jaw * (following + (1 - following) * close),
        "mouthFunnel": _limited(0.62 * funnel, 0.60),
        "mouthPucker": _limited(0.34 * pucker, 0.50),
        "mouthSmile": 0.28 * spread,
        "mouthStretch": 0.20 * spread,
        "mouthDimple": 0.12 * spread,
        "mouthLowerDown": 0.80 * lips * soft["lower"] * softly * (1 - 0.9 * bite),
        "mouthUpperUp": (0.66 * lips * soft["upper"] + 0.06 * bite) * softly,
        "mouthRollLower": 0.30 * bite * part + 0.12 * near,
        "mouthRollUpper": 0.03 * near,
        "mouthPress": 0.06 * near,
        "mouthShrugLower": 0.26 * soft["shrug"] + 0.20 * near + 0.14 * bite + 0.08 * pucker,
        "mouthShrugUpper": 0.14 * soft["shrug"] + 0.14 * near + 0.08 * pucker,
        "cheekPuff": 0.03 * moved.puff * close,
        "tongueOut": 0.01 * soft["tongue"],
    }


def _limited(curve: Curve, most: float) -> Curve:
    """Bends softly towards `most`: nothing changes under half of it."""
    half = most / 2
    return np.where(curve > half, half + half * np.tanh((curve - half) / half), curve)


def _add_moods(curves: dict[str, Curve], found: dict[str, Curve], moved: Gestures, style: Style) -> None:
    """Moods of the mouth fade in pauses, and rounded lips do not smile."""
    speaking = smooth(moved.speech, _FADE, GRID)
    speaking = speaking * (1 - 0.6 * np.clip(moved.soft[:, table().articulators.index("pucker")], 0, 1))
    for mood, course in found.items():
        for name, amount in MOODS[mood].items():
            part = style.expression * amount * course
            if name.startswith("mouth"):
                part = part * speaking
            curves[name] = curves.get(name, np.zeros_like(part)) + part
    for name in curves.keys() & {name for mood in MOODS.values() for name in mood}:
        curves[name] = _limited(curves[name], _STRONGEST_MOOD)
    curves["mouthSmile"] = curves["mouthSmile"] + style.smile * speaking


def _add_rest(curves: dict[str, Curve], moved: Gestures, style: Style) -> None:
    """Resting values under the movement, and in pauses a breath: the jaw sinks a little behind closed lips."""
    random = np.random.default_rng([style.seed, 2])
    for name, amount in REST.items():
        rest = amount * style.rest * random.uniform(0.5, 1.5)
        curves[name] = rest + (1 - rest) * curves.get(name, np.zeros(len(moved.close)))
    time = np.arange(len(moved.close)) / GRID
    phase = random.uniform(0.0, 1.0) + time / random.uniform(3.2, 4.4)
    breath = style.breathing * (0.5 - 0.5 * np.cos(2 * np.pi * phase)) * (1 - moved.speech)
    for name, amount in {"jawOpen": 0.014, "mouthClose": 0.014, "noseSneer": 0.012, "mouthShrugLower": 0.008}.items():
        curves[name] = curves[name] + amount * breath


def _add_sides(curves: dict[str, Curve], style: Style) -> None:
    """Left and right of each paired shape: a speaker's own lean and a slow drift between the sides."""
    sides = style.sides()
    random = np.random.default_rng([style.seed, 3])
    time = np.arange(len(curves["jawOpen"])) / GRID
    drift = 0.02 * np.sin(2 * np.pi * (time / random.uniform(4, 7) + random.uniform()))
    for name in list(curves):
        if name not in INDEX:
            curve = curves.pop(name)
            curves[name + "Left"] = curve * (sides[INDEX[name + "Left"]] + drift)
            curves[name + "Right"] = curve * (sides[INDEX[name + "Right"]] - drift)
    lean = float(random.normal(0.0, 0.16))
    side = "jawLeft" if lean > 0 else "jawRight"
    curves[side] = abs(lean) * curves["jawOpen"]
    side = "mouthLeft" if random.uniform() < 0.5 else "mouthRight"
    curves[side] = float(random.uniform(0.0, 0.10)) * (curves["jawOpen"] + curves["mouthFunnel"])
