"""Scenes to look at: every mood by a man and a woman, people reading, a quarrel, laughter, a whisper, a shout.

Each becomes a contact sheet and a movie, and all of them together one picture, a row each. Actors are heard by an ear
that never heard them; of their lines one is shown whose mood it told, where there is any.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from koemorph.audio import Clip
from koemorph.engine import Engine
from koemorph.files import atomic
from koemorph.model import load_model
from koemorph.moods.hearing import MoodEar, hear_moods
from koemorph.preview.actor import Actor
from koemorph.preview.movie import FASTEST, film
from koemorph.preview.sheet import CLOSE, draw_sheet, telling_frames
from koemorph.settings import Settings
from koemorph.take import Take
from koemorph.timing import SAMPLE_RATE

from ..speech.sound import at_level, load
from ..teacher import analyse
from .faces import sound_of
from .fitting import MOODS, Measured, Remembered
from .leaving_out import called, heard
from .material import PLAIN, Line, load_material
from .sounds import whispered

QUARREL: Final = ("anger", "sadness", "joy")
PAUSE: Final = 0.5
SIDE: Final = 190
FACES: Final = 6
_NAME: Final = 150


@dataclass(frozen=True, eq=False)
class Scene:
    """Somebody to be seen; `ear` is what hears the mood, the shipped one if None."""

    name: str
    samples: NDArray[np.float32]
    ear: MoodEar | None = None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("material", type=Path, help="what 'koemorph-models hear-moods' wrote")
    parser.add_argument("corpora", type=Path, nargs="+", help="the folders of corpora that it was made from")
    parser.add_argument("-o", "--output", type=Path, required=True, help="the folder for sheets and movies")
    parser.add_argument("--men", default="emodb-11", help="an actor (%(default)s)")
    parser.add_argument("--women", default="emodb-16", help="an actress (%(default)s)")
    parser.add_argument("--readers", nargs="+", default=["kerstin", "librispeech"], help="corpora (%(default)s)")
    parser.add_argument("--laughter", type=Path, nargs="+", default=[], help="recordings of people who laugh")
    parser.add_argument("--model", type=Path, help="a model folder; the shipped one if left out")
    parser.add_argument("--only", nargs="+", metavar="SCENE", help="joy, quarrel, reading, whisper, laughter ...")
    parser.add_argument("--no-movies", action="store_true")


def run(options: argparse.Namespace) -> int:
    options.output.mkdir(parents=True, exist_ok=True)
    engine, shown = Engine(load_model(options.model)), []
    for scene in scenes(load_material(options.material), options):
        if options.only and scene.name.split()[0] not in options.only:
            continue
        with Clip.from_samples(at_level(scene.samples), SAMPLE_RATE) as clip:
            analysis = engine.analyse(clip)
            track = hear_moods(analysis.heard.tones, analysis.heard.level, scene.ear) if scene.ear else None
            take = engine.render(analysis, Settings(mood_keys=str(track)) if track else Settings())
            draw_sheet(take, options.output / f"{scene.name}.png", clip)
            if not options.no_movies:
                film(take.retime(FASTEST), options.output / f"{scene.name}.mp4", clip)
        print(f"{scene.name}: {take.moods or 'nothing is heard'}", flush=True)
        shown.append((scene.name, take))
    draw_rows(options.output / "all.png", shown)
    return 0


def scenes(lines: Sequence[Line], options: argparse.Namespace) -> Iterator[Scene]:
    features = Remembered()
    acted_scenes = {*MOODS, "quarrel", "shout"}
    for who in (options.men, options.women) if not options.only or acted_scenes & set(options.only) else ():
        ear = Measured.of([line for line in lines if line.speaker != who], features).ear()
        own = [line for line in lines if line.speaker == who and line.variant == PLAIN]
        told = {line.id: called(line, heard(line, ear, features)) for line in own}
        acted = {mood: [line for line in own if line.mood == mood] for mood in MOODS}
        right = {mood: [line for line in rows if told[line.id] == mood] for mood, rows in acted.items()}
        print(f"{who} is told right in", {mood: f"{len(right[mood])} of {len(acted[mood])}" for mood in MOODS})
        said = {mood: _sound(_usual(right[mood] or rows), options) for mood, rows in acted.items() if rows}
        for mood, samples in said.items():
            yield Scene(f"{mood} {who}", samples, ear)
        yield Scene(f"quarrel {who}", _one_after_the_other([said[mood] for mood in QUARREL]), ear)
        angry = [_sound(line, options) for line in own if line.mood == "anger"]
        yield Scene(f"shout {who}", max(angry, key=_effort), ear)
    for corpus in options.readers:
        read = [line for line in lines if line.corpus == corpus and line.variant == PLAIN and not line.acted]
        samples = _sound(_usual(read), options)
        yield Scene(f"reading {corpus}", samples)
        yield Scene(f"whisper {corpus}", whispered(samples))
    for path in options.laughter:
        yield Scene(f"laughter {path.stem}", load(path))


def _one_after_the_other(parts: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    pause = np.zeros(round(PAUSE * SAMPLE_RATE), np.float32)
    return np.concatenate([piece for part in parts for piece in (part, pause)])


def _usual(lines: Sequence[Line]) -> Line:
    """The line of middling length."""
    return sorted(lines, key=lambda line: (len(line.sound), line.id))[len(lines) // 2]


def _sound(line: Line, options: argparse.Namespace) -> NDArray[np.float32]:
    return at_level(load(sound_of(line, options.corpora)))


def _effort(samples: NDArray[np.float32]) -> float:
    """How much of the highs the loud parts of a voice have: shouting lifts them."""
    heard = analyse(samples)
    loud = heard.loudness > np.percentile(heard.loudness, 60)
    return float(np.median(heard.tilt[loud]))


def draw_rows(path: Path, shown: Sequence[tuple[str, Take]]) -> None:
    """A row of faces for each scene."""
    sheet = Image.new("RGB", (_NAME + FACES * SIDE, len(shown) * SIDE), "#ffffff")
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(15)
    for row, (name, take) in enumerate(shown):
        draw.text((8, row * SIDE + SIDE / 2), name.replace(" ", "\n"), fill="#222222", font=font, anchor="lm")
        actor = Actor(take, (SIDE, SIDE), CLOSE)
        for column, frame in enumerate(telling_frames(take, FACES)):
            sheet.paste(Image.fromarray(actor.picture(frame)), (_NAME + column * SIDE, row * SIDE))
    with atomic(path) as handle:
        sheet.save(handle, "PNG")
