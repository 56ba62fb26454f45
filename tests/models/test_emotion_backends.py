"""The tables that compare the emotion backends, and the fit that brings them together."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.benchmarks.bench_emotion import as_markdown, compare, recordings

from koemorph.engine import Engine
from koemorph.errors import AudioError
from koemorph.features.egemaps import FUNCTIONALS
from koemorph.model import load_model
from koemorph_models.evaluation.emotion_calibration import apply, calibrate, line

DATA = Path(__file__).parents[1] / "data"


def test_recordings_are_spread_over_the_folder() -> None:
    every = recordings(DATA / "egemaps", 100)
    assert [path.stem for path in every] == ["espeak_f", "espeak_m", "flite_awb", "flite_rms", "flite_slt", "noise"]
    assert recordings(DATA / "egemaps", 3) == every[::2]


def test_a_folder_without_recordings_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match="no recording"):
        recordings(tmp_path, 3)


def test_a_backend_does_not_differ_from_itself() -> None:
    engine = Engine(load_model(DATA / "tiny_model"), threads=1)
    clips = recordings(DATA / "egemaps", 1)
    apart = compare(engine, clips, ("native", "native"))
    assert apart.frames > 60
    assert apart.largest.max() == 0
    table = as_markdown(apart, engine, clips)
    assert ("UNTRAINED" in table) == (not engine.model.config.trained)
    assert table.count("\n| ") == 1 + len(engine.model.config.shapes)


def test_a_line_finds_scale_and_offset_and_holds_outliers() -> None:
    reference = np.linspace(-1, 1, 101)
    fitted = line(3 * reference + 2, reference)
    np.testing.assert_allclose(fitted[:2], (3, 2), atol=1e-6)
    assert apply(fitted, np.array([100.0]))[0] == pytest.approx(3 * fitted[3] + 2)


def test_only_functionals_that_need_it_are_mapped() -> None:
    rng = np.random.default_rng(4)
    native = rng.normal(size=(60, len(FUNCTIONALS)))
    reference = native.copy()
    reference[:, 7] = 50 + 4 * native[:, 7]
    reference[:, 9] = native[:, 9] + 1e-3
    lines, before, after = calibrate(native, reference)
    assert list(lines) == [FUNCTIONALS[7]]
    assert after < 0.1 * before
