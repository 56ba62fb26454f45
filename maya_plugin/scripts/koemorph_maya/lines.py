"""The lines of a scene: each is remembered with all that it takes to make it again, in a node that nothing is wired to.

The node is saved with the scene, and what becomes of it is a part of the same step of undo as the keys.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
from maya import cmds
from numpy.typing import NDArray

from koemorph.errors import KoeMorphError
from koemorph.hosts.kept import kept
from koemorph.recording import PlacedRecording, Recording

from .clock import scene_rate
from .request import KeyRequest

NODE = ATTRIBUTE = "koemorphLines"
_SAME = 1e-6


@dataclass(frozen=True, kw_only=True)
class KeyedLine:
    """A line that was keyed: what was asked for, and the frames that it fills."""

    source: PlacedRecording
    wanted: KeyRequest
    first: float
    last: float
    written: dict[str, str] = field(default_factory=dict)
    """By attribute: what was keyed on every frame, packed."""

    @property
    def name(self) -> str:
        return self.source.name

    @property
    def frames(self) -> NDArray[np.float64]:
        return self.first + np.arange(round(self.last - self.first) + 1, dtype=np.float64)

    def values(self, plug: str) -> NDArray[np.float32]:
        """What was keyed on an attribute, frame by frame."""
        return np.frombuffer(base64.b64decode(self.written[plug]), dtype="<f4")

    def replaces(self, other: KeyedLine) -> bool:
        """Whether the other one was the same recording in the same place, on the same face and layer."""
        one, two = self.wanted, other.wanted
        same = (one.targets, one.layer, self.source.recording) == (two.targets, two.layer, other.source.recording)
        return same and abs(self.first - other.first) < _SAME

    def text(self, number: int) -> str:
        wanted = self.wanted
        parts = [f"{number}  {self.name}: frames {self.first:g} to {self.last:g}", " ".join(wanted.targets)]
        parts += [f"on {wanted.layer}"] if wanted.layer else []
        parts += [f"script {wanted.script.text[:40]!r}"] if wanted.script else []
        parts += ["phones edited"] if wanted.edited else []
        return ", ".join(parts)


def packed(values: NDArray[np.floating[Any]]) -> str:
    return base64.b64encode(values.astype("<f4").tobytes()).decode()


def lines() -> list[KeyedLine]:
    """All of the scene, in their order in time."""
    if not _is_there():
        return []
    rate = scene_rate()
    try:
        told = kept(cmds.getAttr(f"{NODE}.{ATTRIBUTE}") or "[]", f"What {NODE} holds")
        found = [
            KeyedLine(
                source=PlacedRecording(Recording.from_dict(one["recording"]), Fraction(one["first_frame"])),
                wanted=KeyRequest.from_dict(one["wanted"], rate),
                first=one["first"],
                last=one["last"],
                written=one["written"],
            )
            for one in told
        ]
    except (KoeMorphError, ValueError, KeyError, TypeError, AttributeError) as err:
        raise KoeMorphError(
            f"What {NODE} holds cannot be read ({err}); delete that node and key the lines anew."
        ) from err
    return sorted(found, key=lambda line: line.first)


def line_at(wanted: str) -> KeyedLine:
    """By number or name; without one the line that sounds now, else the only one."""
    there = lines()
    if not there:
        raise KoeMorphError("The scene has no line yet; key one with koemorphKey.")
    if wanted.isdigit() and 1 <= int(wanted) <= len(there):
        return there[int(wanted) - 1]
    now = float(cmds.currentTime(query=True))  # type: ignore[call-arg]  # the published types want a time
    found = [one for one in there if (one.name == wanted if wanted else one.first <= now <= one.last)]
    found = found or ([] if wanted else there)
    if len(found) != 1:
        listed = "; ".join(one.text(number) for number, one in enumerate(there, 1))
        raise KoeMorphError(f"Name one line by its number ({listed}).")
    return found[0]


def remember(line: KeyedLine) -> None:
    """Write a line down, in the place of the one that it replaces."""
    _write([*(one for one in lines() if not line.replaces(one)), line])


def forget(line: KeyedLine) -> None:
    _write([one for one in lines() if one != line])


def _is_there() -> bool:
    return bool(cmds.objExists(NODE)) and bool(cmds.attributeQuery(ATTRIBUTE, node=NODE, exists=True))


def _write(there: Sequence[KeyedLine]) -> None:
    if not cmds.objExists(NODE):
        cmds.createNode("network", name=NODE, skipSelect=True)
    if not _is_there():
        cmds.addAttr(NODE, longName=ATTRIBUTE, dataType="string")
    told = [
        {
            "recording": one.source.recording.to_dict(),
            "first_frame": str(one.source.first_frame),
            "wanted": one.wanted.to_dict(),
            "first": one.first,
            "last": one.last,
            "written": one.written,
        }
        for one in there
    ]
    cmds.setAttr(f"{NODE}.{ATTRIBUTE}", json.dumps(told), type="string")
