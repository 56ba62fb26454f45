"""Opens many damaged files, in a process of its own: `python fuzz_child.py FOLDER CORPUS FIRST COUNT`.

CORPUS is `sndfile` (what is read without ffmpeg) or `ffmpeg`. Prints one line before each file, so that the last line
names the culprit of a crash or hang, and at the end the peak memory and how often each outcome came.
"""

from __future__ import annotations

import collections
import random
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import soundfile

from koemorph.audio import decode, open_clip
from koemorph.errors import AudioError, MissingPieceError

SNDFILE = [
    *(("WAV", s) for s in ("PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ULAW", "IMA_ADPCM", "MS_ADPCM")),
    *(("WAV", s) for s in ("GSM610", "NMS_ADPCM_32", "G721_32")),
    *(("WAVEX", "PCM_24"), ("RF64", "PCM_16"), ("W64", "PCM_16"), ("W64", "FLOAT"), ("NIST", "PCM_16")),
    *(("AIFF", "PCM_16"), ("AIFF", "FLOAT"), ("AIFF", "IMA_ADPCM"), ("AU", "PCM_16"), ("AU", "G723_24")),
    *(("CAF", "PCM_16"), ("CAF", "ALAC_16"), ("FLAC", "PCM_16"), ("FLAC", "PCM_24"), ("FLAC", "PCM_S8")),
    *(("OGG", "VORBIS"), ("OGG", "OPUS"), ("MP3", "MPEG_LAYER_III")),
]
FFMPEG = {
    "m4a": ["-c:a", "aac"],
    "mov": ["-c:a", "pcm_s16le"],
    "mkv": ["-c:a", "libopus"],
    "mp4": ["-c:a", "aac", "-movflags", "+faststart"],
    "aac": ["-c:a", "aac"],
    "wma": ["-c:a", "wmav2"],
}
EXTREMES = [
    b"\0\0\0\0",
    b"\xff\xff\xff\xff",
    b"\x7f\xff\xff\xff",
    b"\xff\xff\xff\x7f",
    b"\x80\0\0\0",
    b"\0\0\0\x80",
    b"\1\0\0\0",
]


def corpus(which: str, folder: Path) -> list[bytes]:
    noise = np.random.default_rng(0).standard_normal((12_000, 2)) * np.linspace(0, 0.3, 12_000)[:, None]
    mono, files = noise[:, :1], []
    for fmt, subtype in SNDFILE if which == "sndfile" else [("WAV", "PCM_16")]:
        path = folder / "whole.bin"
        rate = 8_000 if subtype.startswith(("GSM", "NMS", "G7")) else 24_000
        one = subtype.startswith(("GSM", "NMS", "G7")) or (fmt, subtype) == ("AIFF", "IMA_ADPCM")
        soundfile.write(path, mono if one else noise, rate, format=fmt, subtype=subtype)
        files.append(path.read_bytes())
    if which == "sndfile":
        return files
    made = []
    for suffix, options in FFMPEG.items():
        target = folder / f"whole.{suffix}"
        command = ["ffmpeg", "-nostdin", "-v", "error", "-y", "-i", str(folder / "whole.bin"), *options, str(target)]
        subprocess.run(command, check=True)
        made.append(target.read_bytes())
    return made


def mutate(data: bytes, dice: random.Random) -> bytes:
    """One to four kinds of damage, most of it where headers are."""
    body = bytearray(data)
    for _ in range(dice.choice((1, 1, 1, 2, 4))):
        reach = dice.choice((64, 256, 1024, len(body)))
        at = dice.randrange(max(1, min(reach, len(body))))
        match dice.randrange(8):
            case 0 | 1:
                for _ in range(dice.choice((1, 1, 4, 16))):
                    place = dice.randrange(max(1, min(reach, len(body))))
                    body[place : place + 1] = bytes([dice.randrange(256)])
            case 2 | 3:
                extreme = dice.choice(EXTREMES)[: dice.choice((1, 2, 4))] * dice.choice((1, 2))
                body[at : at + len(extreme)] = extreme
            case 4:
                del body[at:]
            case 5:
                del body[at : at + dice.choice((1, 4, 100))]
            case 6:
                body[at:at] = dice.choice((dice.randbytes(dice.choice((1, 4, 4000))), bytes(body[at // 2 : at])))
            case 7:
                body[at : at + 200] = dice.choice((b"\0", b"\xff")) * 200
    return bytes(body)


def main(folder: Path, which: str, first: int, count: int) -> None:
    wholes = corpus(which, folder)
    if which == "sndfile":
        decode.find_ffmpeg = lambda: None
    outcomes: collections.Counter[str] = collections.Counter()
    for seed in range(first, first + count):
        dice = random.Random(seed)
        path = folder / f"damaged.{dice.choice(('wav', 'mp3', 'm4a', 'bin', 'ogg'))}"
        path.write_bytes(mutate(wholes[seed % len(wholes)], dice))
        print("seed", seed, flush=True)
        try:
            with open_clip(path) as clip:
                samples = clip.read(0, min(clip.sample_count, 10**7))
                assert np.isfinite(samples).all() and 0 < clip.gain < 100, "not finite"
                outcomes["read"] += 1
        except (AudioError, MissingPieceError) as err:
            assert "\n" not in str(err), "more than one line"
            outcomes[type(err).__name__] += 1
    print("peak", peak_mib(), dict(outcomes), flush=True)


def peak_mib() -> int:
    """Of this process; what `resource` tells on Linux begins with the size of the parent."""
    status = Path("/proc/self/status")
    if status.is_file():
        return next(
            int(line.split()[1]) // 1024 for line in status.read_text().splitlines() if line.startswith("VmHWM")
        )
    try:
        import resource
    except ImportError:  # Windows
        return 0
    unit = 1 if sys.platform == "darwin" else 1024
    return int(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit // 2**20)


if __name__ == "__main__":
    if sys.argv[2] == "ffmpeg":
        assert shutil.which("ffmpeg"), "ffmpeg is not installed"
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
