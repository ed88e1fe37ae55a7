"""A served coach with a scripted answerer, and a headless Chromium that may reach nothing else."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from coach.app import Coach
from coach.records.conversations import Conversations
from coach.records.database import open_database
from coach.settings import Settings
from tests.browser.driving import Served, Visit, free_port, serve_in_thread
from tests.pages.fakes import ScriptedAnswerer

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", "browser: drives the page in headless Chromium")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium; without one the tests are skipped, except in CI, where that is an error."""
    found = next(
        (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))),
        None,
    )
    if found is None and not os.environ.get("CI"):
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A coach on a port of its own."""
    folder: Path = tmp_path_factory.mktemp("served")
    database = open_database(f"sqlite:///{folder / 'coach.sqlite3'}")
    answerer, conversations = ScriptedAnswerer(), Conversations(database)
    settings = Settings(data=folder, model="builtin", port=free_port())
    server, thread = serve_in_thread(Coach(answerer, conversations), settings)
    yield Served(f"http://127.0.0.1:{settings.port}", answerer, conversations)
    answerer.go.set()
    server.should_exit = True
    thread.join(10)
    database.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    """A first-time visitor on a wide screen."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    yield Visit(context)
    context.close()


@pytest.fixture
def other_visit(browser: Browser) -> Iterator[Visit]:
    """Another visitor, on a phone."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    yield Visit(context)
    context.close()
