"""Damage to bytes, tables, JSON and archives, each in its own structure, so that it gets past the first check."""

from __future__ import annotations

import io
import json
import random
import zipfile
from typing import Any

NUMBERS = (
    "0",
    "-0",
    "-1",
    "1e308",
    "1e999",
    "NaN",
    "Infinity",
    "1" * 400,
    "1" * 5000,
    "0x10",
    "1/0",
    "-1/7",
    "1_0",
    "",
)
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 2**31, 2**63, 10**30, 1.5, -0.0, 1e308, float("inf"), float("nan")),
    *("", " ", "\0", "\ud800", "\udc83", "x" * 300, "x" * 70_000, "=1+1", "\x1b[2J", "../../x.take", "con.take", "é\n"),
    *([], {}, [[]], [1, 2], {"a": 1}, [None] * 50, ["jawOpen"] * 3),
)
PIECES = (
    b"\0",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\r",
    b"\n\n",
    b'"',
    b",",
    b";",
    b"\\",
    b"[" * 200,
    b"{",
    b"]",
    b"-",
    b"e",
)


def damaged(data: bytes, dice: random.Random) -> bytes:
    """Without structure: one to four places overwritten, cut out, doubled or filled in."""
    body = bytearray(data)
    for _ in range(dice.choice((1, 1, 1, 2, 4))):
        at = dice.randrange(len(body) + 1)
        act = dice.randrange(6)
        if act == 0:
            body[at : at + 1] = bytes([dice.randrange(256)])
        elif act == 1:
            body[at : at + dice.choice((1, 4, 100))] = b""
        elif act == 2:
            body[at:at] = dice.choice(PIECES)
        elif act == 3:
            body[at:at] = body[at : at + dice.choice((1, 20, 400))] * dice.choice((1, 2, 50))
        elif act == 4:
            body[at : at + 4] = dice.choice((b"\0\0\0\0", b"\xff\xff\xff\xff", b"\xff\xff\xff\x7f", b"\0\0\0\x80"))
        else:
            del body[at:]
    return bytes(body)


def strange_json(content: Any, dice: random.Random) -> bytes:
    """JSON with some of its members replaced, taken out, renamed or nested; sometimes damaged as text besides."""
    for _ in range(dice.choice((1, 1, 2, 3))):
        content = _strange(content, dice)
    text = json.dumps(content, ensure_ascii=dice.random() < 0.8).encode("utf-8", "surrogatepass")
    return damaged(text, dice) if dice.random() < 0.2 else text


def _strange(content: Any, dice: random.Random) -> Any:
    if dice.random() < 0.15 or not isinstance(content, (dict, list)) or not content:
        return _nested(content, dice) if dice.random() < 0.1 else dice.choice(VALUES)
    if isinstance(content, dict):
        changed = dict(content)
        name = dice.choice(list(changed))
        act = dice.randrange(8)
        if act == 0:
            del changed[name]
        elif act == 1:
            changed[dice.choice(("", "\0", "\ud800", name.upper(), name + "x", "__class__"))] = changed[name]
        else:
            changed[name] = _strange(changed[name], dice)
        return changed
    listed = list(content)
    at = dice.randrange(len(listed))
    act = dice.randrange(8)
    if act == 0:
        del listed[at]
    elif act == 1:
        listed[at:at] = [listed[at]] * dice.choice((1, 2, 60))
    else:
        listed[at] = _strange(listed[at], dice)
    return listed


def _nested(content: Any, dice: random.Random) -> Any:
    for _ in range(dice.choice((10, 70, 400))):
        content = [content] if dice.random() < 0.5 else {"a": content}
    return content


def strange_table(data: bytes, dice: random.Random) -> bytes:
    """A table with cells, rows or columns changed; sometimes damaged as text besides."""
    rows = [line.split(b",") for line in data.split(b"\n")]
    for _ in range(dice.choice((1, 1, 2, 5))):
        row = dice.choice(rows)
        at = dice.randrange(len(row))
        act = dice.randrange(7)
        if act == 0:
            del row[at]
        elif act == 1:
            row[at:at] = [row[at]] * dice.choice((1, 3, 200))
        elif act == 2:
            row[at] = dice.choice(NUMBERS).encode()
        elif act == 3:
            row[at] = str(dice.choice(VALUES)).encode("utf-8", "surrogatepass")
        elif act == 4:
            rows.insert(dice.randrange(len(rows)), list(row))
        elif act == 5:
            rows.remove(row)
            rows = rows or [[b""]]
        else:
            row[at] = damaged(row[at] or b"0", dice)
    text = b"\n".join(b",".join(row) for row in rows)
    return damaged(text, dice) if dice.random() < 0.2 else text


def strange_archive(data: bytes, dice: random.Random) -> bytes:
    """A ZIP whose members are damaged in their own structure, packed anew; or whose packing is damaged."""
    if dice.random() < 0.3:
        return damaged(data, dice)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = [(entry.filename, archive.read(entry)) for entry in archive.infolist()]
    at = dice.randrange(len(members))
    name, content = members[at]
    act = dice.randrange(6)
    if act == 0:
        del members[at]
    elif act == 1:
        members.append((name, content))
    elif act == 2:
        members[at] = (name, content + bytes(dice.choice((1, 1000, 5_000_000))))
    elif name.endswith(".json"):
        members[at] = (name, strange_json(json.loads(content), dice))
    else:
        members[at] = (name, damaged(content, dice))
    packed = io.BytesIO()
    kind = dice.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
    with zipfile.ZipFile(packed, "w", kind) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return packed.getvalue()
