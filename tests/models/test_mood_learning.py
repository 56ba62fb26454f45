"""Learning to hear moods: people left out, copies of lines, moods of few lines, reading; faces to name."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from acting import line as acted_line

from koemorph.take import Take
from koemorph.timing import FrameRate
from koemorph_models.moods.blind import PICTURES, shuffled, usual_frame
from koemorph_models.moods.faces import Face, read_faces
from koemorph_models.moods.fitting import MOODS, fit
from koemorph_models.moods.leaving_out import called, heard, left_out, recall
from koemorph_models.moods.material import VARIANTS, load_material, save_material, spoken_lines, varied

WIDTH = 24
line = partial(acted_line, width=WIDTH)


@pytest.fixture(scope="module")
def lines():
    told = [
        line(100 * actor + 10 * n + m, mood, f"a{actor}")
        for actor in range(3)
        for n in range(4)
        for m, mood in enumerate(MOODS)
    ]
    return told + [line(1000 + n, "neutral", f"r{n}", acted=False, offset=0.3) for n in range(12)]


def test_moods_are_told_of_people_left_out(lines):
    found = [(one, called(one, track)) for one, track in left_out(lines)]
    assert len(found) == len(lines) and recall(found)["mean recall"] > 0.9
    assert all(told in ("neutral", "boredom") for one, told in found if not one.acted)


def test_reading_is_a_second_way_to_be_neutral(lines):
    ear = fit(lines)
    assert sorted(ear.names) == sorted((*MOODS, "neutral")) and ear.weights.shape == (2 * WIDTH, len(MOODS) + 1)
    assert {key.mood for key in heard(lines[-1], ear).keys} == {"neutral"}


def test_a_mood_of_few_lines_is_still_found(lines):
    few = [one for one in lines if one.mood != "disgust" or one.id.startswith("a0/")]
    ear = fit([one for one in few if one.speaker != "a2"])
    missing = [one for one in lines if one.mood == "disgust" and one.speaker == "a2"]
    assert [called(one, heard(one, ear)) for one in missing] == ["disgust"] * len(missing)


@pytest.mark.parametrize("variant", VARIANTS)
def test_variants_are_the_same_again(variant):
    samples = (0.1 * np.sin(np.arange(16000) * 0.1)).astype(np.float32)
    once, again = varied(samples, variant, 3), varied(samples, variant, 3)
    assert np.array_equal(once, again) and np.isfinite(once).all()
    assert (variant == "plain") == np.array_equal(once, samples)


def test_material_is_what_was_saved(tmp_path, lines):
    save_material(tmp_path / "heard.npz", lines[:3])
    for stored, one in zip(load_material(tmp_path / "heard.npz"), lines[:3], strict=True):
        assert (stored.id, stored.mood, stored.acted) == (one.id, one.mood, one.acted)
        np.testing.assert_allclose(stored.tones, one.tones, rtol=2e-3, atol=2e-3)


def test_corpora_say_which_lines_are_acted(tmp_path):
    for corpus, head, row in (("stage", "\temotion", "\tjoy"), ("books", "", "")):
        (tmp_path / corpus).mkdir()
        listing = f"file\tspeaker\tlanguage\ttext{head}\n" + "".join(f"{n}.wav\ts{n}\tde\tJa.{row}\n" for n in range(5))
        (tmp_path / corpus / "transcripts.tsv").write_text(listing, encoding="utf-8")
    found = list(spoken_lines(tmp_path, 2, 3))
    assert [(one.corpus, one.mood, one.acted) for one in found] == [("books", "neutral", False)] * 2 + [
        ("stage", "joy", True)
    ] * 5


def test_faces_are_read_by_those_of_others(lines):
    acted = [one for one in lines if one.acted]
    poses = np.eye(len(MOODS), 52, dtype=np.float32)
    faces = [(one, Face(mean=poses[MOODS.index(one.mood)], spread=np.zeros(52, np.float32))) for one in acted]
    assert recall(read_faces(faces))["mean recall"] == 1.0
    told = np.random.default_rng(0).permutation([one.mood for one in acted]).tolist()
    lying = [(replace(one, mood=mood), face) for mood, (one, face) in zip(told, faces, strict=True)]
    assert recall(read_faces(lying))["mean recall"] < 0.4


def test_pictures_to_name_hold_every_mood_and_no_blink(lines):
    shown = shuffled([one for one in lines if one.acted], 1)
    assert len(shown) == PICTURES and {one.mood for one in shown} == set(MOODS)
    assert [one.id for one in shown] != sorted(one.id for one in shown)
    values = np.zeros((40, 52), np.float32)
    values[18:22, 0] = 1.0
    from koemorph import arkit

    assert values[usual_frame(Take(arkit.SHAPES, values, FrameRate.parse("60"))), 0] == 0.0
