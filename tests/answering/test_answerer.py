"""A writer words what is answered; what is not answered, or has nothing to write from, stays the built-in's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from coach.answering.answerer import WrittenAnswers
from coach.answering.builtin import Prepared
from coach.answering.model_writer import Brief
from coach.types import Answer, Delta, Exchange, Passage
from tests.answering.made import answered, passage

PASSAGE = passage("pruning", "Prune in winter.")
ANSWER = answered("When do I prune?").answer
assert ANSWER is not None


class Prepares:
    """Stands for the built-in coach: returns one prepared answer and keeps what it was asked."""

    def __init__(self, prepared: Prepared) -> None:
        self.prepared = prepared
        self.asked: list[tuple[str, Sequence[Exchange]]] = []

    def prepare(self, question: str, history: Sequence[Exchange]) -> Prepared:
        self.asked.append((question, history))
        return self.prepared

    def passage(self, passage_id: str) -> Passage | None:
        return PASSAGE if passage_id == PASSAGE.id else None


class Writes:
    label = "invented:model"

    def __init__(self) -> None:
        self.briefs: list[Brief] = []

    def write(self, brief: Brief) -> Iterator[Delta | Answer]:
        self.briefs.append(brief)
        yield Delta("In ")
        yield Delta("winter.")
        yield replace(brief.builtin, text="In winter.", model=self.label)


def made(answer: Answer, *passages: Passage) -> tuple[Prepares, Writes, WrittenAnswers]:
    builtin, writer = Prepares(Prepared(answer, passages)), Writes()
    return builtin, writer, WrittenAnswers(builtin, writer)  # type: ignore[arg-type]


def test_an_answer_is_worded_by_the_writer_from_what_was_retrieved() -> None:
    builtin, writer, subject = made(ANSWER, PASSAGE)
    history = [answered("before")]
    events = list(subject.stream("When?", history))
    assert events == [Delta("In "), Delta("winter."), replace(ANSWER, text="In winter.", model="invented:model")]
    assert writer.briefs == [Brief("When?", ANSWER.standalone_question, (PASSAGE,), ANSWER)]
    assert builtin.asked == [("When?", history)]
    assert subject.label == "invented:model"


@pytest.mark.parametrize("status", ["no_source", "out_of_scope", "declined"])
def test_what_is_not_answered_never_reaches_the_writer(status: str) -> None:
    answer = replace(ANSWER, status=status)  # type: ignore[arg-type]
    _, writer, subject = made(answer, PASSAGE)
    assert list(subject.stream("When?", ())) == [Delta(answer.text), answer]
    assert writer.briefs == []


def test_without_passages_the_builtin_answer_stays() -> None:
    _, writer, subject = made(ANSWER)
    assert list(subject.stream("Hello", ())) == [Delta(ANSWER.text), ANSWER]
    assert writer.briefs == []


def test_passages_are_those_of_the_builtin_coach() -> None:
    _, _, subject = made(ANSWER)
    assert subject.passage(PASSAGE.id) is PASSAGE and subject.passage("nowhere#none") is None
