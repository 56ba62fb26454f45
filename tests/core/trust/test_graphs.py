"""A graph that wants other files is told from its bytes, without ONNX."""

import pytest

from koemorph.errors import ModelError
from koemorph.sessions import open_session
from koemorph.trust.graphs import names_files


def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def varint(value):
    return bytes([value]) if value < 128 else bytes([value & 127 | 128]) + varint(value >> 7)


OUTSIDE = field(1, 4) + field(13, field(1, b"location") + field(2, b"secret.bin")) + field(14, 1)
WITHIN = field(1, 4) + field(2, 1) + field(9, b"location" * 2)


@pytest.mark.parametrize(("tensor", "answer"), [(OUTSIDE, True), (WITHIN, False)])
def test_tensors_wherever_they_stand(tensor, answer):
    weights = field(5, tensor)
    constant = field(1, field(5, field(5, tensor)))
    within_an_if = field(1, field(5, field(6, weights)))
    for graph in (weights, constant, within_an_if):
        assert names_files(field(8, b"opset") + field(7, graph)) is answer
    assert names_files(field(25, field(7, field(5, field(5, tensor))))) is answer


def test_the_shipped_model_is_of_one_piece(tiny):
    assert not names_files(tiny.analyse) and not names_files(tiny.render)


@pytest.mark.parametrize("data", [b"", b"location", b"\xff" * 30 + b"location", field(7, b"\xff")[:-1] + b"location"])
def test_what_is_no_graph(data):
    assert not names_files(data)


def test_such_a_graph_is_refused(one_sentence):
    with pytest.raises(ModelError, match="other files") as refusal:
        open_session(field(7, field(5, OUTSIDE)), 1, ["CPUExecutionProvider"])
    one_sentence(refusal.value)


def test_a_graph_with_other_inputs_is_a_sentence(tiny, one_sentence):
    session = open_session(tiny.render, 1, ["CPUExecutionProvider"])
    with pytest.raises(ModelError, match="cannot take what KoeMorph feeds it") as refusal:
        session.run(None, {"other": tiny})
    one_sentence(refusal.value)
