"""koemorph presets: what comes along, and presets of one's own."""

import json

import pytest

from koemorph.cli import main
from koemorph.errors import SettingsError
from koemorph.presets import find_preset, shipped
from koemorph.settings import Settings


def said(capsys, *words):
    assert main(["presets", *map(str, words)]) == 0
    return capsys.readouterr().out


def test_all_that_come_along_are_listed(capsys):
    text = said(capsys)
    for name in ("natural", "subtle", "expressive", "raw", "joy", "contempt"):
        assert f"  {name} " in text
    listed = json.loads(said(capsys, "--json"))
    assert set(listed["presets"]) == {preset.name for preset in shipped()}
    assert listed["moods"]["joy"]["shapes"]["mouthSmileLeft"] > 0.3


@pytest.mark.parametrize("preset", shipped(), ids=lambda preset: preset.name)
def test_each_is_sound(preset):
    assert preset.about.endswith(".") and preset.values
    preset.over(Settings())
    if preset.name == "raw":
        assert preset.over(Settings()) == Settings.raw()
    if preset.name == "natural":
        assert preset.over(Settings()) == Settings()


def test_a_preset_of_ones_own(tmp_path, capsys):
    mine = tmp_path / "mine.json"
    said(capsys, "--preset", "subtle", "--jaw-strength", "1.1", "--mirror", "--about", "For Ann.", "-o", mine)
    preset = find_preset(str(mine))
    assert preset.about == "For Ann." and preset.values["mirror"] is True
    assert preset.over(Settings()) == find_preset("subtle").over(Settings()).with_values(jaw_strength=1.1, mirror=True)
    assert json.loads(said(capsys, "--preset", mine)) == json.loads(mine.read_text("utf-8"))


@pytest.mark.parametrize("content", ['{"about": "x", "hotness": 1}', '{"mood": "glee"}', "[1]", '{"jaw_strength": 9}'])
def test_bad_files_name_themselves(tmp_path, content, one_sentence):
    path = tmp_path / "bad.json"
    path.write_text(content, "utf-8")
    with pytest.raises(SettingsError, match=r"bad\.json") as refusal:
        find_preset(str(path))
    one_sentence(refusal.value)
