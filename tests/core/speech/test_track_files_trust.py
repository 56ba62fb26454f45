"""Files of phones and words pass a door as all others do."""

import os

import pytest

from koemorph.errors import TakeError
from koemorph.speech.files import read_tracks


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.json", "[" * 5000, "nests deeper"),
        ("a.json", '{"phones": [{"start": ' + "1" * 5000 + "}]}", "holds no track"),
        ("a.json", '{"mouthCues": 5}', "holds no track"),
        ("a.json", '{"mouthCues": [{"start": NaN, "end": 1, "value": "A"}]}', "NaN is not a number"),
        ("a.TextGrid", b"\xff\xfe\x00", "UTF-8"),
        ("a.srt", "x" * 1000, "holds no track"),
        ("a.tsv", "1e999\tA\n", "holds no track"),
    ],
)
def test_what_is_no_track_is_a_sentence(tmp_path, one_sentence, name, content, said):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(TakeError, match=said) as refusal:
        read_tracks(path)
    one_sentence(refusal.value)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names here")
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "a.TextGrid")
    with pytest.raises(TakeError, match="pipe or a device"):
        read_tracks(tmp_path / "a.TextGrid")
