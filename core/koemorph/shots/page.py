"""The report as one page that needs nothing else: no scripts from elsewhere, no pictures beside it, no network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from .report import Entry

COLOURS: Final = {
    "jawOpen": "#c0392b",
    "mouthPucker": "#d2691e",
    "mouthSmileLeft": "#2e8b57",
    "browInnerUp": "#6a4fb3",
    "eyeBlinkLeft": "#2f6fbd",
}
_MEANING: Final = {
    "jawOpen": "jaw",
    "mouthPucker": "rounding",
    "mouthSmileLeft": "smile",
    "browInnerUp": "brows",
    "eyeBlinkLeft": "blinks",
}
_WIDTH, _HEIGHT = 240, 44
_STYLE: Final = """
body { font: 14px/1.45 system-ui, "Noto Sans", "Noto Sans CJK JP", sans-serif; margin: 2em;
color: #222; background: #fff; }
h1 { font-size: 1.4em; margin: 0 0 .2em; } p { margin: .2em 0 1em; color: #555; }
table { border-collapse: collapse; width: 100%; } th { text-align: left; color: #555; font-weight: 600; }
th, td { padding: .45em .8em .45em 0; border-bottom: 1px solid #e4e4e4; vertical-align: top; }
td { overflow-wrap: anywhere; } td.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.shot { min-width: 9em; } td.result { min-width: 14em; } th { white-space: nowrap; }
.who, .where { color: #777; font-size: .9em; } a { color: #1d5fa8; }
.status { display: inline-block; padding: 0 .6em; border-radius: 1em; color: #fff; background: #777;
white-space: nowrap; }
.done { background: #2e7d4f; } .failed, .wrong { background: #b3312a; } .interrupted { background: #9a6a00; }
.note { color: #8a5a00; } .message { color: #b3312a; } svg { display: block; background: #fafafa; }
label { margin-right: 1em; } input:not(:checked).hide-done ~ table tr.is-done { display: none; }
@media (prefers-color-scheme: dark) {
body { color: #ddd; background: #1d1f21; } svg { background: #26292c; } a { color: #7db4ee; }
th, td { border-color: #383c40; }
p, th, .who, .where { color: #9aa3ad; } .note { color: #d9a441; } .message { color: #ef8179; } }
"""


def page(name: str, counts: Mapping[str, int], entries: Sequence[Entry]) -> str:
    """HTML 5. Everything that comes from a list or a file is escaped."""
    told = ", ".join(f"{number} {status}" for status, number in counts.items()) or "empty"
    rows = "\n".join(_row(entry) for entry in entries)
    legend = " ".join(
        f'<span style="color:{colour}">&#9644; {_MEANING[name]}</span>' for name, colour in COLOURS.items()
    )
    return f"""<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{_safe(name)} - KoeMorph</title><style>{_STYLE}</style></head>
<body>
<h1>{_safe(name)}</h1>
<p>{_safe(told)}. Curves: {legend}</p>
<input type="checkbox" id="all" class="hide-done" checked> <label for="all">Show lines that are done</label>
<table>
<thead><tr><th>Shot</th><th>Status</th><th>Curves</th><th>Sound</th><th>Took</th><th>Of real time</th><th>Result</th>
<th>What to know</th></tr></thead>
<tbody>
{rows}
</tbody>
</table>
</body>
</html>
"""


def _row(entry: Entry) -> str:
    results = "<br>".join(
        f'<a href="{_safe(link)}">{_safe(path)}</a>' for path, link in zip(entry.outputs, entry.links, strict=False)
    )
    recording = f'<div><a class="where" href="{_safe(entry.links[-1])}">recording</a></div>' if entry.links else ""
    who = f'<div class="who">{_safe(entry.character)}</div>' if entry.character else ""
    notes = "".join(f'<div class="note">{_safe(note)}</div>' for note in entry.warnings)
    message = f'<div class="message">{_safe(entry.message)}</div>' if entry.message else ""
    factor = entry.realtime_factor
    return (
        f'<tr class="is-{_safe(entry.status)}">'
        f'<td class="shot">{_safe(entry.shot)}{who}<div class="where">{_safe(entry.line)}</div></td>'
        f'<td><span class="status {_safe(entry.status)}">{_safe(entry.status)}</span></td>'
        f"<td>{_curves(entry.sketch)}</td>"
        f'<td class="n">{_number(entry.seconds, " s")}</td><td class="n">{_number(entry.took, " s")}</td>'
        f'<td class="n">{_number(factor, "", 3)}</td><td class="result">{results}{recording}</td>'
        f"<td>{message}{notes}</td></tr>"
    )


def _curves(sketch: Mapping[str, list[int]]) -> str:
    """A drawing of the line: time to the right, each shape from 0 to 1."""
    lines = []
    for name, colour in COLOURS.items():
        values = sketch.get(name, [])
        if not values:
            continue
        step = _WIDTH / max(len(values) - 1, 1)
        points = " ".join(
            f"{i * step:.1f},{_HEIGHT - 2 - (_HEIGHT - 4) * int(v) / 100:.1f}" for i, v in enumerate(values)
        )
        lines.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.3"/>')
    if not lines:
        return ""
    box = f'width="{_WIDTH}" height="{_HEIGHT}" viewBox="0 0 {_WIDTH} {_HEIGHT}"'
    return f'<svg {box} role="img" aria-label="curves">{"".join(lines)}</svg>'


def _number(value: float | None, unit: str, digits: int = 2) -> str:
    return "" if value is None else f"{value:.{digits}f}{unit}"


def _safe(text: str) -> str:
    return escape(text, quote=True)
