"""KoeMorph's menu, and a shelf button for who wants one. Nobody's userSetup is touched."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from maya import cmds, mel

from koemorph.errors import KoeMorphError, MissingPieceError

from . import options, process, sample_face

_OURS: Any = cmds
"""With the commands of our own plug-in."""
MENU = "koemorphMenu"
SHELF_LABEL = "KoeMorph"
_ITEMS = (
    ("Open Panel", "open_panel"),
    ("Key Timeline Sound on Selection", "key_timeline"),
    ("Update Line at Current Frame", "update_line"),
    ("Lines of the Scene", "tell_lines"),
    ("Coverage of Selection", "tell_coverage"),
    ("Add Sample Face", "add_sample_face"),
    ("Add Shelf Button", "add_shelf_button"),
    ("Print Log for a Bug Report", "print_log"),
)


def show() -> None:
    hide()
    cmds.menu(MENU, label="KoeMorph", parent=mel.eval("$koemorphWindow = $gMainWindow"), tearOff=True)
    for label, function in _ITEMS:
        cmds.menuItem(label=label, command=_call(function), parent=MENU)


def hide() -> None:
    if cmds.menu(MENU, exists=True):
        cmds.deleteUI(MENU)


def open_panel() -> None:
    try:
        from . import panel  # needs a Qt that not every Maya has

        panel.show()
    except MissingPieceError:
        cmds.warning("KoeMorph's panel needs PySide6, which Maya has since 2025; the commands work without it.")


def key_timeline() -> None:
    """As the panel was told last."""
    chosen = options.remembered()
    flags = {"layer": chosen.layer, "layerMode": chosen.layer_mode} if chosen.layer else {}
    print(_OURS.koemorphKey(**chosen.keying.to_dict(), **flags))


def update_line() -> None:
    """As it was keyed, on the face as it is; changes by hand stay."""
    print(_OURS.koemorphLines(update=True))


def tell_lines() -> None:
    print(_OURS.koemorphLines())


def tell_coverage() -> None:
    print(_OURS.koemorphCoverage())


def add_sample_face() -> None:
    """Our own head, selected; the scene keeps its rate."""
    with tempfile.TemporaryDirectory(prefix="koemorph-") as folder:
        path = Path(folder) / "sample_face.ma"
        path.write_text(sample_face.scene(), "ascii")
        try:
            made = cmds.file(
                str(path), i=True, type="mayaAscii", ignoreVersion=True, renamingPrefix="sample", returnNewNodes=True
            )
        except RuntimeError as err:
            raise KoeMorphError(f"Maya cannot read the sample face ({err}).") from err
    cmds.select(*cmds.ls(made, type="transform"), replace=True)


def print_log() -> None:
    """In the Script Editor, to be copied from there; the docked panel puts it on the clipboard."""
    print(process.log_text())


def add_shelf_button() -> None:
    """On the shelf that is open."""
    shelves = mel.eval("$koemorphShelves = $gShelfTopLevel")
    shelf = cmds.tabLayout(shelves, query=True, selectTab=True)
    cmds.shelfButton(
        parent=shelf,
        label=SHELF_LABEL,
        annotation="KoeMorph: a facial performance from recorded dialogue",
        image="commandButton.png",
        imageOverlayLabel="Koe",
        sourceType="python",
        command=_call("open_panel"),
    )


def _call(function: str) -> str:
    """As text, which shelves and tear-off menus keep."""
    return f"from koemorph_maya import menu; menu.{function}()"
