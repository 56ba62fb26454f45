"""What laying a script on a recording costs."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from koemorph.analysis import Analysis
from koemorph.speech.alignment import listen
from koemorph.speech.script import Script


def alignment_seconds(analyses: Sequence[tuple[Analysis, str]], seconds: float) -> tuple[float, float]:
    """Processor seconds of listening to so much sound, put together from lines: with their texts, and without."""
    posteriors: list[NDArray[np.float16]] = []
    texts: list[str] = []
    while sum(map(len, posteriors)) < seconds * 50:
        analysis, text = analyses[len(texts) % len(analyses)]
        posteriors.append(analysis.heard.phones)
        texts.append(text.lower())
    whole, script = np.concatenate(posteriors), Script(" ".join(texts))
    listen(whole, script)
    return _least(lambda: listen(whole, script)), _least(lambda: listen(whole))


def _least(work: Callable[[], object], times: int = 5) -> float:
    spent = []
    for _ in range(times):
        began = time.process_time()
        work()
        spent.append(time.process_time() - began)
    return min(spent)
