"""A bar on a terminal, a line every ten per cent elsewhere."""

from __future__ import annotations

import io

from coach.knowledge.documents.progress import Bar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_log_gets_a_line_every_ten_per_cent() -> None:
    stream = io.StringIO()
    bar = Bar(stream)
    bar.begin("Reading documents", 1000)
    for _ in range(1000):
        bar.advance()
    bar.begin("Embedding passages", 0)
    bar.end()
    lines = stream.getvalue().splitlines()
    assert len(lines) == 10
    assert lines[0].startswith("Reading documents 10% (100 of 1,000")
    assert lines[-1] == "Reading documents 100% (1,000 of 1,000)"


def test_a_terminal_gets_one_line_that_changes() -> None:
    stream = Terminal()
    bar = Bar(stream)
    bar.begin("Reading documents", 3)
    bar.advance(3)
    bar.end()
    drawn = stream.getvalue()
    assert drawn.count("\n") == 1 and drawn.endswith("100% (3 of 3)\n")
    assert "░" in drawn and "█" in drawn
