"""Files for other people's machines: the same bytes whenever the same sources are built."""

from __future__ import annotations

import base64
import hashlib
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

MOST_BYTES = 80 * 10**6
"""Of what is handed out for one host and platform: two models, and libraries for each Python of its versions."""
_EPOCH = (1980, 1, 1, 0, 0, 0)
_LEFT_OUT = {"__pycache__", ".DS_Store"}


class BuildError(Exception):
    """What keeps a build from being complete."""


def version(root: Path) -> str:
    text = (root / "core" / "koemorph" / "__init__.py").read_text("utf-8")
    found = re.search(r'^__version__ = "([^"]+)"', text, re.MULTILINE)
    if not found:
        raise BuildError("core/koemorph/__init__.py has no __version__.")
    return found[1]


def files_below(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Names relative to the folder, in order, with what they hold."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not _LEFT_OUT & set(path.parts) and path.suffix != ".pyc":
            yield path.relative_to(folder).as_posix(), path.read_bytes()


def write_zip(path: Path, entries: dict[str, bytes], stored: tuple[str, ...] = (".whl",)) -> None:
    """Entries with these endings are compressed already."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for name in sorted(entries):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_STORED if name.endswith(stored) else zipfile.ZIP_DEFLATED
            archive.writestr(entry, entries[name])
    if (size := path.stat().st_size) > MOST_BYTES:
        raise BuildError(f"{path.name} has {size / 1e6:.1f} MB; {MOST_BYTES / 1e6:.0f} are the most.")


def core_wheel(root: Path, folder: Path) -> Path:
    """The runtime and the shipped models as a wheel, without what only their making needs."""
    number = version(root)
    entries = {f"koemorph/{name}": data for name, data in files_below(root / "core" / "koemorph")}
    entries |= {f"koemorph/weights/{name}": data for name, data in files_below(root / "models" / "weights")}
    info = f"koemorph-{number}.dist-info"
    entries[f"{info}/METADATA"] = f"Metadata-Version: 2.1\nName: koemorph\nVersion: {number}\nLicense: MIT\n".encode()
    entries[f"{info}/WHEEL"] = b"Wheel-Version: 1.0\nGenerator: koemorph\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    entries[f"{info}/LICENSE"] = (root / "LICENSE").read_bytes()
    record = [f"{name},sha256={_record_hash(data)},{len(data)}" for name, data in sorted(entries.items())]
    entries[f"{info}/RECORD"] = "\n".join([*record, f"{info}/RECORD,,", ""]).encode()
    path = folder / f"koemorph-{number}-py3-none-any.whl"
    write_zip(path, entries)
    return path


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _record_hash(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
