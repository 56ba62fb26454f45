"""What a scene keeps of ours passes a door: a stranger's file can do no harm."""

import io

import numpy as np
import pytest

from koemorph.errors import KoeMorphError
from koemorph.hosts.kept import kept, kept_arrays


@pytest.mark.parametrize(
    "text", ["[" * 100_000, "[1e999]", "{", "[" + "1" * 5000 + "]", "[" + "0," * 4_100_000 + "0]", 5]
)
def test_what_is_no_honest_json(text, one_sentence):
    with pytest.raises(KoeMorphError) as refusal:
        kept(text, "The line")
    one_sentence(refusal.value)


def test_arrays(one_sentence):
    def packed(**arrays):
        file = io.BytesIO()
        np.savez_compressed(file, **arrays)
        return file.getvalue()

    assert kept("[1.5]", "x") == [1.5]
    np.testing.assert_array_equal(kept_arrays(packed(a=np.arange(3)), "x")["a"], [0, 1, 2])
    bomb, pickled = packed(a=np.zeros(2**24 + 2**18)), packed(a=np.array([{}], dtype=object))
    for bad in (bomb, pickled, b"", b"PK", bomb[:-30]):
        with pytest.raises(KoeMorphError) as refusal:
            kept_arrays(bad, "What is kept")
        one_sentence(refusal.value)
