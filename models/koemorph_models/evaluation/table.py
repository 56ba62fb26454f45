"""The table of a model, written: a row for each group of voices, and one for each condition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

Table = dict[str, dict[str, dict[str, float]]]
"""group -> condition -> figures"""

COLUMNS: Final = {
    "closure_f1": "closure F1",
    "closure_f1_spoken": "endings as spoken",
    "closure_recall": "recall",
    "closure_precision": "precision",
    "closure_auc": "closure AUC",
    "vowel_closed": "vowels closed",
    "recall_p": "p",
    "recall_b": "b",
    "recall_m": "m",
    "labiodental_f1": "labiodental F1",
    "labiodental_auc": "labiodental AUC",
    "rounding_auc": "rounding AUC",
    "rounding_auc_apart": "apart from round neighbours",
    "jaw_p95": "jaw p95",
    "jaw_r": "jaw r",
    "lag_ms": "lag ms",
    "mae": "MAE",
    "rest_p99": "rest p99",
    "jitter": "jitter",
    "expression_variation": "expression",
}


def as_markdown(table: Table, beside: Sequence[str], conditions: Sequence[str]) -> str:
    """Every group in the first condition of `beside`, the others under it; then `conditions` of one group."""
    lines = [_row(["voices", *COLUMNS.values()]), _row(["---"] * (len(COLUMNS) + 1))]
    for group in sorted(table):
        for number, condition in enumerate(beside):
            name = f"&nbsp;&nbsp;{condition}" if number else group
            lines.append(_row([name, *_cells(table[group][condition])]))
    shown = native(table)
    lines += ["", _row([f"condition, {shown}", *COLUMNS.values()]), _row(["---"] * (len(COLUMNS) + 1))]
    lines += [_row([condition, *_cells(table[shown][condition])]) for condition in conditions]
    return "\n".join(lines) + "\n"


def rest_as_markdown(still: Mapping[str, Mapping[str, float]]) -> str:
    """What the mouth does in pauses in which something sounds."""
    lines = [_row(["in pauses", "usual", "99 of 100 frames under", "time not at rest"]), _row(["---"] * 4)]
    for name, row in still.items():
        lines.append(_row([name, f"{row['median']:.3f}", f"{row['p99']:.3f}", f"{100 * row['moving']:.1f} %"]))
    return "\n".join(lines) + "\n"


def native(table: Table) -> str:
    """The group whose conditions are shown: native readers, where there are any."""
    return next((group for group in sorted(table) if group.startswith("native")), sorted(table)[0])


def _cells(figures: dict[str, float]) -> list[str]:
    return [
        f"{100 * figures[key]:.1f} %" if key == "vowel_closed" else f"{figures[key]:.{1 if key == 'lag_ms' else 3}f}"
        for key in COLUMNS
    ]


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"
