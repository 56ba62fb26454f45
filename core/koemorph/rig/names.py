"""How rigs spell the names of shapes: case, separators, sides and namespaces, none of which change what is meant."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import takewhile
from typing import Final

SIDES: Final = ("left", "right")
_PATH: Final = re.compile(r"[|/:]")
_SIDE_WORDS: Final = {"l": "left", "left": "left", "r": "right", "right": "right"}
_SEPARATORS: Final = re.compile(r"[_\-.\s]+")
_DIGITS: Final = re.compile(r"[0-9#]+")
_CAPITAL_SIDE: Final = re.compile(r"(?<=[a-z0-9])([LR])$")


def base(name: str) -> str:
    """A name without namespace, group and node: `rig:face|head.eyeBlink.L` is `eyeBlink.L`."""
    parts = _PATH.split(name)[-1].split(".")
    belongs = len(parts) > 1 and (parts[-1].casefold() in _SIDE_WORDS or parts[-1].isdigit())
    return ".".join(parts[-2:] if belongs else parts[-1:]) or name


@lru_cache(maxsize=1 << 14)
def spellings(name: str) -> tuple[str, ...]:
    """The name in small letters without separators; and, if it has a side, with that side written out, there or last.

    The last spelling is the one that says the side most clearly.
    """
    words = [word for word in _SEPARATORS.split(_CAPITAL_SIDE.sub(r"_\1", base(name)).casefold()) if word]
    plain = "".join(words)
    sides = [i for i, word in enumerate(words) if word in _SIDE_WORDS]
    if len(words) < 2 or len(sides) != 1:
        return (plain,)
    side = _SIDE_WORDS[words[sides[0]]]
    there = [*words[: sides[0]], side, *words[sides[0] + 1 :]]
    stem = words[: sides[0]] + words[sides[0] + 1 :]
    return tuple(dict.fromkeys((plain, "".join(there), "".join(stem) + side)))


def split_side(spelled: str) -> tuple[str, str]:
    """`eyeblinkleft` into `eyeblink` and `left`; what has no side is all stem."""
    for side in SIDES:
        if spelled.endswith(side):
            return spelled[: -len(side)], side
    return spelled, ""


def collapsed(spelled: str) -> str:
    """With # for any digits, as prefixes that number their names have them: `ak#browdown`."""
    return _DIGITS.sub("#", spelled)


def common_prefix(names: tuple[str, ...]) -> str:
    """What all names begin with, up to a separator: `CTRL_expressions_`."""
    if len(names) < 2:
        return ""
    first, last = min(names), max(names)
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False)))
    ends = [found.end() for found in _SEPARATORS.finditer(first[:same])]
    return first[: ends[-1]] if ends else ""


def paired(names: Iterable[str]) -> tuple[str, ...]:
    """For people: `eyeBlinkLeft` and `eyeBlinkRight` as `eyeBlinkLeft/Right`, in the place of the first."""
    listed = tuple(names)
    told: dict[str, None] = {}
    for name in listed:
        stem = name.removesuffix("Left").removesuffix("Right")
        both = stem != name and stem + "Left" in listed and stem + "Right" in listed
        told[f"{stem}Left/Right" if both else name] = None
    return tuple(told)
