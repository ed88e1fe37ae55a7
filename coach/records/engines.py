"""Connections to SQLite and PostgreSQL, set up so that both keep what they have acknowledged."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event, func, make_url, select
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from coach.errors import RecordsError

PATIENCE = 30.0  # seconds that a connection waits for another program's write to end
_CHOICES = "Use sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME in COACH_DATABASE_URL."


def parse_address(url: str) -> URL:
    """Return a database address that can be used; PostgreSQL is always spoken to through psycopg 3.

    Raises:
        RecordsError: the address is malformed, or names another kind of database, or one in memory.
    """
    try:
        address = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise RecordsError("The address of the database cannot be read.", _CHOICES) from error
    kind = address.drivername.partition("+")[0]
    if kind in ("postgresql", "postgres"):
        return address.set(drivername="postgresql+psycopg")
    if kind != "sqlite":
        raise RecordsError(f"A database of the kind `{kind}` cannot be used.", _CHOICES)
    if not address.database or address.database == ":memory:" or address.database.startswith("file:"):
        raise RecordsError("The coach keeps its records in a file, and the address names none.", _CHOICES)
    return address.set(drivername="sqlite+pysqlite")


def sqlite_file(address: URL) -> Path | None:
    """Return the file of a SQLite database, None for a server."""
    return Path(address.database or "") if address.get_backend_name() == "sqlite" else None


def name_of(address: URL) -> str:
    """Return how messages name the database: its file, or its address without the password."""
    path = sqlite_file(address)
    return str(path) if path else address.render_as_string(hide_password=True)


def build_engine(address: URL, *, migrating: bool = False) -> Engine:
    """Return an engine whose every transaction is ours to begin: `BEGIN IMMEDIATE` for those that write.

    While migrating, foreign keys are off (a table that is rebuilt would take its children with it), nothing is pooled
    and every transaction writes.

    Raises:
        RecordsError: the driver for PostgreSQL is not installed.
    """
    if sqlite_file(address):
        return _sqlite_engine(address, migrating)
    pool = {"poolclass": NullPool} if migrating else {"pool_pre_ping": True, "pool_size": 5, "max_overflow": 10}
    try:
        return create_engine(address, hide_parameters=True, connect_args={"connect_timeout": 10}, **pool)
    except ImportError as error:
        raise RecordsError(
            "PostgreSQL needs a driver that is not installed.",
            'Install it with: pip install "executive-coach[postgres]"',
        ) from error


def hold(connection: Connection, name: str) -> None:
    """Keep other programs out of what `name` stands for until the transaction ends (SQLite has one writer anyway)."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL lock_timeout = '60s'")
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"executive-coach {name}"))))


def prepare_file(path: Path) -> None:
    """Make the folder and the file, readable by this account only, and switch the file to write-ahead logging."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.touch(mode=0o600)
    deadline = time.monotonic() + PATIENCE
    # SQLite does not wait for other programs when it changes the mode, so waiting is done here.
    while not _switched_to_wal(path):
        if time.monotonic() > deadline:
            raise RecordsError(f"The database {path} is held by another program.", "Stop it, then try again.")
        time.sleep(0.05)


def _switched_to_wal(path: Path) -> bool:
    connection = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)
    try:
        if connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
            connection.execute("PRAGMA journal_mode = WAL")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            return False
        raise
    finally:
        connection.close()
    return True


def _sqlite_engine(address: URL, migrating: bool) -> Engine:
    pool = {"poolclass": NullPool} if migrating else {"pool_size": 8, "max_overflow": 56}
    engine = create_engine(address, hide_parameters=True, connect_args={"timeout": PATIENCE}, **pool)

    @event.listens_for(engine, "connect")
    def set_up(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        connection.execute(f"PRAGMA foreign_keys = {'OFF' if migrating else 'ON'}")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA secure_delete = ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = migrating or connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
