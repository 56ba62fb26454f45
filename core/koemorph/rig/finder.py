"""Finding a mapping's targets among a rig's names, whatever its way of spelling them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Final

from .mapping import Mapping, Names
from .names import SIDES, base, collapsed, common_prefix, spellings, split_side

Frame = tuple[str, str]
"""What a rig puts before and after every name, in spelling."""

_PLAIN: Final[Frame] = ("", "")
_FEWEST: Final = 3
"""So many targets must share a frame before it counts as the rig's way."""
_SHORTEST: Final = 4
"""Letters of a target that can be recognised inside a longer name."""
_NOT_HALVES: Final = ("jaw", "mouth")
"""jawLeft moves to the left; it is not the left half of a shape called jaw."""
_AND: Final = " + "
"""Between names that an alias means together."""
_HINTS: Final = 2
_NEAR: Final = 0.8


class Spelled:
    """A rig's names in every spelling, made once and searched for each preset."""

    def __init__(self, names: Names) -> None:
        self.index: dict[str, list[str]] = defaultdict(list)
        self.numbered: dict[str, list[str]] = defaultdict(list)
        """The same with # for digits, of those that have some."""
        for name in names:
            for spelled in spellings(name):
                self.index[spelled].append(name)
                if collapsed(spelled) != spelled:
                    self.numbered[collapsed(spelled)].append(name)
        self.together = " ".join(self.index)


class Finder:
    """Looks up targets in a rig that frames its names in one way, the one that covers the most targets."""

    def __init__(self, rig: Spelled, mapping: Mapping, targets: Names) -> None:
        cut = len(common_prefix(targets))
        self._words = {target: spellings(target[cut:]) for target in targets}
        self._others = {target: _other_names(target, mapping) for target in targets}
        self._rig = rig
        self._frames = self._usual_frames()

    def find(self, target: str) -> Names:
        """The names that may be the target: one if it is clear, none if the rig lacks it."""
        names = self._named(*self._words[target]) or self._known(*spellings(target))
        return _clearest(names, target) or self._by_other_name(target)

    @property
    def named_so(self) -> int:
        """How many targets the rig calls as they are called here, but for case and separators."""
        return sum(bool(self._known(*spellings(target))) for target in self._words)

    def parts(self, target: str) -> Names:
        """The names that together are what the target moves as one: its left and right, or as its family splits it."""
        for words in (self._words[target], *(spellings(other) for other in self._others[target])):
            if split_side(words[-1])[1]:
                continue
            found = [self._named(words[0] + side) for side in SIDES]
            if all(len(names) == 1 for names in found):
                return tuple(names[0] for names in found)
        for several in self._others[target]:
            words_of_each = [spellings(part) for part in several.split(_AND)]
            found = [self._named(*words) or self._known(*words) for words in words_of_each]
            if len(found) > 1 and all(len(names) == 1 for names in found):
                return tuple(names[0] for names in found)
        return ()

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

    def _by_other_name(self, target: str) -> Names:
        for other in self._others[target]:
            if _AND in other:
                continue
            words = spellings(other)
            if names := self._named(*words) or self._known(*words):
                return _clearest(names, other)
        return ()

    def _named(self, *words: str) -> Names:
        return self._known(*(before + word + after for before, after in self._frames for word in words))

    def _known(self, *spelled: str) -> Names:
        found: list[str] = []
        for one in spelled:
            found += self._rig.numbered.get(collapsed(one), ()) if "#" in one else self._rig.index.get(one, ())
        return tuple(dict.fromkeys(found))

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
        there = {word: target for target, words in self._words.items() for word in words if word in self._rig.together}
        whole = [word for word in there if len(word) >= _SHORTEST]
        for spelled in self._rig.index:
            if spelled in there:
                yield there[spelled], _PLAIN
            for word in whole:
                if word in spelled and word != spelled:
                    before, _, after = spelled.partition(word)
                    if not any(other in before or other in after for other in whole):
                        yield there[word], (collapsed(before), after)


def _clearest(names: Names, wanted: str) -> Names:
    """The one that is called just so, if several may be meant."""
    if len(names) > 1:
        for exact in (
            tuple(name for name in names if name == wanted),
            tuple(name for name in names if base(name) == wanted),
            tuple(name for name in names if base(name).casefold() == wanted.casefold()),
        ):
            if len(exact) == 1:
                return exact
    return names


def _other_names(target: str, mapping: Mapping) -> Names:
    """By alias, and behind each of the family's prefixes instead of the first."""
    names = [target, *dict(mapping.aliases).get(target, ())]
    first, *others = mapping.prefixes or ("",)
    behind = [other + name[len(first) :] for name in names if first and name.startswith(first) for other in others]
    return tuple(dict.fromkeys((*names[1:], *behind)))
