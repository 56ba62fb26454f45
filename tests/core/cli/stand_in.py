"""`koemorph` in a process of its own, with an emotion analysis that never ends: `python stand_in.py ARGUMENTS...`.

Tests that stop a run need one that is certainly still running.
"""

import sys
import time

import koemorph.network
from koemorph.cli import main


class Endless:
    name = "endless"

    def windows(self, read, sample_count):
        while True:
            read(0, 160)
            time.sleep(0.01)
        yield


koemorph.network.emotion_backend = lambda name: Endless()
sys.exit(main())
