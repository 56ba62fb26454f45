"""How a script is said: its words with their phones.

`[directions]` are skipped and `/IPA/` is taken as it is. English reads by dictionary, Japanese kana by table, and every
other language through espeak-ng where that is installed.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from . import english, kana
from .script import Script, ScriptError
from .spelling import spoken
from .symbols import from_ipa, is_vowel, symbols_of
from .variants import Variant, variants

_DIRECTION: Final = re.compile(
    r"\[[^\]]*\]|\([^)]*\)(?=\s*$)|(?<=[.!?…])\s*\([^)]*\)|^\s*(?:[A-Z][A-Z0-9 .'-]{0,30}:\s+)?\([^)]*\)"
    r"|^\s*[A-Z][A-Z0-9 .'-]{0,30}:\s",
    re.MULTILINE,
)
"""In brackets; in parentheses before, between and after sentences; and who speaks."""
_PIECES: Final = re.compile(r"/[^/\s][^/\n]{0,80}/|\S+")
_INITIALS: Final = re.compile(r"[^\W\d_]\.|[^\W\d_](\.[^\W\d_])+\.?")
_ASKS: Final = re.compile(r"([?？])[^\w\s]*$")
_MARK_APART: Final = re.compile(r"\s+(?=[?？])")
"""French writes a question's mark apart from its last word."""
_DASHES: Final = re.compile(r"[—–]|--+|(?<=[^\W\d_])-(?=[^\W\d_])")
_PROGRAMS: Final = ("espeak-ng", "espeak")
_PATIENCE: Final = 60.0


@dataclass(frozen=True)
class ScriptWord:
    """A word as it is written, with the mark of a question that it ends, and the phones it is said with, stressed."""

    text: str
    phones: english.Said
    variants: tuple[Variant, ...] = ()
    """Other ways of saying parts of it."""

    @property
    def every(self) -> english.Said:
        """Its phones, and after them those of its variants."""
        return (*self.phones, *(phone for variant in self.variants for phone in variant.said))


@lru_cache(16)
def read_script(script: Script) -> tuple[ScriptWord, ...]:
    """Its words; raises `ScriptError` where the language cannot be read or nothing is said."""
    text = _MARK_APART.sub("", _DASHES.sub(" ", _DIRECTION.sub(" ", script.text)))
    pieces = [match[0] for match in _PIECES.finditer(text)]
    name = script.language.strip().lower().replace("_", "-")
    plain = [piece for piece in pieces if not _is_ipa(piece)]
    if name == "en" or name.startswith("en-"):
        beside = ["", *plain, ""]
        said = [_english(*beside[place : place + 3]) for place in range(len(plain))]
    elif name in ("ja", "ja-jp"):
        if odd := next((piece for piece in plain if not kana.readable(piece)), None):
            raise ScriptError(f"A Japanese script is read in kana, which {odd[:20]} is not; what is heard is used.")
        said = [kana.say(piece) for piece in plain]
    else:
        said = _through_espeak(plain, name)
    read = (ScriptWord("", phones, variants([symbol for symbol, _ in phones], name)) for phones in said)
    words = [
        replace(ScriptWord("", _ipa(piece)) if _is_ipa(piece) else next(read), text=_written(piece)) for piece in pieces
    ]
    words = [word for word in words if word.phones and word.text]
    if not words:
        raise ScriptError("The script says nothing; what is heard is used.")
    return tuple(words)


def _is_ipa(piece: str) -> bool:
    return len(piece) > 2 and piece.startswith("/") and piece.endswith("/")


def _bare(piece: str) -> str:
    """A word without the marks around it."""
    bare = piece.strip('/"“”„()*_~<>«»…,;:!?.。、！？「」¿¡')
    return (bare[1:].rstrip("'’.,;:!?…") if bare[:1] in "'‘" and bare[-1:] in "'’" else bare)[:200]


def _written(piece: str) -> str:
    """A word as tracks show it: without marks, but for that of the question that it ends."""
    bare, asks = _bare(piece), _ASKS.search(piece)
    return bare + asks[1] if bare and asks else bare


def _ipa(piece: str) -> english.Said:
    phones: list[tuple[str, int]] = []
    for part in piece.strip("/").replace(" ", "").replace("ˈ", " ˈ").replace("ˌ", " ˌ").replace(".", " ").split():
        names, stress = symbols_of(part)
        if not names:
            raise ScriptError(f"{piece[:40]} in the script holds signs that are no phones KoeMorph knows; spell it.")
        phones += _stressed(names, stress)
    return tuple(phones)


def _stressed(names: list[str], stress: int) -> list[tuple[str, int]]:
    """The first vowel takes the stress."""
    result = []
    for name in names:
        mine = stress if is_vowel(name) else 0
        stress = 0 if mine else stress
        result.append((name, mine))
    return result


def _english(before: str, piece: str, after: str) -> english.Said:
    phones: list[tuple[str, int]] = []
    for word in spoken(piece, before, after):
        letters = word.replace(".", "")
        if _INITIALS.fullmatch(word):
            phones += english.spell(letters)
        elif word.isupper() and 1 < len(word) <= 5 and not english.is_known(word):
            phones += english.spell(word)
        else:
            phones += english.say(letters)
    return tuple(phones)


def _through_espeak(pieces: list[str], language: str) -> list[english.Said]:
    """Each piece as espeak-ng says it, one a line."""
    program = next((found for name in _PROGRAMS if (found := shutil.which(name))), None)
    if program is None:
        raise ScriptError(
            f"A script in {language[:20]!r} needs espeak-ng to be read, which is not installed; what is heard is used."
        )
    if not re.fullmatch(r"[a-z]{2,8}(-[a-z0-9]{1,16})*", language):
        raise ScriptError(f"{language[:20]!r} is no language; write for example en, de, fr or ja.")
    words = [re.sub(r"\s+", " ", _bare(piece)).lower() or "." for piece in pieces]
    try:
        done = subprocess.run(
            [program, "-q", "--ipa", "--sep=_", "-v", language, "--stdin"],
            input="\n\n".join(words).encode("utf-8"),
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as err:
        raise ScriptError(f"espeak-ng did not read the script ({err}); what is heard is used.") from err
    lines = [line for line in done.stdout.decode("utf-8", "replace").splitlines() if line.strip()]
    if done.returncode or not lines:
        raise ScriptError(f"espeak-ng reads no language {language!r} (codes are en, de, fr...); what is heard is used.")
    if len(lines) != len(words):
        raise ScriptError(f"espeak-ng read {len(lines)} of {len(words)} words; what is heard is used.")
    return [_phones_of(line) for line in lines]


def _phones_of(line: str) -> english.Said:
    phones: list[tuple[str, int]] = []
    for part in re.split(r"[_\s]+", line):
        names, stress = from_ipa(part)
        phones += _stressed(names, stress)
    return tuple(phones)
