"""Shot lists: every kind, every mistake, all at once."""

import json
from fractions import Fraction

import jsonschema
import pytest

from koemorph.cli import main
from koemorph.errors import SettingsError, ShotListError
from koemorph.shots import missing_recordings, read_shots
from koemorph.shots.columns import COLUMNS
from koemorph.shots.schema import schema
from koemorph.shots.shot import file_name

SCHEMA = schema()


def test_a_table_with_everything(read, tmp_path):
    shots = read(
        "shot,audio,in,out,fps,start_frame,channel,character,rig,jaw_strength,mirror,mood_keys,target,# notes\n"
        'ep01_010,a/はい.wav,1.5,00:00:02:12,24,1001,left,Aoi,,1.2,yes,"0:00 joy 0.5; 0:01 anger",x/e.take|x/e.csv,h\n'
    )
    assert not shots.problems
    (shot,) = shots
    assert (shot.name, shot.recording.path, shot.where) == ("ep01_010", tmp_path / "a/はい.wav", "line 2")
    assert (shot.recording.begin, shot.recording.end, shot.start_frame) == (Fraction(3, 2), Fraction(5, 2), 1001)
    assert (str(shot.rate), shot.recording.channel, shot.character) == ("24", "left", "Aoi")
    assert (shot.settings.jaw_strength, shot.settings.mirror) == (1.2, True)
    assert shot.settings.mood_keys.startswith("0:00 joy")
    assert [(target.path, target.format) for target in shot.targets] == [
        ("x/e.take", "take"),
        ("x/e.csv", "livelink"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_what_spreadsheets_write(read, encoding, delimiter):
    text = "Shot,Audio,Start Frame\r\nぶつ,ぶつ.wav,7\r\n,,\r\n".replace(",", delimiter)
    (shot,) = read(text.encode(encoding))
    assert (shot.name, shot.start_frame) == ("ぶつ", 7)


def test_every_problem_of_every_line_at_once(read):
    shots = read(
        "shot,audio,fps,in,out,jaw_strength,rig,start_frame,colour\n"  # 1
        "good,a.wav,24,,,,,,\n"  # 2
        "two,a.wav,fast,2,1,,,,\n"  # 3
        '"three\nlines",a.wav,,,,99,,,\n'  # 4 and 5
        "six,,,,,,nobody,1.5,red\n"  # 6
        "Good,a.wav,,,,,,,\n"  # 7
        "far,a.wav,,,,,,,,,too many\n"  # 8
    )
    assert [shot.name for shot in shots] == ["good"]
    found = [str(problem) for problem in shots.problems]
    starts = ["line 3: fps", "line 3: out", "line 4: settings: Jaw cannot be 99", "line 6: There is no column 'colour'"]
    starts += ["line 6: audio", "line 6: start_frame", "line 6: rig", "line 7: shot: 'Good' is the name of line 2"]
    starts += ["line 8: It has"]
    assert len(found) == len(starts)
    for start in starts:
        assert any(problem.startswith(start) for problem in found), (start, found)


@pytest.mark.parametrize(
    "target", ["../x.take", "a/../../x.take", "/x.take", "C:/x.take", "C:x.take", "\\\\host\\x.take", "..\\x.take"]
)
def test_targets_stay_inside(read, target):
    text = f"shot,audio,target\na,a.wav,{target}\n"
    assert "leads out" in str(read(text).problems[0])
    assert not read(text, allow_outside=True).problems


def test_links_out_of_the_folder_are_refused(read, tmp_path):
    (tmp_path / "out").mkdir()
    try:
        (tmp_path / "out" / "link").symlink_to(tmp_path, target_is_directory=True)
    except OSError:
        pytest.skip("no links here")
    shots = read("shot,audio,target\na,a.wav,link/x.take\n", output=tmp_path / "out")
    assert "through a link" in str(shots.problems[0])


@pytest.mark.parametrize("target", ["x.blend", "x", ".koemorph/x.take", "shots-report.csv"])
def test_targets_that_cannot_be(read, target):
    assert len(read(f"shot,audio,target\na,a.wav,{target}\n").problems) == 1


def test_a_result_never_replaces_a_recording_nor_another_result(read, tmp_path):
    text = "shot,audio,target\na,a.wav,b.csv\nb,b.csv,x.take\nc,c.wav,X.take\n"
    found = [str(problem) for problem in read(text, output=tmp_path).problems]
    assert any("line 2" in problem and "replace what lines" in problem for problem in found)
    assert any("line 4" in problem and "written by line 3" in problem for problem in found)


@pytest.mark.parametrize(
    "name, expected",
    [
        ("ep01/010", "ep01/010"),
        ("日本語", "日本語"),
        ('a:b"c?', "a_b_c_"),
        ("../x", "_/x"),
        ("CON", "_CON"),
        ("nul.wav", "_nul.wav"),
        ("x. ", "x"),
        ("/", "_"),
    ],
)
def test_names_become_files_that_every_system_holds(name, expected):
    assert file_name(name) == expected


def test_a_folder_is_a_list(recording, tmp_path):
    recording("in/ep 1/a.wav")
    recording("in/b'ü.flac.wav")
    recording("in/.hidden/c.wav")
    (tmp_path / "in" / "note.txt").write_text("no sound")
    (tmp_path / "in" / "b.MP3").write_bytes(b"")
    (tmp_path / "in" / "b.ogg").write_bytes(b"")
    shots = read_shots(tmp_path / "in")
    assert [shot.name for shot in shots] == ["b'ü.flac", "b.MP3", "b.ogg", "ep 1/a"]
    assert len(missing_recordings(shots)) == 0
    assert shots.shots[-1].targets[0].path == "ep 1/a.take"


def test_json_with_defaults(read):
    content = {
        "defaults": {"fps": 25, "settings": {"seed": 3}},
        "shots": [{"audio": "a.wav"}, {"shot": "b", "audio": "b.wav", "fps": "30", "target": ["b.take", "b.usda"]}, 5],
    }
    shots = read(json.dumps(content), "list.json")
    assert [(shot.name, str(shot.rate), shot.settings.seed, len(shot.targets)) for shot in shots] == [
        ("a", "25", 3, 1),
        ("b", "30", 3, 2),
    ]
    assert [problem.where for problem in shots.problems] == ["shot 3"]


def test_the_schema_knows_every_column():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    shot = SCHEMA["$defs"]["shot"]["properties"]
    assert set(COLUMNS) <= set(shot)
    jsonschema.validate({"shots": [{"audio": "a.wav", "fps": 24, "jaw_strength": 1}]}, SCHEMA)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"shots": [{"audio": "a.wav", "jaw_strenght": 1}]}, SCHEMA)


@pytest.mark.parametrize(
    "text, name",
    [
        ("", "list.csv"),
        (b"\xff\xfa\x00", "list.csv"),
        ("a,a\n", "list.csv"),
        ('shot\n"x', "list.csv"),
        ("{", "list.json"),
        ('{"lines": []}', "list.json"),
        ("3", "list.json"),
        ("x", "list.xlsx"),
    ],
)
def test_what_is_no_list_is_one_sentence(read, one_sentence, text, name):
    with pytest.raises(ShotListError) as caught:
        read(text, name)
    one_sentence(caught.value)


def test_init_and_convert_keep_every_line(recording, tmp_path, capsys):
    recording("in/a b.wav")
    recording("in/ep/ü.wav")
    assert main(["shots", "init", str(tmp_path / "in"), "-o", str(tmp_path / "lists" / "new.csv")]) == 0
    for name in ("new.json", "sub/new.tsv"):
        assert main(["shots", "convert", str(tmp_path / "lists/new.csv"), "-o", str(tmp_path / name)]) == 0
        assert main(["shots", "check", str(tmp_path / name)]) == 0
        shots = read_shots(tmp_path / name)
        assert [shot.name for shot in shots] == ["a b", "ep/ü"]
    assert main(["shots", "init", str(tmp_path / "in"), "-o", str(tmp_path / "new.json")]) == 7
    assert "--force" in capsys.readouterr().err


def test_check_tells_missing_recordings(listed, capsys):
    assert main(["shots", "check", str(listed({"shot": "a", "audio": "gone.wav"}))]) == 4
    assert "line 2: audio" in capsys.readouterr().err


def test_chunks_share_the_list(read):
    shots = read("shot,audio\n" + "".join(f"s{n},a.wav\n" for n in range(10)))
    parts = [[shot.name for shot in shots.chunk(number, 4)] for number in range(1, 5)]
    assert sorted(name for part in parts for name in part) == sorted(shot.name for shot in shots)
    with pytest.raises(SettingsError):
        shots.chunk(5, 4)
