"""Everything an animator can set, once: names, defaults, ranges, labels and explanations.

The command line's flags, presets, panels of hosts and the docs are generated from the fields of `Settings`;
a new field appears everywhere by itself. Groups and fields stand in the order in which they are shown.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from .directions import parse_directions
from .errors import SettingsError
from .knobs import Info, check_all, choice, info_of, number, switch, text, whole
from .moods import NEUTRAL, moods, parse_mood_keys
from .places import parse_places
from .shape_edits import parse_shape_edits
from .trust import Door, limits
from .trust.doors import reason_of

__all__ = ["Info", "Preset", "Settings", "info_of", "load_preset"]


@dataclass(frozen=True)
class Settings:
    """How a take is made from a clip. Immutable; every value is checked against its range."""

    temperature: float = number(
        *(0.2, 0.05, 0.5, 0.01),
        label="Temperature",
        group="Performance",
        network=True,
        tooltip="How much of the face takes part: low keeps it crisp and contained, high lets the whole face go along.",
    )

    face_strength: float = number(
        *(1.0, 0.0, 2.0, 0.05),
        label="Whole face",
        group="Strength",
        off=1.0,
        tooltip="How far everything moves. Lips that close stay closed.",
    )
    jaw_strength: float = number(
        *(1.0, 0.0, 2.0, 0.05),
        label="Jaw",
        group="Strength",
        off=1.0,
        tooltip="How far the jaw opens and slides. Closed lips stay closed.",
    )
    lip_strength: float = number(
        *(1.0, 0.0, 2.0, 0.05),
        label="Lips",
        group="Strength",
        off=1.0,
        tooltip="How strongly the lips round, spread, raise and lower.",
    )
    upper_face_strength: float = number(
        *(1.0, 0.0, 2.0, 0.05),
        label="Upper face",
        group="Strength",
        off=1.0,
        tooltip="How strongly brows, lids, cheeks and nose follow the voice. Blinks and gaze have their own.",
    )

    lip_seal: float = number(
        *(1.0, 0.0, 1.0, 0.05),
        label="Lip seal",
        group="Lips",
        off=0.0,
        tooltip="Brings back lips that met on m, b and p and were parted by smoothing, strength, mood or frame rate.",
    )
    lip_seal_hold: float = number(
        *(0.042, 0.0, 0.12, 0.001),
        label="Lip seal hold",
        group="Lips",
        unit="s",
        tooltip="How long lips that meet stay together at least: 0.042 is one frame at 24 fps.",
    )
    lip_open_offset: float = number(
        *(0.0, -0.2, 0.2, 0.01),
        label="Lip open offset",
        group="Lips",
        off=0.0,
        tooltip="Parts the lips at all times, or brings them closer together where it is negative.",
    )

    lower_face_smoothing: float = number(
        *(0.012, 0.0, 0.1, 0.001),
        label="Lower face smoothing",
        group="Smoothing",
        unit="s",
        off=0.0,
        tooltip="Calms jaw, lips and tongue. A time, so it looks the same at every frame rate; 0 is raw.",
    )
    upper_face_smoothing: float = number(
        *(0.04, 0.0, 0.1, 0.001),
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
        *(0.0, -200.0, 200.0, 5.0),
        label="Lead",
        group="Timing",
        unit="ms",
        off=0.0,
        tooltip="How much earlier than the sound the face moves; one frame at 24 fps is 42.",
    )
    pre_roll: float = number(
        *(0.0, 0.0, 10.0, 0.1),
        label="Pre-roll",
        group="Timing",
        unit="s",
        off=0.0,
        tooltip="Frames before the recording begins, holding its first pose.",
    )
    post_roll: float = number(
        *(0.0, 0.0, 10.0, 0.1),
        label="Post-roll",
        group="Timing",
        unit="s",
        off=0.0,
        tooltip="Frames after the recording ends, holding its last pose.",
    )
    rest_time: float = number(
        *(0.35, 0.0, 2.0, 0.05),
        label="Rest at the ends",
        group="Timing",
        unit="s",
        off=0.0,
        tooltip="How soon after the last sound the face is at rest, and how long before the first it wakes. "
        "A recording that ends with its last sound ends at rest, too; post-roll gives it more time. 0 leaves that out.",
    )
    ease_in: float = number(
        *(0.0, 0.0, 5.0, 0.05),
        label="Ease in",
        group="Timing",
        unit="s",
        off=0.0,
        tooltip="How long the face takes from neutral, at the very first frame, to the performance.",
    )
    ease_out: float = number(
        *(0.0, 0.0, 5.0, 0.05),
        label="Ease out",
        group="Timing",
        unit="s",
        off=0.0,
        tooltip="How long the face takes from the performance to neutral, at the very last frame.",
    )

    blink_rate: float = number(
        *(20.0, 0.0, 60.0, 1.0),
        label="Blink rate",
        group="Eyes",
        unit="a minute",
        off=0.0,
        tooltip="How often the eyes blink, more often where a phrase ends. People talking blink about 20 times.",
    )
    blink_strength: float = number(
        *(1.0, 0.0, 2.0, 0.05),
        label="Blink strength",
        group="Eyes",
        tooltip="How far the lids close in a blink.",
    )
    eyelid_open_offset: float = number(
        *(0.0, -1.0, 1.0, 0.01),
        label="Eyelid open offset",
        group="Eyes",
        off=0.0,
        tooltip="Opens the eyes wider at all times, or lowers the lids where it is negative.",
    )
    gaze_strength: float = number(
        *(1.0, 0.0, 2.0, 0.05),
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
        *(0.5, 0.0, 2.0, 0.05),
        label="Head strength",
        group="Head",
        off=0.0,
        tooltip="How far the head moves with the voice: nods on stresses, tilts at questions, a pose for each phrase. "
        "0 keeps it still.",
    )

    brow_emphasis: float = number(
        *(0.25, 0.0, 1.0, 0.05),
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
        *(1.0, 0.0, 2.0, 0.05),
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
        *(0.5, 0.0, 1.0, 0.05),
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
        *(0.5, 0.0, 3.0, 0.05),
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
        *(0.25, 0.0, 1.0, 0.05),
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
        *(-48.0, -70.0, -25.0, 1.0),
        label="Silence gate",
        group="Silence",
        unit="dB",
        off=-70.0,
        tooltip="Sound weaker than this leaves the mouth at rest. Speech is brought to -23 dB first; -70 turns it off.",
    )
    noise_margin: float = number(
        *(4.0, 0.0, 15.0, 0.5),
        label="Above noise",
        group="Silence",
        unit="dB",
        tooltip="Steady noise counts as silence: sound has to be so much stronger to move the mouth. 0 turns it off.",
    )
    silence_hold: float = number(
        *(0.25, 0.0, 1.0, 0.01),
        label="Hold",
        group="Silence",
        unit="s",
        tooltip="How long the mouth stays free before and after sound, so that lips may prepare and finish.",
    )
    silence_attack: float = number(
        *(0.12, 0.0, 1.0, 0.01),
        label="Attack",
        group="Silence",
        unit="s",
        tooltip="How long the mouth takes to leave its rest before sound.",
    )
    silence_fade: float = number(
        *(0.12, 0.0, 1.0, 0.01),
        label="Fade",
        group="Silence",
        unit="s",
        tooltip="How long the mouth takes to come to rest after sound.",
    )

    seed: int = whole(
        *(0, 0, 9999),
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

    def __post_init__(self) -> None:
        check_all(self)
        for direction in parse_directions(self.directions):
            self.directed(direction.values)
            if direction.end is None:
                _check_goes(direction.values)

    def directed(self, values: Mapping[str, Any]) -> Settings:
        """As a direction has it; a mood of its own counts in place of the line's moods."""
        own_mood = {"mood_keys": ""} if "mood" in values else {}
        return self.with_values(**{"directions": "", **own_mood, **values})

    @classmethod
    def raw(cls) -> Settings:
        """Every step off: what came in goes out. What an edit of a finished take begins with."""
        off = {entry.name: info_of(entry).off for entry in fields(cls)}
        return cls().with_values(**{name: value for name, value in off.items() if value is not None})

    def with_values(self, /, **values: Any) -> Settings:
        """A copy with some values replaced; an unknown name is an error that names the nearest known ones."""
        known = [entry.name for entry in fields(self)]
        for name in values:
            if name not in known:
                nearest = ", ".join(get_close_matches(name, known, n=3, cutoff=0.0))
                raise SettingsError(f"There is no setting called {name!r}; the nearest are {nearest}.")
        return replace(self, **values)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    def for_analysis(self) -> dict[str, Any]:
        """What a change of needs another analysis."""
        return {entry.name: getattr(self, entry.name) for entry in fields(self) if info_of(entry).analysis}

    def changed(self) -> dict[str, Any]:
        """What differs from the defaults: what a preset of these settings holds."""
        usual = Settings().to_dict()
        return {name: value for name, value in self.to_dict().items() if value != usual[name]}

    @classmethod
    def from_dict(cls, values: Any, where: str = "These settings") -> Settings:
        if not isinstance(values, dict):
            raise SettingsError(f"{where} must be a JSON object of names and values.")
        return cls().with_values(**values)


def _check_goes(values: Mapping[str, Any]) -> None:
    for entry in fields(Settings):
        if entry.name in values and info_of(entry).kind != "number":
            raise SettingsError(
                f"{entry.name} cannot go from one value to the next; give it over a stretch, such as 0:03-0:04.5."
            )


PRESET: Final = Door(what="preset", error=SettingsError, size=limits.SETTINGS_FILE)


@dataclass(frozen=True)
class Preset:
    """Some settings under a name, as a file holds them; `about` is a sentence for people."""

    name: str
    about: str
    values: dict[str, Any]

    def over(self, base: Settings) -> Settings:
        """`base` with what the preset names."""
        return base.with_values(**self.values)

    def to_json(self) -> str:
        about = {"about": self.about} if self.about else {}
        return json.dumps({**about, **self.values}, indent=2, ensure_ascii=False) + "\n"


def load_preset(path: Path) -> Preset:
    """Read and check a preset file: a JSON object that names only what differs from the defaults."""
    values = PRESET.json(PRESET.text(path), f"The preset {path}", once=True)
    if not isinstance(values, dict):
        raise SettingsError(f"The preset {path} must be a JSON object of names and values.")
    about = values.pop("about", "")
    preset = Preset(path.stem, about if isinstance(about, str) else "", values)
    try:
        preset.over(Settings())
    except SettingsError as err:
        raise SettingsError(f"The preset {path} is wrong: {reason_of(err, 400)}.") from err
    return preset
