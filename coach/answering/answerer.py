"""The answerer that the coach is given: the built-in answer, worded by a language model when there is one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from coach.answering.builtin import BuiltinCoach
from coach.answering.model_writer import Brief
from coach.types import Answer, Delta, Exchange, Passage


class Writer(Protocol):
    """Words an answer; `coach.answering.model_writer.ModelWriter` is one."""

    @property
    def label(self) -> str:
        """The model's name."""
        ...

    def write(self, brief: Brief) -> Iterator[Delta | Answer]:
        """Yield pieces of text, then the checked answer."""
        ...


class WrittenAnswers:
    """Decides and retrieves like the built-in coach, and lets a writer word what is answered."""

    def __init__(self, builtin: BuiltinCoach, writer: Writer) -> None:
        self._builtin = builtin
        self._writer = writer

    @property
    def label(self) -> str:
        """The model's name."""
        return self._writer.label

    def passage(self, passage_id: str) -> Passage | None:
        """Return a passage by its id."""
        return self._builtin.passage(passage_id)

    def stream(self, question: str, history: Sequence[Exchange]) -> Iterator[Delta | Answer]:
        """Yield pieces of text, then the checked answer, which replaces them."""
        prepared = self._builtin.prepare(question, history)
        if prepared.answer.status == "answered" and prepared.passages:
            brief = Brief(question, prepared.answer.standalone_question, prepared.passages, prepared.answer)
            yield from self._writer.write(brief)
        else:
            yield Delta(prepared.answer.text)
            yield prepared.answer
