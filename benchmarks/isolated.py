"""Runs one function in a fresh process and watches the memory of that process and of all it starts."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PROC = Path("/proc")
_PAUSE = 0.1


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the function returned, the seconds from the start of its process to its end, and the peak memory in MB."""

    result: Any
    seconds: float
    peak_mb: float | None


def run(function: Callable[..., Any], *arguments: str, environment: Mapping[str, str] | None = None) -> Outcome:
    """Call a module's function with texts in a process of its own; what it returns must go through JSON.

    Raises:
        RuntimeError: the process failed; its words are on standard error.
    """
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "answer.json"
        name = f"{function.__module__}:{function.__qualname__}"
        command = [sys.executable, "-m", "benchmarks.isolated", str(answer), name, *arguments]
        print(f"measuring {name.partition('.')[2]} …", file=sys.stderr, flush=True)
        started = perf_counter()
        process = subprocess.Popen(command, cwd=ROOT, env=dict(environment) if environment else None)
        with MemoryWatch(process.pid) as watch:
            code = process.wait()
        seconds = perf_counter() - started
        if code:
            raise RuntimeError(f"{name} ended with code {code}")
        return Outcome(json.loads(answer.read_text(encoding="utf-8")), seconds, watch.peak_mb)


class MemoryWatch:
    """Samples the resident memory of a process tree ten times a second; knows nothing where there is no /proc."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="memory-watch", daemon=True)
        self.peak_mb: float | None = None

    def __enter__(self) -> MemoryWatch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(_PAUSE):
            now = tree_mb(self._pid)
            if now is not None:
                self.peak_mb = max(now, self.peak_mb or 0.0)


def tree_mb(pid: int) -> float | None:
    """Return the resident memory of a process and its descendants in MB, or None where it cannot be read."""
    pages = _pages(pid)
    if pages is None:
        return None
    total, waiting = pages, _children(pid)
    while waiting:
        child = waiting.pop()
        total += _pages(child) or 0
        waiting += _children(child)
    return total * os.sysconf("SC_PAGE_SIZE") / 1024**2


def _pages(pid: int) -> int | None:
    try:
        return int((PROC / str(pid) / "statm").read_text().split()[1])
    except (OSError, IndexError, ValueError):
        return None


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for path in (PROC / str(pid) / "task").glob("*/children"):
        try:
            found += map(int, path.read_text().split())
        except OSError:
            continue  # the thread has ended
    return found


def main(answer: str, name: str, *arguments: str) -> None:
    """Call `module:function` with the arguments and write what it returns into the file `answer`."""
    module, _, function = name.partition(":")
    result = getattr(importlib.import_module(module), function)(*arguments)
    Path(answer).write_text(json.dumps(result), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
