"""What the face shows beyond speech: eyes, head, moods, its two sides."""

from __future__ import annotations

from dataclasses import dataclass

from ..directions import parse_directions
from ..knobs import choice, number, switch, text
from ..moods import NEUTRAL, moods, parse_mood_keys
from ..places import parse_places


@dataclass(frozen=True, kw_only=True)
class Expression:
    """Eyes, head, expression and sides."""

    blink_rate: float = number(
        20.0,
        within=(0.0, 60.0),
        step=1.0,
        label="Blink rate",
        group="Eyes",
        unit="a minute",
        off=0.0,
        tooltip="How often the eyes blink, more often where a phrase ends. People talking blink about 20 times.",
    )
    blink_strength: float = number(
        1.0,
        within=(0.0, 2.0),
        step=0.05,
        label="Blink strength",
        group="Eyes",
        tooltip="How far the lids close in a blink.",
    )
    eyelid_open_offset: float = number(
        0.0,
        within=(-1.0, 1.0),
        step=0.01,
        label="Eyelid open offset",
        group="Eyes",
        off=0.0,
        tooltip="Opens the eyes wider at all times, or lowers the lids where it is negative.",
    )
    gaze_strength: float = number(
        1.0,
        within=(0.0, 2.0),
        step=0.05,
        label="Gaze strength",
        group="Eyes",
        off=0.0,
        tooltip="How far the eyes wander: away as a phrase begins, back at its end, and the tiny jumps of living eyes.",
    )

    look_at: str = text(
        parse_places,
        label="Look at",
        group="Eyes",
        off="",
        tooltip="Where the eyes rest, in metres from between them to the character's left, up and ahead: 0.4 0.1 1.5, "
        "or over time: 0:00 0 0 1; 0:02.5 -0.6 0 1.2.",
    )

    head_strength: float = number(
        0.5,
        within=(0.0, 2.0),
        step=0.05,
        label="Head strength",
        group="Head",
        off=0.0,
        tooltip="How far the head moves with the voice: nods on stresses, tilts at questions, a pose for each phrase. "
        "0 keeps it still.",
    )

    brow_emphasis: float = number(
        0.25,
        within=(0.0, 1.0),
        step=0.05,
        label="Brow emphasis",
        group="Expression",
        off=0.0,
        tooltip="Raises the brows a little where the voice stresses a word.",
    )
    mood_from_voice: str = choice(
        "on",
        ("on", "off"),
        label="Mood from the voice",
        group="Expression",
        off="off",
        network=True,
        tooltip="Shows the mood that is heard in the voice, unless one is chosen below; an unsure one is left out.",
    )
    mood_strength: float = number(
        1.0,
        within=(0.0, 2.0),
        step=0.05,
        label="Mood strength",
        group="Expression",
        tooltip="How strongly moods show, heard ones and chosen ones. Lips that close stay closed.",
    )
    mood: str = choice(
        NEUTRAL,
        tuple(moods()),
        label="Mood",
        group="Expression",
        off=NEUTRAL,
        tooltip="A mood for the whole line instead of what is heard. It takes away what contradicts it; speech stays.",
    )
    mood_intensity: float = number(
        0.5,
        within=(0.0, 1.0),
        step=0.05,
        label="Mood intensity",
        group="Expression",
        tooltip="How strong the mood is.",
    )
    mood_keys: str = text(
        parse_mood_keys,
        label="Mood keys",
        group="Expression",
        off="",
        tooltip="Moods over time, instead of the one above: 0:00 joy 0.5; 0:04.2 anger 0.8; 0:06 neutral.",
    )
    mood_ease: float = number(
        0.5,
        within=(0.0, 3.0),
        step=0.05,
        label="Mood ease",
        group="Expression",
        unit="s",
        tooltip="How fast moods come and go: at 0.5 as people do, each in its own time; 0 changes at once.",
    )

    directions: str = text(
        parse_directions,
        label="Directions",
        group="Expression",
        tooltip="Settings over time: 0:01 jaw_strength 1; 0:02 jaw_strength 1.5 goes from one to the other; "
        "0:03-0:04.5 seed 7, mood anger makes that part anew and blends it in.",
    )

    asymmetry: float = number(
        0.25,
        within=(0.0, 1.0),
        step=0.05,
        label="Asymmetry",
        group="Sides",
        off=0.0,
        tooltip="Lets left and right differ, as faces do. The same seed leans the same way in every line.",
    )
    mirror: bool = switch(
        False,
        label="Mirror",
        group="Sides",
        off=False,
        tooltip="Swaps left and right.",
    )
