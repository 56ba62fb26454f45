"""Japanese kana to phones, by table; kanji are not read."""

from __future__ import annotations

import unicodedata
from typing import Final

from .english import Said

_ROWS: Final = {
    "": "あいうえお", "k": "かきくけこ", "s": "さしすせそ", "t": "たちつてと", "n": "なにぬねの", "h": "はひふへほ",
    "m": "まみむめも", "ɾ": "らりるれろ", "ɡ": "がぎぐげご", "z": "ざじずぜぞ", "d": "だぢづでど", "b": "ばびぶべぼ",
    "p": "ぱぴぷぺぽ",
}  # fmt: skip
_VOWELS: Final = ("a", "i", "ɯ", "e", "o")
_CHANGED: Final = {
    "し": "ɕ", "ち": "tɕ", "つ": "ts", "ふ": "ɸ", "ひ": "ç", "じ": "dʑ", "ぢ": "dʑ", "づ": "z", "に": "ɲ",
}  # fmt: skip
_SINGLE: Final = {
    "や": ("j", "a"), "ゆ": ("j", "ɯ"), "よ": ("j", "o"), "わ": ("w", "a"), "を": ("o",), "ゔ": ("b", "ɯ"),
    "ぁ": ("a",), "ぃ": ("i",), "ぅ": ("ɯ",), "ぇ": ("e",), "ぉ": ("o",),
}  # fmt: skip
_SMALL: Final = {"ゃ": "a", "ゅ": "ɯ", "ょ": "o", "ぁ": "a", "ぃ": "i", "ぅ": "ɯ", "ぇ": "e", "ぉ": "o"}
_SOFT: Final = frozenset(("ɕ", "tɕ", "dʑ", "ɲ", "ç"))
_KANA: Final = {
    letter: ((_CHANGED.get(letter, row),) if _CHANGED.get(letter, row) else ()) + (_VOWELS[place],)
    for row, letters in _ROWS.items()
    for place, letter in enumerate(letters)
} | _SINGLE
_MARKS: Final = frozenset("ー・、。！？「」『』…～〜 !?,.んっ")


def readable(text: str) -> bool:
    return all(
        letter in _KANA or letter in _SMALL or letter in "んっ" or letter in _MARKS for letter in _hiragana(text)
    )


def say(text: str) -> Said:
    """Phones without stress, which Japanese has none of. ん goes with what follows; っ only lengthens."""
    phones: list[str] = []
    letters = _hiragana(text)
    for place, letter in enumerate(letters):
        if letter == "ん":
            following = _KANA.get(letters[place + 1 : place + 2], ("",))[0]
            phones.append("m" if following in ("p", "b", "m") else "ŋ" if following in ("k", "ɡ") else "n")
        elif letter in _SMALL and len(phones) > 1:
            phones.pop()
            glide = letter in "ゃゅょ" and phones[-1] not in _SOFT
            phones += ["j", _SMALL[letter]] if glide else [_SMALL[letter]]
        elif letter in _KANA:
            spoken = _KANA[letter]
            repeated = len(spoken) == 1 and phones and (phones[-1] == spoken[0] or (phones[-1], letter) == ("o", "う"))
            phones += () if repeated else spoken
    return tuple((symbol, 0) for symbol in phones)


def _hiragana(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text)
    return "".join(chr(ord(letter) - 0x60) if "ァ" <= letter <= "ヴ" else letter for letter in plain)
