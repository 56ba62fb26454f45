"""One number makes a release; links make a development install."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def packaging(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "packaging"))
    before = set(sys.modules)
    yield importlib.import_module
    for name in set(sys.modules) - before:
        if str(ROOT / "packaging") in str(getattr(sys.modules[name], "__file__", "")):
            sys.modules.pop(name)


def git(root, *arguments):
    identity = ("-c", "user.name=Tester", "-c", "user.email=tester@example.com")
    return subprocess.run(["git", *identity, *arguments], cwd=root, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def tree(tmp_path, monkeypatch):
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "Tester")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "tester@example.com")
    root = tmp_path / "tree"
    (root / "core" / "koemorph").mkdir(parents=True)
    (root / "core" / "koemorph" / "__init__.py").write_text('"""Ours."""\n\n__version__ = "0.1.0"\n')
    (root / "CHANGELOG.md").write_text(
        "# Changelog\n\n## Unreleased\n\n- Something new.\n\n## 0.1.0 (2026-01-01)\n\n- All.\n"
    )
    git(root, "init", "--quiet")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "--message", "First")
    return root


def test_a_number_becomes_version_changelog_commit_and_tag(packaging, tree, tmp_path):
    packaging("release").release(tree, "0.2.0", tmp_path / "dist", build=False)
    assert '__version__ = "0.2.0"' in (tree / "core" / "koemorph" / "__init__.py").read_text()
    changes = (tree / "CHANGELOG.md").read_text()
    assert (
        changes.index("## Unreleased")
        < changes.index("## 0.2.0 (")
        < changes.index("Something new")
        < changes.index("0.1.0")
    )
    assert git(tree, "tag", "--list").split() == ["v0.2.0"]
    assert not git(tree, "status", "--porcelain")
    assert git(tree, "log", "-1", "--format=%s").strip() == "Version 0.2.0"


@pytest.mark.parametrize(
    ("number", "spoil", "told"),
    [
        ("0.1.0", None, "does not come after"),
        ("0.1.0rc1", None, "does not come after"),
        ("newest", None, "is no version"),
        ("0.2.0", "stray", "not committed"),
        ("0.2.0", "news", "nothing below"),
        ("0.2.0", "tag", "already"),
    ],
)
def test_what_cannot_be_released_is_refused(packaging, tree, tmp_path, number, spoil, told):
    if spoil == "stray":
        (tree / "stray.txt").write_text("x")
    if spoil == "news":
        text = (tree / "CHANGELOG.md").read_text()
        (tree / "CHANGELOG.md").write_text(text.replace("- Something new.\n\n", ""))
        git(tree, "commit", "--quiet", "--all", "--message", "No news")
    if spoil == "tag":
        git(tree, "tag", "v0.2.0")
    head = git(tree, "rev-parse", "HEAD")
    with pytest.raises(packaging("artefacts").BuildError, match=told):
        packaging("release").release(tree, number, tmp_path / "dist", build=False)
    assert git(tree, "rev-parse", "HEAD") == head


def test_a_build_that_fails_leaves_the_tree_as_it_was(packaging, tree, tmp_path, monkeypatch):
    release = packaging("release")

    def broken(*_):
        raise packaging("artefacts").BuildError("no wheel")

    monkeypatch.setattr(release, "artefacts", broken)
    with pytest.raises(packaging("artefacts").BuildError, match="no wheel"):
        release.release(tree, "0.2.0", tmp_path / "dist")
    assert not git(tree, "status", "--porcelain") and not git(tree, "tag", "--list")


@pytest.mark.skipif(sys.platform == "win32", reason="links want rights there")
def test_blender_and_maya_run_a_checkout_by_links(packaging, tmp_path, monkeypatch):
    develop, blender = packaging("develop"), packaging("blender")
    wheel = tmp_path / "soxr-1-py3-none-any.whl"
    wheel.write_bytes(b"")
    monkeypatch.setattr(blender, "dependencies", lambda _platform, _folder: [wheel])
    config = tmp_path / "4.5"
    config.mkdir()
    for _ in range(2):
        extension = develop.develop_blender(config, tmp_path)
    assert (extension / "__init__.py").samefile(ROOT / "blender_addon" / "__init__.py")
    manifest = (extension / "blender_manifest.toml").read_text()
    assert "./wheels/soxr-1-py3-none-any.whl" in manifest and 'version = "' in manifest
    linked = config / "extensions" / ".local" / "lib" / "python3.11" / "site-packages" / "koemorph"
    assert linked.samefile(ROOT / "core" / "koemorph")
    text = develop.develop_maya(tmp_path / "modules").read_text()
    assert str(ROOT / "maya_plugin") in text and str(ROOT / "core") in text

    (tmp_path / "4.2" / "extensions" / "user_default" / "koemorph").mkdir(parents=True)
    with pytest.raises(develop.BuildError, match="installed"):
        develop.develop_blender(tmp_path / "4.2", tmp_path)
