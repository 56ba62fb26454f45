"""Phones and prosody to the 52 ARKit curves: what the network is taught.

The lower face speaks (`gestures`), accents and effort of the voice move the upper face (`expression`), the style makes
it a person's. Moods are no part of it: a table applies them at run time. Blinks and gaze are left at 0 as well.
Everything is computed at the two ends of participation, contained and whole; what lies between is their mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import NDArray

from koemorph.arkit import INDEX, SHAPES
from koemorph.speech.articulation import table, unknown_symbols
from koemorph.take import Take, resample
from koemorph.timing import FrameRate
from koemorph_models.speech.utterance import Phone

from .expression import UPPER_FACE, normalise, smooth, upper_face
from .following import follow
from .gestures import GRID, Gestures, gestures, parts_of
from .heard import MouthCourse
from .prosody import RATE, Prosody, Reference, reference
from .style import CONTAINED, WHOLE, Manner, Style

Curve = NDArray[np.float64]

VERSION: Final = 2
_JAW: Final = 0.40  # jawOpen of an open, stressed vowel of plain speech
_WIDEST_JAW: Final = 0.70
_OPEN_VOWEL: Final = 0.095  # jawOpen under which no vowel goes
_SHOUT: Final = 0.6  # a shout opens the jaw by so much more, a whisper by half of it less
_STRONGEST: Final = 0.8  # no brow is raised further

REST: Final = {
    "browDown": 0.015,
    "browInnerUp": 0.015,
    "browOuterUp": 0.01,
    "eyeSquint": 0.025,
    "cheekSquint": 0.015,
    "noseSneer": 0.01,
    "mouthRollLower": 0.015,
    "mouthShrugLower": 0.015,
    "mouthFrown": 0.01,
    "mouthDimple": 0.01,
    "mouthPress": 0.01,
    "mouthSmile": 0.01,
}
"""Where shapes lie when nobody speaks, before a style scales each by 0.5 to 1.5."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Ends:
    """The same line by a contained face and by one that takes part as a whole."""

    contained: Take
    whole: Take

    def at(self, participation: float) -> Take:
        """The face between them."""
        values = self.contained.values + np.float32(participation) * (self.whole.values - self.contained.values)
        return replace(self.contained, values=values)


def teach(
    phones: Sequence[Phone],
    prosody: Prosody,
    duration: float,
    rate: FrameRate,
    style: Style | None = None,
    usual: Reference | None = None,
    heard: MouthCourse | None = None,
) -> Take:
    """The curves of `duration` seconds. `usual` is the speaker's normal voice; without it, the recording's own.

    `heard` is how a real mouth would go, as a reader hears it: it moves what the phones leave open.
    """
    style = style or Style()
    return teach_ends(phones, prosody, duration, rate, style, usual, heard).at(style.participation)


def teach_ends(
    phones: Sequence[Phone],
    prosody: Prosody,
    duration: float,
    rate: FrameRate,
    style: Style | None = None,
    usual: Reference | None = None,
    heard: MouthCourse | None = None,
) -> Ends:
    """`teach` at participation 0 and 1; costs little more than one of them."""
    style = style or Style()
    voice = normalise(prosody, usual or reference([prosody]))
    points = max(2, round(duration * GRID) + 2)
    parts = parts_of(phones, max(duration, 0.05))
    loudness, effort = _on_grid(smooth(voice.loudness, 0.035), points), _on_grid(voice.effort, points)
    moved = gestures(parts, points, loudness, style.anticipation)
    courses = {name: _on_grid(course, points) for name, course in upper_face(voice).items()}
    course = None if heard is None else heard.at(np.arange(points) / GRID)
    count = rate.frame_count(Fraction(duration))
    provenance = {
        "teacher": VERSION,
        "style": asdict(style),
        "unknown_phones": unknown_symbols(phone.symbol for phone in phones),
    }

    def end(manner: Manner) -> Take:
        curves = _lower_face(moved, loudness, effort, course, style, manner)
        _add_upper_face(curves, courses, style, manner)
        _add_rest(curves, moved, style)
        _add_sides(curves, style)
        values = np.zeros((points, len(SHAPES)), dtype=np.float32)
        for name, curve in curves.items():
            values[:, INDEX[name]] = np.clip(curve, 0.0, 1.0)
        return Take(
            names=SHAPES,
            values=resample(values, FrameRate(Fraction(GRID)), rate, count),
            rate=rate,
            provenance=provenance,
        )

    return Ends(contained=end(CONTAINED), whole=end(WHOLE))


def _on_grid(curve: Curve, points: int) -> Curve:
    return np.interp(np.arange(points) * (RATE / GRID), np.arange(len(curve)), curve)


def _lower_face(
    moved: Gestures, loudness: Curve, effort: Curve, heard: MouthCourse | None, style: Style, manner: Manner
) -> dict[str, Curve]:
    """Articulators to shapes. At a full closure all that parts the lips is 0 and mouthClose undoes the jaw exactly."""
    soft = dict(zip(table().articulators, moved.soft.T, strict=True))
    close, near, bite = moved.close, moved.near, moved.bite
    part, softly = 1.0 - close, 1.0 - near
    strong = 1.0 + _SHOUT * np.where(effort > 0, effort, 0.5 * effort)
    opening = manner.jaw * style.jaw * style.amplitude * strong
    lips = manner.lips * style.amplitude * style.lips * (0.72 + 0.34 * loudness) * (0.6 + 0.4 * strong)
    spread = manner.spreading * style.spreading * soft["spread"]
    following = np.clip(style.following * (1.3 - 0.6 * moved.vowel), 0.0, 0.6)
    free = {
        "jawOpen": _JAW * opening * soft["jaw"] * (0.50 + 0.62 * loudness),
        "mouthFunnel": 0.62 * style.rounding * soft["funnel"],
        "mouthPucker": 0.34 * style.rounding * soft["pucker"],
        "mouthSmile": 0.12 * spread,
        "mouthStretch": 0.23 * spread,
        "mouthDimple": 0.10 * spread,
        "mouthLowerDown": 0.80 * lips * soft["lower"],
        "mouthUpperUp": 0.66 * lips * soft["upper"],
    }
    if heard is not None:
        following = follow(free, moved, heard, opening, following)
    jaw = np.maximum(_limited(free["jawOpen"], _WIDEST_JAW), _OPEN_VOWEL * moved.vowel)
    upper, pucker = free["mouthUpperUp"], free["mouthPucker"]
    return free | {
        "jawOpen": jaw,
        "jawForward": 0.20 * soft["forward"] + 0.09 * pucker,
        "mouthClose": jaw * (following + (1 - following) * close),
        "mouthFunnel": _limited(free["mouthFunnel"] * softly, 0.60),
        "mouthPucker": _limited(pucker, 0.50),
        "mouthLowerDown": _limited(free["mouthLowerDown"], 0.9) * softly * (1 - 0.9 * bite),
        "mouthUpperUp": (_limited(upper, 0.7) + 0.06 * bite) * softly,
        "mouthRollLower": 0.30 * bite * part + 0.12 * near,
        "mouthRollUpper": 0.03 * near,
        "mouthPress": 0.06 * near,
        "mouthShrugLower": 0.26 * soft["shrug"] + 0.20 * near + 0.14 * bite + 0.24 * pucker,
        "mouthShrugUpper": 0.14 * soft["shrug"] + 0.14 * near + 0.24 * pucker,
        "cheekPuff": 0.03 * moved.puff * close,
        "cheekSquint": manner.cheeks * (0.22 * spread + 0.5 * upper),
        "noseSneer": manner.cheeks * 0.5 * upper,
        "tongueOut": 0.01 * soft["tongue"],
    }


def _limited(curve: Curve, most: float) -> Curve:
    """Bends softly towards `most`: nothing changes under half of it."""
    half = most / 2
    return np.where(curve > half, half + half * np.tanh((curve - half) / half), curve)


def _add_upper_face(curves: dict[str, Curve], courses: dict[str, Curve], style: Style, manner: Manner) -> None:
    for cause, course in courses.items():
        for name, amount in UPPER_FACE[cause].items():
            part = manner.upper_face * style.expression * amount * course
            curves[name] = curves.get(name, 0.0) + _limited(part, _STRONGEST)


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
    lean = float(random.normal(0.0, 0.05))
    side = "jawLeft" if lean > 0 else "jawRight"
    curves[side] = abs(lean) * curves["jawOpen"]
    side = "mouthLeft" if random.uniform() < 0.5 else "mouthRight"
    curves[side] = float(random.uniform(0.0, 0.03)) * (curves["jawOpen"] + curves["mouthFunnel"])
