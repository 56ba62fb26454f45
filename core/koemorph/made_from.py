"""What a take was made from, found again: the recording that lies beside it, and the stretch of it that was heard."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from .audio import open_clip
from .errors import TakeError
from .recording import Recording
from .settings import Settings
from .take import Take


def recording_beside(take: Take, path: Path) -> Path | None:
    """The recording that a take was made from, if it lies in the folder of the take's file."""
    name = Path(str(take.provenance.get("audio") or "")).name
    found = path.parent / name
    return found if name and found.is_file() else None


def recording_of(take: Take, audio: Path) -> Recording:
    """The stretch and the channel of `audio` that a take was made from; raises where it is not that recording."""
    known = take.provenance
    if "settings" not in known:
        raise TakeError("This take does not tell how it was made; open the recording instead.")
    told = known.get("recording")
    recording = Recording.from_dict({**told, "path": str(audio)}) if isinstance(told, dict) else _reckoned(take, audio)
    with recording.open() as clip:
        if known.get("audio_sha256") not in (None, clip.sha256):
            raise TakeError(f"{audio} is not the recording that this take was made from.")
    return recording


def _reckoned(take: Take, audio: Path) -> Recording:
    """By its frames, for takes of versions that did not tell."""
    settings = Settings.from_dict(take.provenance["settings"])
    pre, post = (
        take.rate.seconds(take.rate.frame(Fraction(str(roll)))) for roll in (settings.pre_roll, settings.post_roll)
    )
    start, end = take.start + pre, take.start + take.duration - post
    with open_clip(audio) as clip:
        whole = end >= clip.duration - 1 / take.rate.fps
    return Recording(audio, begin=start or None, end=None if whole else end)
