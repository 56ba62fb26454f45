"""The panel: a window in which a line is heard and its face, curves and settings are seen and changed at once.

Needs PySide6 (`pip install koemorph[panel]`; Maya brings its own). `state` holds all that can be undone, `maker` gets
takes made without ever waiting for them, `link` joins the panel to a host in another process and needs no Qt.
"""
