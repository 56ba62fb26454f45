"""Finding a mapping's targets among a rig's names, whatever its way of spelling them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Final

from .coverage import Names, Rig
from .names import SIDES, base, common_prefix, spellings, split_side

Frame = tuple[str, str]
"""What a rig puts before and after every name, in spelling."""

_PLAIN: Final[Frame] = ("", "")
_FEWEST: Final = 3
"""So many targets must share a frame before it counts as the rig's way."""
_SHORTEST: Final = 4
"""Letters of a target that can be recognised inside a longer name."""
_NOT_HALVES: Final = ("jaw", "mouth")
"""jawLeft moves to the left; it is not the left half of a shape called jaw."""
_HINTS: Final = 2
_NEAR: Final = 0.8


class Finder:
    """Looks up targets in a rig that frames its names in one way, the one that covers the most targets."""

    def __init__(self, rig: Rig, targets: Names) -> None:
        cut = len(common_prefix(targets))
        self._words = {target: spellings(target[cut:]) for target in targets}
        self._index: dict[str, list[str]] = defaultdict(list)
        for name in rig.names:
            for spelled in spellings(name):
                self._index[spelled].append(name)
        self._frames = self._usual_frames()

    def find(self, target: str) -> Names:
        """The names that may be the target: one if it is clear, none if the rig lacks it."""
        names = self._named(*self._words[target]) or self._known(*spellings(target))
        if len(names) > 1:
            for exact in (
                tuple(name for name in names if name == target),
                tuple(name for name in names if base(name) == target),
                tuple(name for name in names if base(name).casefold() == target.casefold()),
            ):
                if len(exact) == 1:
                    return exact
        return names

    def halves(self, target: str) -> Names:
        """The left and the right name, where a rig splits what the target moves as one."""
        plain = self._words[target][0]
        if split_side(self._words[target][-1])[1]:
            return ()
        found = [self._named(plain + side) for side in SIDES]
        return tuple(names[0] for names in found) if all(len(names) == 1 for names in found) else ()

    def whole(self, target: str) -> Names:
        """The one name, where a rig moves both sides as one and has neither on its own."""
        stem, side = split_side(self._words[target][-1])
        if not side or stem in _NOT_HALVES:
            return ()
        other = stem + SIDES[1 - SIDES.index(side)]
        paired = [words for words in self._words.values() if words[-1] == other]
        if not paired or self._named(*paired[0]):
            return ()
        names = self._named(stem)
        return names if len(names) == 1 else ()

    def similar(self, targets: Iterable[str], names: Names) -> dict[str, Names]:
        """For each target the names that look like it, where there are any."""
        spelled = {spellings(name)[-1]: name for name in names}
        found = {}
        for target in targets:
            wanted = self._words[target][-1]
            inside = [word for word in spelled if len(wanted) >= _SHORTEST and wanted in word]
            close = get_close_matches(wanted, spelled, _HINTS, _NEAR)
            if near := tuple(spelled[word] for word in dict.fromkeys((*inside, *close)))[:_HINTS]:
                found[target] = near
        return found

    def _named(self, *words: str) -> Names:
        return self._known(*(before + word + after for before, after in self._frames for word in words))

    def _known(self, *spelled: str) -> Names:
        return tuple(dict.fromkeys(name for known in spelled for name in self._index.get(known, ())))

    def _usual_frames(self) -> tuple[Frame, ...]:
        """The frame that the most targets share; several when they are level, which then leaves doubt."""
        votes: dict[Frame, set[str]] = defaultdict(set)
        for target, frame in self._seen():
            votes[frame].add(target)
        shared = {frame: len(targets) for frame, targets in votes.items() if len(targets) >= _FEWEST}
        most = max(shared.values(), default=0)
        if len(votes[_PLAIN]) >= most:
            return (_PLAIN,)
        return tuple(frame for frame, count in shared.items() if count == most)

    def _seen(self) -> Iterator[tuple[str, Frame]]:
        """Each target with each frame in which it stands in the rig; other targets are no frame."""
        whole = {word for words in self._words.values() for word in words if len(word) >= _SHORTEST}
        for spelled in self._index:
            for target, words in self._words.items():
                for word in words:
                    if spelled == word:
                        yield target, _PLAIN
                    elif len(word) >= _SHORTEST and word in spelled:
                        before, _, after = spelled.partition(word)
                        if not any(other in before or other in after for other in whole):
                            yield target, (before, after)
