"""Settings: every value checked, every wrong preset told in a sentence."""

import json
import math
from dataclasses import FrozenInstanceError, fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koemorph.errors import SettingsError
from koemorph.settings import Settings, info_of, load_preset


def of_kind(*kinds):
    return [entry for entry in fields(Settings) if info_of(entry).kind in kinds]


NUMBERS, CHOICES = of_kind("number", "whole"), of_kind("choice")
SWITCHES, TEXTS = of_kind("switch"), of_kind("text")
names = pytest.mark.parametrize("name", [entry.name for entry in NUMBERS])


def test_every_setting_can_be_shown():
    for entry in fields(Settings):
        shown = info_of(entry)
        assert shown.label and shown.group and shown.tooltip.endswith(".")
        assert entry.type == {"number": "float", "whole": "int", "switch": "bool"}.get(shown.kind, "str")
        if shown.kind == "choice":
            assert entry.default in shown.choices
        elif shown.kind == "text":
            assert entry.default == "" and shown.check is not None
        elif shown.kind != "switch":
            assert shown.low <= entry.default <= shown.high
            assert 0 < shown.step <= shown.high - shown.low
    labels = [info_of(entry).label for entry in fields(Settings)]
    assert len(set(labels)) == len(labels)


@names
def test_range_ends_are_in_and_beyond_is_out(name, one_sentence):
    shown = next(info_of(entry) for entry in NUMBERS if entry.name == name)
    for value in (shown.low, shown.high):
        assert getattr(Settings(**{name: value}), name) == value
    beyond = (shown.low - 1, shown.high + 1) if shown.kind == "whole" else ()
    for value in beyond or (math.nextafter(shown.low, -math.inf), math.nextafter(shown.high, math.inf), 10**400):
        with pytest.raises(SettingsError) as refusal:
            Settings(**{name: value})
        one_sentence(refusal.value)
        assert shown.label in str(refusal.value)


@names
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, True, False, None, "0.1", [0.1], {}, 1j])
def test_what_is_no_number_is_refused(name, value, one_sentence):
    with pytest.raises(SettingsError) as refusal:
        Settings(**{name: value})
    one_sentence(refusal.value)


@pytest.mark.parametrize("entry", CHOICES, ids=lambda entry: entry.name)
@pytest.mark.parametrize("value", ["", "Native", "x", None, 0, True, ["native"], {"a": 1}])
def test_choices_are_the_listed_ones(entry, value, one_sentence):
    with pytest.raises(SettingsError) as refusal:
        Settings(**{entry.name: value})
    one_sentence(refusal.value)
    assert entry.default in str(refusal.value)


@pytest.mark.parametrize("entry", SWITCHES, ids=lambda entry: entry.name)
@pytest.mark.parametrize("value", ["", "true", 1, 0, None, [True]])
def test_switches_are_true_or_false(entry, value, one_sentence):
    assert getattr(Settings(**{entry.name: True}), entry.name) is True
    with pytest.raises(SettingsError) as refusal:
        Settings(**{entry.name: value})
    one_sentence(refusal.value)


@pytest.mark.parametrize("entry", TEXTS, ids=lambda entry: entry.name)
@pytest.mark.parametrize("value", ["what is this", "; 3", None, 0, True, ["joy"]])
def test_texts_are_read_when_set(entry, value, one_sentence):
    with pytest.raises(SettingsError) as refusal:
        Settings(**{entry.name: value})
    one_sentence(refusal.value)


def test_raw_is_every_step_off():
    raw = Settings.raw()
    for entry in fields(Settings):
        off = info_of(entry).off
        assert getattr(raw, entry.name) == (entry.default if off is None else off)
    assert raw.blink_rate == 0.0 and raw.silence_gate == -70.0


def test_what_changed_is_a_preset():
    mine = Settings(temperature=0.3, mirror=True, mood_keys="0:01 joy 0.5")
    assert mine.changed() == {"temperature": 0.3, "mirror": True, "mood_keys": "0:01 joy 0.5"}
    assert Settings.from_dict(mine.changed()) == mine


def test_a_seed_is_a_whole_number():
    assert type(Settings(seed=7.0).seed) is int
    with pytest.raises(SettingsError, match="whole"):
        Settings(seed=7.5)


def test_whole_numbers_become_floats():
    gate = Settings(silence_gate=-50).silence_gate
    assert gate == -50.0 and type(gate) is float


def test_settings_never_change():
    with pytest.raises(FrozenInstanceError):
        Settings().temperature = 0.3


def test_equal_settings_are_equal():
    assert Settings(temperature=0.3) == Settings().with_values(temperature=0.3)
    assert hash(Settings()) == hash(Settings())
    assert Settings(temperature=0.3) != Settings()


@given(
    st.fixed_dictionaries({}, optional={e.name: st.floats(info_of(e).low, info_of(e).high) for e in of_kind("number")})
)
def test_presets_round_trip(values):
    settings = Settings().with_values(**values)
    assert Settings.from_dict(json.loads(json.dumps(settings.to_dict()))) == settings


@pytest.mark.parametrize(
    ("name", "nearest"),
    [("temprature", "temperature"), ("Temperature", "temperature"), ("jaw", "jaw_strength"), ("blinks", "blink_rate")],
)
def test_unknown_names_are_told_with_the_nearest_known_ones(name, nearest, one_sentence):
    with pytest.raises(SettingsError, match=nearest) as refusal:
        Settings.from_dict({name: 1})
    one_sentence(refusal.value)


@pytest.mark.parametrize("name", ["self", "cls", "", "__init__"])
def test_unknown_names_of_any_kind(name, one_sentence):
    with pytest.raises(SettingsError) as refusal:
        Settings.from_dict({name: 1})
    one_sentence(refusal.value)
    assert repr(name) in str(refusal.value)


def test_a_preset_names_only_what_differs(tmp_path):
    preset = tmp_path / "mine.json"
    preset.write_text('{"temperature": 0.3, "smoothing_method": "causal"}', "utf-8")
    assert load_preset(preset).over(Settings()) == Settings(temperature=0.3, smoothing_method="causal")


def test_a_preset_saved_by_notepad(tmp_path):
    preset = tmp_path / "mine.json"
    preset.write_bytes(b'\xef\xbb\xbf{"temperature": 0.3}\r\n')
    assert load_preset(preset).over(Settings()).temperature == 0.3


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"3",
        b"null",
        b'"temperature"',
        b'{"temperature": 0.3,}',
        b'{"temperature": "0.3"}',
        b'{"temperature": NaN}',
        b'{"temperature": Infinity}',
        b'{"temperature": true}',
        b'{"temperature": 9}',
        b'{"temperature": 1e999}',
        b'{"hotness": 1}',
        b'{"self": 1}',
        b'{"emotion": ["native"]}',
        b"\xff\xfe\x00",
        b"\x00" * 100,
        b"[" * 100_000,
    ],
    ids=lambda content: repr(content[:20]),
)
def test_bad_presets(tmp_path, content, one_sentence):
    preset = tmp_path / "mine.json"
    preset.write_bytes(content)
    with pytest.raises(SettingsError) as refusal:
        load_preset(preset).over(Settings())
    one_sentence(refusal.value)


def test_missing_presets_and_folders(tmp_path, one_sentence):
    for path in (tmp_path / "none.json", tmp_path):
        with pytest.raises(SettingsError) as refusal:
            load_preset(path).over(Settings())
        one_sentence(refusal.value)
        assert str(path) in str(refusal.value)


def test_the_preset_is_named_in_its_errors(tmp_path):
    preset = tmp_path / "mine.json"
    preset.write_text("[1]", "utf-8")
    with pytest.raises(SettingsError, match=r"mine\.json"):
        load_preset(preset).over(Settings())
