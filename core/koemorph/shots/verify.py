"""Are the results of a batch what their records say? Every byte is read; nothing is changed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from ..errors import OutputError
from ..trust import shown
from .reading import RECORDS_FOLDER
from .records import Records, Stamp


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What was looked at, and a sentence for each thing that is not as it should be."""

    lines: int
    files: int
    size: int
    """Bytes that were read."""
    faults: tuple[str, ...]


def verify(output: Path) -> Verdict:
    """Read all results below `output` and compare them with their records."""
    if not (output / RECORDS_FOLDER).is_dir():
        raise OutputError(f"{output} holds no records of a batch; name the folder that was given to it with -o.")
    faults: list[str] = []
    states: Counter[str] = Counter()
    looked: dict[str, Stamp] = {}
    for path, record in Records(output).every():
        if record is None:
            faults.append(f"The record {path.relative_to(output)} is damaged; the next batch makes its line anew.")
            continue
        states[record.status] += 1
        if record.status == "running":
            faults.append(f"{shown(record.shot)} was begun and not finished; run the batch again.")
        if record.status == "done":
            looked.update((stamp.path, stamp) for stamp in record.outputs)
    faults += [fault for stamp in looked.values() if (fault := _fault(output / stamp.path, stamp))]
    return Verdict(
        lines=states.total(), files=len(looked), size=sum(stamp.size for stamp in looked.values()), faults=tuple(faults)
    )


def _fault(path: Path, stamp: Stamp) -> str | None:
    name = shown(stamp.path)
    try:
        now = Stamp.of(path, stamp.path)
    except FileNotFoundError:
        return f"{name} is not there any more; run the batch again to make it."
    except (OSError, ValueError) as err:
        return f"{name} cannot be read ({getattr(err, 'strerror', None) or err}); look at the disk."
    if now.sha256 == stamp.sha256:
        return None
    if now.mtime_ns == stamp.mtime_ns and now.size == stamp.size:
        return f"{name} holds other bytes than were written, and nobody wrote to it since; look at the disk."
    return f"{name} was changed since it was written; 'koemorph batch --force' makes it anew."
