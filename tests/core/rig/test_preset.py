"""Preset files: what is shipped, what is written, and one clear sentence for each way to break one."""

from __future__ import annotations

import json
from importlib import resources

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from koemorph import arkit, rig
from koemorph.errors import RigError
from koemorph.rig import Calibration, Link, Mapping
from koemorph.rig.document import SOURCES, as_json, mapping_of

FOLDER = resources.files("koemorph.rig")
SCHEMA = json.loads((FOLDER / "schema.json").read_text("utf-8"))
CHECK = jsonschema.Draft202012Validator(SCHEMA)
FILES = sorted(file.name for file in (FOLDER / "presets").iterdir() if file.name.endswith(".json"))


WHOLE = {f"{name}.json" for name in ("arkit", "metahuman", "daz-genesis-9", "unified-expressions")}
"""Those that have a place for every shape."""


def channels(mapping):
    return [channel for channel in map(rig.Channel.of, mapping.targets) if channel]


def preset(**entries):
    return {"schema_version": 1, "name": "Mine", "entries": entries or {"jawOpen": "Jaw"}}


def test_the_schema_is_one_and_knows_all_shapes() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert tuple(SCHEMA["$defs"]["shape"]["enum"]) == SOURCES


@pytest.mark.parametrize("name", FILES)
def test_what_comes_along(name) -> None:
    text = (FOLDER / "presets" / name).read_text("utf-8")
    CHECK.validate(json.loads(text))
    mapping = mapping_of(json.loads(text), name)
    assert as_json(mapping) == text
    assert mapping.description and (len(mapping.sources) == 52 or name not in WHOLE)
    assert set(mapping.approximated) <= set(mapping.sources)
    assert {target for target, _ in mapping.aliases} <= {*mapping.targets, *(c.bone for c in channels(mapping))}


def test_plain_arkit_comes_first_and_names_are_unique() -> None:
    presets = rig.shipped()
    assert presets[0].name == "ARKit" and presets[0].targets == arkit.SHAPES
    names = [name.casefold() for mapping in presets for name in (mapping.name, *mapping.also)]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("wanted", ["MetaHuman", "perfect sync", "Ready Player Me", "faceit", "daz", "VRM", "iclone 7"])
def test_people_find_what_they_have(wanted) -> None:
    assert wanted.casefold() in {name.casefold() for name in (rig.find(wanted).name, *rig.find(wanted).also)}


def test_a_preset_is_written_and_read(tmp_path) -> None:
    mapping = Mapping(
        name="Ané 声",
        description="A test.",
        also=("other",),
        limits=(0.0, 100.0),
        links=(
            Link(source="jawOpen", target="Jaw"),
            Link(
                source="jawOpen",
                target="Chin",
                gain=0.5,
                offset=-0.25,
                inverted=True,
                source_range=(0.1, 0.9),
                target_range=(0.0, 100.0),
            ),
            Link(source="mouthClose", target="Lips", share_of="jawOpen"),
        ),
        approximated=("jawOpen",),
        calibrations=(Calibration(target="Jaw", gain=1.2, rest=0.1, minimum=-1.0, maximum=0.8),),
        prefixes=("viseme_", ""),
        aliases=(("Jaw", ("jaw", "a + b")),),
    )
    rig.write(mapping, tmp_path / "mine.json")
    assert rig.read(tmp_path / "mine.json") == mapping == rig.find(str(tmp_path / "mine.json"))
    CHECK.validate(rig.load(tmp_path / "mine.json"))


BROKEN = {
    "no object": ([], "must be a JSON object"),
    "no version": ({k: v for k, v in preset().items() if k != "schema_version"}, "schema_version"),
    "later version": (preset() | {"schema_version": 2}, "schema_version"),
    "no name": (preset() | {"name": " "}, '"name"'),
    "no entries": (preset() | {"entries": {}}, '"entries"'),
    "unknown field": (preset() | {"entrys": {}}, "'entrys' means nothing here"),
    "also no list": (preset() | {"also": "x"}, '"also"'),
    "description no text": (preset() | {"description": 3}, '"description"'),
    "limits": (preset() | {"limits": [0]}, '"limits"'),
    "unknown shape": (preset(jawOpn="Jaw"), "entry 'jawOpn': no shape is called that; perhaps jawOpen"),
    "no shape at all": (preset(zzz="Jaw"), "entry 'zzz'"),
    "no target": (preset(jawOpen=[]), "entry 'jawOpen': the list of targets is empty"),
    "number as target": (preset(jawOpen=3), "entry 'jawOpen'"),
    "null as target": (preset(jawOpen=None), "entry 'jawOpen'"),
    "target without name": (preset(jawOpen={"gain": 2}), '"target"'),
    "misspelt field": (preset(jawOpen={"target": "Jaw", "gian": 2}), "'gian' means nothing here"),
    "gain as text": (preset(jawOpen={"target": "Jaw", "gain": "2"}), '"gain" must be a number'),
    "gain true": (preset(jawOpen={"target": "Jaw", "gain": True}), '"gain"'),
    "gain without end": (preset(jawOpen={"target": "Jaw", "gain": 10**400}), "is not a number"),
    "inverted as number": (preset(jawOpen={"target": "Jaw", "inverted": 1}), '"inverted" must be true or false'),
    "empty range": (preset(jawOpen={"target": "Jaw", "from": [0.5, 0.5]}), '"from" must go from one number to another'),
    "range of three": (preset(jawOpen={"target": "Jaw", "to": [0, 1, 2]}), '"to" must be two numbers'),
    "approximated no shape": (preset() | {"approximated": ["x"]}, '"approximated"'),
    "prefixes": (preset() | {"prefixes": "V_"}, '"prefixes"'),
    "aliases": (preset() | {"aliases": {"Jaw": "jaw"}}, '"aliases"'),
    "calibration": (preset() | {"calibration": {"Jaw": 2}}, "calibration of 'Jaw'"),
    "calibrated by nothing": (preset() | {"calibration": {"Jaw": {"gian": 2}}}, "'gian' means nothing here"),
    "calibrated by text": (preset() | {"calibration": {"Jaw": {"maximum": "1"}}}, '"maximum"'),
    "share of nothing": (preset(jawOpen={"target": "Jaw", "share_of": "nose"}), '"share_of"'),
}


@pytest.mark.parametrize("how", BROKEN)
def test_broken_presets(tmp_path, one_sentence, how) -> None:
    content, said = BROKEN[how]
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(content), "utf-8")
    with pytest.raises(RigError) as refusal:
        rig.read(path)
    one_sentence(refusal.value)
    assert str(path) in str(refusal.value) and said in str(refusal.value)
    assert not CHECK.is_valid(content)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "not valid JSON"),
        (b"\xff{}", "not UTF-8 text"),
        (b'{"schema_version": 1, "name": "a", "entries": {"jawOpen": "a", "jawOpen": "b"}}', "'jawOpen' twice"),
        (
            b'{"schema_version": 1, "name": "a", "entries": {"jawOpen": {"target": "a", "gain": NaN}}}',
            "NaN is not a number",
        ),
        (b"[" * 100_000, "nests deeper"),
    ],
)
def test_broken_files(tmp_path, one_sentence, content, said) -> None:
    path = tmp_path / "mine.json"
    path.write_bytes(content)
    with pytest.raises(RigError) as refusal:
        rig.read(path)
    one_sentence(refusal.value)
    assert said in str(refusal.value)


@pytest.mark.parametrize("wanted", ["Nobody", "nowhere.json"])
def test_presets_that_are_not_there(wanted, one_sentence) -> None:
    with pytest.raises(RigError) as refusal:
        rig.find(wanted)
    one_sentence(refusal.value)


anything = st.sampled_from(
    [None, True, False, 0, 1, 2, -0.5, 2e6, "", " ", "Jaw", "jawOpen", [], [0, 1], [1, 1], [0, 1, 2], [0, "1"], {}]
)
fields = st.dictionaries(
    st.sampled_from(["target", "gain", "offset", "inverted", "from", "to", "share_of", "other"]), anything, max_size=4
)
targets = st.one_of(st.just("Jaw"), anything, fields, fields.map(lambda f: {**f, "target": "Jaw"}))
entries = st.dictionaries(
    st.sampled_from(["jawOpen", "headYaw", "mouthClose", "jawOpn"]),
    st.one_of(targets, st.lists(targets, max_size=3)),
    max_size=2,
)
rest = st.dictionaries(st.sampled_from(["also", "limits", "description", "x"]), anything, max_size=2)
files = st.one_of(
    anything,
    st.dictionaries(st.sampled_from(["schema_version", "name", "entries", "also", "limits"]), anything, max_size=3),
    st.tuples(
        entries, st.dictionaries(st.sampled_from(["also", "limits", "description", "x"]), anything, max_size=2)
    ).map(lambda both: {"schema_version": 1, "name": "Mine", "entries": both[0], **both[1]}),
)


@settings(max_examples=300, deadline=None)
@given(files)
def test_the_schema_and_the_reader_agree(content) -> None:
    try:
        mapping = mapping_of(content, "it")
    except RigError:
        assert not CHECK.is_valid(content)
    else:
        CHECK.validate(content)
        assert mapping_of(json.loads(as_json(mapping)), "again") == mapping
