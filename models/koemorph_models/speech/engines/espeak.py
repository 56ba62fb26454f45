"""espeak-ng through its library: formant speech with phone events, and text to IPA phones in any of its languages.

The library keeps one global voice and one callback, so everything here goes through `library()`, which loads it
once. Synthesis is synchronous and stays in memory. Its phone events give the time at which a phone *sounds*: for a
stop that is the release, the closure lies before it (see `phones.from_espeak`).
"""

from __future__ import annotations

import ctypes
import ctypes.util
import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np

from ..phones import from_espeak, with_stress
from ..texts import random_words
from ..utterance import Phone
from .base import EngineMissing, Rendering, Segment, Style, Voice, data

NAME: Final = "espeak"
RECORDED: Final = False

_SYNCHRONOUS, _PHONEMES, _IPA, _NO_EXIT = 2, 1, 2, 0x8000
_EVENT_END_OF_LIST, _EVENT_PHONEME = 0, 7
_RATE, _PITCH, _RANGE = 1, 3, 4
_UTF8 = 1
_SEPARATOR: Final = "|"


class _Name(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Name),
    ]


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


@dataclass
class _Library:
    handle: ctypes.CDLL
    rate: int
    callback: Any
    audio: list[np.ndarray]
    events: list[tuple[str, int]]


@cache
def library() -> _Library:
    """The loaded library; raises `EngineMissing` where it is not installed."""
    name = ctypes.util.find_library("espeak-ng") or "libespeak-ng.so.1"
    try:
        handle = ctypes.CDLL(name)
    except OSError as error:
        raise EngineMissing("The library espeak-ng is not installed (Debian: libespeak-ng1).") from error
    handle.espeak_TextToPhonemes.restype = ctypes.c_char_p
    rate = handle.espeak_Initialize(_SYNCHRONOUS, 2000, None, _PHONEMES | _IPA | _NO_EXIT)
    if rate <= 0:
        raise EngineMissing("espeak-ng does not start: its voice data is missing (Debian: espeak-ng-data).")
    audio: list[np.ndarray] = []
    events: list[tuple[str, int]] = []

    def collect(samples: Any, count: int, event: Any) -> int:
        if samples and count > 0:
            audio.append(np.ctypeslib.as_array(samples, (count,)).copy())
        index = 0
        while event[index].type != _EVENT_END_OF_LIST:
            if event[index].type == _EVENT_PHONEME:
                # A name of exactly eight bytes has no end mark; c_char arrays stop at either.
                events.append((event[index].id.string.decode("utf-8", "ignore"), int(event[index].sample)))
            index += 1
        return 0

    callback = _Callback(collect)
    handle.espeak_SetSynthCallback(callback)
    return _Library(handle, rate, callback, audio, events)


def missing() -> str:
    try:
        library()
    except EngineMissing as error:
        return str(error)
    return ""


def voices() -> list[Voice]:
    """Its languages in all chosen variants."""
    known = data(NAME)
    return [
        Voice(
            engine=NAME,
            key=f"{language}+{variant}",
            speaker=f"espeak-{variant}",
            group=group,
            language=language,
            licence=known["licence"],
            share=share,
        )
        for language, share in known["languages"].items()
        for group in ("woman", "man")
        for variant in known[group]
    ]


def sentence(voice: Voice, chance: random.Random) -> str:
    return random_words(voice.language, chance)


def speak(voice: Voice, lines: Sequence[tuple[str, Style]]) -> list[Rendering | None]:
    return [_spoken(voice, text, style) for text, style in lines]


def phones(sound: Rendering, voice: Voice, text: str) -> list[Phone]:
    found = from_espeak(sound.segments, sound.samples, sound.rate)
    return with_stress(found, text_to_phones(text, voice.language))


def _spoken(voice: Voice, text: str, style: Style) -> Rendering:
    """Speaks `text`; a segment's symbol is espeak's IPA with its stress marks, "" for a pause."""
    engine = library()
    _choose(voice.key)
    handle = engine.handle
    handle.espeak_SetParameter(_RATE, int(np.clip(round(175 / style.stretch), 80, 400)), 0)
    handle.espeak_SetParameter(_PITCH, int(np.clip(round(50 + 120 * np.log2(style.pitch)), 0, 99)), 0)
    handle.espeak_SetParameter(_RANGE, int(np.clip(round(50 * style.liveliness), 0, 99)), 0)
    engine.audio.clear()
    engine.events.clear()
    data = text.encode("utf-8") + b"\0"
    handle.espeak_Synth(data, ctypes.c_size_t(len(data)), 0, 0, 0, _UTF8, None, None)
    handle.espeak_Synchronize()
    samples = np.concatenate([*engine.audio, np.zeros(0, np.int16)]).astype(np.float32) / np.float32(32768)
    times = [sample / engine.rate for _, sample in engine.events]
    ends = [*times[1:], len(samples) / engine.rate]
    segments = [
        Segment(symbol=symbol.strip("_:") if symbol.startswith("_") else symbol, start=start, end=end)
        for (symbol, _), start, end in zip(engine.events, times, ends, strict=True)
        if end > start
    ]
    return Rendering(samples, engine.rate, tuple(segments))


def text_to_phones(text: str, language: str) -> list[list[str]]:
    """Words of IPA phones with espeak's stress marks, e.g. [["h", "ə", "l", "ˈəʊ"]]; clauses follow one another."""
    engine = library()
    _choose(language)
    buffer = ctypes.create_string_buffer(text.encode("utf-8"))
    pointer = ctypes.c_void_p(ctypes.addressof(buffer))
    words: list[list[str]] = []
    while pointer.value:
        spoken = engine.handle.espeak_TextToPhonemes(ctypes.byref(pointer), _UTF8, _IPA | (ord(_SEPARATOR) << 8))
        for word in (spoken or b"").decode("utf-8").replace("\n", " ").split(" "):
            phones = [phone for phone in word.split(_SEPARATOR) if phone]
            if phones:
                words.append(phones)
    return words


def _choose(name: str) -> None:
    if library().handle.espeak_SetVoiceByName(name.encode()) != 0:
        raise EngineMissing(f"espeak-ng has no voice {name!r}; `espeak-ng --voices` lists those it has.")
