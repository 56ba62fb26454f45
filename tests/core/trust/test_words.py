"""Text from outside: told apart from what nothing can hold, and never obeyed by a terminal or a spreadsheet."""

import pytest

from koemorph.trust.words import begins_formula, fault_of, fault_of_path, printable, shown, unescaped


@pytest.mark.parametrize("text", ["a\0b", "\ud800", "x\udfff\ud801"])
def test_what_nothing_can_hold(text):
    assert fault_of(text) and fault_of_path(text)
    assert fault_of(text).isprintable()


@pytest.mark.parametrize("text", ["", "Grüße", "\udc83\udc8f", "con", "a\tb"])
def test_what_can_be_written(text):
    """A name that is not UTF-8 comes as half letters for its bytes."""
    assert not fault_of(text)


@pytest.mark.parametrize(
    "path", ["con.take", "a/NUL", "b/lpt1.x.y", "a\nb", "\x1b[31m", "x" * 256, "com² /a", "é" * 128]
)
def test_paths_that_some_system_cannot_have(path):
    assert fault_of_path(path).isprintable() and fault_of_path(path)


@pytest.mark.parametrize("path", ["console.take", "a/b/c", "../x", "lpt/1", "x" * 255])
def test_paths_that_can_be(path):
    assert not fault_of_path(path)


def test_nothing_is_obeyed():
    assert unescaped("a\x1b[2Jb\r\n\u202e\udc83") == "a\\x1b[2Jb\\r\\n\\u202e\\udc83"
    assert shown("x" * 100, 10) == "'xxxxxxxxxx...'"
    assert printable("é\udc83\n\x1b[2J\x9b") == "é\\udc83\n\\u001b[2J\\u009b"


@pytest.mark.parametrize("cell", ["=1", " +1", "-1", "@a", "＝1", "＋1", " －1", "＠a", "\t1", "\r="])
def test_formulas(cell):
    assert begins_formula(cell)
    assert not begins_formula("a" + cell)
