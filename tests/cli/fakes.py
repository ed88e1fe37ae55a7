"""A coach with a script, for the commands that take one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from coach.app import Coach
from coach.errors import ModelError
from coach.records.conversations import Conversations
from coach.records.database import open_database
from coach.types import Answer, Citation, Delta, Exchange, Passage


class EchoAnswerer:
    """Repeats the question with the number of the turn; fails where the question says so."""

    label = "builtin"

    def stream(self, question: str, history: Sequence[Exchange]) -> Iterator[Delta | Answer]:
        if "refuse" in question:
            raise ModelError("timeout", "The model did not answer.", "Try again.")
        if "break" in question:
            raise KeyError("a fault of ours")
        yield answer(question, f"{len(history) + 1}: {question}")

    def passage(self, passage_id: str) -> Passage | None:
        return None


def answer(question: str, text: str, *citations: Citation, notice: str = "") -> Answer:
    return Answer(question, question, "answered", text, citations, "builtin", 0.01, notice=notice)


def echo_coach(folder: Path) -> Coach:
    return Coach(EchoAnswerer(), Conversations(open_database(f"sqlite:///{folder / 'coach.sqlite3'}")))
