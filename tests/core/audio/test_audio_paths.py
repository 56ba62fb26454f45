"""Paths as people have them."""

from __future__ import annotations

import os
import sys

import pytest

from koemorph.audio import open_clip
from koemorph.errors import AudioError

NAMES = [
    "with space",
    'it\'s "quoted"',
    "こえ-声-голос-ä",
    "-i",
    "--leading",
    "percent%03d%s",
    "[glob]*?",
    "semi;colon&amp|pipe",
    "file:colon",
    "emoji 🎤",
    "e\u0301 decomposed",
    "new\nline",
    "$HOME `x`",
    "trailing.",
]
WINDOWS_FORBIDS = set('"*?<>|:\n')


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("suffix", ["wav", "m4a"])
def test_odd_names(write, voice, ffmpeg, tmp_path, monkeypatch, name, suffix):
    if sys.platform == "win32" and WINDOWS_FORBIDS & set(name):
        pytest.skip("Windows allows no such name")
    folder = tmp_path / name
    folder.mkdir()
    plain = write("plain.wav", voice())
    if suffix == "m4a":
        ffmpeg("-i", plain, tmp_path / "plain.m4a")
    path = folder / f"{name}.{suffix}"
    path.write_bytes((tmp_path / f"plain.{suffix}").read_bytes())
    with open_clip(path) as clip:
        assert clip.sample_count >= 16_000
    monkeypatch.chdir(folder)
    for relative in (path.name, f"./{path.name}", f"../{name}/{path.name}"):
        with open_clip(relative) as clip:
            assert clip.sample_count >= 16_000
    path.write_bytes(b"\x9c" * 3000)
    with pytest.raises(AudioError) as caught:
        open_clip(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("suffix", ["wav", "m4a"])
def test_long_paths(write, voice, ffmpeg, tmp_path, suffix):
    folder = tmp_path
    while len(str(folder)) < 900:
        folder = folder / ("folder " * 14)
    try:
        folder.mkdir(parents=True)
    except OSError:
        pytest.skip("this system allows no path of 900 characters")
    plain = write("plain.wav", voice())
    path = folder / f"{'x' * 200}.{suffix}"
    ffmpeg("-i", plain, tmp_path / "plain.m4a")
    path.write_bytes((tmp_path / f"plain.{suffix}").read_bytes())
    with open_clip(path) as clip:
        assert clip.sample_count >= 16_000


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="only Linux file names can be any bytes")
@pytest.mark.parametrize("suffix", ["wav", "m4a", "raw"])
def test_names_that_are_no_text(write, voice, ffmpeg, tmp_path, suffix):
    plain = write("plain.wav", voice())
    ffmpeg("-i", plain, tmp_path / "plain.m4a")
    content = (tmp_path / f"plain.{'m4a' if suffix == 'm4a' else 'wav'}").read_bytes()
    path = tmp_path / os.fsdecode(b"latin-\xe4-\xff." + suffix.encode())
    path.write_bytes(content)
    with open_clip(path) as clip:
        assert clip.sample_count >= 16_000
    path.write_bytes(content[:500])
    with pytest.raises(AudioError) as caught:
        open_clip(path)
    str(caught.value).encode("utf-8")  # can be printed anywhere
