"""What is done about single shapes, about silence and by chance, and what listens to the voice."""

from __future__ import annotations

from dataclasses import dataclass

from ..knobs import choice, number, switch, text, whole
from ..shape_edits import parse_shape_edits


@dataclass(frozen=True, kw_only=True)
class Cleanup:
    """Shapes, silence, chance and analysis."""

    shape_edits: str = text(
        parse_shape_edits,
        label="Shape edits",
        group="Shapes",
        off="",
        tooltip="Single shapes or regions: jawOpen x0.8; mouthSmile x1.2 +0.05; tongueOut mute; lips solo.",
    )
    clamp: bool = switch(
        True,
        label="Clamp",
        group="Shapes",
        tooltip="Keeps every shape between 0 and 1.",
    )

    silence_gate: float = number(
        -48.0,
        within=(-70.0, -25.0),
        step=1.0,
        label="Silence gate",
        group="Silence",
        unit="dB",
        off=-70.0,
        tooltip="Sound weaker than this leaves the mouth at rest. Speech is brought to -23 dB first; -70 turns it off.",
    )
    noise_margin: float = number(
        4.0,
        within=(0.0, 15.0),
        step=0.5,
        label="Above noise",
        group="Silence",
        unit="dB",
        tooltip="Steady noise counts as silence: sound has to be so much stronger to move the mouth. 0 turns it off.",
    )
    silence_hold: float = number(
        0.25,
        within=(0.0, 1.0),
        step=0.01,
        label="Hold",
        group="Silence",
        unit="s",
        tooltip="How long the mouth stays free before and after sound, so that lips may prepare and finish.",
    )
    silence_attack: float = number(
        0.12,
        within=(0.0, 1.0),
        step=0.01,
        label="Attack",
        group="Silence",
        unit="s",
        tooltip="How long the mouth takes to leave its rest before sound.",
    )
    silence_fade: float = number(
        0.12,
        within=(0.0, 1.0),
        step=0.01,
        label="Fade",
        group="Silence",
        unit="s",
        tooltip="How long the mouth takes to come to rest after sound.",
    )

    seed: int = whole(
        0,
        within=(0, 9999),
        label="Seed",
        group="Chance",
        tooltip="Another number gives other blinks, gaze and asymmetry; the same number gives the same ones again.",
    )

    emotion: str = choice(
        "native",
        ("native", "opensmile"),
        label="Emotion analysis",
        group="Analysis",
        analysis=True,
        network=True,
        tooltip="What measures the voice for mood: our own, or openSMILE (research licence, installed separately).",
    )
