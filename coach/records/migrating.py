"""Bringing a database to the layout this program knows, whole or not at all."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext, MigrationStep, RevisionStep
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection

from coach.errors import RecordsError
from coach.records.engines import build_engine, hold, name_of, sqlite_file
from coach.records.layout import MIGRATIONS, VERSION_TABLE


def migrate(address: URL) -> None:
    """Run the missing migrations in one transaction that keeps other programs out; a SQLite file is copied first.

    The copy is `NAME.LAYOUT.backup` beside the file, for example `coach.sqlite3.0001.backup`.

    Raises:
        RecordsError: the database was written by a newer program.
    """
    engine = build_engine(address, migrating=True)
    try:
        with engine.begin() as connection:
            hold(connection, "migration")
            _migrate(connection, address)
    finally:
        engine.dispose()


def _migrate(connection: Connection, address: URL) -> None:
    scripts = ScriptDirectory(MIGRATIONS)

    def missing(current: tuple[str, ...], _: MigrationContext) -> Iterable[MigrationStep]:
        newest_first = list(scripts.iterate_revisions("head", current[0] if current else "base"))
        return [RevisionStep(scripts.revision_map, script, True) for script in reversed(newest_first)]

    options: dict[str, Any] = {"version_table": VERSION_TABLE, "fn": missing}
    context = MigrationContext.configure(connection, opts=options)
    current = context.get_current_revision()
    if current == scripts.get_current_head():
        return
    if current is not None:
        _refuse_newer(current, scripts, address)
        _back_up(sqlite_file(address), current)
    with Operations.context(context):
        context.run_migrations()
    if sqlite_file(address) and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
        raise RecordsError(
            f"The database {name_of(address)} holds records whose conversation is missing, so it was left as it was.",
            "Put a copy of it in its place.",
        )


def _refuse_newer(current: str, scripts: ScriptDirectory, address: URL) -> None:
    if current not in {script.revision for script in scripts.walk_revisions()}:
        raise RecordsError(
            f"The database {name_of(address)} was written by a newer version of the coach (layout {current}).",
            "Update the coach, or set COACH_DATA to another folder.",
        )


def _back_up(path: Path | None, current: str) -> None:
    if path is None:
        return
    copy = path.with_name(f"{path.name}.{current}.backup")
    unfinished = copy.with_name(f"{copy.name}.part")
    unfinished.unlink(missing_ok=True)
    unfinished.touch(mode=0o600)
    try:
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(unfinished)) as target:
            source.backup(target)
            target.execute("PRAGMA journal_mode = DELETE")
        os.replace(unfinished, copy)
    finally:
        unfinished.unlink(missing_ok=True)
