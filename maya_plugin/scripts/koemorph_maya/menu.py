"""KoeMorph's menu, and a shelf button for who wants one. Nobody's userSetup is touched."""

from __future__ import annotations

from maya import cmds, mel

from koemorph.errors import MissingPieceError

MENU = "koemorphMenu"
SHELF_LABEL = "KoeMorph"


def show() -> None:
    hide()
    cmds.menu(MENU, label="KoeMorph", parent=mel.eval("$koemorphWindow = $gMainWindow"), tearOff=True)
    for label, command in (
        ("Open Panel", "from koemorph_maya import menu; menu.open_panel()"),
        ("Key Timeline Sound on Selection", "from maya import cmds; print(cmds.koemorphKey())"),
        ("Coverage of Selection", "from maya import cmds; print(cmds.koemorphCoverage())"),
        ("Add Shelf Button", "from koemorph_maya import menu; menu.add_shelf_button()"),
    ):
        cmds.menuItem(label=label, command=command, parent=MENU)


def hide() -> None:
    if cmds.menu(MENU, exists=True):
        cmds.deleteUI(MENU)


def open_panel() -> None:
    try:
        from . import panel  # needs a Qt that not every Maya has

        panel.show()
    except MissingPieceError:
        cmds.warning("KoeMorph's panel needs PySide6, which Maya has since 2025; the commands work without it.")


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
        command="from koemorph_maya import menu; menu.open_panel()",
    )
