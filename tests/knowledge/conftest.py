"""The invented knowledge, a real store and an index folder for each test."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from coach.knowledge.content import Knowledge, read_knowledge
from coach.knowledge.index import build_index, open_index
from coach.knowledge.search import Library
from coach.records.database import open_database
from coach.records.passages import SqlPassageStore
from tests.knowledge.invented import HashEmbedder, document_of, write_knowledge


@pytest.fixture
def knowledge_folder(tmp_path: Path) -> Path:
    return write_knowledge(tmp_path / "knowledge")


@pytest.fixture
def knowledge(knowledge_folder: Path) -> Knowledge:
    return read_knowledge(knowledge_folder)


@pytest.fixture
def embedder() -> HashEmbedder:
    return HashEmbedder()


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database without content: making its tables takes longer than most tests."""
    path = tmp_path_factory.mktemp("database") / "empty.sqlite3"
    open_database(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def store(tmp_path: Path, empty_database: Path) -> SqlPassageStore:
    path = shutil.copyfile(empty_database, tmp_path / "store.sqlite3")
    return SqlPassageStore(open_database(f"sqlite:///{path}"))


@pytest.fixture
def filled(store: SqlPassageStore, knowledge: Knowledge) -> SqlPassageStore:
    """The store with the invented knowledge in it."""
    records = list(knowledge.records())
    store.replace_collection("knowledge", records, document_of(records))
    return store


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Where the index of a test is built."""
    return tmp_path / "index"


@pytest.fixture
def library(home: Path, filled: SqlPassageStore, embedder: HashEmbedder) -> Library:
    """The invented knowledge, indexed and opened."""
    build_index(home, filled, embedder)
    return Library(open_index(home, filled, embedder), embedder)
