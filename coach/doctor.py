"""Examines an installation: runs every check in an order in which a reader would mend what they find."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator

from coach.bootstrap import SHIPPED, open_records
from coach.checks.finding import Finding
from coach.checks.holdings import (
    check_articles,
    check_collection,
    check_database,
    check_embedding_model,
    check_index,
)
from coach.checks.installation import check_disk, check_lock, check_python, installed_packages
from coach.checks.network import check_model, check_port
from coach.errors import CoachError
from coach.knowledge.index import read_manifest
from coach.models.embedding import MiniLM
from coach.models.weights import MINILM
from coach.records.database import Database
from coach.records.passages import SqlPassageStore
from coach.settings import PACKAGE, Settings


def examine(settings: Settings) -> Iterator[Finding]:
    """Yield what every check found; a check that cannot be made is a FAIL of its own."""
    yield check_python(sys.version_info[:3])
    yield from _safely("Locked packages", lambda: [check_lock(PACKAGE.parent, installed_packages())])
    yield from _safely("Disk", lambda: [check_disk(settings.data)])
    yield from _safely("Embedding model", lambda: [check_embedding_model(MINILM, settings.models_path)])
    yield from _safely("Database", lambda: _records(settings))
    yield from _safely("Language model", lambda: [check_model(settings)])
    yield from _safely("Port", lambda: [check_port(settings.host, settings.port)])


def _safely(name: str, check: Callable[[], list[Finding]]) -> list[Finding]:
    try:
        return check()
    except CoachError as error:
        return [Finding(name, "FAIL", error.problem, error.remedy)]
    except OSError as error:
        return [Finding(name, "FAIL", f"It cannot be checked: {error}.", "Check the access rights.")]


def _records(settings: Settings) -> list[Finding]:
    """Check the database and everything that is compared with it."""
    file = settings.data / "coach.sqlite3"
    if settings.database_url is None and not file.is_file():
        return [
            Finding("Database", "WARN", f"There is none yet in {settings.data}.", "Run `coach index`, which makes it."),
            check_index(settings.index_path, read_manifest(settings.index_path), None, [], time.time()),
        ]
    database = open_records(settings)
    try:
        return [check_database(database), *_safely("Index", lambda: _searched(settings, database))]
    finally:
        database.close()


def _searched(settings: Settings, database: Database) -> list[Finding]:
    store = SqlPassageStore(database)
    passages = store.passages()
    manifest = read_manifest(settings.index_path)
    findings = [check_index(settings.index_path, manifest, _embedder(settings), passages, time.time())]
    findings.append(check_articles(settings.knowledge_path, store.documents(SHIPPED)))
    own = sorted({record.passage.collection for record in passages} - {SHIPPED})
    findings.extend(check_collection(collection, store.documents(collection)) for collection in own)
    return findings


def _embedder(settings: Settings) -> str | None:
    try:
        return MiniLM(settings.models_path, settings.threads).name
    except CoachError:
        return None  # the check of the embedding model says so
