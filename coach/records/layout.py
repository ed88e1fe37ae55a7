"""Which layout a SQLite database has, read without Alembic: importing it takes a third of a second of every start."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

MIGRATIONS = Path(__file__).resolve().parent / "migrations"
VERSION_TABLE = "records_version"


def newest_layout() -> str:
    """Return the number of the newest migration, as its file name begins: `v0002_passages.py` is 0002."""
    return max(path.stem[1:5] for path in (MIGRATIONS / "versions").glob("v[0-9]*.py"))


def layout_of(path: Path) -> str | None:
    """Return the layout that a SQLite file says it has, None when it says none or cannot be read."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=rw", uri=True)) as connection:
            row = connection.execute(f"SELECT version_num FROM {VERSION_TABLE}").fetchone()
    except sqlite3.Error:
        return None
    return str(row[0]) if row else None
