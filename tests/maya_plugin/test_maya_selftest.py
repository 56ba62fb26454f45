"""The script that users run in a real Maya: in the one in memory all of it is good, and what is wrong it notices."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture
def selftest(bare_maya, monkeypatch):
    monkeypatch.setenv("KOEMORPH_PYTHON", sys.executable)
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2] / "core"))
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield importlib.import_module("selftest")
    bare_maya.shells["koemorph_plugin"].uninitializePlugin(sys.modules["maya.api.OpenMaya"].MObject())


def test_all_is_good_in_batch(selftest, capsys):
    code = selftest.main()
    told = capsys.readouterr().out
    assert code == 0, told
    assert "14 of 14 good" in told and "not looked at: panel" in told and "Maya 2025" in told


def test_all_is_good_in_a_window(selftest, bare_maya, capsys, qtbot, monkeypatch):
    bare_maya.batch = False
    monkeypatch.setattr(selftest, "CHECKS", {})
    monkeypatch.setattr(selftest, "LINE_CHECKS", {})
    code = selftest.main()
    assert code == 0 and "4 of 4 good" in capsys.readouterr().out
    assert not bare_maya.interface.jobs


def test_what_is_wrong_is_told(selftest, bare_maya, capsys, monkeypatch):
    bare_maya.bent = True
    wanted = ("few Bezier keys draw the same curve", "keys outside of the line stay")
    monkeypatch.setattr(selftest, "CHECKS", {name: selftest.CHECKS[name] for name in wanted})
    monkeypatch.setattr(selftest, "LINE_CHECKS", {})
    assert selftest.main() == 1
    told = capsys.readouterr().out
    assert "BAD   few Bezier keys" in told and "tangents otherwise than reckoned" in told and "2 of 3 good" in told
