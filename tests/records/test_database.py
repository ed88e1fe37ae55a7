"""Opening, migrating and losing a database."""

from __future__ import annotations

import os
import resource
import signal
import sqlite3
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from coach.errors import RecordsError
from coach.knowledge.passages import PassageRecord
from coach.records.conversations import Conversations
from coach.records.database import Database
from coach.records.engines import build_engine, parse_address
from coach.records.passages import SqlPassageStore
from coach.records.schema import metadata
from coach.types import Passage

Opened = Callable[[str], Database]
OLD = Path(__file__).with_name("old_0001.sql")
CHILD = """
import sys, time
from pathlib import Path
from coach.records.database import open_database
from coach.records.conversations import Conversations
url, go = sys.argv[1], Path(sys.argv[2])
print("ready", flush=True)
while not go.exists():
    time.sleep(0.005)
records = Conversations(open_database(url))
conversation = records.start("vera", "Child")
print(conversation, records.ask("vera", conversation, "Still there?"), flush=True)
time.sleep(600)
"""


@contextmanager
def child(url: str, go: Path) -> Iterator[subprocess.Popen[str]]:
    """Run a process that opens the database when `go` appears, asks one question, says so and waits."""
    process = subprocess.Popen(
        [sys.executable, "-c", CHILD, url, str(go)], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def said(process: subprocess.Popen[str]) -> list[str]:
    assert process.stdout is not None
    return process.stdout.readline().split()


def file_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def execute(url: str, script: str) -> None:
    """Run SQL statements, as an older program or somebody with a database tool would."""
    if url.startswith("sqlite"):
        file_of(url).parent.mkdir(exist_ok=True)
        with closing(sqlite3.connect(file_of(url))) as connection:
            connection.executescript(script.replace(" TIMESTAMP ", " DATETIME "))  # as Alembic spells it there
        return
    engine = build_engine(parse_address(url), migrating=True)
    with engine.begin() as server:
        for statement in script.split(";\n"):
            server.execute(text(statement.replace(":", r"\:")))
    engine.dispose()


def test_a_new_database_has_the_tables_of_the_schema(database: Database) -> None:
    with database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": "records_version"})
        assert compare_metadata(context, metadata) == []
        assert context.get_current_revision() == "0002"
    database.check()


def test_an_older_database_is_brought_up_to_date(url: str, opened: Opened) -> None:
    execute(url, OLD.read_text())
    database = opened(url)
    records, store = Conversations(database), SqlPassageStore(database)
    [summary] = records.list("vera", "BUDGET")
    assert (summary.title, summary.exchanges, summary.updated.isoformat()) == (
        "Budget talk",
        1,
        "2026-01-02T03:04:06.000007+00:00",
    )
    [exchange] = records.read("vera", summary.id)
    assert exchange.answer is not None
    assert exchange.answer.text == "Start with the cost of doing nothing."
    assert [(given.verdict, given.comment) for given in records.feedback()] == [("down", "too short")]
    records.ask("vera", summary.id, "And then?")
    store.replace_collection("knowledge", [PassageRecord(Passage("a#b", "a", "T", "b", "S", "Text"), "a.md")], [])
    with database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": "records_version"})
        assert compare_metadata(context, metadata) == []
    database.close()
    assert len(Conversations(opened(url)).read("vera", summary.id)) == 2


def test_a_copy_is_made_before_an_older_file_is_changed(tmp_path: Path, opened: Opened) -> None:
    url = f"sqlite:///{tmp_path / 'coach.sqlite3'}"
    execute(url, OLD.read_text())
    opened(url).close()
    copy = tmp_path / "coach.sqlite3.0001.backup"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT version_num FROM records_version").fetchall() == [("0001",)]
        assert connection.execute("SELECT title FROM conversations").fetchall() == [("Budget talk",)]
    copy.unlink()
    opened(url).close()
    assert [path.name for path in tmp_path.iterdir()] == ["coach.sqlite3"]


def test_a_migration_that_fails_leaves_the_older_database(url: str, opened: Opened) -> None:
    execute(url, OLD.read_text() + "CREATE TABLE vectors (other TEXT);\n")
    with pytest.raises(RecordsError):
        opened(url)
    execute(url, "DROP TABLE vectors;\n")
    assert len(Conversations(opened(url)).list("vera")) == 1


def test_a_newer_database_is_refused_and_left_alone(url: str, opened: Opened) -> None:
    opened(url).close()
    execute(url, "UPDATE records_version SET version_num = '9999';\n")
    before = file_of(url).read_bytes() if url.startswith("sqlite") else b""
    with pytest.raises(RecordsError, match="newer version") as caught:
        opened(url)
    assert "Update the coach" in caught.value.remedy
    if before:
        assert file_of(url).read_bytes() == before
        assert [path.name for path in file_of(url).parent.iterdir()] == ["coach.sqlite3"]


@pytest.mark.parametrize("older", [False, True])
def test_programs_that_start_at_once_do_not_clash(url: str, tmp_path: Path, older: bool, opened: Opened) -> None:
    if older:
        execute(url, OLD.read_text())
    go = tmp_path / "go"
    with child(url, go) as one, child(url, go) as two, child(url, go) as three:
        processes = (one, two, three)
        assert [said(process) for process in processes] == [["ready"]] * 3
        go.touch()
        asked = [said(process) for process in processes]
    records = Conversations(opened(url))
    assert [records.read("vera", conversation)[0].id for conversation, _ in asked] == [ids[1] for ids in asked]


def test_threads_that_open_at_once_do_not_clash(tmp_path: Path, opened: Opened) -> None:
    for n in range(5):
        url = f"sqlite:///{tmp_path / str(n) / 'coach.sqlite3'}"
        with ThreadPoolExecutor(8) as pool:
            databases = list(pool.map(opened, [url] * 8))
        for database in databases:
            Conversations(database).start("vera", "Talk")
        assert len(Conversations(databases[0]).list("vera")) == 8


def test_a_question_survives_a_killed_process(url: str, tmp_path: Path, opened: Opened) -> None:
    go = tmp_path / "go"
    go.touch()
    with child(url, go) as process:
        assert said(process) == ["ready"]
        conversation, exchange = said(process)
        process.send_signal(signal.SIGKILL)
        process.wait()
    records = Conversations(opened(url))
    [kept] = records.read("vera", conversation)
    assert (kept.id, kept.question, kept.state) == (exchange, "Still there?", "pending")
    assert records.recover() == 1


def test_every_connection_to_a_file_is_durable_and_checked(tmp_path: Path, opened: Opened) -> None:
    database = opened(f"sqlite:///{tmp_path / 'a' / 'b' / 'coach.sqlite3'}")
    with database.reading() as one, database.writing() as two:
        for connection in (one, two):
            read = {
                name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
                for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "secure_delete")
            }
            assert read == {
                "journal_mode": "wal",
                "synchronous": 2,
                "foreign_keys": 1,
                "busy_timeout": 30_000,
                "secure_delete": 1,
            }
    assert stat.S_IMODE((tmp_path / "a" / "b" / "coach.sqlite3").stat().st_mode) == 0o600


@pytest.mark.parametrize("content", [b"This is no database. " * 500, b"SQLite format 3\x00" + b"\xff" * 5_000])
def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path, content: bytes, opened: Opened) -> None:
    path = tmp_path / "coach.sqlite3"
    path.write_bytes(content)
    with pytest.raises(RecordsError, match="damaged or is not a database") as caught:
        opened(f"sqlite:///{path}")
    assert caught.value.remedy
    assert path.read_bytes() == content


def test_a_file_that_was_cut_or_overwritten_is_found_out(tmp_path: Path, opened: Opened) -> None:
    path = tmp_path / "coach.sqlite3"
    database = opened(f"sqlite:///{path}")
    records = Conversations(database)
    for n in range(50):
        records.ask("vera", records.start("vera", f"Talk {n}"), "long " * 500)
    database.close()
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 8192 * 4096])
    with pytest.raises(RecordsError, match="damaged"):
        opened(f"sqlite:///{path}").check()
    path.write_bytes(whole[:16384] + b"\x55" * (len(whole) - 16384))
    with pytest.raises(RecordsError, match="damaged"):
        opened(f"sqlite:///{path}").check()


@contextmanager
def unprivileged() -> Iterator[None]:
    """Act as a user without rights; root passes over the permissions of files."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_folder_without_write_access_is_named(opened: Opened) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite:///{folder / 'coach.sqlite3'}"
        opened(url).close()
        (folder / "coach.sqlite3").chmod(0o444)
        folder.chmod(0o555)
        for address in (url, f"sqlite:///{folder / 'new.sqlite3'}", f"sqlite:///{folder / 'sub' / 'new.sqlite3'}"):
            with unprivileged(), pytest.raises(RecordsError, match=name) as caught:
                opened(address)
            assert "write access" in caught.value.remedy
        folder.chmod(0o700)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path, opened: Opened) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(RecordsError, match="cannot be opened"):
        opened(f"sqlite:///{tmp_path / 'file' / 'coach.sqlite3'}")
    with pytest.raises(RecordsError, match="cannot be opened"):
        opened(f"sqlite:///{tmp_path}")


def test_a_write_that_finds_no_room_fails_whole_and_the_next_one_works(tmp_path: Path, opened: Opened) -> None:
    database = opened(f"sqlite:///{tmp_path / 'coach.sqlite3'}")
    records = Conversations(database)
    conversation = records.start("vera", "Talk")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, hard))
    try:
        with pytest.raises(RecordsError, match="disk"):
            records.ask("vera", conversation, "x" * 3_000_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    records.ask("vera", conversation, "Short?")
    assert [exchange.question for exchange in records.read("vera", conversation)] == ["Short?"]
    database.check()


def test_a_full_disk_is_called_so(tmp_path: Path, opened: Opened) -> None:
    database = opened(f"sqlite:///{tmp_path / 'coach.sqlite3'}")
    with pytest.raises(RecordsError, match="the disk is full") as caught, database.writing() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")
        connection.exec_driver_sql("CREATE TABLE big AS SELECT zeroblob(1000000)")
    assert "Free some space" in caught.value.remedy


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("", "cannot be read"),
        ("coach.sqlite3", "cannot be read"),
        ("mysql://coach:secret@host/coach", "`mysql` cannot be used"),
        ("sqlite://", "names none"),
        ("sqlite:///:memory:", "names none"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused(url: str, problem: str, opened: Opened) -> None:
    with pytest.raises(RecordsError, match=problem) as caught:
        opened(url)
    assert "sqlite:///FILE" in caught.value.remedy
    assert "secret" not in str(caught.value)


def test_a_server_that_does_not_answer_is_named_without_its_password(opened: Opened) -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(RecordsError, match="cannot be reached") as caught:
        opened("postgresql://coach:secret@127.0.0.1:1/coach")
    assert "127.0.0.1" in caught.value.problem
    assert "COACH_DATABASE_URL" in caught.value.remedy
    assert "secret" not in str(caught.value)


def test_a_missing_driver_is_named_by_its_extra(monkeypatch: pytest.MonkeyPatch, opened: Opened) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(RecordsError, match="driver") as caught:
        opened("postgresql://coach@127.0.0.1:1/coach")
    assert "executive-coach[postgres]" in caught.value.remedy


def test_an_error_shows_no_stored_text(database: Database) -> None:
    with pytest.raises(RecordsError) as caught, database.writing() as connection:
        connection.execute(text("INSERT INTO nowhere VALUES (:x)"), {"x": "a private question"})
    assert "a private question" not in f"{caught.value}{caught.value.__cause__}"
