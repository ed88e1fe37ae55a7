"""A fresh database for each test, on SQLite and, where a server can be started, on PostgreSQL."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from itertools import count
from pathlib import Path

import pytest

from coach.records.conversations import Conversations
from coach.records.database import Database, open_database
from coach.records.passages import SqlPassageStore

NUMBERS = count()


def _unprivileged() -> str | None:
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next((name for name in ("postgres", "nobody") if name in names), None)


class Server:
    """A throw-away PostgreSQL server that listens on a socket in its own folder only."""

    def __init__(self, binaries: Path, folder: Path, user: str | None) -> None:
        self.binaries, self.folder, self.user = binaries, folder, user

    def run(self, program: str, *arguments: str) -> None:
        """Run one of the server's programs."""
        command = [str(self.binaries / program), *arguments]
        subprocess.run(
            command, check=True, user=self.user, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )

    def start(self) -> None:
        """Make the cluster and start it."""
        self.run("initdb", "-D", f"{self.folder}/data", "-A", "trust", "-U", "coach", "-E", "UTF8", "--no-sync")
        options = f"-c fsync=off -c listen_addresses='' -c unix_socket_directories='{self.folder}'"
        log = f"{self.folder}/log"
        self.run("pg_ctl", "-D", f"{self.folder}/data", "-w", "-l", log, "-o", options, "start")

    def new_database(self) -> str:
        """Make an empty database and return its address."""
        name = f"test{next(NUMBERS)}"
        self.run("createdb", "-h", str(self.folder), "-U", "coach", name)
        return f"postgresql://coach@/{name}?host={self.folder}"


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """Start a PostgreSQL server, or skip with the reason why not."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    user = _unprivileged()
    if not found:
        pytest.skip("no PostgreSQL server in /usr/lib/postgresql")
    if importlib.util.find_spec("psycopg") is None:
        pytest.skip("psycopg is not installed")
    if os.geteuid() == 0 and user is None:
        pytest.skip("PostgreSQL does not run as root and there is no other user")
    folder = Path(tempfile.mkdtemp(prefix="coach-pg-"))
    if user:
        shutil.chown(folder, user)
    running = Server(found[-1].parent, folder, user)
    try:
        running.start()
        yield running
    finally:
        if (folder / "data" / "postmaster.pid").exists():
            running.run("pg_ctl", "-D", f"{folder}/data", "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the address of a database that does not exist yet (SQLite) or is empty (PostgreSQL)."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'data' / 'coach.sqlite3'}"
    running: Server = request.getfixturevalue("server")
    return running.new_database()


@pytest.fixture
def opened() -> Iterator[Callable[[str], Database]]:
    """Return `open_database` that closes after the test what it opened."""
    with ExitStack() as stack:
        yield lambda url: stack.enter_context(closing(open_database(url)))


@pytest.fixture
def database(url: str, opened: Callable[[str], Database]) -> Database:
    """Open the database."""
    return opened(url)


@pytest.fixture
def conversations(database: Database) -> Conversations:
    """Return the conversations of the database."""
    return Conversations(database)


@pytest.fixture
def store(database: Database) -> SqlPassageStore:
    """Return the passages of the database."""
    return SqlPassageStore(database)
