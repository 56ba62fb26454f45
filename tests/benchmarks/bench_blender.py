"""The extension's speed inside of a real Blender: `PYTHONPATH=core:. python tests/benchmarks/bench_blender.py`.

Keys 52 curves of 3600 frames in bulk, and the same with Blender's own `keyframe_insert` on a twentieth of them; then
from the press of the button to the last key for lines of 5 and 60 s, the worker started anew and already at work.
Beside the clock stands Blender's own processor time, which holds on a busy machine too; the worker's is not in it.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import blender_addon
import bpy
import numpy as np
from blender_addon.keys import Channel, Span, write
from blender_addon.process import worker

from koemorph import arkit
from koemorph.keying import CurveKeys
from tests.benchmarks import clips

FRAMES = 3600


@dataclass(frozen=True)
class Spent:
    """Seconds."""

    clock: float
    processor: float

    def __str__(self) -> str:
        return f"{self.clock:8.3f} s {self.processor:8.3f} s"


def spent(work: Callable[[], object]) -> Spent:
    clock, processor = time.perf_counter(), time.process_time()
    work()
    return Spent(time.perf_counter() - clock, time.process_time() - processor)


def bulk(block: bpy.types.Key) -> list[Spent]:
    """As the extension writes keys, eleven times, the quickest first."""
    frames, values = np.arange(1.0, FRAMES + 1), np.random.default_rng(0).random(FRAMES)
    keys = CurveKeys(frames=frames, values=values, slopes=np.zeros(FRAMES), interpolation="linear")
    channels = [Channel(f'key_blocks["{name}"].value', keys) for name in arkit.SHAPES]
    times = []
    for _ in range(11):
        bag = blender_addon.compat.assign(block, blender_addon.compat.new_action("bench", block))
        times.append(spent(lambda bag=bag: write(bag, channels, Span(1, FRAMES))))
    return sorted(times, key=lambda one: one.clock)


def one_by_one(block: bpy.types.Key, part: int = 20) -> Spent:
    block.animation_data_clear()

    def insert() -> None:
        for name in arkit.SHAPES:
            for frame in range(1, FRAMES // part + 1):
                block.key_blocks[name].keyframe_insert("value", frame=frame)

    return spent(insert)


def main() -> None:
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    blender_addon.register()
    try:
        bpy.ops.koemorph.add_sample_face()
        block = bpy.context.object.data.shape_keys
        print(f"Blender {bpy.app.version_string:27}    clock  processor")
        times = bulk(block)
        print(f"52 x {FRAMES} keys in bulk, best     {times[0]}")
        print(f"52 x {FRAMES} keys in bulk, median   {times[len(times) // 2]}")
        print(f"a twentieth of them, keyframe_insert {one_by_one(block)}")
        panel = bpy.context.scene.koemorph
        with tempfile.TemporaryDirectory() as scratch:
            for length in (5, 60):
                panel.audio = str(clips.make(Path(scratch), length))
                worker.close()
                print(f"{length:2d} s line, worker started anew     {spent(bpy.ops.koemorph.animate)}")
                panel.channel = "LEFT"
                print(f"{length:2d} s line, worker at work          {spent(bpy.ops.koemorph.animate)}")
                panel.settings.face_strength = 0.9
                print(f"{length:2d} s line, Update after a slider   {spent(bpy.ops.koemorph.update)}")
                panel.channel = "MIX"
    finally:
        blender_addon.unregister()


if __name__ == "__main__":
    main()
