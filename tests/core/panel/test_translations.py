"""Every text of the panel, and every setting, in every language; placeholders survive."""

from __future__ import annotations

import ast
import json
import re
from dataclasses import fields
from importlib.resources import files
from pathlib import Path

import pytest

from koemorph.settings import Settings, info_of

PANEL = Path(str(files("koemorph.panel")))
LANGUAGES = [path.stem for path in (PANEL / "translations").glob("*.json")]


def spoken() -> set[str]:
    """What stands in `tr(...)` anywhere, and what settings say of themselves."""
    found = set()
    for path in PANEL.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            called = node.func if isinstance(node, ast.Call) else None
            if isinstance(called, ast.Name) and called.id == "tr" and isinstance(node.args[0], ast.Constant):
                found.add(node.args[0].value)
    for entry in fields(Settings):
        info = info_of(entry)
        found |= {info.label, info.tooltip, info.group, *info.choices, *([info.unit] if info.unit else [])}
    return found


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
