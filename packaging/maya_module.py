"""The zips of the Maya module, one for each platform: unpacked next to Maya's other modules, it works."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import blender
from artefacts import BuildError, core_wheel, files_below, sha256, version, write_zip
from native import SHARED as SHARED_LIBRARIES
from native import is_native, platform_of, sharing, thinned

PYTHONS = {"cp310": ("3.10", ("2024",)), "cp311": ("3.11", ("2025", "2026")), "cp313": ("3.13", ("2027",))}
"""Of each Python: its number, and the Mayas that have it."""
PLATFORMS = {
    **dict.fromkeys(("windows-x64", "macos-arm64", "linux-x64"), ()),
    "macos-x64": ("macosx_14_0_x86_64",),
}
"""And the tags of wheels for those that `blender.PLATFORMS` does not have."""
MAYA_PLATFORMS = {"windows-x64": "win64", "macos-arm64": "mac", "macos-x64": "mac", "linux-x64": "linux"}
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
IMPORTED = ("numpy", "onnxruntime", "soxr", "_cffi_backend", "PIL")
"""Of each Python, compiled."""
SHARED = ("soundfile.py", "_soundfile.py", "_soundfile_data", "pycparser", "typing_extensions.py")
"""The same for all of them."""
OURS = (
    *("plug-ins/koemorph_plugin.py", "scripts/koemorph_maya/key_line.py", "core/koemorph/weights/analyse.onnx"),
    *("koemorph-maya-bake.py", "libraries.py", "selftest.py", "scenes/sample_face.ma", "LICENSE"),
)
NOT_NEEDED = re.compile(
    r"(^|/)tests/(?!(__init__|_natype)\.py)|\.(pyi|lib|a|h|pxd)$"  # numpy.testing wants these two
    r"|^onnxruntime/(transformers|tools|quantization|datasets|backend)/"
    r"|^onnxruntime/capi/(libonnxruntime\.|onnxruntime\.dll)"  # for programs in C; it is within the Python one too
    r"|^PIL/_avif\.|/libavif[-.]"
    r"|^koemorph/weights/light/"  # `-model` takes its folder, where somebody wants it
)
"""What the wheels hold and nothing of ours imports: a third of them."""
LOCK = Path(__file__).with_name("maya_wheels.json")
"""The SHA-256 of every wheel that was ever looked at; a download that differs is refused."""
NAME = "KoeMorph"
_KEPT_OUT = ("typings/", "docs/", "KoeMorph.mod")


def build(root: Path, output: Path, wheels: Path, platforms: list[str]) -> None:
    """Writes KoeMorph-Maya-VERSION-PLATFORM.zip for each platform, and SHA256SUMS."""
    output.mkdir(parents=True, exist_ok=True)
    number = version(root)
    core = unpacked(core_wheel(root, wheels))
    own = {name: data for name, data in files_below(root / "maya_plugin") if not name.startswith(_KEPT_OUT)}
    own |= {f"core/{name}": data for name, data in core.items() if not NOT_NEEDED.search(name)}
    own |= {"LICENSE": (root / "LICENSE").read_bytes(), "scenes/sample_face.ma": sample_face(root)}
    for platform in platforms:
        entries = {f"{NAME}/{name}": data for name, data in own.items()}
        entries[f"{NAME}.mod"] = description(number, platform).encode()
        for python in PYTHONS:
            for wheel in _dependencies(python, platform, wheels / "maya" / platform):
                folder = "any" if "-none-" in wheel.name else python
                for name, data in unpacked(wheel).items():
                    if not NOT_NEEDED.search(name):
                        entries[f"{NAME}/{_place(name, folder)}"] = sharing(thinned(data, platform))
        check(entries, platform)
        path = output / f"{NAME}-Maya-{number}-{platform.replace('-', '_')}.zip"
        write_zip(path, entries)
        size = path.stat().st_size
        print(f"{path.name}  {size / 1e6:.1f} MB  {sha256(path)}")
    sums = [f"{sha256(path)}  {path.name}\n" for path in sorted(output.glob(f"{NAME}-Maya-{number}-*.zip"))]
    (output / "SHA256SUMS").write_text("".join(sums), "utf-8")


def _place(name: str, folder: str) -> str:
    """Where a wheel's file goes: into its Python's folder, or once for all."""
    first, _, rest = name.partition("/")
    return f"any/{SHARED_LIBRARIES[first]}/{rest}" if first in SHARED_LIBRARIES else f"{folder}/{name}"


def sample_face(root: Path) -> bytes:
    """Written by the module itself, in a process that finds it; needs numpy."""
    folders = [str(root / "maya_plugin" / "scripts"), str(root / "core")]
    line = "import sys; sys.path[:0] = sys.argv[1:]; from koemorph_maya import sample_face; print(sample_face.scene())"
    ended = subprocess.run([sys.executable, "-c", line, *folders], capture_output=True, check=False)
    if ended.returncode:
        reason = ended.stderr.decode(errors="replace").strip().splitlines()[-1:] or ["it ended"]
        raise BuildError(f"The sample face cannot be written ({reason[0]}); pip install numpy soundfile soxr pillow.")
    return ended.stdout.replace(b"\r\n", b"\n")


def description(number: str, platform: str) -> str:
    """The .mod file: one entry for each Maya, with the libraries of its Python."""
    entries = []
    for python, (_, mayas) in PYTHONS.items():
        for maya in mayas:
            entries += [f"+ MAYAVERSION:{maya} PLATFORM:{MAYA_PLATFORMS[platform]} {NAME} {number} {NAME}"]
            entries += [f"PYTHONPATH +:= {folder}" for folder in ("scripts", "core", "any", python)] + [""]
    return "\n".join(entries)


def unpacked(wheel: Path) -> dict[str, bytes]:
    """What a wheel would install, for a Python that has no pip."""
    with zipfile.ZipFile(io.BytesIO(wheel.read_bytes())) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}


def check(entries: dict[str, bytes], platform: str) -> None:
    """Every library is there for every Python, every compiled file is for this platform and Python, Qt is not there."""
    names = {name.removeprefix(f"{NAME}/"): name for name in entries}
    for name in OURS:
        if name not in names:
            raise BuildError(f"{platform}: {name} is missing.")
    wanted = [f"{python}/{library}" for python in PYTHONS for library in IMPORTED]
    compiled = [name for name in names if is_native(name)]
    for library in wanted:
        if not any(name.startswith((f"{library}/", f"{library}.")) for name in compiled):
            raise BuildError(f"{platform}: {library} is missing, or nothing of it is compiled.")
    for library in SHARED:
        if not any(name == f"any/{library}" or name.startswith(f"any/{library}/") for name in names):
            raise BuildError(f"{platform}: any/{library} is missing.")
    for name in compiled:
        if b"/numpy.libs" in entries[names[name]] or b"/pillow.libs" in entries[names[name]]:
            raise BuildError(f"{platform}: {name} looks for its libraries where they no longer lie.")
        if (found := platform_of(entries[names[name]])) != platform:
            raise BuildError(f"{platform}: {name} is for {found or 'no machine that we know, or for several'}.")
        told = re.search(r"[.-]cp(?:ython-)?(3\d+)[-.]", name)
        if told and f"cp{told[1]}" != name.partition("/")[0]:
            raise BuildError(f"{platform}: {name} is for another Python.")
    if foreign := [name for name in names if "PySide" in name or "shiboken" in name]:
        raise BuildError(f"{platform}: {foreign[0]} is Qt, which is Maya's own.")
    described = entries[f"{NAME}.mod"].decode()
    for python, (_, mayas) in PYTHONS.items():
        for maya in mayas:
            section = described.partition(f"MAYAVERSION:{maya} PLATFORM:{MAYA_PLATFORMS[platform]} ")[2].partition(
                "\n+"
            )[0]
            if f"PYTHONPATH +:= {python}\n" not in section + "\n":
                raise BuildError(f"{platform}: {NAME}.mod does not lead Maya {maya} to {python}.")


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
    return [
        wheel for wheel in sorted(folder.glob(f"{name}-{number}-*.whl")) if blender.serves(wheel.name, python, platform)
    ]


def _download(requirement: str, python: str, platform: str, folder: Path) -> None:
    tags = [part for tag in PLATFORMS[platform] or blender.PLATFORMS[platform] for part in ("--platform", tag)]
    abis = [part for abi in (python, "abi3", "none") for part in ("--abi", abi)]
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
    command += ["--implementation", "cp", "--python-version", PYTHONS[python][0], *abis, *tags]
    if subprocess.run([*command, "--dest", str(folder), requirement], check=False).returncode:
        raise BuildError(f"pip cannot download {requirement} for {python} on {platform}.")
