"""Doors for files from outside: each says what it lets in, and refuses the rest in one sentence."""

from __future__ import annotations

import io
import json
import os
import stat
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, NoReturn

from ..errors import KoeMorphError
from . import limits
from .limits import Limit
from .parsing import NoJson, Pairs, parse
from .words import shown, unescaped

if TYPE_CHECKING:
    import numpy as np

_BLOCK: Final = 2**20
_QUOTE, _COMMA = 0x22, 0x2C


@dataclass(frozen=True, kw_only=True)
class Door:
    """One kind of outside data: what people call it, the error of whatever is refused, and how large it may be."""

    what: str
    error: type[KoeMorphError]
    size: Limit

    def open(self, path: Path) -> BinaryIO:
        """A regular file within the size, opened once; pipes and devices, which may never end, are not let in."""
        try:
            handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        except (OSError, ValueError) as err:
            reason = getattr(err, "strerror", None) or str(err)
            raise self.error(f"{self._named(path)} cannot be read ({reason}); check the path.") from err
        try:
            found = os.fstat(handle)
            if not stat.S_ISREG(found.st_mode):
                kind = "a folder" if stat.S_ISDIR(found.st_mode) else "a pipe or a device"
                raise self.error(f"{self._named(path)} is {kind}, not a {self.what}; give a file.")
            if found.st_size > self.size.most:
                self.refuse(self._named(path), "is larger", self.size)
            return open(handle, "rb")
        except BaseException:
            os.close(handle)
            raise

    def read(self, path: Path) -> bytes:
        with self.open(path) as handle:
            try:
                data = handle.read(self.size.most + 1)
            except OSError as err:
                reason = err.strerror or err
                raise self.error(f"{self._named(path)} cannot be read ({reason}); copy it to another disk.") from err
        if len(data) > self.size.most:
            self.refuse(self._named(path), "is larger", self.size)
        return data

    def text(self, path: Path) -> str:
        """UTF-8, with or without a mark; UTF-16 with one, as spreadsheets write it."""
        data = self.read(path)
        try:
            return data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
        except UnicodeDecodeError as err:
            line = err.object[: err.start].count(b"\n") + 1
            raise self.error(
                f"{self._named(path)} is not UTF-8 text (line {line}), as a {self.what} is; save it as UTF-8."
            ) from err

    def lines(self, path: Path) -> Iterator[str]:
        """Line after line of UTF-8 text with its break, none of them endless."""
        with io.TextIOWrapper(self.open(path), encoding="utf-8-sig", newline="") as handle:
            for number, line in enumerate(iter(lambda: handle.readline(limits.LINE.most + 1), ""), 1):
                if len(line) > limits.LINE.most:
                    self.refuse(f"{self._named(path)}, line {number},", "is longer", limits.LINE)
                yield line

    def json(self, data: str | bytes, where: str, *, once: bool = False, values: Limit = limits.VALUES) -> Any:
        """JSON of bounded depth and count, all numbers finite; with `once`, no name may stand twice in an object."""
        self.weigh(data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data, where, values)
        try:
            return parse(data, pairs=self._once(where) if once else None)
        except (json.JSONDecodeError, NoJson) as err:
            raise self.error(f"{where} is not valid JSON ({reason_of(err)}).") from err

    def cells(self, data: str, where: str) -> Any:
        """JSON in which what is wrong with one value stays with it.

        A number that is none is kept as its text; an object with a name twice has one without a name, which says so.
        """
        self.weigh(data.encode("utf-8", "surrogatepass"), where)
        try:
            return parse(data, pairs=_told_twice, odd=str)
        except (json.JSONDecodeError, NoJson) as err:
            raise self.error(f"{where} is not valid JSON ({reason_of(err)}).") from err

    def weigh(self, data: bytes, where: str, values: Limit = limits.VALUES) -> None:
        """Refuse JSON that is deep or large before any parser sees it."""
        depth, count = measured(data)
        if depth > limits.DEPTH.most:
            self.refuse(where, "nests deeper", limits.DEPTH)
        if count > values.most:
            self.refuse(where, "holds more", values)

    def archive(self, archive: zipfile.ZipFile, where: str, size: int) -> None:
        """Refuse a ZIP that unpacks to far more than any honest one; `size` is that of its file."""
        names = [entry.filename for entry in archive.infolist()]
        if twice := [name for name, count in Counter(names).items() if count > 1]:
            raise self.error(f"{where} holds {unescaped(twice[0][:40])} twice, as no {self.what} does.")
        self.swells(sum(entry.file_size for entry in archive.infolist()), where, size)

    def arrays(self, packed: bytes, where: str, remedy: str) -> dict[str, np.ndarray[Any, Any]]:
        """Of an .npz: finite numbers and texts, no pickles and no bombs among them; `remedy` ends the sentence."""
        import numpy as np  # see `measured`

        try:
            with zipfile.ZipFile(io.BytesIO(packed)) as archive:
                self.archive(archive, where, len(packed))
            with np.load(io.BytesIO(packed), allow_pickle=False) as stored:
                found = {name: stored[name] for name in stored.files}
        except (ValueError, OSError, EOFError, KeyError, zipfile.BadZipFile, NotImplementedError) as err:
            raise self.error(f"{where} is damaged ({reason_of(err)}); {remedy}.") from err
        if odd := [name for name, one in found.items() if one.dtype.kind == "f" and not np.isfinite(one).all()]:
            raise self.error(f"{where} is damaged ({shown(odd[0], 40)} has numbers that are none); {remedy}.")
        return found

    def swells(self, wanted: int, where: str, size: int) -> None:
        """Refuse what becomes `wanted` bytes out of a file of `size` bytes, if no honest one does."""
        if wanted > limits.TAKE_FILE.most:
            self.refuse(where, f"of {size:,} bytes becomes {wanted:,} bytes, more", limits.TAKE_FILE)
        if wanted > max(limits.SMALL.most, limits.SWELLING.most * size):
            self.refuse(where, f"of {size:,} bytes becomes {wanted:,} bytes, more", limits.SWELLING)

    def count(self, number: int, limit: Limit, where: str) -> None:
        if number > limit.most:
            self.refuse(where, f"has {number:,}, more", limit)

    def refuse(self, where: str, found: str, limit: Limit) -> NoReturn:
        raise self.error(f"{where} {found} than {limit}, which cannot be a {self.what}: {limit.reason}.")

    def _once(self, where: str) -> Pairs:
        def pairs(entries: list[tuple[str, Any]]) -> dict[str, Any]:
            if len(made := dict(entries)) < len(entries):
                raise self.error(f"{where} has {_twice(entries)} twice in one place; keep one.")
            return made

        return pairs

    @staticmethod
    def _named(path: Path) -> str:
        return unescaped(str(path))


def measured(data: bytes) -> tuple[int, int]:
    """How deep JSON nests, and about how many values it holds, without parsing it: brackets outside of strings."""
    import numpy as np  # settings are read in hosts that have none until KoeMorph's libraries are there

    deepest = depth = count = 0
    open_string = escaping = False
    for first in range(0, len(data), _BLOCK):
        block = data[first : first + _BLOCK]
        if escaping and block[:1] in (b'"', b"\\"):  # the block before ended within an escape
            block = b"x" + block[1:]
        block = block.replace(b"\\\\", b"xx").replace(b'\\"', b"xx")
        escaping = block.endswith(b"\\")
        letters = np.frombuffer(block, dtype=np.uint8)
        quotes = letters == _QUOTE
        outside = (np.cumsum(quotes) + open_string) % 2 == 0
        opens = outside & ((letters == 0x5B) | (letters == 0x7B))
        closes = outside & ((letters == 0x5D) | (letters == 0x7D))
        levels = depth + np.cumsum(opens.astype(np.int32) - closes)
        deepest = max(deepest, int(levels.max()))
        depth = int(levels[-1])
        count += int(opens.sum()) + int((outside & (letters == _COMMA)).sum())
        open_string = bool((quotes.sum() + open_string) % 2)
    return deepest, count


def reason_of(err: BaseException, most: int = 160) -> str:
    """What an exception says, as a part of a sentence."""
    text = unescaped(" ".join(str(err).split()).rstrip(".")) or type(err).__name__
    return text if len(text) <= most else text[:most] + "..."


def _twice(entries: list[tuple[str, Any]]) -> str:
    """A name that stands twice; empty if none does."""
    often = Counter(name for name, _ in entries)
    return next((shown(name, 40) for name, count in often.items() if count > 1), "")


def _told_twice(entries: list[tuple[str, Any]]) -> dict[str, Any]:
    twice = _twice(entries) if len(dict(entries)) < len(entries) else ""
    return {**dict(entries), **({"": f"It has {twice} twice; keep one."} if twice else {})}
