"""Reads scenes that are text, as Maya does, and refuses what is not well-formed or what Maya's nodes do not have.

It knows only the commands, node types and attributes that a face and its keys need; anything else is an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .flags import FLAGS, checked


class Malformed(ValueError):
    """What is wrong with a scene, and in which line."""


class Text(str):
    """A word that stood in quotation marks."""

    __slots__ = ()


@dataclass(frozen=True)
class Statement:
    line: int
    command: str
    words: tuple[str, ...]
    flags: dict[str, Any]


_TOKEN = re.compile(
    r"""(?P<space>\s+|//[^\n]*|/\*.*?\*/)
    |"(?P<text>(?:[^"\\\n]|\\.)*)"
    |(?P<mark>[;{},])
    |(?P<word>[^\s"';{},]+)""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPED = re.compile(r"\\(.)")
_NUMBER = re.compile(r"-?\d+(\.\d*)?(e[-+]?\d+)?")
_SWITCHES = {"yes": True, "on": True, "true": True, "no": False, "off": False, "false": False}
_EXTRA = {
    "currentUnit": {"l": "linear", "a": "angle", "t": "time"},
    "addAttr": {"ci": "cachedInternally", "h": "hidden", "sn": "shortName", "ln": "longName", "dt": "dataType"},
}
"""Flags of commands that only files call."""


def statements(text: str) -> Iterator[Statement]:
    if not text.startswith("//Maya ASCII "):
        raise Malformed("line 1: a scene begins with //Maya ASCII and a version")
    end, held, began = 0, [], 1
    for found in _TOKEN.finditer(text):
        if found.start() != end:
            break
        end = found.end()
        if found["space"] is not None:
            continue
        began = began if held else text.count("\n", 0, found.start()) + 1
        if found["mark"] == ";":
            if held:
                yield _statement(began, held)
            held = []
        elif found["text"] is not None:
            held.append(Text(_ESCAPED.sub(lambda one: {"n": "\n", "t": "\t"}.get(one[1], one[1]), found["text"])))
        elif found["mark"] != ",":
            held.append(found["mark"] or found["word"])
    if end < len(text):
        raise Malformed(f"line {text.count(chr(10), 0, end) + 1}: {text[end : end + 20]!r} cannot be read")
    if held:
        raise Malformed(f"line {began}: the last statement has no end")


def tokens(text: str) -> list[str]:
    """The words of one command of MEL."""
    found = [one for one in _TOKEN.finditer(text) if one["space"] is None and one["mark"] != ";"]
    return [Text(one["text"]) if one["text"] is not None else one["word"] for one in found]


def _statement(line: int, tokens: list[str]) -> Statement:
    command, words, flags = tokens[0], [], {}
    known = _flags_of(command)
    if known is None:
        raise Malformed(f"line {line}: no command is called {command}")
    rest = tokens[1:]
    while rest:
        token = rest.pop(0)
        if isinstance(token, Text) or not re.match(r"-[A-Za-z]", token):
            words.append(token)
            continue
        name = token[1:]
        if name not in known:
            raise Malformed(f"line {line}: {command} has no flag {token}")
        name, kind = known[name]
        values = [_value(rest.pop(0)) for _ in kind] if rest or not kind else []
        if len(values) < len(kind):
            raise Malformed(f"line {line}: {token} of {command} lacks its value")
        flags[name] = values[0] if len(values) == 1 else tuple(values) or True
    if command in FLAGS:
        try:
            checked(command, flags)
        except TypeError as err:
            raise Malformed(f"line {line}: {command}: {err}") from err
    return Statement(line, command, tuple(words), flags)


def _flags_of(command: str) -> dict[str, tuple[str, list[str]]] | None:
    """By short and by long name: the long one, and the types of what follows."""
    if command in _EXTRA:
        return {short: (name, ["str"]) for short, name in _EXTRA[command].items()}
    if command not in FLAGS:
        return None
    found = {}
    for name, (short, _, kind) in FLAGS[command].items():
        kinds = [] if kind == "switch" else kind if isinstance(kind, list) else [kind]
        found[name] = found[short] = (name, kinds)
    return found


def _value(token: str) -> Any:
    if isinstance(token, Text):
        return str(token)
    if token in _SWITCHES:
        return _SWITCHES[token]
    if _NUMBER.fullmatch(token):
        return float(token) if re.search("[.e]", token) else int(token)
    return token
