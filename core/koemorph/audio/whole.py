"""Is the file all there? Decoders silently play what is left of a cut-off file, so its header is asked first."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from koemorph.audio.checks import size_of, unreadable
from koemorph.errors import AudioError

_STREAMING = 0x7FFF0000
"""32-bit sizes from here on (and 0) are what programs write when they cannot know the size yet."""
_MOST_CHUNKS = 1000
"""A sane file has a handful; more would only be walking through damage."""


@dataclass(frozen=True)
class Patch:
    """Bytes to be read instead of those in the file."""

    offset: int
    data: bytes

    def apply(self, read: bytes, at: int) -> bytes:
        """`read`, the bytes from `at`, with the patch laid over."""
        begin, end = max(at, self.offset), min(at + len(read), self.offset + len(self.data))
        if begin >= end:
            return read
        middle = self.data[begin - self.offset : end - self.offset]
        return read[: begin - at] + middle + read[end - at :]


def check_whole(file: BinaryIO, kind: str | None, name: str) -> Patch | None:
    """Refuse a file that holds less than its header promises. A patch repairs a header that was never finished."""
    try:
        end, patch, finished = _look(file, kind)
        file.seek(0)
    except OSError as err:
        raise unreadable(name, err) from err
    if not finished:
        raise AudioError(f"{name} is cut short: its stream has no end; copy or export it again.")
    size = size_of(file)
    if end is not None and end > size:
        raise AudioError(
            f"{name} is cut short: it holds {size} of the {end} bytes its header promises; copy or export it again."
        )
    return patch


def _look(file: BinaryIO, kind: str | None) -> tuple[int | None, Patch | None, bool]:
    """Where the sound should end, a repair for the header, and whether a stream has its end."""
    if kind == "wav":
        return *_wav(file), True
    if kind == "ogg":
        return None, None, _ogg_is_finished(file)
    return _ENDS[kind](file) if kind in _ENDS else None, None, True


def _at(file: BinaryIO, offset: int, count: int) -> bytes:
    file.seek(offset)
    return file.read(count)


def _chunks(
    file: BinaryIO, offset: int, layout: str, pad: int, inclusive: bool = False
) -> Iterator[tuple[bytes, int, int]]:
    """Name, size and offset of the body of every chunk; `inclusive` sizes count the chunk's header too."""
    header = struct.Struct(layout)
    size_of_file = size_of(file)
    for _ in range(_MOST_CHUNKS):
        if offset + header.size > size_of_file:
            return
        name, size = header.unpack(_at(file, offset, header.size))
        body = offset + header.size
        if inclusive:
            size -= header.size
        if size < 0:
            return
        yield name, size, body
        offset = body + (size + pad - 1) // pad * pad


def _wav(file: BinaryIO) -> tuple[int | None, Patch | None]:
    head = _at(file, 0, 12)
    order = ">" if head[:4] == b"RIFX" else "<"
    riff_size = struct.unpack(order + "I", head[4:8])[0]
    long_size, long_size_at = 0, 0
    for name, size, body in _chunks(file, 12, order + "4sI", 2):
        if name == b"ds64" and size >= 16:
            long_size_at = body + 8
            long_size = int.from_bytes(_at(file, long_size_at, 8), "little")
        if name != b"data":
            continue
        if size == 0xFFFFFFFF and long_size_at:
            rest = struct.pack("<Q", size_of(file) - body)
            return (body + long_size, None) if long_size else (None, Patch(long_size_at, rest))
        if size == 0 and (riff_size + 8 <= body or riff_size >= _STREAMING):
            return None, Patch(body - 4, b"\xff\xff\xff\xff")
        return (body + size if size < _STREAMING else None), None
    return None, None


def _end_of(wanted: bytes, chunks: Iterator[tuple[bytes, int, int]], unknown: int) -> int | None:
    """Where the first chunk called `wanted` ends; sizes from `unknown` on say nothing."""
    return next((body + size for name, size, body in chunks if name.startswith(wanted) and size < unknown), None)


def _aiff(file: BinaryIO) -> int | None:
    return _end_of(b"SSND", _chunks(file, 12, ">4sI", 2), _STREAMING)


def _w64(file: BinaryIO) -> int | None:
    return _end_of(b"data", _chunks(file, 40, "<16sQ", 8, inclusive=True), 2**62)


def _caf(file: BinaryIO) -> int | None:
    return _end_of(b"data", _chunks(file, 8, ">4sq", 1), 2**62)


def _au(file: BinaryIO) -> int | None:
    head = _at(file, 0, 12)
    if len(head) < 12:
        return None
    offset, size = struct.unpack(">4xII", head)
    return int(offset + size) if size < _STREAMING else None


def _mp3(file: BinaryIO) -> int | None:
    """Where the Xing/Info header, if there is one, says that the stream ends."""
    offset = 0
    tag = _at(file, 0, 10)
    if tag[:3] == b"ID3" and len(tag) == 10:
        offset = 10 + sum((byte & 0x7F) << shift for byte, shift in zip(tag[6:], (21, 14, 7, 0), strict=True))
    frame = _at(file, offset, 200)
    place = max(frame.find(b"Xing"), frame.find(b"Info"))
    if frame[:1] != b"\xff" or place < 0 or len(frame) < place + 16:
        return None
    flags, _, size = struct.unpack(">III", frame[place + 4 : place + 16])
    return offset + int(size) if flags & 3 == 3 else None


def _mp4(file: BinaryIO) -> int | None:
    offset = end = 0
    size_of_file = size_of(file)
    for _ in range(_MOST_CHUNKS):
        head = _at(file, offset, 16)
        if len(head) < 8:
            break
        size, name = struct.unpack(">I4s", head[:8])
        if size == 1 and len(head) == 16:
            size = struct.unpack(">Q", head[8:])[0]
        if size < 8 or not name.isalnum():
            break
        offset += size
        if name in (b"mdat", b"moov", b"moof"):
            end = offset
        if offset >= size_of_file:
            break
    return end or None


def _matroska(file: BinaryIO) -> int | None:
    offset = 4
    for wanted in (b"\x1a\x45\xdf\xa3", b"\x18\x53\x80\x67"):
        head = _at(file, offset - 4, 12)
        if head[:4] != wanted or len(head) < 12 or not head[4]:
            return None
        length = 9 - head[4].bit_length()
        size = int.from_bytes(head[4 : 4 + length], "big") & ((1 << 7 * length) - 1)
        if size == (1 << 7 * length) - 1:  # a live stream
            return None
        end = offset + length + size
        offset = end + 4
    return end


def _ogg_is_finished(file: BinaryIO) -> bool:
    """The last page is complete and marked as the last."""
    start = max(0, size_of(file) - 2 * 65_307)
    tail = _at(file, start, 2 * 65_307)
    place = tail.rfind(b"OggS\0")
    page = tail[place:]
    if place < 0 or len(page) < 27 or len(page) < 27 + page[26]:
        return False
    length = 27 + page[26] + sum(page[27 : 27 + page[26]])
    return bool(page[5] & 4) and len(page) >= length


_ENDS = {"aiff": _aiff, "w64": _w64, "caf": _caf, "au": _au, "mp3": _mp3, "mp4": _mp4, "matroska": _matroska}
