"""Lets Blender or Maya run this checkout by links, so that an edit counts after the host's next start.

    python packaging/develop.py blender --config ~/.config/blender/4.5
    python packaging/develop.py maya --modules ~/maya/modules

Blender gets a folder of links with the manifest that a built zip would have, and installs the libraries named there by
itself; the core stands beside them as a link. Maya gets a description of the module that points here; its libraries
come from `mayapy -m pip install numpy onnxruntime soundfile soxr pillow`. The same command again renews all of it.
"""

from __future__ import annotations

import argparse
import platform
import sys
from pathlib import Path

import blender
from artefacts import BuildError, version

ROOT = Path(__file__).resolve().parents[1]
NEWER_PYTHON = (5, 1)
"""The first Blender whose Python is 3.13."""


def develop_blender(config: Path, wheels: Path) -> Path:
    """Links in the folder of one Blender version; returns the extension's folder."""
    number = _blender_version(config)
    extension = config / "extensions" / "user_default" / "koemorph"
    if extension.exists() and not (extension / "DEVELOPED").is_file():
        raise BuildError(f"{extension} is an installed KoeMorph; remove it in Blender first (Preferences, Add-ons).")
    machine = this_platform()
    chosen = blender.dependencies(machine, wheels / machine)
    (extension / "wheels").mkdir(parents=True, exist_ok=True)
    (extension / "DEVELOPED").write_text(f"{ROOT}\n", "utf-8")
    for wheel in chosen:
        _link(extension / "wheels" / wheel.name, wheel)
    for entry in sorted((ROOT / "blender_addon").iterdir()):
        if entry.name not in ("blender_manifest.toml", "docs", "__pycache__"):
            _link(extension / entry.name, entry)
    manifest = blender.manifest(ROOT, version(ROOT), machine, chosen)
    (extension / "blender_manifest.toml").write_text(manifest, "utf-8")
    python = "python3.13" if number >= NEWER_PYTHON else "python3.11"
    packages = config / "extensions" / ".local" / "lib" / python / "site-packages"
    packages.mkdir(parents=True, exist_ok=True)
    _link(packages / "koemorph", ROOT / "core" / "koemorph")
    return extension


def develop_maya(modules: Path) -> Path:
    """A module description in Maya's folder of modules; returns it."""
    path = modules / "KoeMorph.mod"
    if path.exists() and str(ROOT) not in path.read_text("utf-8"):
        raise BuildError(f"{path} belongs to an installed KoeMorph; remove it and its folder first.")
    modules.mkdir(parents=True, exist_ok=True)
    core = ROOT / "core"
    lines = [f"+ KoeMorph {version(ROOT)} {ROOT / 'maya_plugin'}", "PYTHONPATH +:= scripts", f"PYTHONPATH += {core}"]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def this_platform() -> str:
    arm = platform.machine().lower() in ("arm64", "aarch64")
    names = {"win32": "windows-x64", "darwin": "macos-arm64" if arm else "macos-x64", "linux": "linux-x64"}
    if sys.platform not in names or (arm and sys.platform != "darwin"):
        raise BuildError("There are no libraries for this machine among those of the extension.")
    return names[sys.platform]


def _blender_version(config: Path) -> tuple[int, int]:
    major, _, minor = config.name.partition(".")
    if not (config.is_dir() and major.isdigit() and minor.isdigit()):
        raise BuildError(
            f"{config} is no folder of a Blender version, as ~/.config/blender/4.5 is; start Blender once."
        )
    return int(major), int(minor)


def _link(at: Path, to: Path) -> None:
    if at.is_symlink():
        at.unlink()
    elif at.exists():
        raise BuildError(f"{at} is in the way; remove it.")
    at.symlink_to(to.resolve(), target_is_directory=to.is_dir())


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Let Blender or Maya run this checkout by links.")
    hosts = parser.add_subparsers(dest="host", required=True)
    one = hosts.add_parser("blender")
    one.add_argument("--config", type=Path, required=True, metavar="DIR", help="such as ~/.config/blender/4.5")
    one.add_argument("--wheels", type=Path, default=ROOT / "build" / "wheels", metavar="DIR", help="kept downloads")
    other = hosts.add_parser("maya")
    other.add_argument("--modules", type=Path, required=True, metavar="DIR", help="such as ~/maya/modules")
    options = parser.parse_args(arguments)
    try:
        if options.host == "blender":
            print(develop_blender(options.config.expanduser(), options.wheels))
        else:
            print(develop_maya(options.modules.expanduser()))
    except BuildError as err:
        print(f"error: {err}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
