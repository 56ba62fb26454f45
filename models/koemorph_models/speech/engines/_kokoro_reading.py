"""Text as Kokoro wants it: IPA in its own vocabulary, phone by phone, with our symbols beside.

espeak-ng reads all languages but Mandarin (see `pinyin`). Tables are in `kokoro.json`: `respell` makes espeak-ng's IPA
what Kokoro was taught in that language, `join` turns diphthongs and affricates into its single characters.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from koemorph.speech.symbols import is_vowel

from .. import pinyin
from . import espeak

MANDARIN: Final = "cmn-latn-pinyin"
_MARKS: Final = re.compile(r"\s*([,.;:!?…、。！？]+)\s*")
_USUAL: Final = str.maketrans("、。！？", ",.!?")
_STRESS: Final = re.compile("[ˈˌ]")
_LONG: Final = re.compile(r"(\w[\u031e\u0308ᵝ]?)\1")


@dataclass(frozen=True)
class Sound:
    """A phone in IPA with its stress mark, a gap between words (" ") or a pause (""), and what it is said by."""

    symbol: str
    spoken: str


def read(text: str, language: str, tables: Mapping[str, Any]) -> list[Sound]:
    """Words are parted by gaps, clauses by pauses; what Kokoro has no character for is left out."""
    known = tables["characters"]
    sounds: list[Sound] = []
    for number, clause in enumerate(_MARKS.split(text)):
        if number % 2:
            sounds.append(Sound("", clause.translate(_USUAL)[0]))
            continue
        words = _mandarin(clause, tables) if language == MANDARIN else _by_espeak(clause, language, tables)
        for word in words:
            kept = [Sound(one.symbol, "".join(c for c in one.spoken if c in known)) for one in word]
            kept = [one for one in kept if one.spoken.strip("ˈˌː")]
            if kept and sounds:
                sounds.append(Sound(" ", " "))
            sounds += kept
    return sounds


def _by_espeak(text: str, language: str, tables: Mapping[str, Any]) -> list[list[Sound]]:
    respell = [*tables["respell"].get(language, {}).items(), *tables["respell"]["all"].items()]
    words = []
    for word in espeak.text_to_phones(text, language):
        sounds = []
        for written in word:
            if written.startswith("("):  # "(en)": from here another language is spoken
                continue
            spoken = written if language in tables["stressed"] else _STRESS.sub("", written)
            for odd, usual in respell:
                spoken = spoken.replace(odd, usual)
            sounds.append(Sound(_LONG.sub(r"\1ː", written), _joined(_LONG.sub(r"\1ː", spoken), tables)))
        words.append(sounds)
    return words


def _mandarin(text: str, tables: Mapping[str, Any]) -> list[list[Sound]]:
    words = []
    for word in text.split():
        sounds = []
        for phones, tone in pinyin.read(word):
            said = [_joined(phone, tables) for phone in phones]
            nucleus = max(place for place, phone in enumerate(phones) if is_vowel(phone))
            said[nucleus] += tables["tones"][tone - 1]
            sounds += [Sound(phone, spoken) for phone, spoken in zip(phones, said, strict=True)]
        words.append(sounds)
    return words


def _joined(written: str, tables: Mapping[str, Any]) -> str:
    for parts, single in tables["join"].items():
        written = written.replace(parts, single)
    return written
