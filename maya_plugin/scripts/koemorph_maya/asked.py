"""What a call's flags ask for: settings, a script, whom to key."""

from __future__ import annotations

from pathlib import Path

from koemorph.errors import KoeMorphError
from koemorph.keying import Keying
from koemorph.presets import find_preset
from koemorph.recording import Recording
from koemorph.settings import PRESET, Settings
from koemorph.speech.companion import chosen_script
from koemorph.speech.script import ENGLISH, Script

from .character import chosen_targets
from .clock import exact, scene_rate
from .flags import Flags
from .request import KeyRequest


def request_of(flags: Flags) -> KeyRequest:
    span = None
    if flags.has("-rangeStart") or flags.has("-rangeEnd"):
        span = (flags.number("-rangeStart", float("-inf")), flags.number("-rangeEnd", float("inf")))
    return KeyRequest(
        targets=tuple(targets_of(flags)),
        rate=scene_rate(),
        settings=settings_of(flags),
        naming=flags.text("-mapping"),
        head=flags.text("-head"),
        layer=flags.text("-layer"),
        layer_mode=flags.text("-layerMode", "additive"),
        keying=Keying(**flags.knobs(Keying)),
        merge=flags.has("-merge"),
        offset=exact(flags.number("-offset", 0.0)),
        span=span,
        calibrate=flags.text("-calibrate"),
        model=flags.text("-model"),
    )


def settings_of(flags: Flags, usual: Settings | None = None) -> Settings:
    settings = usual or Settings()
    if flags.has("-preset"):
        settings = find_preset(flags.text("-preset")).over(settings)
    if flags.has("-settings"):
        told = PRESET.json(flags.text("-settings"), "-settings")
        if not isinstance(told, dict):
            raise KoeMorphError('-settings must be a JSON object, as in {"jaw_strength": 0.8}.')
        settings = settings.with_values(**told)
    return settings.with_values(**flags.knobs(Settings))


def script_of(flags: Flags, recording: Recording) -> tuple[Script | None, tuple[str, ...]]:
    """The one that is named, else the one beside the recording; and what there is to know of it."""
    file = flags.text("-scriptFile")
    return chosen_script(
        recording.path,
        text=flags.text("-script") if flags.has("-script") else None,
        file=Path(file) if file else None,
        language=flags.text("-language", ENGLISH),
        beside=not flags.has("-noScript"),
    )


def targets_of(flags: Flags) -> list[str]:
    return flags.text("-targets").split() or chosen_targets()


def file_of(flags: Flags, what: str) -> Path:
    if not flags.has("-file"):
        raise KoeMorphError(f"Name {what} with -file.")
    return Path(flags.text("-file"))
