"""Pictures of a take, without a window and without a DCC: curves, contact sheet, movie of the face."""

from importlib.util import find_spec

from ..errors import MissingPieceError

if find_spec("PIL") is None:
    raise MissingPieceError("Pictures need Pillow; run 'pip install pillow'.")
