"""The flags of KoeMorph's commands: each once, for Maya's syntax, for what a call says and for its help."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import Field, fields
from typing import Any

from maya.api import OpenMaya

from koemorph.errors import KoeMorphError
from koemorph.keying import Keying
from koemorph.knob_flags import name_of
from koemorph.knobs import info_of
from koemorph.settings import Settings
from koemorph.speech.edits import EDITS, EditKind

_SYNTAX = OpenMaya.MSyntax
TEXT, NUMBER, SWITCH = _SYNTAX.kString, _SYNTAX.kDouble, _SYNTAX.kNoArg

_SHORT = {
    "mood": "-mo",
    "mood_intensity": "-mi",
    "mood_keys": "-mk",
    "mood_from_voice": "-mv",
    "mood_strength": "-ms",
    "head_strength": "-hs",
    "look_at": "-lk",
    "directions": "-dir",
}
"""Settings that have flags of their own beside -settings, and their short names."""


def long_of(entry: Field[Any]) -> str:
    """As Maya spells flags: -moodStrength."""
    first, *others = name_of(entry).split("-")
    return "-" + first + "".join(word.capitalize() for word in others)


def _flag(short: str, entry: Field[Any]) -> tuple[str, str, int, str]:
    """What is said of a setting as a flag. Maya wants short names too, and they are never to change."""
    shown = info_of(entry)
    kind = NUMBER if shown.kind in ("number", "whole") else TEXT
    known = f" ({shown.low:g} to {shown.high:g})" if kind == NUMBER else f" ({', '.join(shown.choices)})"
    return short, long_of(entry), kind, shown.tooltip.rstrip(".") + (known if shown.choices or kind == NUMBER else "")


_SCRIPT = (
    ("-sc", "-script", TEXT, "what is said; [directions] are skipped, /IPA/ is taken as it is"),
    ("-scf", "-scriptFile", TEXT, "or a text file with it"),
    ("-la", "-language", TEXT, "its language: en, de, ja... (default: en)"),
    ("-ns", "-noScript", SWITCH, "leave a line.txt beside line.wav"),
)
_SETTINGS = (
    ("-st", "-settings", TEXT, 'JSON, as in {"jaw_strength": 0.8}'),
    ("-ps", "-preset", TEXT, "a preset of settings, by name or file"),
    *(_flag(short, entry) for entry in fields(Settings) if (short := _SHORT.get(entry.name))),
)
_EDIT_SHORT = ("-sp", "-mp", "-dp", "-ip", "-sw", "-mw", "-dw", "-iw")
_PARTED = ";"


def edit_flag(name: str) -> str:
    """-setPhone, -setWord."""
    first, _, what = name.partition("-")
    return f"-{first}{(what or 'phone').capitalize()}"


def _edit(short: str, name: str, kind: EditKind) -> tuple[str, str, int, str]:
    words = " ".join(kind.words)
    return short, edit_flag(name), TEXT, f'"{words}", in seconds of the recording; several parted by ;: {kind.about}'


_LINE = (("-ln", "-line", TEXT, "a line by number or name; default: the one that sounds now, or the only one"),)

FLAGS: dict[str, tuple[tuple[str, str, int, str], ...]] = {
    "koemorphKey": (
        ("-f", "-file", TEXT, "the recording"),
        ("-au", "-audio", TEXT, "or an audio node of the scene; else what the timeline plays"),
        ("-sf", "-startFrame", NUMBER, "the frame at which a file is heard (default: 1)"),
        ("-ch", "-channel", TEXT, "left, right or a number; default: a mix"),
        ("-md", "-model", TEXT, "the folder of another model"),
        *_SCRIPT,
        *_SETTINGS,
    ),
    "koemorphImport": (
        ("-f", "-file", TEXT, "a take, Live Link Face CSV, Audio2Face JSON..."),
        ("-sf", "-startFrame", NUMBER, "the frame that its beginning comes to; default: as its clock says"),
        ("-sp", "-sourceFps", TEXT, "its frame rate, where the file does not tell"),
    ),
    "koemorphExport": (
        ("-f", "-file", TEXT, "what to write; the ending names the format"),
        ("-au", "-audio", TEXT, "the audio node; else what the timeline plays"),
        ("-md", "-model", TEXT, "the folder of another model"),
        *_SCRIPT,
        *_SETTINGS,
    ),
    "koemorphCoverage": (("-sm", "-saveMapping", TEXT, "keep the mapping and its calibration as a preset"),),
    "koemorphLines": (
        *_LINE,
        ("-u", "-update", SWITCH, "make the line again; of its settings and script what is named here is new"),
        ("-mb", "-moveBy", NUMBER, "move the line's keys as they are, and its sound, by so many frames"),
        ("-rm", "-remove", SWITCH, "forget the line and take its keys away"),
        *_SCRIPT,
        *_SETTINGS,
    ),
    "koemorphPhones": (
        *_LINE,
        *(_edit(short, name, kind) for short, (name, kind) in zip(_EDIT_SHORT, EDITS.items(), strict=True)),
        ("-la", "-language", TEXT, "of words; default: the script's, else en"),
        ("-im", "-importFile", TEXT, "take phones and words from a file (TextGrid, Rhubarb, JSON, SRT, VTT)"),
        ("-ex", "-exportFile", TEXT, "write them to one"),
    ),
}
"""Of each command: short and long flag, kind, and what it is for."""
_TARGETS = (
    ("-t", "-targets", TEXT, "faces or blendShape nodes, parted by spaces; default: the selection"),
    ("-m", "-mapping", TEXT, "a mapping preset, by name or file; default: the best that fits"),
    ("-cal", "-calibrate", TEXT, 'how far targets go: "Jaw_Drop gain 1.2 maximum 0.8; Smile_L rest 0.1"'),
)


_KEYING = (
    *_TARGETS,
    ("-hd", "-head", TEXT, "a joint or control that the head's turns are keyed on; default: none"),
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

    def __init__(self, parsed: OpenMaya.MArgParser, command: str) -> None:
        self._parsed = parsed
        self._known = {long for _, long, _, _ in FLAGS[command]}

    def has(self, flag: str) -> bool:
        return self._parsed.isFlagSet(flag)

    def text(self, flag: str, usual: str = "") -> str:
        return self._parsed.flagArgumentString(flag, 0) if self.has(flag) else usual

    def edits(self) -> Iterator[tuple[EditKind, list[str]]]:
        """Of phones and words, with what is said of each."""
        for name, kind in EDITS.items():
            for told in filter(str.strip, self.text(edit_flag(name)).split(_PARTED)):
                words = told.split(maxsplit=len(kind.words) - 1)
                if len(words) != len(kind.words):
                    raise KoeMorphError(f'{edit_flag(name)} wants "{" ".join(kind.words)}", not "{told.strip()}".')
                yield kind, words

    def knobs(self, kind: type[Any]) -> dict[str, Any]:
        """What it says of the settings of a kind, by field; not all of them need be flags of the command."""
        given = [entry for entry in fields(kind) if long_of(entry) in self._known and self.has(long_of(entry))]
        return {
            one.name: self.number(long_of(one), 0.0)
            if info_of(one).kind in ("number", "whole")
            else self.text(long_of(one))
            for one in given
        }

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
