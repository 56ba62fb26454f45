"""What stands in a script besides plain words, written out as English people say it: numbers, money, times, titles."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from typing import Final

_ONES: Final = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS: Final = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_GROUPS: Final = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (1000, "thousand"), (100, "hundred"))
_MONEY: Final = {"$": ("dollar", "cent"), "£": ("pound", "penny"), "€": ("euro", "cent"), "¥": ("yen", "sen")}
_DATA: Final = json.loads(files(__package__).joinpath("english.json").read_text("utf-8"))
_ORDINALS: Final[dict[str, str]] = _DATA["ordinals"]
_ABBREVIATIONS: Final[dict[str, str]] = _DATA["abbreviations"]
_SIGNS: Final[dict[str, str]] = _DATA["signs"]
_UNITS: Final[dict[str, str]] = _DATA["units"]
_MONARCHS: Final = frozenset(_DATA["monarchs"])
"""Whose numbers are said as the Eighth; any other Roman number is said as it counts."""
_ALWAYS: Final = frozenset(("mr", "mrs", "dr", "wwi", "wwii"))
"""Abbreviations that are no words without their point either."""
_NUMBER: Final = r"\d{1,3}(?:,\d{3})+|\d+"
_TIME: Final = re.compile(r"(\d{1,2}):(\d{2})(?:\s*([ap])\.?m\.?)?$", re.IGNORECASE)
_PRICE: Final = re.compile(rf"([$£€¥])({_NUMBER})(?:\.(\d+))?$")
_TELEPHONE: Final = re.compile(r"\+?\d{1,4}(?:-\d{3})*-\d{4}$")
_FRACTION: Final = re.compile(r"(\d{1,2})/(\d{1,2})$")
_ROMAN: Final = re.compile(r"(?=[IVX]{2,})(X{0,3})(IX|IV|V?I{0,3})$")
_WORTH: Final = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6, "VII": 7, "VIII": 8, "IX": 9, "": 0}
_LARGE: Final = frozenset(("hundred", "thousand", *(name for _, name in _GROUPS)))
_PLAIN: Final = re.compile(rf"(-?)({_NUMBER})(?:\.(\d+))?([a-z%°]*)$", re.IGNORECASE)
_LONGEST: Final = 15
"""Digits that are said as a number; more of them are said one by one."""


def spoken(token: str, before: str = "", after: str = "") -> list[str]:
    """The words that one piece of a text, as it stands between blanks, is said as, beside those before and after it."""
    bare, left, right = _bare(token), _bare(before), _bare(after)
    short = bare.lower()
    if short in _LARGE and (match := _PRICE.match(left)):
        return [short, _MONEY[match[1]][0] + ("" if match[1] == "¥" else "s")]
    pointed = token.rstrip(',;:!?")').endswith(".")
    if left[-1:].isdigit() and short in _UNITS and (short != "in" or pointed):
        return _unit(short, left == "1")
    if short == "no" and pointed and right[:1].isdigit():
        return ["number"]
    if short == "st" and pointed and not right[:1].isupper():
        return ["street"]
    if short in _ABBREVIATIONS and (short in _ALWAYS or pointed):
        return _ABBREVIATIONS[short].split()
    if match := _TIME.match(bare):
        minutes = int(match[2])
        said = [*cardinal(int(match[1])), *(_minutes(minutes) if minutes else ([] if match[3] else ["o'clock"]))]
        return [*said, *([f"{match[3]}.", "m."] if match[3] else [])]
    if match := _PRICE.match(bare):
        if right.lower() in _LARGE:
            return spoken(bare[1:])
        return _price(match[1], int(match[2].replace(",", "")), match[3] or "")
    if _TELEPHONE.match(bare):
        return ["oh" if digit == "0" else _ONES[int(digit)] for digit in bare if digit.isdigit()]
    if match := _FRACTION.match(bare):
        return _fraction(int(match[1]), int(match[2]))
    if (match := _ROMAN.match(bare)) and left[:1].isupper():
        number = 10 * len(match[1]) + _WORTH[match[2]]
        return ["the", *ordinal(number)] if left.lower() in _MONARCHS else cardinal(number)
    if match := _PLAIN.match(bare):
        return _figures(match)
    words: list[str] = []
    for part in re.findall(r"\d+|[^\W\d_]+(?:['’.][^\W\d_]+)*\.?|[&%+=@#°]", bare):
        words += spoken(part) if part[0].isdigit() else [_SIGNS.get(part, part)]
    return words


def _bare(token: str) -> str:
    return token.strip('"“”()*_~<>«»…').rstrip(",;:!?.")


def _unit(name: str, single: bool) -> list[str]:
    """What a measure is called; of one, the first of its words loses its s."""
    first, *rest = _UNITS[name].split()
    if single:
        odd = {"feet": "foot", "inches": "inch", "hertz": "hertz"}
        first = odd.get(first) or odd.get(first[-5:]) or first.removesuffix("s")
    return [first, *rest]


def _fraction(above: int, below: int) -> list[str]:
    """Halves, quarters and so on to tenths; else both numbers, as in 24/7."""
    if not 0 < above < below <= 10:
        return [*cardinal(above), *cardinal(below)]
    part = {2: "half", 4: "quarter"}.get(below) or " ".join(ordinal(below))
    return [*cardinal(above), part if above == 1 else part + "s"]


def _figures(match: re.Match[str]) -> list[str]:
    sign, whole, decimals, after = match.groups()
    digits = whole.replace(",", "")
    ending = after.lower()
    said = ["minus"] if sign else []
    if ending in ("st", "nd", "rd", "th") and not decimals and len(digits) <= _LONGEST:
        return [*said, *ordinal(int(digits))]
    if ending == "s" and len(digits) == 4 and digits.endswith("0"):
        *before, last = _year(int(digits))
        return [*before, last.removesuffix("y") + "ies" if last.endswith("y") else last + "s"]
    plain_year = not (sign or decimals or after or "," in whole)
    if plain_year and len(digits) == 4 and 1100 <= int(digits) <= 2099:
        said += _year(int(digits))
    elif len(digits) > _LONGEST or (digits.startswith("0") and len(digits) > 1):
        said += [_ONES[int(digit)] for digit in digits]
    else:
        said += cardinal(int(digits))
    if decimals:
        said += ["point", *(_ONES[int(digit)] for digit in decimals[:20])]
    if ending:
        said += _unit(ending, digits == "1") if ending in _UNITS else [_SIGNS.get(ending, ending)]
    return said


def cardinal(number: int) -> list[str]:
    if number < 20:
        return [_ONES[number]]
    if number < 100:
        return [_TENS[number // 10], *([_ONES[number % 10]] if number % 10 else [])]
    size, name = next(group for group in _GROUPS if number >= group[0])
    rest = number % size
    joint = ["and"] if size == 100 and rest else []
    return [*cardinal(number // size), name, *joint, *(cardinal(rest) if rest else [])]


def ordinal(number: int) -> list[str]:
    *before, last = cardinal(number)
    if last in _ORDINALS:
        return [*before, _ORDINALS[last]]
    return [*before, last.removesuffix("y") + "ieth" if last.endswith("y") else last + "th"]


def _year(number: int) -> list[str]:
    century, rest = divmod(number, 100)
    if century % 10 == 0 and rest < 10:
        return cardinal(number)
    if not rest:
        return [*cardinal(century), "hundred"]
    return [*cardinal(century), *(["oh", _ONES[rest]] if rest < 10 else cardinal(rest))]


def _minutes(minutes: int) -> list[str]:
    return ["oh", _ONES[minutes]] if minutes < 10 else cardinal(minutes)


def _price(sign: str, whole: int, decimals: str) -> list[str]:
    name, small = _MONEY[sign]
    plural = {"penny": "pence", "yen": "yen", "sen": "sen"}
    if len(decimals) not in (0, 2):
        return [
            *cardinal(whole),
            "point",
            *(_ONES[int(digit)] for digit in decimals[:20]),
            plural.get(name, name + "s"),
        ]
    part = int(decimals or 0)
    said = [*cardinal(whole), name if whole == 1 else plural.get(name, name + "s")] if whole or not part else []
    if part:
        said += [*(["and"] if said else []), *cardinal(part), small if part == 1 else plural.get(small, small + "s")]
    return said
