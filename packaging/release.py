"""A release from one number: version, changelog, wheels, zips, checksums, commit and tag. Nothing is pushed.

    python packaging/release.py 0.2.0 [--output dist] [--only-number]

It refuses a tree that is not clean, a number that does not follow, and a changelog without news. Wheels and zips are
built before the commit is made, so that a build which fails leaves the tree as it was.
"""

from __future__ import annotations

import argparse
import datetime
import re
import signal
import subprocess
import sys
from pathlib import Path

import blender
import maya_module
from artefacts import BuildError, sha256, version

ROOT = Path(__file__).resolve().parents[1]
NUMBER = re.compile(r"(\d+)\.(\d+)\.(\d+)((?:a|b|rc)\d+)?")
NEWS = "## Unreleased\n"


def release(root: Path, number: str, output: Path, *, build: bool = True) -> list[Path]:
    """Everything that is handed out, below `output`; the tree of `root` ends with a commit and the tag vNUMBER."""
    check(root, number)
    init, changes = root / "core" / "koemorph" / "__init__.py", root / "CHANGELOG.md"
    before = {path: path.read_text("utf-8") for path in (init, changes)}
    init.write_text(re.sub(r'^__version__ = ".*"$', f'__version__ = "{number}"', before[init], flags=re.M), "utf-8")
    today = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
    changes.write_text(before[changes].replace(NEWS, f"{NEWS}\n## {number} ({today})\n", 1), "utf-8")
    try:
        made = artefacts(root, number, output) if build else []
        _git(root, "commit", "--quiet", "--all", "--message", f"Version {number}")
        _git(root, "tag", "--annotate", f"v{number}", "--message", f"KoeMorph {number}")
    except BaseException:
        for path, text in before.items():
            path.write_text(text, "utf-8")
        raise
    return made


def check(root: Path, number: str) -> None:
    """Whether there can be a release of this number now."""
    if not NUMBER.fullmatch(number):
        raise BuildError(f"{number} is no version; write it as 0.2.0 or 0.2.0rc1.")
    if _order(number) <= _order(now := version(root)):
        raise BuildError(f"{number} does not come after {now}.")
    if _git(root, "status", "--porcelain"):
        raise BuildError("The tree has changes that are not committed; commit or remove them.")
    if f"v{number}" in _git(root, "tag", "--list").split():
        raise BuildError(f"There is a tag v{number} already.")
    _, there, rest = (root / "CHANGELOG.md").read_text("utf-8").partition(NEWS)
    if not there or not rest.partition("\n## ")[0].strip():
        raise BuildError("CHANGELOG.md has nothing below 'Unreleased'; say what is new.")


def artefacts(root: Path, number: str, output: Path) -> list[Path]:
    """Wheels of both distributions, the zips for Blender and Maya, and SHA256SUMS over all of them."""
    folder, wheels = output / number, root / "build" / "wheels"
    for project in (root, root / "extras"):
        command = [
            sys.executable,
            "-m",
            "pip",
            "wheel",
            "--quiet",
            "--no-deps",
            "--wheel-dir",
            str(folder),
            str(project),
        ]
        if subprocess.run(command, check=False).returncode:
            raise BuildError(f"The wheel of {project} cannot be built; see what pip says above.")
    blender.build(root, folder / "blender", wheels, list(blender.PLATFORMS))
    maya_module.build(root, folder / "maya", wheels, list(maya_module.PLATFORMS))
    made = sorted(path for path in folder.rglob("*") if path.suffix in (".whl", ".zip"))
    sums = [f"{sha256(path)}  {path.relative_to(folder).as_posix()}\n" for path in made]
    (folder / "SHA256SUMS").write_text("".join(sums), "utf-8")
    return made


def _order(number: str) -> tuple[int, int, int, bool, str]:
    found = NUMBER.fullmatch(number)
    if not found:
        raise BuildError(f"{number} is no version.")
    return int(found[1]), int(found[2]), int(found[3]), found[4] is None, found[4] or ""


def _git(root: Path, *arguments: str) -> str:
    ended = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise BuildError(f"git {arguments[0]}: {ended.stderr.strip()}")
    return ended.stdout.strip()


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="A release from one number.")
    parser.add_argument("number", help="such as 0.2.0")
    parser.add_argument("-o", "--output", type=Path, default=ROOT / "dist", metavar="DIR", help="default: dist")
    parser.add_argument("--only-number", action="store_true", help="version, changelog and tag; build nothing")
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # a killed build, too, leaves the tree as it was
    try:
        made = release(ROOT, options.number, options.output, build=not options.only_number)
    except BuildError as err:
        print(f"error: {err}", file=sys.stderr)
        return 1
    for path in made:
        print(path)
    print(f"Push it with: git push --follow-tags origin v{options.number}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
