"""The pipeline that every tutorial builds: split, embed, Chroma, four passages. Same articles, same embedding model."""

from __future__ import annotations

import json
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from langchain_chroma import Chroma
from langchain_core.embeddings import Embeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter

from benchmarks.timing import timed_answers
from coach.knowledge.articles import read_article
from coach.models.embedding import MiniLM

K, SIZE, OVERLAP = 4, 1000, 200


class _Embeddings(Embeddings):
    def __init__(self, models: Path) -> None:
        self._model = MiniLM(models)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [list(map(float, vector)) for vector in self._model.embed(texts)]

    def embed_query(self, text: str) -> list[float]:
        return self.embed_documents([text])[0]


class TutorialPipeline:
    """Answers with the passages themselves, as the tutorials' prompt would hand them to a model."""

    def __init__(self, folder: Path, models: Path) -> None:
        self._store = Chroma("articles", persist_directory=str(folder), embedding_function=_Embeddings(models))

    def index(self, articles: Path) -> int:
        """Index what a reader sees of the articles and return the number of passages."""
        texts = [_visible(path) for path in sorted(articles.glob("*.md"))]
        pieces = RecursiveCharacterTextSplitter(chunk_size=SIZE, chunk_overlap=OVERLAP).create_documents(texts)
        self._store.add_documents(pieces)
        return len(pieces)

    def answer(self, question: str) -> str:
        """Return the four closest passages as the context of an answer."""
        found = self._store.similarity_search(question, k=K)
        return "\n\n".join(document.page_content for document in found)


def _visible(path: Path) -> str:
    article = read_article(path)
    sections = (f"## {section.heading}\n\n{section.body}" for section in article.sections)
    return "\n\n".join((f"# {article.header.title}", *sections))


def index_articles(folder: str, models: str, articles: str) -> dict[str, Any]:
    """Index from nothing; the seconds are without the imports."""
    started, busy = perf_counter(), process_time()
    passages = TutorialPipeline(Path(folder), Path(models)).index(Path(articles))
    return {
        "seconds": perf_counter() - started,
        "busy": process_time() - busy,
        "passages": passages,
        "texts": passages,
    }


def first_answer(folder: str, models: str, question: str) -> str:
    """Answer one question."""
    return TutorialPipeline(Path(folder), Path(models)).answer(question)


def warm_answers(folder: str, models: str, warming: str, questions: str) -> dict[str, Any]:
    """Answer questions one after the other, the warming ones first; both are JSON lists."""
    pipeline = TutorialPipeline(Path(folder), Path(models))
    return timed_answers(pipeline.answer, json.loads(warming), json.loads(questions))
