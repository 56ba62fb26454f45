"""Text from outside: can it be written, shown on a terminal, and be the name of a file?"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Final

from .limits import FILE_NAME

_RESERVED: Final = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])\s*(\..*)?", re.IGNORECASE)
_LISTED: Final = 6
"""Names that a sentence tells."""
_UNWRITTEN: Final = re.compile("[\ud800-\udfff\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def fault_of(text: str) -> str:
    """Why no file, table or page can hold `text`; empty if all can.

    Names of files that are not UTF-8 come as lone halves of letters that stand for their bytes; those are no fault.
    """
    if "\0" in text:
        return f"{shown(text)} holds a null character"
    try:
        os.fsencode(text)
    except UnicodeEncodeError:
        return f"{shown(text)} holds half of a letter"
    return ""


def fault_of_path(text: str) -> str:
    """Why `text`, parted by slashes, can be no path on some system; empty if it can."""
    if fault := fault_of(text):
        return fault
    for part in PurePosixPath(text.replace("\\", "/")).parts:
        if len(os.fsencode(part)) > FILE_NAME.most:
            return f"{shown(part[:40])}... is longer than {FILE_NAME}, and {FILE_NAME.reason}"
        if _RESERVED.fullmatch(part):
            return f"{part} is the name of a device on Windows"
        if any(ord(letter) < 32 or ord(letter) == 127 for letter in part):
            return f"{shown(part)} holds a control character"
    return ""


def shown(text: str, most: int = 80) -> str:
    """`text` as it may stand in any message: in quotes, in one line, nothing in it that a terminal would obey."""
    return f"'{unescaped(text[:most])}{'...' if len(text) > most else ''}'"


def unescaped(text: str) -> str:
    """`text` with what cannot be shown spelled out: `\\x1b`, `\\udc83`."""
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)


def printable(text: str) -> str:
    """`text` for a file of text, JSON included: halves of letters and what a terminal would obey are spelled out."""
    return _UNWRITTEN.sub(lambda letter: f"\\u{ord(letter[0]):04x}", text)


def begins_formula(text: str) -> bool:
    """Whether a spreadsheet would calculate this cell; full-width signs count, as some turn them into plain ones."""
    first = unicodedata.normalize("NFKC", text.lstrip()[:1])
    return first in ("=", "+", "-", "@") or text[:1] in ("\t", "\r")


def listed(names: Sequence[str]) -> str:
    """The first few names, and how many more there are."""
    more = len(names) - _LISTED
    return ", ".join(names[:_LISTED]) + (f" and {more} more" if more > 0 else "")
