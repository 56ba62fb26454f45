"""What alignment places: the phones of a text as espeak-ng says it, with other ways of saying them, or known ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from koemorph.speech import symbols
from koemorph.speech.variants import Variant, variants

from .engines import espeak
from .utterance import SILENCE, Phone

VOICES: Final = {"en": "en-us", "fr": "fr", "zh": "cmn", "pinyin": "cmn-latn-pinyin"}


@dataclass(frozen=True)
class Spoken:
    """A phone to be placed; `pause_before` allows silence there, `variants` count their phones from this one on."""

    symbol: str
    stress: int = 0
    pause_before: bool = False
    variants: tuple[Variant, ...] = ()


def read_text(text: str, language: str, *, as_written: bool = False) -> list[Spoken]:
    """The phones of `text` as espeak-ng says them in `language`, without variants if `as_written`.

    Capitals would be spelled out, so they are lowered.
    """
    result: list[Spoken] = []
    for written in espeak.text_to_phones(text.lower(), VOICES.get(language, language)):
        word: list[Spoken] = []
        for part in written:
            names, stress = symbols.from_ipa(part)
            for name in names:
                mine = stress if symbols.is_vowel(name) else 0
                stress = 0 if mine else stress
                word.append(Spoken(name, mine))
        if word:
            ways = () if as_written else variants([phone.symbol for phone in word], language)
            result += [replace(word[0], pause_before=True, variants=ways), *word[1:]]
    return result


def spoken(phones: Iterable[Phone]) -> list[Spoken]:
    """Known phones without their times; silence may stand where it stood."""
    result: list[Spoken] = []
    paused = True
    for phone in phones:
        if phone.symbol == SILENCE:
            paused = True
        else:
            result.append(Spoken(phone.symbol, phone.stress, paused))
            paused = False
    return result
