"""The door for what is dropped on the panel."""

import os

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QMimeData, QUrl

from koemorph.panel.dropped import dropped


def test_files_and_folders_that_are_there_and_nothing_else(tmp_path):
    good = tmp_path / "a.wav"
    good.write_bytes(b"x")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.wav")
    bad = (tmp_path / "pipe.wav", tmp_path / "none.wav", tmp_path / ("x" * 5000), good / "inside")
    data = QMimeData()
    urls = [QUrl("https://example.com/a.wav"), QUrl("file:///a%00b.wav"), *map(QUrl.fromLocalFile, map(str, bad))]
    data.setUrls([*urls, QUrl.fromLocalFile(str(good)), QUrl.fromLocalFile(str(tmp_path))])
    assert dropped(data) == (good, tmp_path)
    data.setUrls([QUrl.fromLocalFile(str(good))] * 10_001)
    assert len(dropped(data)) == 10_000
