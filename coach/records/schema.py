"""The tables, as the newest migration leaves them; a test compares the two."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeDecorator


class StoredText(TypeDecorator[str]):
    """Text that every database takes: NUL becomes its visible sign, half a surrogate pair its escape."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Return the text as it can be stored."""
        if value is None:
            return None
        return value.replace("\x00", "\N{SYMBOL FOR NULL}").encode("utf-8", "backslashreplace").decode("utf-8")


class UtcTime(TypeDecorator[datetime]):
    """A moment, stored as UTC without a zone, because SQLite keeps none."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the moment in UTC without its zone."""
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the stored moment with its zone."""
        return None if value is None else value.replace(tzinfo=UTC)


metadata = MetaData()

# `folded` columns hold what a search looks through, case-folded by Python: SQLite folds ASCII only and PostgreSQL
# as the server's locale says.
conversations = Table(
    "conversations",
    metadata,
    Column("id", StoredText, primary_key=True),
    Column("visitor", StoredText, nullable=False),
    Column("title", StoredText, nullable=False),
    Column("folded", StoredText, nullable=False),
    Column("created", UtcTime, nullable=False),
    Column("updated", UtcTime, nullable=False),
    Index("ix_conversations_visitor_updated", "visitor", "updated"),
)

exchanges = Table(
    "exchanges",
    metadata,
    Column("id", StoredText, primary_key=True),
    Column("conversation", StoredText, ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("question", StoredText, nullable=False),
    Column("answer", Text),
    Column("partial", StoredText, nullable=False),
    Column("folded", StoredText, nullable=False),
    Column("state", StoredText, nullable=False),
    Column("superseded", Boolean, nullable=False),
    Column("asked", UtcTime, nullable=False),
    UniqueConstraint("conversation", "position", name="uq_exchanges_conversation_position"),
    CheckConstraint("state IN ('pending', 'complete', 'stopped')", name="ck_exchanges_state"),
    Index("ix_exchanges_state", "state"),
)

feedback = Table(
    "feedback",
    metadata,
    Column("exchange", StoredText, ForeignKey("exchanges.id", ondelete="CASCADE"), primary_key=True),
    Column("verdict", StoredText, nullable=False),
    Column("reason", StoredText, nullable=False),
    Column("comment", StoredText, nullable=False),
    Column("rated", UtcTime, nullable=False),
    CheckConstraint("verdict IN ('up', 'down')", name="ck_feedback_verdict"),
)

documents = Table(
    "documents",
    metadata,
    Column("collection", StoredText, primary_key=True),
    Column("path", StoredText, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("sha256", StoredText, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("passages", Integer, nullable=False),
)

passages = Table(
    "passages",
    metadata,
    Column("collection", StoredText, primary_key=True),
    Column("id", StoredText, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("document", StoredText, nullable=False),
    Column("article", StoredText, nullable=False),
    Column("title", StoredText, nullable=False),
    Column("section", StoredText, nullable=False),
    Column("source", StoredText, nullable=False),
    Column("text", StoredText, nullable=False),
    Column("type", StoredText, nullable=False),
    Column("asked", Text, nullable=False),
    Column("documents", Text, nullable=False),
)

vectors = Table(
    "vectors",
    metadata,
    Column("embedder", StoredText, primary_key=True),
    Column("digest", StoredText, primary_key=True),
    Column("vector", LargeBinary, nullable=False),
)
