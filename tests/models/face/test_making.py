"""The stored head is the one that the maker makes."""

import numpy as np
import pytest

from koemorph.face import load_face
from koemorph.face.face import STEP
from koemorph_models.face import build
from koemorph_models.face.store import write


@pytest.mark.slow
def test_the_stored_face_is_what_is_made(tmp_path):
    made, kept = build(), load_face()
    np.testing.assert_array_equal(made.quads, kept.quads)
    np.testing.assert_array_equal(made.material, kept.material)
    assert made.materials == kept.materials and made.parts == kept.parts
    np.testing.assert_allclose(made.vertices, kept.vertices, atol=1e-6)
    np.testing.assert_allclose(made.deltas, kept.deltas, atol=STEP)
    write(made, tmp_path / "face.npz")
    assert (tmp_path / "face.npz").stat().st_size < 1_000_000
