"""How far, how smoothly and when the face moves."""

from __future__ import annotations

from dataclasses import dataclass

from ..knobs import choice, number


@dataclass(frozen=True, kw_only=True)
class Movement:
    """Performance, strength, lips, smoothing and timing."""

    temperature: float = number(
        0.2,
        within=(0.05, 0.5),
        step=0.01,
        label="Temperature",
        group="Performance",
        network=True,
        tooltip="How much of the face takes part: low keeps it crisp and contained, high lets the whole face go along.",
    )

    face_strength: float = number(
        1.0,
        within=(0.0, 2.0),
        step=0.05,
        label="Whole face",
        group="Strength",
        off=1.0,
        tooltip="How far everything moves. Lips that close stay closed.",
    )
    jaw_strength: float = number(
        1.0,
        within=(0.0, 2.0),
        step=0.05,
        label="Jaw",
        group="Strength",
        off=1.0,
        tooltip="How far the jaw opens and slides. Closed lips stay closed.",
    )
    lip_strength: float = number(
        1.0,
        within=(0.0, 2.0),
        step=0.05,
        label="Lips",
        group="Strength",
        off=1.0,
        tooltip="How strongly the lips round, spread, raise and lower.",
    )
    upper_face_strength: float = number(
        1.0,
        within=(0.0, 2.0),
        step=0.05,
        label="Upper face",
        group="Strength",
        off=1.0,
        tooltip="How strongly brows, lids, cheeks and nose follow the voice. Blinks and gaze have their own.",
    )

    lip_seal: float = number(
        1.0,
        within=(0.0, 1.0),
        step=0.05,
        label="Lip seal",
        group="Lips",
        off=0.0,
        tooltip="Brings back lips that met on m, b and p and were parted by smoothing, strength, mood or frame rate.",
    )
    lip_seal_hold: float = number(
        0.042,
        within=(0.0, 0.12),
        step=0.001,
        label="Lip seal hold",
        group="Lips",
        unit="s",
        tooltip="How long lips that meet stay together at least: 0.042 is one frame at 24 fps.",
    )
    lip_open_offset: float = number(
        0.0,
        within=(-0.2, 0.2),
        step=0.01,
        label="Lip open offset",
        group="Lips",
        off=0.0,
        tooltip="Parts the lips at all times, or brings them closer together where it is negative.",
    )

    lower_face_smoothing: float = number(
        0.012,
        within=(0.0, 0.1),
        step=0.001,
        label="Lower face smoothing",
        group="Smoothing",
        unit="s",
        off=0.0,
        tooltip="Calms jaw, lips and tongue. A time, so it looks the same at every frame rate; 0 is raw.",
    )
    upper_face_smoothing: float = number(
        0.04,
        within=(0.0, 0.1),
        step=0.001,
        label="Upper face smoothing",
        group="Smoothing",
        unit="s",
        off=0.0,
        tooltip="Calms brows, eyes, cheeks and nose.",
    )
    smoothing_method: str = choice(
        "zero-phase",
        ("zero-phase", "causal"),
        label="Smoothing method",
        group="Smoothing",
        tooltip="Zero-phase adds no delay. Causal looks only back, like a live feed, and lags a little.",
    )

    lead: float = number(
        0.0,
        within=(-200.0, 200.0),
        step=5.0,
        label="Lead",
        group="Timing",
        unit="ms",
        off=0.0,
        tooltip="How much earlier than the sound the face moves; one frame at 24 fps is 42.",
    )
    pre_roll: float = number(
        0.0,
        within=(0.0, 10.0),
        step=0.1,
        label="Pre-roll",
        group="Timing",
        unit="s",
        off=0.0,
        tooltip="Frames before the recording begins, holding its first pose.",
    )
    post_roll: float = number(
        0.0,
        within=(0.0, 10.0),
        step=0.1,
        label="Post-roll",
        group="Timing",
        unit="s",
        off=0.0,
        tooltip="Frames after the recording ends, holding its last pose.",
    )
    rest_time: float = number(
        0.35,
        within=(0.0, 2.0),
        step=0.05,
        label="Rest at the ends",
        group="Timing",
        unit="s",
        off=0.0,
        tooltip="How soon after the last sound the face is at rest, and how long before the first it wakes. "
        "A recording that ends with its last sound ends at rest, too; post-roll gives it more time. 0 leaves that out.",
    )
    ease_in: float = number(
        0.0,
        within=(0.0, 5.0),
        step=0.05,
        label="Ease in",
        group="Timing",
        unit="s",
        off=0.0,
        tooltip="How long the face takes from neutral, at the very first frame, to the performance.",
    )
    ease_out: float = number(
        0.0,
        within=(0.0, 5.0),
        step=0.05,
        label="Ease out",
        group="Timing",
        unit="s",
        off=0.0,
        tooltip="How long the face takes from the performance to neutral, at the very last frame.",
    )
