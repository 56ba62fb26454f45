"""What is listened to: a file, or an audio node of the scene; and at which frame of the scene it is heard."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from maya import cmds, mel

from koemorph.errors import AudioError
from koemorph.recording import PlacedRecording, Recording, audible, exact
from koemorph.timing import FrameRate

from .nodes import kind


def from_file(path: Path, first_frame: Fraction, channel: str = "") -> PlacedRecording:
    if not path.is_file():
        raise AudioError(f"{path} is not a file; name a recording.")
    return PlacedRecording(Recording(path, channel=channel), first_frame)


def from_node(node: str, rate: FrameRate, channel: str = "") -> PlacedRecording:
    """As an audio node sounds: from its offset on, after its silence, the part between source start and source end."""
    if not cmds.objExists(node) or kind(node) != "audio":
        raise AudioError(f"The scene has no audio node called {node}; import the sound, or name its file.")
    path = Path(cmds.sound(node, query=True, file=True) or "")
    if not path.is_file():
        raise AudioError(f"The sound of {node} is not at {path}; correct the path in the Attribute Editor.")
    first = exact(cmds.getAttr(f"{node}.offset")) + exact(cmds.getAttr(f"{node}.silence"))
    trimmed = rate.seconds(exact(cmds.getAttr(f"{node}.sourceStart")))
    end = rate.seconds(exact(cmds.getAttr(f"{node}.sourceEnd")))
    first, begin = audible(first, trimmed, rate)
    return PlacedRecording(
        Recording(path, begin=begin, end=end if end > (begin or 0) else None, channel=channel), first
    )


def timeline_node() -> str:
    """The audio node that the timeline plays, else the only one of the scene; empty if neither is clear."""
    nodes: list[str] = cmds.ls(type="audio") or []
    if not cmds.about(batch=True):
        slider = mel.eval("$koemorphSlider = $gPlayBackSlider")
        heard = cmds.timeControl(slider, query=True, sound=True) if slider else ""
        if heard in nodes:
            return str(heard)
    return nodes[0] if len(nodes) == 1 else ""


def chosen(file: str, node: str, first_frame: Fraction, rate: FrameRate, channel: str = "") -> PlacedRecording:
    """The file if one is named, else the node, else what the timeline plays."""
    if file:
        return from_file(Path(file), first_frame, channel)
    if node := node or timeline_node():
        return from_node(node, rate, channel)
    raise AudioError("No recording is chosen; name a file or an audio node, or let the timeline play one.")


def playing(recording: Path | None, rate: FrameRate) -> PlacedRecording | None:
    """The audio node of the scene that plays a recording, if one does."""
    for node in cmds.ls(type="audio") or []:
        file = Path(cmds.sound(node, query=True, file=True) or "")
        if recording is not None and file.is_file() and recording.is_file() and file.samefile(recording):
            return from_node(node, rate)
    return None
