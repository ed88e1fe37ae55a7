"""The coach as the pages and the terminal see it: it runs a job, then saves what the job returned."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from coach.errors import NotFound
from coach.records.conversations import Conversations, StoredExchange
from coach.types import Answer, Delta, Exchange, Passage

TITLE_LENGTH = 60


class Answerer(Protocol):
    """Answers a question in the light of what was said before."""

    @property
    def label(self) -> str:
        """Who answers, for the badge and the JSON: `builtin` or the model's name."""
        ...

    def stream(self, question: str, history: Sequence[Exchange]) -> Iterator[Delta | Answer]:
        """Yield pieces of text, then the checked answer, which replaces them."""
        ...

    def passage(self, passage_id: str) -> Passage | None:
        """Return a passage by its id."""
        ...


@dataclass(frozen=True, slots=True)
class Saved:
    """The question is on disk: ids of its conversation and of the exchange."""

    conversation: str
    exchange: str


class Coach:
    """Asks, answers and keeps; every method that touches stored data takes the visitor it is for."""

    def __init__(self, answerer: Answerer, conversations: Conversations) -> None:
        self._answerer = answerer
        self.conversations = conversations

    @property
    def label(self) -> str:
        """Who answers: `builtin` or the model's name."""
        return self._answerer.label

    def passage(self, passage_id: str) -> Passage:
        """Return a passage to show beside an answer.

        Raises:
            NotFound: the passage is no longer in the index.
        """
        found = self._answerer.passage(passage_id)
        if found is None:
            raise NotFound("That passage is no longer in the knowledge base.", "Ask again to get current sources.")
        return found

    def ask(self, question: str, history: Sequence[Exchange] = ()) -> Answer:
        """Answer without keeping anything."""
        return _last_answer(self._answerer.stream(question, history))

    def converse(self, visitor: str, conversation: str | None, question: str) -> Iterator[Saved | Delta | Answer]:
        """Save the question, answer it as the next turn of a conversation, save the answer.

        Yields `Saved` first, once the question is on disk. A stream that its reader abandons is kept as stopped, with
        the words that had appeared.

        Raises:
            NotFound: the conversation is not this visitor's.
        """
        if conversation is None:
            conversation = self.conversations.start(visitor, title_for(question))
        history = [Exchange(turn.question, turn.answer) for turn in self.conversations.read(visitor, conversation)]
        exchange = self.conversations.ask(visitor, conversation, question)
        yield Saved(conversation, exchange)
        shown: list[str] = []
        answer: Answer | None = None
        try:
            for event in self._answerer.stream(question, history):
                if isinstance(event, Answer):
                    answer = event
                    self.conversations.complete(visitor, exchange, event)
                else:
                    shown.append(event.text)
                yield event
        finally:
            if answer is None:
                self.conversations.stop(visitor, exchange, "".join(shown))

    def again(self, visitor: str, exchange: str, question: str | None = None) -> Iterator[Saved | Delta | Answer]:
        """Answer an earlier question once more, edited when `question` is given; it and what followed are set aside.

        Raises:
            NotFound: the exchange is not this visitor's.
        """
        earlier = self.conversations.set_aside(visitor, exchange)
        yield from self.converse(visitor, earlier.conversation, question or earlier.question)


def title_for(question: str) -> str:
    """Return a conversation's automatic name: the question's first sentence, cut at a word."""
    first = " ".join(question.split())
    for mark in ("? ", ". ", "! "):
        first = first.split(mark)[0] + (mark.strip() if mark in first else "")
    if len(first) <= TITLE_LENGTH:
        return first.rstrip(".!") or "New conversation"
    return first[:TITLE_LENGTH].rsplit(" ", 1)[0].rstrip(",;:") + "…"


def _last_answer(events: Iterator[Delta | Answer]) -> Answer:
    answer = None
    for event in events:
        if isinstance(event, Answer):
            answer = event
    if answer is None:
        raise RuntimeError("an answerer ended without an answer")
    return answer


__all__ = ["Answerer", "Coach", "Saved", "StoredExchange", "title_for"]
