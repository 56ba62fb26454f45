"""The messages of a link, and what each must hold; `link_schema.json` says the same for everyone else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

LINE_LIMIT: Final = 2**20
"""Bytes of one message, its line break included."""

Message = dict[str, Any]

FIELDS: Final[Mapping[str, Mapping[str, tuple[type, ...]]]] = {
    "hello": {"protocol": (int,), "token": (str,), "koemorph": (str,)},
    "welcome": {"protocol": (int,), "host": (str,)},
    "refused": {"text": (str,)},
    "scene": {"rate": (str,), "target": (str,), "names": (list,)},
    "settings": {"settings": (dict,)},
    "key": {
        "id": (str,),
        "take": (str,),
        "audio": (str,),
        "settings": (dict,),
        "keys": (str,),
        "tolerance": (int, float),
    },
    "done": {"id": (str,), "text": (str,)},
    "failed": {"id": (str,), "text": (str,)},
    "undone": {"id": (str,)},
    "open": {"audio": (str,)},
    "ping": {},
    "bye": {},
}


def problem_of(line: bytes) -> str | None:
    """What keeps a line from being a message."""
    if len(line) > LINE_LIMIT:
        return f"a message may be {LINE_LIMIT} bytes long at most"
    try:
        told = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError):
        return "what it says is not a line of JSON"
    if not isinstance(told, dict) or not isinstance(told.get("message"), str):
        return "what it says is not a message"
    wanted = FIELDS.get(told["message"])
    if wanted is None:
        return f"there is no message {told['message'][:40]!r}"
    for name, kinds in wanted.items():
        value = told.get(name)
        if not isinstance(value, kinds) or isinstance(value, bool):
            return f"{told['message']} needs {name} as {' or '.join(kind.__name__ for kind in kinds)}"
        if isinstance(value, list) and not all(isinstance(entry, str) for entry in value):
            return f"{told['message']} needs {name} as a list of texts"
    return None
