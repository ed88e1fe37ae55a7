"""A coach with a scripted answerer on a real SQLite file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from coach.app import Coach
from coach.pages.ask import AskPage
from coach.records.conversations import Conversations
from coach.records.database import open_database
from tests.pages.fakes import ScriptedAnswerer


@pytest.fixture
def answerer() -> Iterator[ScriptedAnswerer]:
    """The scripted answerer; whatever still waits in it is let go at the end."""
    scripted = ScriptedAnswerer()
    yield scripted
    scripted.go.set()


@pytest.fixture
def coach(answerer: ScriptedAnswerer, tmp_path: Path) -> Iterator[Coach]:
    """A coach whose records are in this test's own folder."""
    database = open_database(f"sqlite:///{tmp_path / 'coach.sqlite3'}")
    yield Coach(answerer, Conversations(database))
    answerer.go.set()
    database.close()


@pytest.fixture
def page(coach: Coach, tmp_path: Path) -> AskPage:
    """The Ask page of that coach."""
    return AskPage(coach, tmp_path)
