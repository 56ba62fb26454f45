"""First looks at a file, before any decoder: is it there, may we read it, what is it."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import BinaryIO

from koemorph.errors import AudioError
from koemorph.trust.words import unescaped

_KINDS = {
    "wav": rb"(RIFF|RIFX|RF64|BW64)....WAVE",
    "w64": rb"riff\x2e\x91\xcf\x11",
    "aiff": rb"FORM....AIF[FC]",
    "flac": rb"fLaC",
    "ogg": rb"OggS",
    "caf": rb"caff",
    "au": rb"\.snd",
    "nist": rb"NIST_1A",
    "mp3": rb"ID3|\xff[\xe2-\xe7\xf2-\xf7\xfa-\xfd][\x10-\xef]",
    "mp4": rb"....(ftyp|moov|mdat|wide|free|skip|pnot)",
    "matroska": rb"\x1a\x45\xdf\xa3",
    "a picture": rb"\xff\xd8\xff|\x89PNG|GIF8|8BPS|II\*\0|MM\0\*|v/1\x01|BM.{4}\0{4}|RIFF....WEBP",
    "a document or an archive": rb"%PDF|PK\x03\x04|\x7fELF|Rar!|7z\xbc\xaf|\x1f\x8b",
}
_PATTERNS = {kind: re.compile(pattern, re.DOTALL) for kind, pattern in _KINDS.items()}

SNDFILE_KINDS = {"wav", "w64", "aiff", "flac", "ogg", "caf", "au", "nist", "mp3"}
"""What libsndfile is trusted with. Its rarer formats have loose signatures and little-tested parsers."""

_HEAD = 4096


def name_of(path: Path) -> str:
    """A path as it may stand in any message, whatever bytes or line breaks are in it."""
    return f"'{unescaped(str(path))}'"


def open_file(path: Path) -> BinaryIO:
    """`path` opened for reading, or the reason why not in one sentence."""
    name = name_of(path)
    try:
        mode = os.stat(path).st_mode
        if stat.S_ISDIR(mode):
            raise AudioError(f"{name} is a folder; give the sound file itself.")
        if not stat.S_ISREG(mode):
            raise AudioError(f"{name} is not a file; give a sound file.")
        flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)  # a pipe could wait for ever
        file = open(os.open(path, flags), "rb", buffering=2**18)  # noqa: SIM115 (the caller closes it)
    except FileNotFoundError as err:
        raise AudioError(f"{name} does not exist; check the path.") from err
    except PermissionError as err:
        raise AudioError(f"{name} may not be read by this user; change its permissions or copy it elsewhere.") from err
    except (OSError, ValueError) as err:
        reason = err.strerror if isinstance(err, OSError) and err.strerror else str(err)
        raise AudioError(f"{name} cannot be opened ({reason}); check the path.") from err
    if not size_of(file):
        file.close()
        raise AudioError(f"{name} is empty (0 bytes); copy or export it again.")
    return file


def size_of(file: BinaryIO) -> int:
    return os.fstat(file.fileno()).st_size


def read_chunk(file: BinaryIO, count: int, name: str) -> bytes:
    try:
        return file.read(count)
    except OSError as err:
        raise unreadable(name, err) from err


def unreadable(name: str, err: OSError) -> AudioError:
    return AudioError(f"{name} cannot be read ({err.strerror or err}); copy it to another disk.")


def kind_of(file: BinaryIO, name: str) -> str | None:
    """The container by its first bytes; None is for ffmpeg to find out. Refuses what is plainly no sound."""
    file.seek(0)
    head = read_chunk(file, _HEAD, name)
    kind = next((kind for kind, pattern in _PATTERNS.items() if pattern.match(head)), None)
    if kind is None and _is_text(head):
        kind = "text"
    if kind and (kind == "text" or kind.startswith("a ")):
        raise AudioError(f"{name} is {kind}, not sound; give a sound or video file.")
    return kind


def _is_text(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as err:
        if err.start < len(head) - 3 or len(head) < _HEAD:  # else only the last character is cut in two
            return False
        text = head[: err.start].decode("utf-8")
    return all(c.isprintable() or c in "\t\r\n\f\x1b\ufeff" for c in text)
