"""The shipped coach, loaded once a process for the tests that need the real one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.answering.real_coach import RealCoach, real_coach


@pytest.fixture(scope="session")
def real(shipped_home: Path, installed_models: Path) -> RealCoach:
    return real_coach(shipped_home, installed_models)
