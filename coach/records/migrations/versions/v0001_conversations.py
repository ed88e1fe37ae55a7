"""Conversations, their exchanges and what their visitors thought of the answers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables for conversations."""
    op.create_table(
        "conversations",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("visitor", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("folded", sa.Text, nullable=False),
        sa.Column("created", sa.DateTime, nullable=False),
        sa.Column("updated", sa.DateTime, nullable=False),
    )
    op.create_index("ix_conversations_visitor_updated", "conversations", ["visitor", "updated"])
    op.create_table(
        "exchanges",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("conversation", sa.Text, sa.ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("answer", sa.Text),
        sa.Column("partial", sa.Text, nullable=False),
        sa.Column("folded", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("superseded", sa.Boolean, nullable=False),
        sa.Column("asked", sa.DateTime, nullable=False),
        sa.UniqueConstraint("conversation", "position", name="uq_exchanges_conversation_position"),
        sa.CheckConstraint("state IN ('pending', 'complete', 'stopped')", name="ck_exchanges_state"),
    )
    op.create_index("ix_exchanges_state", "exchanges", ["state"])
    op.create_table(
        "feedback",
        sa.Column("exchange", sa.Text, sa.ForeignKey("exchanges.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("verdict", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("comment", sa.Text, nullable=False),
        sa.Column("rated", sa.DateTime, nullable=False),
        sa.CheckConstraint("verdict IN ('up', 'down')", name="ck_feedback_verdict"),
    )
