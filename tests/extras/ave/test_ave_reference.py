"""The data set of `koemorph ave`, and ports that go astray in every way that ports do."""

import json
import pickle
import shutil

import numpy as np
import pytest

from koemorph.cli import main
from koemorph.errors import AudioError, ModelError, OutputError
from koemorph_ave.encoder import CONFIG_NAME, GRAPH_NAME, load_encoder, shipped_encoder
from koemorph_ave.modes import MODES


@pytest.fixture
def reference(recording, tmp_path):
    folder = tmp_path / "reference"
    assert main(["ave", str(recording(seconds=2.0)), "-o", str(folder), "--quiet"]) == 0
    return folder


@pytest.fixture
def port(reference, tmp_path):
    """A port that does everything right, to be spoiled."""
    return shutil.copytree(reference, tmp_path / "port")


def change(path, how):
    np.save(path, how(np.load(path)))


def verdicts(capsys, reference, port):
    capsys.readouterr()
    code = main(["ave", "validate", str(reference), str(port), "--json"])
    found = json.loads(capsys.readouterr().out)
    assert (code == 0) == found["agrees"]
    return {stage["stage"]: stage for stage in found["stages"]}


def test_every_stage_is_written_and_made_from_the_one_before(reference):
    mel, windows, raw, rows = (
        np.load(reference / name)
        for name in ("mel_spectrogram.npy", "mel_windows.npy", "audio_features.npy", "audio_features_padded.npy")
    )
    assert (mel.shape, windows.shape, raw.shape, rows.shape) == ((80, 161), (47, 80, 16), (47, 512), (49, 512))
    assert {a.dtype for a in (mel, windows, raw, rows)} == {np.dtype("<f4")}
    assert np.array_equal(windows[10], mel[:, 32:48])
    assert np.array_equal(rows, np.concatenate([raw[:1], raw, raw[-1:]]))
    tensors = sorted((reference / "frames").iterdir())
    assert [path.name for path in tensors] == [f"frame_{n:05d}_reshaped.npy" for n in range(47)]
    assert np.array_equal(np.load(tensors[20]).reshape(16, 512), rows[12:28])
    metadata = json.loads((reference / "metadata.json").read_text("utf-8"))
    assert metadata["frames"] == 47 and metadata["fps"] == "25" and metadata["mel"]["shape"] == [80, 161]
    assert json.loads((reference / "VALIDATION_INSTRUCTIONS.json").read_text("utf-8"))["stages"]


def test_the_features_hear_the_sound(reference):
    """Trained weights tell windows apart; all alike would be a dead encoder."""
    raw = np.load(reference / "audio_features.npy")
    assert np.isfinite(raw).all() and (raw >= 0).all()
    assert raw.std(axis=0).max() > 0.1


def test_the_same_recording_gives_the_same_bytes(recording, reference, tmp_path):
    again = tmp_path / "again"
    assert main(["ave", str(recording(seconds=2.0)), "-o", str(again), "--quiet"]) == 0
    names = [path.relative_to(reference) for path in reference.rglob("*") if path.is_file()]
    assert names and all((reference / name).read_bytes() == (again / name).read_bytes() for name in names)


@pytest.mark.parametrize(("fps", "frames"), [("30", 56), ("29.97", 56), ("24", 45), ("60", 110)])
def test_any_frame_rate(recording, tmp_path, fps, frames):
    folder = tmp_path / "out"
    assert main(["ave", str(recording(seconds=2.0)), "-o", str(folder), "--fps", fps, "--no-frames", "--quiet"]) == 0
    assert len(np.load(folder / "audio_features.npy")) == frames
    assert not (folder / "frames").exists()


def test_a_right_port_agrees(capsys, reference, port):
    assert all(stage["agrees"] for stage in verdicts(capsys, reference, port).values())


def test_stages_that_a_port_does_not_write_are_passed_over(capsys, reference, port):
    shutil.rmtree(port / "frames")
    (port / "samples.npy").unlink()
    found = verdicts(capsys, reference, port)
    assert found["samples"]["agrees"] is None and found["tensors"]["agrees"] is None and found["mel"]["agrees"]


@pytest.mark.parametrize(
    ("file", "how", "stage", "says"),
    [
        ("mel_spectrogram.npy", lambda a: a[:, 2:-2], "mel", "2 early"),
        ("mel_spectrogram.npy", lambda a: np.pad(a, ((0, 0), (3, 0))), "mel", "3 late"),
        ("mel_spectrogram.npy", lambda a: a.T, "mel", "transposed"),
        ("mel_spectrogram.npy", lambda a: a + np.float32(2e-4), "mel", "mean difference"),
        (
            "audio_features.npy",
            lambda a: np.where(np.arange(47)[:, None] < 30, a, a + 1),
            "features",
            "step 30, value 0",
        ),
        ("audio_features.npy", lambda a: a[:-1], "features", "(46, 512) instead of (47, 512)"),
        ("audio_features_padded.npy", lambda a: a[1:-1], "padded features", "1 early"),
        ("audio_features.npy", lambda a: np.full_like(a, np.nan), "features", "nan"),
        ("frames/frame_00031_reshaped.npy", lambda a: a * 0 - 1, "tensors", "frame 31"),
        ("frames/frame_00031_reshaped.npy", lambda a: a[:5], "tensors", "frame 31"),
    ],
)
def test_where_a_port_goes_astray(capsys, reference, port, file, how, stage, says):
    change(port / file, how)
    found = verdicts(capsys, reference, port)
    assert not found[stage]["agrees"] and says in found[stage]["text"]
    assert [name for name, finding in found.items() if finding["agrees"] is False] == [stage]
    assert main(["ave", "validate", str(reference), str(port)]) == 1
    assert f"Look at the {stage} first" in capsys.readouterr().out


def test_a_missing_frame_is_named(capsys, reference, port):
    (port / "frames" / "frame_00012_reshaped.npy").unlink()
    assert "frame 12 of 47" in verdicts(capsys, reference, port)["tensors"]["text"]


@pytest.mark.parametrize("spoil", ["pickle", "text", "nothing", "words"])
def test_files_that_are_no_arrays_are_refused_with_a_sentence(capsys, reference, port, spoil, one_sentence):
    path = port / "mel_spectrogram.npy"
    if spoil == "pickle":
        path.write_bytes(pickle.dumps([1, 2, 3]))
    elif spoil == "words":
        np.save(path, np.array(["a", "b"]))
    else:
        path.write_bytes(b"no numbers" if spoil == "text" else b"")
    assert main(["ave", "validate", str(reference), str(port)]) == AudioError.exit_code
    one_sentence(capsys.readouterr().err.removeprefix("koemorph: ").strip())


@pytest.mark.parametrize("command", [["nowhere", "port"], ["port", "nowhere"], ["port", "empty"], ["port"]])
def test_folders_that_are_none(capsys, port, tmp_path, command, one_sentence):
    (tmp_path / "empty").mkdir()
    assert main(["ave", "validate", *(str(tmp_path / name) for name in command)]) != 0
    one_sentence(capsys.readouterr().err.removeprefix("koemorph: ").strip())


def test_a_data_set_is_replaced_but_nothing_else(capsys, recording, reference):
    line = str(recording(seconds=1.0))
    assert main(["ave", line, "-o", str(reference), "--quiet"]) == 0
    assert len(list((reference / "frames").iterdir())) == 22
    (reference / "notes.txt").write_text("mine")
    assert main(["ave", line, "-o", str(reference), "--quiet"]) == OutputError.exit_code
    assert "notes.txt" in capsys.readouterr().err
    assert (reference / "notes.txt").read_text() == "mine"
    assert [path.name for path in reference.parent.iterdir() if path.name.startswith(".koemorph-")] == []


def test_a_recording_that_is_too_short_leaves_nothing(capsys, recording, tmp_path, one_sentence):
    assert main(["ave", str(recording(seconds=0.15)), "-o", str(tmp_path / "out")]) == AudioError.exit_code
    one_sentence(capsys.readouterr().err.removeprefix("koemorph: ").strip())
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("mode", "row"), [("hubert", (2, 1024)), ("wenet", (16, 512))])
def test_features_made_elsewhere_are_reshaped(capsys, tmp_path, mode, row):
    given = np.random.default_rng(0).random((20, *row), dtype=np.float32)
    np.save(tmp_path / "given.npy", given)
    folder = tmp_path / "out"
    assert main(["ave", str(tmp_path / "given.npy"), "-o", str(folder), "--mode", mode, "--quiet"]) == 0
    assert len(list((folder / "frames").iterdir())) == 20
    tensor = np.load(folder / "frames" / "frame_00010_reshaped.npy")
    assert tensor.shape == MODES[mode].shape
    assert np.array_equal(tensor.ravel(), given[2:18].ravel())
    assert main(["ave", "validate", str(folder), str(folder)]) == 0


def test_features_of_another_size_are_refused(capsys, tmp_path, one_sentence):
    np.save(tmp_path / "given.npy", np.zeros((20, 512), np.float32))
    arguments = ["ave", str(tmp_path / "given.npy"), "-o", str(tmp_path / "out"), "--mode", "hubert"]
    assert main(arguments) == AudioError.exit_code
    one_sentence(capsys.readouterr().err.removeprefix("koemorph: ").strip())


def test_a_damaged_encoder_is_refused(tmp_path, one_sentence):
    folder = shutil.copytree(shipped_encoder(), tmp_path / "encoder")
    for file, content in ((GRAPH_NAME, b"damaged"), (CONFIG_NAME, b"{}"), (CONFIG_NAME, b"\xff")):
        kept = (folder / file).read_bytes()
        (folder / file).write_bytes(content)
        with pytest.raises(ModelError) as caught:
            load_encoder(folder)
        one_sentence(caught.value)
        (folder / file).write_bytes(kept)
    assert load_encoder(folder).config == load_encoder().config


def test_another_network_is_no_encoder(tmp_path, tiny_folder, one_sentence):
    import hashlib

    graph = (tiny_folder / "render.onnx").read_bytes()
    (tmp_path / GRAPH_NAME).write_bytes(graph)
    config = json.loads((shipped_encoder() / CONFIG_NAME).read_text("utf-8"))
    config["sha256"] = hashlib.sha256(graph).hexdigest()
    (tmp_path / CONFIG_NAME).write_text(json.dumps(config), "utf-8")
    with pytest.raises(ModelError) as caught:
        load_encoder(tmp_path)
    one_sentence(caught.value)


def test_who_does_not_use_it_does_not_load_it():
    """The command line imports the encoder's side only for this command."""
    import subprocess
    import sys

    code = "import sys, koemorph.cli; sys.exit(any(name.startswith('koemorph_ave') for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
