"""The face in motion: MP4 with the sound, or a silent GIF."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
import soundfile
from PIL import Image, ImageDraw

from ..audio import SAMPLE_RATE, Clip
from ..audio.ffmpeg import find_ffmpeg
from ..errors import MissingPieceError, OutputError
from ..files import atomic
from ..take import Take
from ..timing import FrameRate, round_half_up
from .actor import Actor
from .plot import envelope
from .render import PAPER

Progress = Callable[[float], None]

MOVIES: Final = (".mp4", ".gif")
SIZE: Final = (400, 400)
STRIP: Final = 44
"""Height of the waveform under the face; both sizes are even, as MP4 wants them."""
FASTEST: Final = FrameRate(Fraction(30))
"""Faster takes are shown at this rate unless another is asked for."""
GIF_RATE: Final = FrameRate(Fraction(25))
"""A GIF counts time in hundredths of a second: 25 fps is the nearest to speech that is exact in it."""
_LOUDEST: Final = 0.98
_INK, _WAVE = (192, 57, 43), (154, 163, 173)


def encoder() -> str | None:
    """ffmpeg on the path, or the one that comes with the package imageio-ffmpeg."""
    if found := find_ffmpeg():
        return found
    try:
        import imageio_ffmpeg
    except ImportError:
        return None
    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError:  # its way to say that it has none for this machine
        return None


def film(take: Take, path: Path, clip: Clip | None = None, progress: Progress | None = None) -> tuple[str, ...]:
    """Write an MP4 or a GIF of the take at its own rate; returns a sentence for what the file cannot carry."""
    tell = progress or (lambda done: None)
    if path.suffix.lower() not in MOVIES:
        raise OutputError(f"{path.name} is no movie; let it end in {' or '.join(MOVIES)}.")
    if path.suffix.lower() == ".gif":
        _gif(take.retime(GIF_RATE), path, clip, tell)
        return ("A GIF carries no sound.",) if clip else ()
    _mp4(take, path, clip, tell)
    return () if clip else ("No recording was given, so the movie is silent.",)


def _frames(take: Take, clip: Clip | None, tell: Progress) -> Iterator[Image.Image]:
    actor = Actor(take, SIZE)
    strip = _strip(take, clip)
    for frame in range(take.frame_count):
        image = Image.new("RGB", (SIZE[0], SIZE[1] + STRIP))
        image.paste(Image.fromarray(actor.picture(frame)), (0, 0))
        image.paste(strip, (0, SIZE[1]))
        x = (frame + 0.5) / take.frame_count * SIZE[0]
        ImageDraw.Draw(image).line([(x, SIZE[1] + 2), (x, SIZE[1] + STRIP - 3)], fill=_INK, width=2)
        yield image
        tell((frame + 1) / take.frame_count)


def _strip(take: Take, clip: Clip | None) -> Image.Image:
    strip = Image.new("RGB", (SIZE[0], STRIP), tuple(round(255 * part) for part in PAPER))
    draw, middle = ImageDraw.Draw(strip), STRIP / 2
    if clip is None:
        draw.line([(0, middle), (SIZE[0], middle)], fill=_WAVE)
        return strip
    low, high = envelope(clip, SIZE[0], *_span(take, clip))
    for x, (least, most) in enumerate(zip(low.tolist(), high.tolist(), strict=True)):
        draw.line([(x, middle - most * middle * 0.85), (x, middle - least * middle * 0.85)], fill=_WAVE)
    return strip


def _span(take: Take, clip: Clip) -> tuple[int, int]:
    """The samples of the clip that sound during the take."""
    first = round_half_up((take.start - clip.start) * SAMPLE_RATE)
    return first, first + round_half_up(take.duration * SAMPLE_RATE)


def _gif(take: Take, path: Path, clip: Clip | None, tell: Progress) -> None:
    images = [image.quantize(128, dither=Image.Dither.NONE) for image in _frames(take, clip, tell)]
    pause = round(1000 / take.rate.fps)
    with atomic(path) as handle:
        images[0].save(handle, "GIF", save_all=True, append_images=images[1:], duration=pause, loop=0)


def _mp4(take: Take, path: Path, clip: Clip | None, tell: Progress) -> None:
    frames = (image.tobytes() for image in _frames(take, clip, tell))
    sound = None if clip is None else (clip, *_span(take, clip))
    write_mp4(path, frames, (SIZE[0], SIZE[1] + STRIP), take.rate, sound, ", or ask for a .gif or .png instead")


def write_mp4(
    path: Path,
    frames: Iterator[bytes],
    size: tuple[int, int],
    rate: FrameRate,
    sound: tuple[Clip, int, int] | None,
    instead: str = "",
) -> None:
    """Pictures of RGB bytes, with the sound of a clip from one sample to another; sides must be even.

    `instead` is what else a user without a working ffmpeg can do.
    """
    program = encoder()
    if program is None:
        raise MissingPieceError(
            f"Writing {path.name} needs ffmpeg; install it, or run 'pip install imageio-ffmpeg'{instead}."
        )
    with tempfile.TemporaryDirectory(prefix="koemorph-") as folder:
        made, said = Path(folder) / "movie.mp4", Path(folder) / "said.txt"
        command = [program, "-nostdin", "-hide_banner", "-v", "error", "-y"]
        command += ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{size[0]}x{size[1]}"]
        command += ["-r", str(rate), "-i", "pipe:0"]
        if sound is not None:
            heard = Path(folder) / "sound.wav"
            _write_sound(heard, *sound)
            command += ["-i", str(heard), "-c:a", "aac", "-b:a", "96k"]
        command += ["-pix_fmt", "yuv420p", "-movflags", "+faststart", "-threads", "1", str(made)]
        with said.open("wb") as log:
            flags = getattr(subprocess, "CREATE_NO_WINDOW", 0)
            try:
                process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log, creationflags=flags)
            except OSError as err:
                raise MissingPieceError(f"{program} does not start ({err}); install ffmpeg again.") from err
            try:
                assert process.stdin is not None
                try:
                    for frame in frames:
                        process.stdin.write(frame)
                    process.stdin.close()
                except BrokenPipeError:
                    pass  # it has stopped, and says why below
                process.wait()
            finally:
                if process.poll() is None:
                    process.kill()
                    process.wait()
        if process.returncode:
            lines = said.read_text("utf-8", "replace").split("\n")
            raise OutputError(
                f"ffmpeg could not write {path.name} ({lines[0].strip()[:200]}); install another ffmpeg{instead}."
            )
        with atomic(path) as handle, made.open("rb") as movie:
            shutil.copyfileobj(movie, handle)


def _write_sound(path: Path, clip: Clip, first: int, stop: int) -> None:
    """At the reference level, but never louder than full scale; a minute at a time."""
    edges = [*range(first, stop, 60 * SAMPLE_RATE), stop]
    pieces = list(pairwise(edges))
    gain = np.float32(clip.gain)
    loudest = max((float(np.abs(clip.read(*piece) * gain).max(initial=0.0)) for piece in pieces), default=0.0)
    scale = np.float32(_LOUDEST / max(loudest, _LOUDEST))
    with soundfile.SoundFile(path, "w", SAMPLE_RATE, 1, "PCM_16") as file:
        for piece in pieces:
            file.write(clip.read(*piece) * gain * scale)
