"""The coach as it is shipped: real knowledge, real readers, real embeddings; vectors are searched exactly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

from coach.answering.builtin import BuiltinCoach, View
from coach.bootstrap import _view, open_records
from coach.knowledge.exact import ExactVectors
from coach.knowledge.index import open_index
from coach.knowledge.passages import Vectors
from coach.knowledge.search import Library, load_askings
from coach.models.embedding import MiniLM
from coach.reading.training import ASKINGS
from coach.records.passages import SqlPassageStore
from coach.settings import Settings
from coach.types import Answer, Exchange

KNOWLEDGE = Path(__file__).parents[2] / "knowledge"


class Remembering:
    """The real embedder, which computes the vector of each text once."""

    def __init__(self, embedder: MiniLM, known: dict[str, Vectors]) -> None:
        self._embedder = embedder
        self._known = known

    @property
    def name(self) -> str:
        return self._embedder.name

    def knows(self, word: str) -> bool:
        return self._embedder.knows(word)

    def embed(self, texts: Sequence[str]) -> Vectors:
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            self._known.update(zip(new, self._embedder.embed(new), strict=True))
        return np.stack([self._known[text] for text in texts])


@dataclass(frozen=True)
class RealCoach:
    """The built-in coach with what it was made from; `ask` keeps answers, because a question alone has only one."""

    view: View
    coach: BuiltinCoach
    embedder: Remembering
    _kept: dict[str, Answer]

    def ask(self, question: str, history: Sequence[Exchange] = ()) -> Answer:
        """Return the answer to a question."""
        if history:
            return self.coach.prepare(question, history).answer
        if question not in self._kept:
            self._kept[question] = self.coach.prepare(question, ()).answer
        return self._kept[question]

    def talk(self, *messages: str) -> list[Answer]:
        """Return the answers of one conversation."""
        history: list[Exchange] = []
        for message in messages:
            history.append(Exchange(message, self.ask(message, history)))
        return [exchange.answer for exchange in history if exchange.answer is not None]

    def passage_text(self, passage_id: str) -> str:
        """Return the text of a passage that must exist."""
        passage = self.view.library.passage(passage_id)
        assert passage is not None, passage_id
        return passage.text

    def sections(self) -> Iterator[str]:
        """Yield the ids of all sections, in the order of the articles."""
        yield from self.view.knowledge.notes


@cache
def real_coach(home: Path, models: Path) -> RealCoach:
    """Return the shipped coach over the index in `home`, wired as it is when it starts; one a process."""
    settings = Settings(model="builtin", data=home, models_dir=models)
    model = MiniLM(models)
    store = SqlPassageStore(open_records(settings))
    index = open_index(settings.index_path, store, model)
    embedder = Remembering(model, dict(zip(index.vector_texts, index.matrix, strict=True)))
    # Exact search from the first question to the last: the shipped index opens its own in the background.
    exact = replace(index, vectors=ExactVectors(index.matrix))
    library = Library(exact, embedder, load_askings(KNOWLEDGE / "reading" / ASKINGS))
    view = replace(_view(settings, store, embedder), library=library)  # type: ignore[arg-type]
    return RealCoach(view, BuiltinCoach(lambda: view), embedder, {})
