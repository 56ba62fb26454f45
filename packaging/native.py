"""Compiled files: which machine they are for, and the one half of a Mac's file that is for two."""

from __future__ import annotations

import struct
from pathlib import PurePosixPath

_MACH_O = {0x0100000C: "macos-arm64", 0x01000007: "macos-x64"}
_FAT, _FAT_ENTRY = 0xCAFEBABE, struct.Struct(">5I")
_ENDINGS = (".pyd", ".dll", ".so", ".dylib")


def is_native(name: str) -> bool:
    """`libfoo.so.1` too."""
    return any(suffix in _ENDINGS for suffix in PurePosixPath(name).suffixes)


def platform_of(data: bytes) -> str:
    """As the file itself says it; empty where it is for another machine than ours, or for several."""
    if data[:4] == b"\x7fELF" and data[18:20] == b"\x3e\x00":
        return "linux-x64"
    if data[:2] == b"MZ":
        start = int.from_bytes(data[0x3C:0x40], "little")
        return "windows-x64" if data[start : start + 6] == b"PE\0\0\x64\x86" else ""
    if data[:4] == b"\xcf\xfa\xed\xfe":
        return _MACH_O.get(int.from_bytes(data[4:8], "little"), "")
    return ""


def thinned(data: bytes, platform: str) -> bytes:
    """Of a file for two kinds of Mac the half for one; its signature lies within it. Anything else as it is."""
    if len(data) < 8 or int.from_bytes(data[:4], "big") != _FAT:
        return data
    for number in range(int.from_bytes(data[4:8], "big")):
        machine, _, offset, size, _ = _FAT_ENTRY.unpack_from(data, 8 + number * _FAT_ENTRY.size)
        if _MACH_O.get(machine) == platform:
            return data[offset : offset + size]
    return data


SHARED = {"numpy.libs": "np", "pillow.libs": "pil"}
"""Folders of libraries beside a wheel's package on Linux, and where those of all Pythons lie together: `any/np`."""
_SEARCHED = {
    b"$ORIGIN/../../numpy.libs": b"$ORIGIN/../../../any/np",
    b"$ORIGIN/../pillow.libs": b"$ORIGIN/../../any/pil",
}
"""Where compiled files look for them, and where they lie then; a path within a file may only become shorter."""


def sharing(data: bytes) -> bytes:
    """A compiled file for Linux that looks for its libraries where those of all Pythons lie."""
    for before, after in _SEARCHED.items():
        data = data.replace(before + b"\0", after.ljust(len(before) + 1, b"\0"))
    return data
