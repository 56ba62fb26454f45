"""Which emotion backends there are, which can be used here, and what is missing for the others."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Final

from ..errors import MissingPieceError, SettingsError
from .emotion import EmotionBackend

NATIVE: Final = "native"
OPENSMILE: Final = "opensmile"


def emotion_backend(name: str) -> EmotionBackend:
    """The backend that `Settings.emotion` names; imported only when asked for."""
    if name == NATIVE:
        from .egemaps import NativeEgemaps

        return NativeEgemaps()
    if name == OPENSMILE:
        if not opensmile_installed():
            raise MissingPieceError(
                "The openSMILE emotion analysis is not installed; leave Emotion analysis on native, or run "
                "'pip install koemorph[opensmile]' if its research licence suits you."
            )
        from .opensmile import OpenSmile

        return OpenSmile()
    raise SettingsError(f"There is no emotion analysis called {name!r}; choose {NATIVE} or {OPENSMILE}.")


def opensmile_installed() -> bool:
    return find_spec("opensmile") is not None
