"""Arrays of hours stand in temporary files and hold what was written to them, in the memory or out of it."""

import errno
import mmap

import numpy as np
import pytest

from koemorph import room
from koemorph.errors import OutputError


def test_what_is_small_stays_in_memory():
    array = room.room((10, 3), np.float16)
    assert not room.is_away(array) and room.in_memory(array) is array and not array.any()


def test_what_is_large_can_be_put_away(monkeypatch):
    monkeypatch.setattr(room, "LARGE", 1000)
    array = room.room((20_001, 7), np.float32)
    assert room.is_away(array) and not array.any()
    wanted = np.random.default_rng(0).random(array.shape, dtype=np.float32)
    for first in range(0, len(array), 5_000):
        array[first : first + 5_000] = wanted[first : first + 5_000]
        room.put_away(array)
    np.testing.assert_array_equal(array, wanted)
    held = room.in_memory(array)
    assert not room.is_away(held) and held.flags.writeable
    np.testing.assert_array_equal(held, wanted)


def test_a_full_disk_is_a_sentence(monkeypatch, one_sentence):
    def full(*given, **named):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(room, "LARGE", 1000)
    monkeypatch.setattr(room.tempfile, "TemporaryFile", full)
    with pytest.raises(OutputError, match="temporary folder") as refusal:
        room.room((1000, 10), np.float32)
    one_sentence(refusal.value)


def test_an_hour_gives_the_same_take_as_a_minute(tiny_engine, speech_clip, quick_emotion, monkeypatch):
    """Whether its arrays are in files or in memory changes nothing."""
    near = tiny_engine.animate(speech_clip(3.0))
    monkeypatch.setattr(room, "LARGE", 100)
    given = []
    monkeypatch.setattr("koemorph.engine.give_back", lambda **told: given.append(told))
    far = tiny_engine.animate(speech_clip(3.0))
    assert given == [{"from_now_on": True}] and not isinstance(far.values.base, mmap.mmap)
    np.testing.assert_array_equal(near.values, far.values)
    assert near.phones == far.phones and near.provenance == far.provenance
