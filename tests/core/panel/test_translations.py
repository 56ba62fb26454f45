"""Every text that the panel adds to the core's, in every language; placeholders survive."""

from __future__ import annotations

import ast
import json
import re
from importlib.resources import files
from pathlib import Path

import pytest

from koemorph import formats, languages

PANEL = Path(str(files("koemorph.panel")))
LANGUAGES = [path.stem for path in (PANEL / "translations").glob("*.json")]


def spoken() -> set[str]:
    """What stands in `tr(...)` anywhere, and what formats say of themselves; the rest is the core's own."""
    found = set()
    for path in PANEL.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            called = node.func if isinstance(node, ast.Call) else None
            if isinstance(called, ast.Name) and called.id == "tr" and isinstance(node.args[0], ast.Constant):
                found.add(node.args[0].value)
    found |= {known.carries for known in formats.FORMATS}
    return found - set(languages.texts("de"))


def texts(language: str) -> dict[str, str]:
    return json.loads((PANEL / "translations" / f"{language}.json").read_text("utf-8"))


def test_there_are_japanese_and_german():
    assert {"ja", "de"} <= set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_missing_and_nothing_left_over(language):
    assert spoken() - set(texts(language)) == set()
    assert set(texts(language)) - spoken() == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_are_those_of_the_original(language):
    for text, translated in texts(language).items():
        assert translated.strip(), text
        pattern = r"\{[^}]*\}|%[vmp]"
        assert sorted(re.findall(pattern, text)) == sorted(re.findall(pattern, translated)), text
