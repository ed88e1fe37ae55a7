"""The store of record: conversations, feedback, passages and vectors, in SQLite or PostgreSQL."""
