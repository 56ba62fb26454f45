"""How much of anything is let in from outside, and why no honest file has more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MB: Final = 2**20
GB: Final = 2**30


@dataclass(frozen=True)
class Limit:
    """`reason` ends a sentence that begins with what was found and what is the most."""

    most: int
    unit: str
    reason: str

    def __str__(self) -> str:
        """`64 MB`, `10,000 names`."""
        if self.unit != "bytes":
            return f"{self.most:,} {self.unit}"
        scale, letter = (GB, "GB") if self.most >= GB else (MB, "MB") if self.most >= MB else (1024, "kB")
        return f"{self.most / scale:g} {letter}"


TAKE_FILE: Final = Limit(2 * GB, "bytes", "two days of 60 fps are smaller")
CAPTURE_JSON: Final = Limit(GB, "bytes", "ten hours of 60 fps are smaller")
TAKE_HEADER: Final = Limit(16 * MB, "bytes", "it holds names and where the take comes from")
TAKE_TRACKS: Final = Limit(64 * MB, "bytes", "the words and phones of a day are smaller")
LIST_FILE: Final = Limit(64 * MB, "bytes", "a hundred thousand lines are smaller")
SETTINGS_FILE: Final = Limit(4 * MB, "bytes", "it holds names and numbers")
MODEL_FILE: Final = Limit(512 * MB, "bytes", "the largest network of ours is a tenth of it")
SCRIPT_FILE: Final = Limit(MB, "bytes", "nobody says so much in a line")
CLAIM_FILE: Final = Limit(4096, "bytes", "it tells who is at a line")
RECORD_FILE: Final = Limit(4 * MB, "bytes", "it tells of one line")

LINE: Final = Limit(MB, "letters in one line", "a frame of ten thousand shapes is shorter")
DEPTH: Final = Limit(64, "levels of nesting", "timelines nest a dozen and everything else less")
DIGITS: Final = Limit(400, "digits", "nothing is counted so far")
VALUES: Final = Limit(4_000_000, "values", "a hundred thousand lines of a list hold fewer")
NAMES: Final = Limit(10_000, "names", "no face has so many shapes")
COLUMNS: Final = Limit(1_000, "columns", "there are a tenth as many settings")
PROBLEMS: Final = Limit(1_000, "problems", "nobody reads more of them")
TARGETS: Final = Limit(10_000, "targets", "no rig has so many shapes")
DROPPED: Final = Limit(10_000, "files", "nobody drags more")
CLIPS: Final = Limit(100_000, "clips", "no timeline has so many")

SWELLING: Final = Limit(16, "times its size", "curves of a moving face do not pack so small")
"""Of what is unpacked or filled in, beyond `SMALL`."""
SMALL: Final = Limit(128 * MB, "bytes", "three hours of 60 fps are smaller")
"""May be unpacked or filled in from any file: a still face packs to nothing."""
SOUND_SWELLING: Final = Limit(500, "times its size", "the most frugal of codecs packs speech to a hundredth")
"""Of decoded sound (16 kHz, 64 kB a second), beyond `SMALL_SOUND`."""
SMALL_SOUND: Final = Limit(128 * MB, "bytes", "half an hour is no burden")

START: Final = Limit(10_000_000, "seconds", "no timecode or timeline counts a third of a year")
REACH: Final = Limit(3_600, "frames", "no network of ours looks further than a minute")
"""Of a network to either side."""
RANK: Final = Limit(1_024, "numbers a shape", "a tenth of it is plenty")
FILE_NAME: Final = Limit(255, "bytes in a file name", "no file system holds longer ones")
