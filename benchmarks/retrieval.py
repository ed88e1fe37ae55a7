"""Retrieval on public collections, through the product's own splitter, keyword index, embedder and rank fusion."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import numpy as np

from benchmarks.cached_vectors import CachedVectors
from benchmarks.public_data import BEIR, CHUNKING, SpanQuestion, read_chunking, read_judged
from benchmarks.report import Table, Target, percentile
from coach.knowledge.chunks import LIMIT, OVERLAP, split_text
from coach.knowledge.exact import ExactVectors
from coach.knowledge.index import Manifest, OpenIndex
from coach.knowledge.keywords import KeywordIndex
from coach.knowledge.passages import Embedder, PassageRecord, Vectors
from coach.knowledge.search import Library
from coach.types import Passage

# What others measured (nDCG@10): Anserini's flat BM25 and the model's own entry in MTEB for SciFact; for CISI and MED
# bm25s and MiniLM int8 on this machine before this program existed (docs/decisions.md says where each comes from).
PUBLISHED = {"scifact": (0.6789, 0.6451, None), "cisi": (0.372, 0.418, 0.445), "med": (0.671, 0.788, 0.796)}
_DEPTH, _DENSE_DEPTH, _UNRANKED = 60, 240, 10_000
Ranking = Sequence[int]


class Searcher:
    """Texts of a collection of documents, searched by keyword, by meaning, by both, and by the product itself."""

    def __init__(self, texts: Sequence[str], vectors: Vectors, embedder: Embedder) -> None:
        self._keywords = KeywordIndex.build(texts)
        self._vectors = ExactVectors(vectors)
        records = tuple(_record(row, text) for row, text in enumerate(texts))
        manifest = Manifest("bench", 0.0, embedder.name, "", len(texts), len(texts), "")
        rows = tuple(range(len(texts)))
        index = OpenIndex(manifest, records, rows, tuple(texts), vectors, self._vectors, self._keywords)
        self._library = Library(index, embedder)

    def rankings(self, query: str, vector: Vectors) -> dict[str, Ranking]:
        """Return the rows that each way of searching finds, best first."""
        words = _ordered(self._keywords.search(query, _DEPTH))
        dense = _ordered(self._vectors.search(vector, _DENSE_DEPTH))
        return {
            "BM25 alone": words,
            "dense alone": dense,
            "fused, K=60": fused((words, dense), (1.0, 1.0), 60),
            "fused, K=20": fused((words, dense), (1.0, 1.0), 20),
            "fused, K=20, dense halved": fused((words, dense), (1.0, 0.5), 20),
            "as shipped": self.shipped(query, vector[None]),
        }

    def shipped(self, query: str, vectors: Vectors | None = None) -> Ranking:
        """Return what the product's own search returns."""
        return [int(found.passage.id) for found in self._library.search([query], 10, vectors)]


def _ordered(found: Iterable[tuple[int, float]]) -> Ranking:
    # Documents repeat themselves, so equal scores are common; the product breaks the tie by position.
    return [row for row, _ in sorted(found, key=lambda pair: (-pair[1], pair[0]))]


def fused(rankings: Iterable[Ranking], weights: Sequence[float], k: int) -> Ranking:
    """Join rankings by reciprocal rank, as the product does, with another K and with weights."""
    rankings = list(rankings)
    ranks = [{row: rank for rank, row in enumerate(ranking, 1)} for ranking in rankings]
    scores = {
        row: sum(weight / (k + rank.get(row, _UNRANKED)) for rank, weight in zip(ranks, weights, strict=True))
        for row in {row for ranking in rankings for row in ranking}
    }
    return sorted(scores, key=lambda row: (-scores[row], row))


def ndcg(ranking: Ranking, gains: Mapping[int, int], k: int = 10) -> float:
    """Return nDCG@k with linear gain, as trec_eval counts it."""
    found = sum(gains.get(row, 0) / math.log2(rank + 1) for rank, row in enumerate(ranking[:k], 1))
    best = sum(gain / math.log2(rank + 1) for rank, gain in enumerate(sorted(gains.values(), reverse=True)[:k], 1))
    return found / best


def judged_collections(data: Path, cache: CachedVectors, embedder: Embedder) -> Table:
    """Return nDCG@10 on the BEIR collections that are present."""
    names = [name for name in BEIR if (data / name).is_dir()]
    columns: list[dict[str, float]] = []
    for name in names:
        judged = read_judged(data / name)
        searcher = Searcher(judged.texts, cache.of(name, judged.texts), embedder)
        asked = cache.of(f"{name}-queries", [text for text, _ in judged.queries])
        sums: dict[str, list[float]] = {}
        for (text, gains), vector in zip(judged.queries, asked, strict=True):
            for way, ranking in searcher.rankings(text, vector).items():
                sums.setdefault(way, []).append(ndcg(ranking, gains))
        columns.append({way: float(np.mean(values)) for way, values in sums.items()})
    rows: list[tuple[str | float | None, ...]] = [(way, *(column[way] for column in columns)) for way in columns[0]]
    for place, words in enumerate(("others: BM25", "others: MiniLM", "others: fused")):
        rows.append((words, *(PUBLISHED[name][place] for name in names)))
    return Table("nDCG@10 on public collections (whole abstracts, no splitting)", ("", *names), tuple(rows))


@dataclass(frozen=True, slots=True)
class _Chunk:
    document: str
    start: int
    end: int


def chunking(data: Path, cache: CachedVectors, embedder: Embedder) -> tuple[list[Table], list[Target]]:
    """Return character-span recall on the chunking evaluation, at the product's cut and without overlap."""
    documents, questions = read_chunking(data / CHUNKING)
    asked = cache.of(f"{CHUNKING}-queries", [question.text for question in questions])
    tables, targets = [], []
    for overlap in dict.fromkeys((OVERLAP, 0)):
        texts, chunks = _cut(documents, overlap)
        searcher = Searcher(texts, cache.of(f"{CHUNKING}-{LIMIT}-{overlap}", texts), embedder)
        sums: dict[str, list[tuple[float, float]]] = {}
        for question, vector in zip(questions, asked, strict=True):
            for way, ranking in searcher.rankings(question.text, vector).items():
                both = (_recall(question, chunks, ranking[:5]), _recall(question, chunks, ranking[:10]))
                sums.setdefault(way, []).append(both)
        means = {way: np.mean(values, axis=0).tolist() for way, values in sums.items()}
        title = f"chunking_eval: recall of characters, {LIMIT} characters a passage, overlap {overlap}"
        rows = tuple((way, five, ten) for way, (five, ten) in means.items())
        tables.append(Table(f"{title} ({len(texts):,} passages)", ("", "recall@5", "recall@10"), rows))
        if overlap == OVERLAP:
            five, ten = means["as shipped"]
            targets += [
                Target("chunking_eval recall@5", five, 0.83, floor=True),
                Target("chunking_eval recall@10", ten, 0.90, floor=True),
                Target("query with its embedding, p95", _query_p95(searcher, questions), 60.0, "ms"),
            ]
    return tables, targets


def _query_p95(searcher: Searcher, questions: Sequence[SpanQuestion]) -> float:
    seconds = []
    for question in questions[:200]:
        started = perf_counter()
        searcher.shipped(question.text)
        seconds.append(perf_counter() - started)
    return 1000 * percentile(seconds, 0.95)


def _cut(documents: Mapping[str, str], overlap: int) -> tuple[list[str], list[_Chunk]]:
    texts: list[str] = []
    chunks: list[_Chunk] = []
    for name, text in documents.items():
        start, end = -1, 0
        for piece in split_text(text, LIMIT, overlap):
            start = text.index(piece, max(start + 1, end - overlap - 10))
            end = start + len(piece)
            texts.append(piece)
            chunks.append(_Chunk(name, start, end))
    return texts, chunks


def _recall(question: SpanQuestion, chunks: Sequence[_Chunk], ranking: Ranking) -> float:
    wanted = {place for start, end in question.spans for place in range(start, end)}
    found: set[int] = set()
    for row in ranking:
        chunk = chunks[row]
        if chunk.document == question.document:
            found.update(place for place in range(chunk.start, chunk.end) if place in wanted)
    return len(found) / len(wanted)


def _record(row: int, text: str) -> PassageRecord:
    passage = Passage(str(row), "bench", "", "", "", text, collection="documents")
    return PassageRecord(passage, "bench")
