"""What a database can go wrong with, in words that its owner can act on."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from coach.errors import RecordsError

_ACCESS = "Give this account write access to the folder and the file, or set COACH_DATA to another folder."
_SQLITE = {
    sqlite3.SQLITE_FULL: ("cannot be written: the disk is full", "Free some space, then try again."),
    sqlite3.SQLITE_READONLY: ("cannot be written", _ACCESS),
    sqlite3.SQLITE_CANTOPEN: ("cannot be opened", _ACCESS),
    sqlite3.SQLITE_PERM: ("cannot be opened", _ACCESS),
    sqlite3.SQLITE_AUTH: ("cannot be opened", _ACCESS),
    sqlite3.SQLITE_IOERR: ("cannot be read or written: the disk reports an error", "Check the disk and its space."),
    sqlite3.SQLITE_BUSY: ("is held by another program", "Stop the other program, then try again."),
    sqlite3.SQLITE_LOCKED: ("is held by another program", "Stop the other program, then try again."),
}
_DAMAGED = (
    "is damaged or is not a database",
    "Put a copy of it in its place, or move the file away: the coach then starts with an empty one.",
)
_SQLITE |= {sqlite3.SQLITE_CORRUPT: _DAMAGED, sqlite3.SQLITE_NOTADB: _DAMAGED}

_RIGHTS = ("refuses this user", "Give the user in COACH_DATABASE_URL the right to make and write tables.")
_SERVER = {
    "28": ("refuses the login", "Check the user and password in COACH_DATABASE_URL."),
    "3D": ("does not exist on its server", "Make it with `createdb`, or mend COACH_DATABASE_URL."),
    "42501": _RIGHTS,
    "25006": _RIGHTS,
    "53100": ("cannot be written: the server's disk is full", "Free some space on the server, then try again."),
    "53300": ("has no connection left", "Raise `max_connections` on the server, or stop other programs."),
    "55P03": ("is being changed by another program", "Wait for it to end, then try again."),
}
_UNREACHABLE = ("cannot be reached", "Check that the server runs and that COACH_DATABASE_URL is right.")


@contextmanager
def database_errors(where: str) -> Iterator[None]:
    """Turn every error of the database or its disk into a RecordsError; `where` names the database without secrets."""
    try:
        yield
    except DBAPIError as error:
        raise _described(error.orig, where) from error
    except PoolTimeout as error:
        raise RecordsError(f"The database {where} is too busy.", "Try again in a moment.") from error
    except SQLAlchemyError as error:
        raise RecordsError(f"The database {where} cannot be used ({_words(error)}).", "See the log.") from error
    except (sqlite3.Error, OSError) as error:
        raise _described(error, where) from error


def _described(error: BaseException | None, where: str) -> RecordsError:
    problem, remedy = _told(error)
    return RecordsError(f"The database {where} {problem}.", remedy)


def _told(error: BaseException | None) -> tuple[str, str]:
    unknown = (f"reports an error ({_words(error)})", "See the log; `coach doctor` checks the database.")
    if isinstance(error, OSError):
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return _SQLITE[sqlite3.SQLITE_FULL]
        return f"cannot be opened ({(error.strerror or 'unknown error').lower()})", _ACCESS
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", None)
        return unknown if code is None else _SQLITE.get(code & 0xFF, unknown)
    # A PostgreSQL driver names the kind of error by its SQLSTATE and has none when no server answered.
    state = getattr(error, "sqlstate", None)
    if state is None or state[:2] in ("08", "57"):
        return f"{_UNREACHABLE[0]} ({_words(error)})", _UNREACHABLE[1]
    return _SERVER.get(state) or _SERVER.get(state[:2]) or unknown


def _words(error: BaseException | None) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:200].rstrip(".") if lines else type(error).__name__
