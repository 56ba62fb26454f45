"""What tests of shot lists share."""

import csv

import pytest

from koemorph.cli import main
from koemorph.shots import read_shots


@pytest.fixture
def listed(tmp_path):
    """`listed(*rows, name="list.csv")`: a table of dicts, in the test's own folder."""

    def make(*rows, name="list.csv"):
        columns = list(dict.fromkeys(column for row in rows for column in row))
        with (tmp_path / name).open("w", newline="", encoding="utf-8") as handle:
            writer = csv.DictWriter(handle, columns, delimiter="\t" if name.endswith("tsv") else ",")
            writer.writeheader()
            writer.writerows(rows)
        return tmp_path / name

    return make


@pytest.fixture
def read(tmp_path):
    """`read(text, name="list.csv")`: a list from its text."""

    def make(text, name="list.csv", **options):
        path = tmp_path / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return read_shots(path, **options)

    return make


@pytest.fixture
def koemorph(tiny_folder, capsys):
    """`koemorph("batch", list, ...)` -> exit code, standard output, standard error; one process, the tiny model."""

    def run(command, *words):
        engine = {"batch": ["--model", str(tiny_folder), "--jobs", "1"], "watch": ["--model", str(tiny_folder)]}
        code = main([command, *map(str, words), *engine.get(command, [])])
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return code, out, err

    return run
