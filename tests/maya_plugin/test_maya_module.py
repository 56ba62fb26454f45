"""What is handed out: complete for every platform and Python, compiled for it, and nothing in it that is Maya's own."""

from __future__ import annotations

import importlib
import struct
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MACHINES = {"macos-arm64": 0x0100000C, "macos-x64": 0x01000007}
PLATFORMS = ("windows-x64", "macos-arm64", "macos-x64", "linux-x64")


@pytest.fixture
def builder(monkeypatch):
    if sys.version_info < (3, 11):
        pytest.skip("what is handed out is built with Python 3.11")
    monkeypatch.syspath_prepend(str(ROOT / "packaging"))
    return importlib.import_module("maya_module")


@pytest.fixture
def native(builder):
    return importlib.import_module("native")


def compiled(platform: str) -> bytes:
    """How a compiled file begins."""
    if platform == "windows-x64":
        return b"MZ" + bytes(58) + (64).to_bytes(4, "little") + b"PE\0\0\x64\x86"
    if platform == "linux-x64":
        return b"\x7fELF" + bytes(14) + b"\x3e\x00"
    return b"\xcf\xfa\xed\xfe" + MACHINES[platform].to_bytes(4, "little") + platform.encode()


def complete(builder, platform: str) -> dict[str, bytes]:
    ending = "pyd" if platform == "windows-x64" else "so"
    entries = dict.fromkeys(builder.OURS, b"")
    for python in builder.PYTHONS:
        tag = f"{python}-win_amd64" if platform == "windows-x64" else f"cpython-{python[2:]}-x"
        for library in builder.IMPORTED:
            inside = f"/{library}" if library != "_cffi_backend" else ""
            entries[f"{python}/{library}{inside}.{tag}.{ending}"] = compiled(platform)
    entries |= {f"any/{name}" if name.endswith(".py") else f"any/{name}/x.py": b"" for name in builder.SHARED}
    described = {"KoeMorph.mod": builder.description("1.2.3", platform).encode()}
    return {**{f"KoeMorph/{name}": data for name, data in entries.items()}, **described}


@pytest.mark.parametrize("platform", PLATFORMS)
def test_an_incomplete_zip_is_refused(builder, platform):
    entries = complete(builder, platform)
    builder.check(entries, platform)
    for name in [name for name in entries if name != "KoeMorph.mod"]:
        with pytest.raises(builder.BuildError, match="missing"):
            builder.check({other: data for other, data in entries.items() if other != name}, platform)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_what_is_compiled_for_another_machine_or_python_is_refused(builder, platform):
    entries = complete(builder, platform)
    for other in (*PLATFORMS, "none"):
        if other != platform:
            data = b"\xca\xfe\xba\xbe\0\0\0\2" if other == "none" else compiled(other)
            with pytest.raises(builder.BuildError, match="is for"):
                builder.check({**entries, "KoeMorph/cp311/PIL/extra.so.1": data}, platform)
    with pytest.raises(builder.BuildError, match="another Python"):
        wrong = {"KoeMorph/cp311/soxr/extra.cpython-310-x.so": compiled(platform)}
        builder.check({**entries, **wrong}, platform)


def test_qt_stays_outside(builder):
    with pytest.raises(builder.BuildError, match="Qt"):
        builder.check({**complete(builder, "linux-x64"), "KoeMorph/cp311/PySide6/__init__.py": b""}, "linux-x64")


@pytest.mark.parametrize("platform", PLATFORMS)
def test_each_maya_gets_the_libraries_of_its_python(builder, platform):
    text = builder.description("1.2.3", platform)
    system = {"windows-x64": "win64", "linux-x64": "linux"}.get(platform, "mac")
    wanted = {"2024": "cp310", "2025": "cp311", "2026": "cp311", "2027": "cp313"}
    for maya, python in wanted.items():
        _, _, section = text.partition(f"+ MAYAVERSION:{maya} PLATFORM:{system} KoeMorph 1.2.3 KoeMorph\n")
        lines = section.partition("\n\n")[0].splitlines()
        assert lines == [f"PYTHONPATH +:= {folder}" for folder in ("scripts", "core", "any", python)]
    entries = {**complete(builder, platform), "KoeMorph.mod": text.replace("cp310", "cp311").encode()}
    with pytest.raises(builder.BuildError, match="does not lead Maya 2024 to cp310"):
        builder.check(entries, platform)


@pytest.mark.parametrize("platform", MACHINES)
def test_of_a_file_for_two_kinds_of_mac_one_half_is_kept(native, platform):
    halves = [compiled(one) for one in MACHINES]
    begin = 8 + 20 * len(halves)
    table, body = b"", b""
    for machine, half in zip(MACHINES.values(), halves, strict=True):
        table += struct.pack(">5I", machine, 0, begin + len(body), len(half), 0)
        body += half
    both = struct.pack(">2I", 0xCAFEBABE, len(halves)) + table + body
    assert native.platform_of(both) == ""
    assert native.thinned(both, platform) == compiled(platform)
    assert native.thinned(both, "linux-x64") == both and native.thinned(halves[0], platform) == halves[0]


def test_what_is_left_out_is_what_nothing_imports(builder):
    kept = ("numpy/_core/tests/_natype.py", "numpy/testing/__init__.py", "onnxruntime/capi/_pybind_state.py")
    kept += ("onnxruntime/capi/onnxruntime_pybind11_state.pyd", "PIL/_imaging.so", "numpy.libs/libscipy_openblas.so")
    kept += ("onnxruntime/capi/libonnxruntime_providers_shared.so",)
    left = ("numpy/_core/tests/test_umath.py", "onnxruntime/transformers/optimizer.py", "numpy/__init__.pyi")
    left += ("onnxruntime/capi/onnxruntime.dll", "onnxruntime/capi/libonnxruntime.1.20.1.dylib", "PIL/_avif.so")
    assert not [name for name in kept if builder.NOT_NEEDED.search(name)]
    assert [name for name in left if builder.NOT_NEEDED.search(name)] == list(left)


def test_the_sample_face_lies_in_the_zip(builder):
    from .memory.reading import read

    scene = read(builder.sample_face(ROOT).decode("ascii"))
    assert len(scene.nodes["koemorphFaceShapes"].held["aal"]) == 52


@pytest.mark.parametrize("python", [(3, 10), (3, 11), (3, 13)])
def test_scripts_for_mayapy_find_the_libraries_of_their_python(tmp_path, monkeypatch, python):
    for folder in ("scripts", "core", "any", "cp310", "cp311", "cp313"):
        (tmp_path / folder).mkdir()
    script = tmp_path / "libraries.py"
    script.write_text((ROOT / "maya_plugin" / "libraries.py").read_text("utf-8"))
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "libraries", raising=False)
    libraries = importlib.import_module("libraries")
    monkeypatch.setattr(sys, "version_info", (*python, 0, "final", 0))
    monkeypatch.setattr(sys, "path", [])
    libraries.find_libraries()
    wanted = ("scripts", "core", "any", f"cp{python[0]}{python[1]}")
    assert sys.path == [str(tmp_path.resolve() / name) for name in wanted]
    monkeypatch.delitem(sys.modules, "libraries")
