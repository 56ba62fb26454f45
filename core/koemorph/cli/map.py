"""Match the shapes of a take to those of a rig, tell what fits, and write the take with its names."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from .. import formats, rig
from ..errors import RigError
from ..files import refuse_to_replace
from ..trust import unescaped
from .report import Report


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("take", nargs="?", type=Path, metavar="IN", help="a take; without one, only the fit is told")
    parser.add_argument("-o", "--output", type=Path, metavar="OUT", help="a take with the rig's names")
    parser.add_argument(
        "--rig", type=Path, metavar="FILE", help="a JSON list of the rig's shape names, or a preset for just this rig"
    )
    parser.add_argument(
        "--preset", metavar="NAME|FILE", help="the naming to expect (default: the one that covers the most)"
    )
    parser.add_argument(
        "--calibrate",
        default="",
        metavar="TEXT",
        help="how far targets go: Jaw_Drop gain 1.2 maximum 0.8",
    )
    parser.add_argument("--save", type=Path, metavar="FILE", help="keep the mapping as a preset that can be edited")
    parser.add_argument("--list", action="store_true", help="list the presets that come along")
    parser.add_argument("--json", action="store_true", help="the fit as JSON, for programs")


def run(options: argparse.Namespace) -> int:
    if options.list:
        _list_presets()
        return 0
    mapping, coverage = _chosen(options)
    if coverage is None:
        print(f"{unescaped(mapping.name)}: {len(mapping.sources)} shapes drive {len(mapping.targets)} names")
    elif options.json:
        print(json.dumps(coverage.to_dict(), ensure_ascii=False, indent=2))
    else:
        print(*map(unescaped, coverage.text().split("\n")), sep="\n")
    if not mapping.links:
        raise RigError("None of the rig's names fit; write a preset for it and pass it with --preset.")
    mapping = rig.calibrated(mapping, options.calibrate)
    if options.save:
        rig.write(mapping, options.save)
    if options.output:
        _write(options, mapping)
    return 0


def _list_presets() -> None:
    for preset in rig.shipped():
        print(preset.name + (f" (also: {', '.join(preset.also)})" if preset.also else ""))


def _chosen(options: argparse.Namespace) -> tuple[rig.Mapping, rig.Coverage | None]:
    preset = rig.find(options.preset) if options.preset else None
    if options.rig is None:
        if preset is None:
            raise RigError("Name the rig's shapes with --rig names.json, or a preset with --preset.")
        return preset, None
    content = rig.load(options.rig)
    if isinstance(content, dict):
        if preset is not None:
            raise RigError(f"{options.rig} is a preset already; leave out --preset.")
        return rig.mapping_of(content, str(options.rig)), None
    return rig.match(rig.Rig.of(content, str(options.rig)), preset)


def _write(options: argparse.Namespace, mapping: rig.Mapping) -> None:
    source, output = options.take, options.output
    if source is None:
        raise RigError("There is no take to write; name one before -o.")
    refuse_to_replace(output, source)
    reading = formats.read(source)
    mapped = mapping.apply(reading.take)
    report = Report("none")
    for note in reading.notes:
        report.note(source, note)
    for note in formats.write_take(mapped, output):
        report.note(output, note)
    if not options.json:
        report.result(f"{output}: {len(mapped.names)} shapes, {mapped.frame_count} frames")
