"""Conversations: what a visitor asked, what was answered, and what the visitor thought of it.

Every method that takes a visitor answers for that visitor only: somebody else's id raises NotFound exactly as an id
that never existed.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import uuid4

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, delete, exists, false, func, insert, or_, select
from sqlalchemy import update as update_rows

from coach.errors import NotFound
from coach.records.answers import answer_from_json, answer_to_json
from coach.records.database import Database
from coach.records.schema import conversations, exchanges, feedback
from coach.types import Answer

State = Literal["pending", "complete", "stopped"]
Verdict = Literal["up", "down"]
SEARCH_LENGTH = 1000  # characters of a search that count; SQLite refuses patterns above 50,000 bytes


@dataclass(frozen=True, slots=True)
class ConversationSummary:
    """A conversation in the list: when it last took a question (UTC), and its number of shown exchanges."""

    id: str
    title: str
    updated: datetime
    exchanges: int


@dataclass(frozen=True, slots=True)
class StoredExchange:
    """A question with its answer, or with the words that had appeared when it was stopped (`partial`)."""

    id: str
    conversation: str
    question: str
    answer: Answer | None
    state: State
    partial: str
    asked: datetime
    verdict: Verdict | None
    reason: str
    comment: str


@dataclass(frozen=True, slots=True)
class Feedback:
    """A verdict for staff to read: the question, the answer's text, and what was said about it, when (UTC)."""

    exchange: str
    question: str
    answer: str
    verdict: Verdict
    reason: str
    comment: str
    when: datetime


def _now() -> datetime:
    return datetime.now(UTC)


class Conversations:
    """The conversations of all visitors, safe to use from many threads; what a method wrote is on disk on return."""

    def __init__(self, database: Database, now: Callable[[], datetime] = _now) -> None:
        self._database = database
        self._now = now

    def start(self, visitor: str, title: str) -> str:
        """Begin a conversation and return its id."""
        conversation, now = uuid4().hex, self._now()
        row = {"id": conversation, "visitor": visitor, "title": title, "folded": _folded(title)}
        with self._database.writing() as connection:
            connection.execute(insert(conversations).values(**row, created=now, updated=now))
        return conversation

    def list(self, visitor: str, search: str = "") -> tuple[ConversationSummary, ...]:
        """Return the visitor's conversations, last used first.

        `search` keeps those with this text, in any case, in their title or in a shown question or answer.
        """
        shown = and_(exchanges.c.conversation == conversations.c.id, exchanges.c.superseded == false())
        count = select(func.count()).select_from(exchanges).where(shown).scalar_subquery()
        query = select(conversations.c.id, conversations.c.title, conversations.c.updated, count.label("exchanges"))
        query = query.where(conversations.c.visitor == visitor)
        term = _folded(search.strip()[:SEARCH_LENGTH])
        if term:
            said = exists().where(shown, exchanges.c.folded.contains(term, autoescape=True))
            query = query.where(or_(conversations.c.folded.contains(term, autoescape=True), said))
        newest_first = (conversations.c.updated.desc(), conversations.c.created.desc(), conversations.c.id)
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(*newest_first)).all()
        return tuple(ConversationSummary(row.id, row.title, row.updated, row.exchanges) for row in rows)

    def read(self, visitor: str, conversation: str) -> tuple[StoredExchange, ...]:
        """Return the shown exchanges of a conversation in their order, without those set aside.

        Raises:
            NotFound: the conversation is not this visitor's.
        """
        mine = and_(exchanges.c.conversation == conversation, exchanges.c.superseded == false())
        with self._database.reading() as connection:
            _own_conversation(connection, visitor, conversation)
            rows = connection.execute(_stored().where(mine).order_by(exchanges.c.position)).all()
        return tuple(_exchange(row) for row in rows)

    def ask(self, visitor: str, conversation: str, question: str) -> str:
        """Keep a question at the end of a conversation and return its exchange's id.

        Raises:
            NotFound: the conversation is not this visitor's.
        """
        exchange, now = uuid4().hex, self._now()
        last = select(func.max(exchanges.c.position)).where(exchanges.c.conversation == conversation)
        with self._database.writing() as connection:
            _own_conversation(connection, visitor, conversation, lock=True)
            position = connection.execute(last).scalar_one()
            connection.execute(
                insert(exchanges).values(
                    id=exchange,
                    conversation=conversation,
                    position=0 if position is None else position + 1,
                    question=question,
                    partial="",
                    folded=_folded(question),
                    state="pending",
                    superseded=False,
                    asked=now,
                )
            )
            touched = update_rows(conversations).where(conversations.c.id == conversation)
            connection.execute(touched.values(updated=now))
        return exchange

    def complete(self, visitor: str, exchange: str, answer: Answer) -> None:
        """Keep the answer to a question, also one that had been taken for stopped.

        Raises:
            NotFound: the exchange is not this visitor's.
        """
        stored = json.dumps(answer_to_json(answer))
        with self._database.writing() as connection:
            row = _own_exchange(connection, visitor, exchange, lock=True)
            folded = _folded(row.question, answer.text)
            _change(connection, exchange, answer=stored, state="complete", partial="", folded=folded)

    def stop(self, visitor: str, exchange: str, partial: str) -> None:
        """Keep the words that had appeared when an answer was stopped; a complete answer stays as it is.

        Raises:
            NotFound: the exchange is not this visitor's.
        """
        with self._database.writing() as connection:
            row = _own_exchange(connection, visitor, exchange, lock=True)
            if row.state != "complete":
                _change(connection, exchange, state="stopped", partial=partial, folded=_folded(row.question, partial))

    def set_aside(self, visitor: str, exchange: str) -> StoredExchange:
        """Hide an exchange and all later ones of its conversation, which stay stored; return the exchange.

        Raises:
            NotFound: the exchange is not this visitor's.
        """
        with self._database.writing() as connection:
            row = _own_exchange(connection, visitor, exchange, lock=True)
            onwards = and_(exchanges.c.conversation == row.conversation, exchanges.c.position >= row.position)
            connection.execute(update_rows(exchanges).where(onwards).values(superseded=True))
        return _exchange(row)

    def rename(self, visitor: str, conversation: str, title: str) -> None:
        """Give a conversation another title; its place in the list stays.

        Raises:
            NotFound: the conversation is not this visitor's.
        """
        with self._database.writing() as connection:
            _own_conversation(connection, visitor, conversation, lock=True)
            renamed = update_rows(conversations).where(conversations.c.id == conversation)
            connection.execute(renamed.values(title=title, folded=_folded(title)))

    def delete(self, visitor: str, conversation: str) -> None:
        """Remove a conversation for good: its exchanges, those set aside and the feedback too.

        Copies that were made before a migration keep it until their owner deletes them.

        Raises:
            NotFound: the conversation is not this visitor's.
        """
        with self._database.writing() as connection:
            _own_conversation(connection, visitor, conversation, lock=True)
            connection.execute(delete(conversations).where(conversations.c.id == conversation))
        self._database.forget_deleted()

    def rate(self, visitor: str, exchange: str, verdict: Verdict | None, reason: str = "", comment: str = "") -> None:
        """Keep what a visitor thinks of an answer in place of any earlier verdict; None takes it back.

        Raises:
            NotFound: the exchange is not this visitor's.
            ValueError: the verdict is neither `up`, `down` nor None.
        """
        if verdict not in ("up", "down", None):
            raise ValueError(f"not a verdict: {verdict!r}")
        with self._database.writing() as connection:
            _own_exchange(connection, visitor, exchange, lock=True)
            connection.execute(delete(feedback).where(feedback.c.exchange == exchange))
            if verdict:
                said = {"verdict": verdict, "reason": reason, "comment": comment, "rated": self._now()}
                connection.execute(insert(feedback).values(exchange=exchange, **said))

    def feedback(self) -> tuple[Feedback, ...]:
        """Return the verdicts of all visitors for staff, newest first, also on answers that were set aside."""
        query = _stored().where(feedback.c.exchange.is_not(None))
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(feedback.c.rated.desc(), exchanges.c.id)).all()
        return tuple(_feedback(row) for row in rows)

    def recover(self) -> int:
        """Mark as stopped what a crash left pending and return how many; for the start of the program.

        With several programs on one server this may catch an answer that another still writes: its `complete` wins.
        """
        pending = update_rows(exchanges).where(exchanges.c.state == "pending")
        with self._database.writing() as connection:
            return connection.execute(pending.values(state="stopped")).rowcount


def _folded(*texts: str) -> str:
    return "\n".join(unicodedata.normalize("NFKC", text).casefold() for text in texts)


def _stored() -> Select[*tuple[Any, ...]]:
    rating = (feedback.c.verdict, feedback.c.reason, feedback.c.comment, feedback.c.rated)
    return select(exchanges, *rating).select_from(exchanges.outerjoin(feedback))


def _own_conversation(connection: Connection, visitor: str, conversation: str, lock: bool = False) -> None:
    mine = and_(conversations.c.id == conversation, conversations.c.visitor == visitor)
    query = select(conversations.c.id).where(mine)
    if connection.execute(query.with_for_update() if lock else query).first() is None:
        raise NotFound("There is no such conversation.", "Choose one from the list, or begin a new one.")


def _own_exchange(connection: Connection, visitor: str, exchange: str, lock: bool = False) -> Row[*tuple[Any, ...]]:
    """Return an exchange; `lock` keeps others from changing its conversation until the transaction ends."""
    parent = select(exchanges.c.conversation).where(exchanges.c.id == exchange).scalar_subquery()
    mine: ColumnElement[bool] = and_(conversations.c.id == parent, conversations.c.visitor == visitor)
    owned = select(conversations.c.id).where(mine)
    row = None
    # The conversation is locked first, then the exchange is read, so that what is read is what others left behind.
    if connection.execute(owned.with_for_update() if lock else owned).first():
        row = connection.execute(_stored().where(exchanges.c.id == exchange)).first()
    if row is None:
        raise NotFound("There is no such exchange.", "Reload the page to see what the conversation holds.")
    return row


def _change(connection: Connection, exchange: str, **values: Any) -> None:
    connection.execute(update_rows(exchanges).where(exchanges.c.id == exchange).values(**values))


def _exchange(row: Row[*tuple[Any, ...]]) -> StoredExchange:
    return StoredExchange(
        id=row.id,
        conversation=row.conversation,
        question=row.question,
        answer=answer_from_json(json.loads(row.answer)) if row.answer else None,
        state=row.state,
        partial=row.partial,
        asked=row.asked,
        verdict=row.verdict,
        reason=row.reason or "",
        comment=row.comment or "",
    )


def _feedback(row: Row[*tuple[Any, ...]]) -> Feedback:
    exchange = _exchange(row)
    answer = exchange.answer.text if exchange.answer else exchange.partial
    said = (row.verdict, exchange.reason, exchange.comment, row.rated)
    return Feedback(exchange.id, exchange.question, answer, *said)
