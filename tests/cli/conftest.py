"""The shipped knowledge, indexed, for the tests of the commands."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def at_home(shipped_home: Path, installed_models: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The data folder of the commands of one test, which run in an empty folder elsewhere."""
    monkeypatch.setenv("COACH_DATA", str(shipped_home))
    monkeypatch.setenv("COACH_MODELS_DIR", str(installed_models))
    monkeypatch.chdir(tmp_path)
    return shipped_home
