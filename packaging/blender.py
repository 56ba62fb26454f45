"""The zips of the Blender extension, one for each platform, with all that it needs inside; and their repository."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import tomllib
from artefacts import BuildError, core_wheel, files_below, sha256, version, write_zip

PYTHONS = {"cp311": "3.11", "cp313": "3.13"}
"""Blender 4.2 to 5.0, and 5.1 onwards."""
PLATFORMS = {
    "windows-x64": ("win_amd64",),
    "macos-arm64": ("macosx_14_0_arm64",),
    "linux-x64": (
        *(f"manylinux_2_{minor}_x86_64" for minor in (28, 27, 17)),
        "manylinux2014_x86_64",
    ),
}
REQUIREMENTS: dict[str, str | dict[str, str]] = {
    "onnxruntime": {"cp311": "1.18.1", "cp313": "1.31.1"},
    "soundfile": "0.14.0",
    "soxr": "1.1.0",
    "cffi": "2.1.1",
    "pycparser": "3.12",
    "typing_extensions": "4.16.0",
}
"""What the worker imports, numpy excepted, which every Blender brings.

Later versions of ONNX Runtime need a newer C++ runtime than Blender 4 carries on Windows, and numpy 2.
"""
NOT_NEEDED = {
    "numpy": "every Blender brings it",
    **dict.fromkeys(("flatbuffers", "packaging", "protobuf", "sympy", "coloredlogs"), "tools of ONNX Runtime use it"),
}
"""What the wheels say that they need and the worker does not."""
LOCK = Path(__file__).with_name("blender_wheels.json")
"""The SHA-256 of every wheel that was ever looked at; a download that differs is refused."""
_KEPT_OUT = ("docs/",)


def build(root: Path, output: Path, wheels: Path, platforms: list[str]) -> None:
    """Writes koemorph-VERSION-PLATFORM.zip for each platform, index.json and SHA256SUMS."""
    output.mkdir(parents=True, exist_ok=True)
    number = version(root)
    core = core_wheel(root, wheels)
    listed: list[dict[str, Any]] = []
    for platform in platforms:
        chosen = [core, *dependencies(platform, wheels / platform)]
        described = manifest(root, number, platform, chosen)
        entries = {
            name: data
            for name, data in files_below(root / "blender_addon")
            if not name.startswith(_KEPT_OUT) and name != "blender_manifest.toml"
        }
        entries["blender_manifest.toml"] = described.encode()
        entries |= {f"wheels/{wheel.name}": wheel.read_bytes() for wheel in chosen}
        path = output / f"koemorph-{number}-{platform.replace('-', '_')}.zip"
        write_zip(path, entries)
        check(entries, platform)
        size = path.stat().st_size
        listed.append(_index_entry(described, path))
        print(f"{path.name}  {size / 1e6:.1f} MB  {sha256(path)}")
    index = {"version": "v1", "blocklist": [], "data": listed}
    (output / "index.json").write_text(json.dumps(index, indent=1) + "\n", "utf-8")
    sums = [f"{sha256(path)}  {path.name}\n" for path in sorted(output.glob(f"koemorph-{number}-*.zip"))]
    (output / "SHA256SUMS").write_text("".join(sums), "utf-8")


def check(entries: dict[str, bytes], platform: str) -> None:
    """Every requirement is there for every Python; Blender itself leaves out in silence what does not fit."""
    named = tomllib.loads(entries["blender_manifest.toml"].decode())["wheels"]
    there = [Path(name).name for name in entries if name.endswith(".whl")]
    if sorted(there) != sorted(Path(name).name for name in named):
        raise BuildError(f"{platform}: the manifest and the zip do not name the same wheels.")
    for python in PYTHONS:
        for name in ("koemorph", *REQUIREMENTS):
            if not any(wheel.startswith(f"{name}-") and serves(wheel, python, platform) for wheel in there):
                raise BuildError(f"{platform}: {name} is missing for {python}.")
    for wheel in there:
        for name in _needs(entries[f"wheels/{wheel}"]) - REQUIREMENTS.keys() - NOT_NEEDED.keys():
            raise BuildError(f"{platform}: {wheel} needs {name}, which is not there.")
    for name in ("__init__.py", "LICENSE", "translations/ja.json"):
        if name not in entries:
            raise BuildError(f"{platform}: {name} is missing.")


def _needs(wheel: bytes) -> set[str]:
    """The libraries that a wheel's own description asks for, those of extras left out."""
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        described = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        lines = archive.read(described).decode().split("\n\n")[0].splitlines()
    asked = [line.removeprefix("Requires-Dist: ") for line in lines if line.startswith("Requires-Dist: ")]
    return {re.split(r"[^\w.-]", need)[0].replace("-", "_").lower() for need in asked if "extra ==" not in need}


def serves(wheel: str, python: str, platform: str) -> bool:
    """Whether a wheel's tags admit a Python on a platform."""
    pythons, abi, machines = wheel.removesuffix(".whl").split("-")[-3:]
    fits = python in pythons.split(".") or "py3" in pythons.split(".")
    if abi == "abi3":
        fits = int(pythons.removeprefix("cp3")) <= int(python.removeprefix("cp3"))
    endings: dict[str, tuple[str, ...]] = {
        "windows-x64": ("win_amd64",),
        "macos-arm64": ("arm64", "universal2"),
        "macos-x64": ("x86_64", "universal2"),
        "linux-x64": ("x86_64",),
    }
    return fits and (machines == "any" or machines.endswith(endings[platform]))


def dependencies(platform: str, folder: Path) -> list[Path]:
    """One wheel for each requirement and Python; what is not in the folder is downloaded there."""
    folder.mkdir(parents=True, exist_ok=True)
    chosen: set[Path] = set()
    for python, number in PYTHONS.items():
        for name, pinned in REQUIREMENTS.items():
            wanted = pinned if isinstance(pinned, str) else pinned[python]
            if not (found := _serving(folder, name, wanted, python, platform)):
                _download(f"{name}=={wanted}", python, number, platform, folder)
                found = _serving(folder, name, wanted, python, platform)
            chosen.update(found[:1])
    wheels = sorted(chosen)
    _verify(wheels)
    return wheels


def _serving(folder: Path, name: str, number: str, python: str, platform: str) -> list[Path]:
    return [wheel for wheel in sorted(folder.glob(f"{name}-{number}-*.whl")) if serves(wheel.name, python, platform)]


def _download(requirement: str, python: str, number: str, platform: str, folder: Path) -> None:
    tags = [part for tag in PLATFORMS[platform] for part in ("--platform", tag)]
    abis = [part for abi in (python, "abi3", "none") for part in ("--abi", abi)]
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
    command += ["--implementation", "cp", "--python-version", number, *abis, *tags, "--dest", str(folder), requirement]
    if subprocess.run(command, check=False).returncode:
        raise BuildError(f"pip cannot download {requirement} for {python} on {platform}.")


def _verify(wheels: list[Path]) -> None:
    known: dict[str, str] = json.loads(LOCK.read_text("utf-8"))
    for wheel in wheels:
        if known.get(wheel.name) != sha256(wheel):
            raise BuildError(f"{wheel.name} is not the file that {LOCK.name} knows (SHA-256 {sha256(wheel)}).")


def manifest(root: Path, number: str, platform: str, wheels: list[Path]) -> str:
    """The extension's own manifest with what is known only now."""
    text = (root / "blender_addon" / "blender_manifest.toml").read_text("utf-8")
    built = [f'version = "{number}"', f'platforms = ["{platform}"]', "wheels = ["]
    built += [f'  "./wheels/{wheel.name}",' for wheel in wheels] + ["]", ""]
    head, permissions, rest = text.partition("[permissions]")
    return head.rstrip() + "\n" + "\n".join(built) + "\n" + permissions + rest


def _index_entry(manifest: str, path: Path) -> dict[str, Any]:
    """As Blender reads a repository: the manifest without the wheels, and where the zip is."""
    content = {name: value for name, value in tomllib.loads(manifest).items() if name != "wheels"}
    where = {"archive_url": f"./{path.name}", "archive_size": path.stat().st_size}
    return {**content, **where, "archive_hash": f"sha256:{sha256(path)}", "python_versions": list(PYTHONS.values())}
