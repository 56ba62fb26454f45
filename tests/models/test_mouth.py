"""A filmed mouth: what is read from its points, and a reader that learns it from features."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from koemorph.arkit import INDEX, SHAPES
from koemorph.take import Take
from koemorph.timing import FrameRate
from koemorph_models.errors import DataError
from koemorph_models.mouth.clips import FPS, GAP_OPEN, KEPT, FilmedClip, kept_apart, read_clips
from koemorph_models.mouth.comparison import agreement, read_course, summary
from koemorph_models.mouth.reader import MouthReader, train_reader
from koemorph_models.teacher import MouthCourse

LANDMARKS = (13, 14, 82, 87, 312, 317, 152, 168, 61, 291)


def film(folder: Path, clips: int = 3, pictures: int = 75) -> Path:
    """Clips whose lips part by .2 and close, whose chin sinks by .1 and whose corners draw in."""
    (folder / "audio").mkdir(parents=True)
    (folder / "points.txt").write_text(" ".join(map(str, LANDMARKS)))
    lines, points = ["clip\tstart\tend\tword"], {}
    for number in range(clips):
        wave = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(pictures) / 25 * (1 + 0.2 * number))
        at = np.zeros((pictures, len(LANDMARKS), 2))
        place = {name: column for column, name in enumerate(LANDMARKS)}
        for upper, lower in ((13, 14), (82, 87), (312, 317)):
            at[:, place[lower], 1] = at[:, place[upper], 1] + 0.2 * wave
        at[:, place[152], 1] = 2.0 + 0.1 * wave
        at[:, place[291], 0] = 0.86 - 0.05 * wave
        points[f"clip{number}"] = at.astype(np.float16)
        lines += [f"clip{number}\t0\t1\tsil", f"clip{number}\t1\t1.5\ta", f"clip{number}\t1.5\t2\tnine"]
    np.savez(folder / "points.npz", **points)
    (folder / "words.tsv").write_text("\n".join(lines) + "\n")
    return folder


def test_the_film_is_read_in_units_of_its_man(tmp_path):
    clips = read_clips(film(tmp_path / "film"))
    assert [clip.name for clip in clips] == ["clip0", "clip1", "clip2"]
    assert clips[0].text == "eh nine"
    course = clips[0].course
    assert course.rate == FPS
    assert course.gap.max() == pytest.approx(0.2 / GAP_OPEN, abs=0.02)
    assert np.abs(course.gap.min()) < 0.02 and np.abs(np.percentile(course.chin, 6)) < 0.02
    assert np.corrcoef(course.gap, course.narrowness)[0, 1] > 0.95


@pytest.mark.parametrize("missing", ["points.npz", "points.txt", "words.tsv"])
def test_what_is_no_film_is_told(tmp_path, missing):
    folder = film(tmp_path / "film")
    (folder / missing).unlink()
    with pytest.raises(DataError, match="not a filmed mouth"):
        read_clips(folder)


def test_the_same_clips_are_always_kept_apart():
    clips = [FilmedClip(f"c{n:03d}", Path(), "", np.zeros((75, 3))) for n in range(KEPT + 40)]
    learnt, kept = kept_apart(clips)
    assert len(kept) == KEPT and len(learnt) == 40
    assert {clip.name for clip in kept} == {clip.name for clip in kept_apart(clips[::-1])[1]}


def test_curves_are_compared_by_their_course_alone(tmp_path):
    clip = read_clips(film(tmp_path / "film"))[0]
    values = np.zeros((180, len(SHAPES)), np.float32)
    values[:, INDEX["jawOpen"]] = 0.05 + 0.2 * clip.course.at(np.arange(180) / 60).chin
    found = agreement(read_course(Take(names=SHAPES, values=values, rate=FrameRate.parse("60"))), clip)
    assert found["chin"] > 0.99 and found["gap"] > 0.99
    assert found["narrowness"] == 0.0
    assert summary([found, found, {"gap": 0.0, "chin": 0.0, "narrowness": 1.0}])["gap"] == found["gap"]


def test_a_reader_learns_from_features_and_is_the_same_when_loaded(tmp_path):
    random = np.random.default_rng(1)
    mix = random.standard_normal((3, 512)).astype(np.float32)
    steps = np.arange(151) / 50

    def clip(seed: int) -> tuple[np.ndarray, MouthCourse]:
        own = np.random.default_rng(seed)
        waves = [0.5 + 0.4 * np.sin(2 * np.pi * (own.uniform(1, 4) * steps + own.uniform())) for _ in range(3)]
        features = np.stack(waves, axis=1) @ mix + 0.3 * own.standard_normal((151, 512))
        course = MouthCourse(50.0, *(wave.astype(np.float32) for wave in waves)).at(np.arange(75) / 25)
        return features.astype(np.float16), course

    learnt, (features, truth) = [clip(seed) for seed in range(12)], clip(99)
    reader = train_reader([one for one, _ in learnt], [course for _, course in learnt], directions=8)
    told = reader.course(features)
    assert told.rate == 50 and len(told.gap) == 151
    for ours, theirs in zip(told.at(np.arange(75) / 25).channels(), truth.channels(), strict=True):
        assert np.corrcoef(ours, theirs)[0, 1] > 0.95
    reader.save(tmp_path / "reader.npz")
    again = MouthReader.load(tmp_path / "reader.npz").course(features)
    assert np.array_equal(again.gap, told.gap)
    with pytest.raises(DataError, match="no mouth reader"):
        MouthReader.load(tmp_path / "none.npz")
