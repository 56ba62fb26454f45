"""`koemorph doctor --verify`: results of a batch against their records."""

import os


def test_results_are_compared_with_their_records(koemorph, recording, tmp_path):
    for name in "abcd":
        recording(f"in/{name}.wav", 0.2)
    out = tmp_path / "out"
    assert koemorph("batch", tmp_path / "in", "-o", out)[0] == 0
    code, said, _ = koemorph("doctor", "--verify", out)
    assert code == 0 and said.startswith("4 lines, 4 files") and said.endswith(" 0 problems\n")
    (out / "a.take").unlink()
    (out / "b.take").write_bytes(b"edited by hand")
    kept = (out / "c.take").stat()
    data = bytearray((out / "c.take").read_bytes())
    data[100] ^= 1
    (out / "c.take").write_bytes(data)
    os.utime(out / "c.take", ns=(kept.st_atime_ns, kept.st_mtime_ns))
    next((out / ".koemorph").glob("??/*.json")).write_bytes(b"{")
    code, said, _ = koemorph("doctor", "--verify", out)
    damaged = [line for line in said.splitlines() if "is damaged" in line]
    assert code == 1 and len(damaged) == 1
    told = [("'a.take' is not there", 1), ("'b.take' was changed since", 1), ("'c.take' holds other bytes", 1)]
    assert sum(word in said for word, _ in told) >= 2, "one of the four has no record any more"


def test_a_folder_without_records(koemorph, tmp_path):
    code, _, err = koemorph("doctor", "--verify", tmp_path)
    assert code == 7 and "holds no records" in err
