"""The symbols of flite and festival as IPA (`engine_symbols.json`)."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files

from koemorph.speech.symbols import normal


@cache
def engine_tables() -> dict[str, dict[str, str]]:
    """By table, each of its symbols as IPA; empty is a pause."""
    data = json.loads(files(__package__).joinpath("engine_symbols.json").read_text("utf-8"))
    return {name: {k: normal(v) for k, v in table.items()} for name, table in data.items() if name != "comment"}


def from_engine(symbol: str, table: str) -> tuple[str, int]:
    """A flite or festival symbol as IPA, and its stress if the symbol says so (Italian and Catalan `a1`)."""
    stressed = len(symbol) > 1 and symbol.endswith("1")
    plain = symbol.removesuffix("1") if stressed else symbol
    known = engine_tables()[table]
    plain = plain if plain in known else plain.rstrip(":")
    if plain not in known:
        raise KeyError(f"The phone table {table!r} has no symbol {symbol!r}.")
    return known[plain], 2 if stressed else 0
