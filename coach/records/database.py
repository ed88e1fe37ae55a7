"""The database of the coach: one object for all threads, on a SQLite file or a PostgreSQL server."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext

from sqlalchemy import URL, Connection, text

from coach.errors import RecordsError
from coach.records.engines import build_engine, name_of, parse_address, prepare_file, sqlite_file
from coach.records.failures import database_errors
from coach.records.layout import layout_of, newest_layout


def open_database(url: str) -> Database:
    """Open a database, made or brought up to date as needed; an older SQLite file is copied first.

    `url` is `sqlite:///FILE` or `postgresql://USER:PASSWORD@HOST/NAME`. Programs that start at once
    wait for each other.

    Raises:
        RecordsError: it cannot be opened, reached, read or written, or a newer program wrote it.
    """
    address = parse_address(url)
    with database_errors(name_of(address)):
        path = sqlite_file(address)
        if path:
            prepare_file(path)
        if path is None or layout_of(path) != newest_layout():
            from coach.records.migrating import migrate

            migrate(address)
        return Database(address)


class Database:
    """Transactions for the records; its errors are RecordsErrors. Made by `open_database`."""

    def __init__(self, address: URL) -> None:
        self.name = name_of(address)
        self._file = sqlite_file(address)
        self._engine = build_engine(address)
        self._writes = self._engine.execution_options(writes=True)
        # SQLite lets its waiting writers try again at intervals and in no order; threads of one process queue here.
        self._writer = threading.Lock() if self._file else nullcontext()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a transaction that only reads.

        Raises:
            RecordsError: the database failed.
        """
        with database_errors(self.name), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a transaction that writes: on disk when the block ends, undone when it raises. Not to be nested.

        Raises:
            RecordsError: the database failed; nothing was written.
        """
        with database_errors(self.name), self._writer, self._writes.begin() as connection:
            yield connection

    def forget_deleted(self) -> None:
        """Clear deleted text from the write-ahead log of a SQLite file, as far as other readers permit."""
        if self._file is None:
            return
        with database_errors(self.name), closing(sqlite3.connect(self._file, timeout=2.0)) as connection:
            connection.execute("PRAGMA secure_delete = ON")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def check(self) -> None:
        """Read the database as a whole.

        Raises:
            RecordsError: it cannot be reached, or a part of it is damaged.
        """
        with self.reading() as connection:
            if self._file is None:
                connection.execute(text("SELECT 1"))
                return
            found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
        if found != "ok":
            raise RecordsError(f"The database {self.name} is damaged ({found}).", "Put a copy of it in its place.")

    def close(self) -> None:
        """Close all connections that are not in use."""
        self._engine.dispose()
