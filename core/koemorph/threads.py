"""How many threads the work takes: enough to be far faster than real time, few enough for a busy workstation."""

from __future__ import annotations

import os
from collections.abc import MutableMapping
from typing import Final

from .errors import SettingsError

THREADS_VARIABLE: Final = "KOEMORPH_THREADS"
BLAS: Final = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


def default_threads() -> int:
    """KOEMORPH_THREADS, or two."""
    try:
        return max(1, int(os.environ.get(THREADS_VARIABLE, "2")))
    except ValueError as err:
        raise SettingsError(f"{THREADS_VARIABLE} must be a whole number.") from err


def keep_numpy_on_one_thread(environment: MutableMapping[str, str] = os.environ) -> None:
    """To be called before numpy loads, in programs of our own; who has set the variables keeps them.

    Our matrices outside of the network are small: further threads of numpy's would only spin beside the one that
    works, and take half of the network's time (a quarter of a line's, measured).
    """
    for variable in BLAS:
        environment.setdefault(variable, "1")
