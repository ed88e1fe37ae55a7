"""The coach as it is shipped: real knowledge, real readers, real embeddings; vectors are searched exactly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

from coach.answering.builtin import BuiltinCoach, View, numbered_lists
from coach.answering.evidence import Weigher
from coach.answering.phrases import read_phrases
from coach.knowledge.content import read_items, read_knowledge
from coach.knowledge.exact import ExactVectors
from coach.knowledge.index import open_index
from coach.knowledge.passages import Vectors
from coach.knowledge.search import Library, load_askings
from coach.models.embedding import MiniLM
from coach.reading.classifier import load_readers
from coach.reading.everyday import Everyday, EverydayWords
from coach.reading.questions import QuestionReader
from coach.reading.spelling import Spelling
from coach.reading.training import ASKINGS, READERS
from coach.records.database import open_database
from coach.records.passages import SqlPassageStore
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
    """Return the shipped coach over the index in `home`, wired like `coach.bootstrap` does it; one a process."""
    model = MiniLM(models)
    store = SqlPassageStore(open_database(f"sqlite:///{home / 'coach.sqlite3'}"))
    index = open_index(home / "index", store, model)
    # Exact search from the first question to the last: the shipped index opens its own in the background.
    index = replace(index, vectors=ExactVectors(index.matrix))
    embedder = Remembering(model, dict(zip(index.vector_texts, index.matrix, strict=True)))
    knowledge = read_knowledge(KNOWLEDGE)
    passages = [record.passage for record in index.records]
    reading = KNOWLEDGE / "reading"
    spelling = Spelling((f"{passage.context} {passage.text}" for passage in passages), model.knows)
    everyday = EverydayWords(read_items(KNOWLEDGE / "everyday-words.yaml", Everyday))
    view = View(
        knowledge=knowledge,
        phrases=read_phrases(KNOWLEDGE / "phrases.yaml"),
        library=Library(index, embedder, load_askings(reading / ASKINGS)),
        weigher=Weigher(passages, knowledge.sources),
        reader=QuestionReader(embedder, load_readers(reading / READERS), spelling.mended, everyday.in_terms),
        people=knowledge.people(),
        lists=numbered_lists(knowledge),
    )
    return RealCoach(view, BuiltinCoach(lambda: view), embedder, {})
