"""What the listener hears in lines, kept in one file: the material that moods are learned from.

An acted line is heard several times: as it is, and at other speeds, pitches and levels, in other rooms, with noise,
over the telephone. Of what is read some lines of every speaker are enough, heard once clean and once disturbed.
"""

from __future__ import annotations

import argparse
import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import soxr
import torch
from numpy.typing import NDArray

from koemorph.audio.level import SpeechLevel
from koemorph.features.listener import CELL, FEATURE_RATE, MARGIN, WINDOW, log_mel
from koemorph.features.mel import sound_level
from koemorph.files import atomic
from koemorph.moods.hearing import sound_in_cells
from koemorph.timing import FrameRate

from ..listener.encoder import Listener, load_listener
from ..speech.sound import SAMPLE_RATE, load
from ..training.disturb import disturbed, telephone
from .lines import Line, read_lines

ACTED_VARIANTS: Final = 6
LONGEST: Final = 7.5
"""Seconds of a line that are heard: less than a window of the listener."""
CELL_FRAMES: Final = 60 * CELL // FEATURE_RATE

Array = NDArray[np.float32]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("output", type=Path, help="the .npz to write")
    parser.add_argument("speech", type=Path, nargs="+", help="folders of corpora")
    parser.add_argument("--listener", type=Path, required=True, help="the listener's weights, as .npz")
    parser.add_argument(
        "--readers", type=int, default=3, help="lines of each reader (eight times as many where a corpus has few)"
    )


def run(options: argparse.Namespace) -> int:
    torch.set_num_threads(1)
    listener = load_listener(options.listener, layers=3)
    lines = [line for root in options.speech for line in read_lines(root)]
    chosen = [line for line in lines if line.acted] + _some(lines, options.readers)
    found: dict[str, list[object]] = defaultdict(list)
    for number, (line, variant, sound) in enumerate(_variants(chosen)):
        tones, sounding = hear(listener, sound, zlib.crc32(f"{line.audio.name}{variant}".encode()) % WINDOW)
        found["tones"].append(tones.astype(np.float16))
        found["sound"].append(sounding)
        for name, value in (("line", line.audio.stem), ("speaker", line.speaker), ("corpus", line.corpus)):
            found[name].append(value)
        for name, value in (("mood", line.mood), ("language", line.language)):
            found[name].append(value)
        found["acted"].append(line.acted)
        found["variant"].append(variant)
        found["cells"].append(len(tones))
        if number % 500 == 0:
            print(number, line.corpus, line.speaker, flush=True)
    arrays = {name: np.array(values) for name, values in found.items() if name not in ("tones", "sound")}
    with atomic(options.output) as handle:
        np.savez(handle, tones=np.concatenate(found["tones"]), sound=np.concatenate(found["sound"]), **arrays)
    print(f"{len(found['cells'])} variants of {len(chosen)} lines in {options.output}")
    return 0


@torch.inference_mode()
def hear(listener: Listener, samples: Array, place: int = 0) -> tuple[Array, Array]:
    """Samples at the reference level -> tones (cells, 1024) and the share of sound in each cell.

    As within a window at run time, a second of margin to both sides, but no longer than the line needs; `place` is the
    feature of the window at which the margin begins, because the listener knows where in a window it is.
    """
    count = -(-len(samples) * 2 // SAMPLE_RATE)
    features = MARGIN + CELL * count + MARGIN

    def read(start: int, stop: int) -> Array:
        sound = np.zeros(stop - start, np.float32)
        begin, end = max(start, 0), min(stop, len(samples))
        if begin < end:
            sound[begin - start : end - start] = samples[begin:end]
        return sound

    mel = log_mel(read, -2 * MARGIN, 2 * features)
    positions = listener.positions
    listener.positions = positions[min(place, WINDOW - features) :]
    tones = listener(torch.from_numpy(mel)[None])[1][0].numpy()
    listener.positions = positions
    level = sound_level(read, 0, count * CELL_FRAMES, FrameRate.parse("60"))
    first = MARGIN // CELL
    return tones[first : first + count], sound_in_cells(level, CELL_FRAMES, count)


def _variants(lines: Sequence[Line]) -> Iterator[tuple[Line, int, Array]]:
    """Each line as often as it is heard: the first time as it is."""
    babble = _levelled(np.concatenate([load(line.audio) for line in lines[:: max(1, len(lines) // 12)]]))
    for line in lines:
        clean = load(line.audio)
        for variant in range(ACTED_VARIANTS if line.acted else 2):
            chance = np.random.default_rng(zlib.crc32(f"{line.audio.name}/{line.speaker}/{variant}".encode()))
            samples = _levelled(clean)
            if variant:
                # a tape that runs faster or slower: speed and pitch together, as voices differ from one another
                samples = soxr.resample(samples, SAMPLE_RATE, SAMPLE_RATE * chance.uniform(0.87, 1.15))
                samples = disturbed(samples, np.roll(babble, int(chance.integers(len(babble)))), chance)
                if variant == 3:
                    samples = telephone(samples, chance)
                samples = _levelled(samples) * np.float32(10 ** (chance.normal(0, 2.0) / 20))
            quiet = np.zeros(int(chance.uniform(0.0, 0.5) * SAMPLE_RATE), np.float32)
            yield line, variant, np.concatenate([quiet, samples])[: int(LONGEST * SAMPLE_RATE)].astype(np.float32)


def _levelled(samples: Array) -> Array:
    """As every clip is heard: at the level that speech is brought to."""
    meter = SpeechLevel()
    meter.push(samples)
    return np.asarray(samples * np.float32(meter.gain()[0]), dtype=np.float32)


def _some(lines: Sequence[Line], each: int) -> list[Line]:
    """Some read lines of each reader, spread over what there is; more where a corpus has few readers."""
    readers: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        if not line.acted:
            readers[line.speaker].append(line)
    speakers: dict[str, set[str]] = defaultdict(set)
    for line in lines:
        speakers[line.corpus].add(line.speaker)
    chosen = []
    for own in readers.values():
        wanted = each * (1 if len(speakers[own[0].corpus]) > 3 else 8)
        chosen += own[:: max(1, len(own) // wanted)][:wanted]
    return chosen
