"""Everything that the core says of itself to people is there in every language, and nothing else."""

import re
from dataclasses import fields

import pytest

from koemorph.keying import STYLES, Keying
from koemorph.languages import languages, texts
from koemorph.presets import shipped
from koemorph.runtime.worker.work import STAGES
from koemorph.settings import Settings, info_of


def spoken() -> set[str]:
    found = {"Starting", *(stage.capitalize() for stage in STAGES)}
    for entry in (*fields(Settings), *fields(Keying)):
        info = info_of(entry)
        found |= {info.label, info.tooltip, info.group, info.unit, *(info.labels.values() or info.choices)}
    found |= {style.tooltip for style in STYLES.values()}
    for preset in shipped():
        found |= {preset.name, preset.about}
    return found - {""}


def numbers(text: str) -> set[str]:
    return {number.replace(",", ".") for number in re.findall(r"\d+(?:[.,]\d+)?", text)}


def test_there_are_japanese_and_german():
    assert {"de", "ja"} <= set(languages())
    assert texts("xx") == {}


@pytest.mark.parametrize("language", languages())
def test_nothing_is_missing_and_nothing_left_over(language):
    known = texts(language)
    assert set(known) == spoken()
    for text, translated in known.items():
        assert translated.strip() and translated == translated.strip(), text
        assert numbers(text) <= numbers(translated), text
