"""JSON from outside to values of ours: no number that is none, in words of ours. Standard library only, for hosts."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any, NoReturn

from .limits import DIGITS

Pairs = Callable[[list[tuple[str, Any]]], Any]


class NoJson(ValueError):
    """Why it is none, as a part of a sentence."""


def refused(text: str) -> NoReturn:
    raise NoJson(f"{text[:40]} is not a number")


def parse(data: str | bytes, *, pairs: Pairs | None = None, odd: Callable[[str], Any] = refused) -> Any:
    """The values in `data`; `odd` is asked what to make of a number that is infinite, none, or endless."""

    def whole(text: str) -> Any:
        return int(text) if len(text) <= DIGITS.most else odd(text)

    def real(text: str) -> Any:
        value = float(text)
        return value if math.isfinite(value) else odd(text)

    try:
        text = data if isinstance(data, str) else data.decode("utf-8-sig")
        return json.loads(text, object_pairs_hook=pairs, parse_constant=odd, parse_int=whole, parse_float=real)
    except (NoJson, json.JSONDecodeError):
        raise
    except UnicodeDecodeError as err:
        raise NoJson("it is not UTF-8") from err
    except RecursionError as err:
        raise NoJson("it nests too deep") from err
