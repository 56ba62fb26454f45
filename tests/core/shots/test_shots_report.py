"""The report: escaped, harmless in spreadsheets, whole without a network."""

import csv
import io
from html.parser import HTMLParser

import pytest

from koemorph.shots import read_shots
from koemorph.shots.records import Record, Records
from koemorph.shots.report import write_report


class Page(HTMLParser):
    """Every opened element must be closed; keeps texts, links and elements."""

    def __init__(self, text):
        super().__init__()
        self.open, self.seen, self.links, self.texts = [], [], [], []
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag, attributes):
        self.seen.append(tag)
        self.links += [value for name, value in attributes if name in ("href", "src")]
        if tag not in ("meta", "br", "input"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_startendtag(self, tag, attributes):
        self.seen.append(tag)

    def handle_data(self, data):
        self.texts.append(data)


EVIL = '<script>alert("x")</script>'


@pytest.fixture
def reported(tmp_path):
    lines = [
        f'"{EVIL.replace(chr(34), chr(34) * 2)}","a b#?.wav",<b>',
        "=1+1,b.wav,@cmd",
        "+x,c.wav,-y",
        "日本,d.wav,  =z",
    ]
    (tmp_path / "list.csv").write_text("shot,audio,character\n" + "\n".join(lines) + "\nwrong,,\n", "utf-8")
    shots = read_shots(tmp_path / "list.csv", output=tmp_path / "out")
    records = Records(tmp_path / "out")
    records.prepare()
    facts = {"frames": 60, "fps": "60", "seconds": 2.0, "took": 0.5}
    first = Record(shots.shots[0].name, status="done", facts=facts, warnings=("<i>",), sketch={"jawOpen": [0, 50, 100]})
    records.write(shots.shots[0], first)
    records.write(shots.shots[1], Record("=1+1", status="failed", message="</td><img src=x>", exit_code=3))
    records.write(shots.shots[2], Record("+x", status="running"))
    return write_report(shots, tmp_path / "out")


def test_the_page_shows_everything_and_runs_nothing(reported):
    page = Page(reported[2].read_text("utf-8"))
    assert not {"script", "img", "i", "b", "link", "iframe"} & set(page.seen)
    assert page.seen.count("polyline") == 1 and page.seen.count("tr") == 6
    for text in (EVIL, "<b>", "<i>", "</td><img src=x>", "日本", "done", "failed", "interrupted", "queued", "wrong"):
        assert any(text in told for told in page.texts), text
    assert not any(link.startswith(("http:", "https:", "javascript:", "//")) for link in page.links)
    assert "../a%20b%23%3F.wav" in page.links


def test_no_cell_is_a_formula(reported):
    text = reported[0].read_text("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["shot"] for row in rows] == [EVIL, "'=1+1", "'+x", "日本", ""]
    assert [row["status"] for row in rows] == ["done", "failed", "interrupted", "queued", "wrong"]
    assert rows[0]["realtime_factor"] == "0.25"
    for row in rows:
        for cell in row.values():
            assert not cell.lstrip().startswith(("=", "+", "-", "@"))
