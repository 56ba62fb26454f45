"""Packs the CMU Pronouncing Dictionary for the product.

    koemorph-models pack-dictionary cmudict.dict core/koemorph/speech/cmudict.bin

The first reading of each word is kept. `cmudict.dict` is the file of the dictionary's own distribution (BSD-2-Clause).
"""

from __future__ import annotations

import argparse
import re
import zlib
from pathlib import Path
from typing import Final

from koemorph.files import atomic
from koemorph.speech.english import LETTERS

_WORD: Final = re.compile(r"[a-z][a-z'.]*")


def packed(text: str) -> bytes:
    """Lines "word AH0 B ..." as the sorted lines that the product looks words up in, compressed."""
    lines: dict[bytes, bytes] = {}
    for line in text.splitlines():
        word, *codes = line.split("#")[0].split()
        plain = word.strip("'")
        if not _WORD.fullmatch(plain) or plain.encode() in lines:
            continue
        said = "".join(LETTERS[code.rstrip("012")] + code[len(code.rstrip("012")) :] for code in codes)
        lines[plain.encode()] = said.encode()
    return zlib.compress(b"\n".join(sorted(word + b"\t" + said for word, said in lines.items())), 9)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("dictionary", type=Path, help="cmudict.dict")
    parser.add_argument("output", type=Path)


def run(options: argparse.Namespace) -> None:
    with atomic(options.output) as handle:
        handle.write(packed(options.dictionary.read_text("utf-8")))
    print(f"{options.output}: {options.output.stat().st_size} bytes")
