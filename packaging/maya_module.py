"""The zips of the Maya module, one for each platform: unpacked next to Maya's other modules, it works."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

from artefacts import BuildError, core_wheel, files_below, sha256, version, write_zip
from blender import PLATFORMS, serves

PYTHONS = {"cp310": ("3.10", ("2024",)), "cp311": ("3.11", ("2025", "2026")), "cp313": ("3.13", ("2027",))}
"""Of each Python: its number, and the Mayas that have it."""
MAYA_PLATFORMS = {"windows-x64": "win64", "macos-arm64": "mac", "linux-x64": "linux"}
REQUIREMENTS = {
    "numpy": "2.2.6",
    "onnxruntime": "1.20.1",
    "soundfile": "0.14.0",
    "soxr": "1.1.0",
    "cffi": "2.1.1",
    "pycparser": "3.11",
    "typing_extensions": "4.16.0",
    "pillow": "11.3.0",
}
"""What the core imports. Maya has no numpy; Qt is Maya's own and never in here."""
IMPORTED = ("koemorph", "numpy", "onnxruntime", "soundfile.py", "soxr", "cffi", "pycparser", "PIL")
LOCK = Path(__file__).with_name("maya_wheels.json")
"""The SHA-256 of every wheel that was ever looked at; a download that differs is refused."""
NAME = "KoeMorph"


def build(root: Path, output: Path, wheels: Path, platforms: list[str]) -> None:
    """Writes KoeMorph-Maya-VERSION-PLATFORM.zip for each platform, and SHA256SUMS."""
    output.mkdir(parents=True, exist_ok=True)
    number = version(root)
    core = unpacked(core_wheel(root, wheels))
    for platform in platforms:
        entries = {f"{NAME}/{name}": data for name, data in files_below(root / "maya_plugin") if name != "KoeMorph.mod"}
        entries |= {f"{NAME}/core/{name}": data for name, data in core.items()}
        entries[f"{NAME}/LICENSE"] = (root / "LICENSE").read_bytes()
        entries["KoeMorph.mod"] = description(number, platform).encode()
        for python in PYTHONS:
            for wheel in _dependencies(python, platform, wheels / "maya" / platform):
                entries |= {f"{NAME}/{python}/{name}": data for name, data in unpacked(wheel).items()}
        check(entries, platform)
        path = output / f"{NAME}-Maya-{number}-{platform.replace('-', '_')}.zip"
        write_zip(path, entries)
        print(f"{path.name}  {path.stat().st_size / 1e6:.1f} MB  {sha256(path)}")
    sums = [f"{sha256(path)}  {path.name}\n" for path in sorted(output.glob(f"{NAME}-Maya-{number}-*.zip"))]
    (output / "SHA256SUMS").write_text("".join(sums), "utf-8")


def description(number: str, platform: str) -> str:
    """The .mod file: one entry for each Maya, with the libraries of its Python."""
    entries = []
    for python, (_, mayas) in PYTHONS.items():
        for maya in mayas:
            entries += [f"+ MAYAVERSION:{maya} PLATFORM:{MAYA_PLATFORMS[platform]} {NAME} {number} {NAME}"]
            entries += [f"PYTHONPATH +:= {folder}" for folder in ("scripts", "core", python)] + [""]
    return "\n".join(entries)


def unpacked(wheel: Path) -> dict[str, bytes]:
    """What a wheel would install, for a Python that has no pip."""
    with zipfile.ZipFile(io.BytesIO(wheel.read_bytes())) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}


def check(entries: dict[str, bytes], platform: str) -> None:
    """Every library is there for every Python, compiled for this platform; Qt is not."""
    ending = ".pyd" if platform == "windows-x64" else ".so"
    for python in PYTHONS:
        below = f"{NAME}/{python}/"
        for name in IMPORTED:
            folder = f"{NAME}/core/" if name == "koemorph" else below
            if not any(entry == folder + name or entry.startswith(f"{folder}{name}/") for entry in entries):
                raise BuildError(f"{platform}: {name} is missing for {python}.")
        if not any(entry.startswith(f"{below}numpy/") and entry.endswith(ending) for entry in entries):
            raise BuildError(f"{platform}: numpy for {python} is of another platform.")
    for name in ("plug-ins/koemorph_plugin.py", "scripts/koemorph_maya/press.py", "core/koemorph/weights/analyse.onnx"):
        if f"{NAME}/{name}" not in entries:
            raise BuildError(f"{platform}: {name} is missing.")
    if foreign := [name for name in entries if "PySide" in name or "shiboken" in name]:
        raise BuildError(f"{platform}: {foreign[0]} is Qt, which is Maya's own.")


def _dependencies(python: str, platform: str, folder: Path) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    chosen = []
    for name, number in REQUIREMENTS.items():
        if not (found := _serving(folder, name, number, python, platform)):
            _download(f"{name}=={number}", python, platform, folder)
            found = _serving(folder, name, number, python, platform)
        chosen += found[:1]
    known: dict[str, str] = json.loads(LOCK.read_text("utf-8"))
    for wheel in chosen:
        if known.get(wheel.name) != sha256(wheel):
            raise BuildError(f"{wheel.name} is not the file that {LOCK.name} knows (SHA-256 {sha256(wheel)}).")
    return chosen


def _serving(folder: Path, name: str, number: str, python: str, platform: str) -> list[Path]:
    return [wheel for wheel in sorted(folder.glob(f"{name}-{number}-*.whl")) if serves(wheel.name, python, platform)]


def _download(requirement: str, python: str, platform: str, folder: Path) -> None:
    tags = [part for tag in PLATFORMS[platform] for part in ("--platform", tag)]
    abis = [part for abi in (python, "abi3", "none") for part in ("--abi", abi)]
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
    command += ["--implementation", "cp", "--python-version", PYTHONS[python][0], *abis, *tags]
    if subprocess.run([*command, "--dest", str(folder), requirement], check=False).returncode:
        raise BuildError(f"pip cannot download {requirement} for {python} on {platform}.")
