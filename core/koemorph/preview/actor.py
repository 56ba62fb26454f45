"""Our head playing a take: a picture for any of its frames."""

from __future__ import annotations

from typing import Final

import numpy as np

from ..errors import TakeError
from ..face import load_face
from ..formats.head import turned, turns
from ..take import Take
from .render import Picture, Portrait, View

WHOLE_FACE: Final = View(centre=(0.0, -0.008, 0.0), height=0.245)
"""The whole face with room for an open jaw."""
_LEAST, _MOST = -0.5, 1.5
"""Weights beyond are drawn as these: a face past them is no longer one."""


class Actor:
    def __init__(self, take: Take, size: tuple[int, int], view: View = WHOLE_FACE) -> None:
        self._portrait, self._view, self._size = Portrait(load_face()), view, size
        names = self._portrait.names
        known = [name for name in names if name in take.names]
        if not known:
            raise TakeError(
                "This take has none of the 52 ARKit shapes, so the face cannot show it; preview it before mapping."
            )
        self._weights = np.zeros((take.frame_count, len(names)), dtype=np.float32)
        for name in known:
            self._weights[:, names.index(name)] = take.curve(name)
        np.clip(self._weights, _LEAST, _MOST, out=self._weights)
        self._turned = turns(take)

    def picture(self, frame: int) -> Picture:
        """(height, width, 3) of sRGB bytes."""
        posed = self._portrait.posed(self._weights[frame])
        if self._turned is not None:
            posed = turned(posed, self._turned[frame])
        return self._portrait.draw_on_paper(posed, self._view, self._size)
