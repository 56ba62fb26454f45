"""The flags of KoeMorph's commands: each once, for Maya's syntax, for what a call says and for its help."""

from __future__ import annotations

from dataclasses import Field, fields
from typing import Any

from maya.api import OpenMaya

from koemorph.keying import Keying
from koemorph.knob_flags import name_of
from koemorph.knobs import info_of

_SYNTAX = OpenMaya.MSyntax
TEXT, NUMBER, SWITCH = _SYNTAX.kString, _SYNTAX.kDouble, _SYNTAX.kNoArg

FLAGS: dict[str, tuple[tuple[str, str, int, str], ...]] = {
    "koemorphKey": (
        ("-f", "-file", TEXT, "the recording"),
        ("-au", "-audio", TEXT, "or an audio node of the scene; else what the timeline plays"),
        ("-sf", "-startFrame", NUMBER, "the frame at which a file is heard (default: 1)"),
        ("-ch", "-channel", TEXT, "left, right or a number; default: a mix"),
        ("-st", "-settings", TEXT, 'JSON, as in {"jaw_strength": 0.8}'),
        ("-ps", "-preset", TEXT, "a preset of settings, by name or file"),
        ("-md", "-model", TEXT, "another model: light, or a folder"),
    ),
    "koemorphImport": (
        ("-f", "-file", TEXT, "a take, Live Link Face CSV, Audio2Face JSON..."),
        ("-sf", "-startFrame", NUMBER, "the frame that its beginning comes to; default: as its clock says"),
        ("-sp", "-sourceFps", TEXT, "its frame rate, where the file does not tell"),
    ),
    "koemorphExport": (
        ("-f", "-file", TEXT, "what to write; the ending names the format"),
        ("-au", "-audio", TEXT, "the audio node; else what the timeline plays"),
        ("-st", "-settings", TEXT, "JSON of settings"),
        ("-ps", "-preset", TEXT, "a preset of settings"),
        ("-md", "-model", TEXT, "another model: light, or a folder"),
    ),
    "koemorphCoverage": (),
}
"""Of each command: short and long flag, kind, and what it is for."""
_TARGETS = (
    ("-t", "-targets", TEXT, "faces or blendShape nodes, parted by spaces; default: the selection"),
    ("-m", "-mapping", TEXT, "a mapping preset, by name or file; default: the best that fits"),
)


def _flag(short: str, entry: Field[Any]) -> tuple[str, str, int, str]:
    """What is said of a setting as a flag. Maya wants short names too, and they are never to change."""
    shown = info_of(entry)
    known = f" ({', '.join(shown.choices)})" if shown.choices else f" ({shown.low:g} to {shown.high:g})"
    return short, f"-{name_of(entry)}", TEXT if shown.choices else NUMBER, shown.tooltip.rstrip(".") + known


_KEYING = (
    *_TARGETS,
    ("-o", "-offset", NUMBER, "frames by which the line is moved"),
    ("-rs", "-rangeStart", NUMBER, "the first frame that may get keys"),
    ("-re", "-rangeEnd", NUMBER, "the last frame that may get keys"),
    ("-l", "-layer", TEXT, "an animation layer, made if need be"),
    ("-lm", "-layerMode", TEXT, "of a new layer: additive or override"),
    *(_flag(short, entry) for short, entry in zip(("-k", "-tol"), fields(Keying), strict=True)),
    ("-mg", "-merge", SWITCH, "keep keys of the range that stand between the new ones"),
)
for _name in ("koemorphKey", "koemorphImport"):
    FLAGS[_name] += _KEYING
FLAGS["koemorphCoverage"] += _TARGETS


class Flags:
    """What a call says, by long flag."""

    def __init__(self, parsed: OpenMaya.MArgParser) -> None:
        self._parsed = parsed

    def has(self, flag: str) -> bool:
        return self._parsed.isFlagSet(flag)

    def text(self, flag: str, usual: str = "") -> str:
        return self._parsed.flagArgumentString(flag, 0) if self.has(flag) else usual

    def knobs(self, kind: type[Any]) -> dict[str, Any]:
        """What it says of the settings of a kind, by field."""
        said: dict[str, Any] = {}
        for entry in fields(kind):
            flag = f"-{name_of(entry)}"
            if self.has(flag):
                said[entry.name] = self.text(flag) if info_of(entry).choices else self.number(flag, 0.0)
        return said

    def number(self, flag: str, usual: float) -> float:
        return self._parsed.flagArgumentDouble(flag, 0) if self.has(flag) else usual


def syntax_of(name: str) -> OpenMaya.MSyntax:
    syntax = OpenMaya.MSyntax()
    for short, long, kind, _ in FLAGS[name]:
        syntax.addFlag(short, long, kind)
    syntax.addFlag("-h", "-help", SWITCH)
    return syntax


def help_of(name: str) -> str:
    lines = [f"{short:<5} {long:<12} {about}" for short, long, _, about in FLAGS[name]]
    return "\n".join([name, *lines])
