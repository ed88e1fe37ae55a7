"""Shows how far a long job is: a bar on a terminal, a line every ten per cent elsewhere."""

from __future__ import annotations

from time import monotonic
from typing import Protocol, TextIO

WIDTH = 28
REFRESH = 0.1


class Progress(Protocol):
    """Hears how far a job is."""

    def begin(self, label: str, total: int) -> None:
        """Begin a stage of `total` steps; the stage before is over."""
        ...

    def advance(self, steps: int = 1) -> None:
        """Count steps that are done."""
        ...

    def end(self) -> None:
        """End the last stage, also when the job failed."""
        ...


class Silent:
    """Shows nothing."""

    def begin(self, label: str, total: int) -> None:
        """Ignore the stage."""

    def advance(self, steps: int = 1) -> None:
        """Ignore the steps."""

    def end(self) -> None:
        """Do nothing."""


class Bar:
    """Draws on a stream, usually stderr."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._live = stream.isatty()
        self._total = 0
        self._label = ""

    def begin(self, label: str, total: int) -> None:
        """Begin a stage; one without steps is not shown."""
        self.end()
        self._label, self._total = label, total
        self._done = self._shown = 0
        self._started = self._drawn = monotonic()
        if self._live and total:
            self._draw()

    def advance(self, steps: int = 1) -> None:
        """Count steps and show them when there is something new to see."""
        self._done += steps
        tenth = self._done * 10 // max(self._total, 1)
        if self._live:
            if monotonic() - self._drawn >= REFRESH or self._done >= self._total:
                self._draw()
        elif tenth > self._shown:
            self._shown = tenth
            print(self._line(), file=self._stream, flush=True)

    def end(self) -> None:
        """Leave the last bar standing and the cursor on a line of its own."""
        if self._live and self._total:
            print(file=self._stream, flush=True)
        self._total = 0

    def _draw(self) -> None:
        self._drawn = monotonic()
        print(f"\r\x1b[K{self._line()}", end="", file=self._stream, flush=True)

    def _line(self) -> str:
        share = self._done / max(self._total, 1)
        bar = ("█" * int(share * WIDTH)).ljust(WIDTH, "░") if self._live else ""
        elapsed = monotonic() - self._started
        left = f", {elapsed / share - elapsed:.0f} s left" if 0 < share < 1 and elapsed > 2 else ""
        return f"{self._label} {bar} {share:.0%} ({self._done:,} of {self._total:,}{left})".replace("  ", " ")
