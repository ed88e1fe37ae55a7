"""Times answers one after the other, in the process it is called in."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.isolated import tree_mb

# Chroma is opened in the background of the first search; by then it is in use, as in a server that has been up a while.
SETTLING = 3.0


def timed_answers(answer: Callable[[str], str], warming: Sequence[str], questions: Sequence[str]) -> dict[str, Any]:
    """Return the seconds and text of each answer, the processor seconds of all, and the memory at the end."""
    for question in warming:
        answer(question)
    time.sleep(SETTLING)
    seconds, answers = [], []
    busy = time.process_time()
    for question in questions:
        started = time.perf_counter()
        answers.append(answer(question))
        seconds.append(time.perf_counter() - started)
    busy = time.process_time() - busy
    return {"seconds": seconds, "answers": answers, "busy": busy, "memory_mb": tree_mb(os.getpid())}
