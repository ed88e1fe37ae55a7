"""The readers as they are shipped, over the real embedding model."""

from __future__ import annotations

from pathlib import Path

import pytest

from coach.models.embedding import MiniLM
from coach.reading.classifier import load_readers
from coach.reading.questions import QuestionReader

READERS = Path(__file__).parents[2] / "knowledge" / "reading" / "readers.npz"


@pytest.fixture(scope="session")
def question_reader(installed_models: Path) -> QuestionReader:
    return QuestionReader(MiniLM(installed_models), load_readers(READERS))
