"""Hybrid search: dense vectors, BM25 and a discriminant over asked questions, joined by reciprocal-rank fusion."""

from __future__ import annotations

import zipfile
import zlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from coach.errors import ContentError
from coach.knowledge.index import OpenIndex
from coach.knowledge.passages import Embedder, Vectors
from coach.types import Found, Passage

# Reciprocal-rank fusion (Cormack, Clarke, Büttcher, SIGIR 2009): score = Σ 1 / (K + rank). The usual K of 60 blurs the
# first ranks; the figures for both stand in docs/decisions.md.
FUSION_K = 20
_DEPTH = 60
# A passage has up to twenty vectors, so more of them are fetched than passages are wanted.
_VECTOR_DEPTH = 240
_UNRANKED = 10_000


@dataclass(frozen=True, slots=True)
class Asking:
    """What was learned from further questions that a passage answers: their mean vector and their number."""

    mean: Vectors
    count: int


class Discriminant:
    """Linear discriminant analysis over the ways people ask for each passage.

    Directions that vary within one passage's questions count little, those that tell passages apart count much (Fisher
    1936; shrinkage towards a round covariance, Friedman 1989). On the development half of the golden set the right
    passage came first for 70 % of the questions, for 55 % by plain cosine (docs/decisions.md).
    """

    SHRINKAGE = 0.5
    # With fewer ways of asking a mean says nothing; documents of an organisation have none.
    FEWEST = 4

    def __init__(self, matrix: Vectors, rows: Sequence[int], trained: Mapping[int, Asking]) -> None:
        """Take all vectors, the passage row of each, and what was learned from further questions, by row."""
        owners = np.array(rows, dtype=np.int64)
        counts = np.bincount(owners) if len(owners) else np.zeros(0, dtype=np.int64)
        self._rows = np.flatnonzero(counts >= self.FEWEST)
        if not len(self._rows):
            return
        chosen = np.isin(owners, self._rows)
        vectors, owners = matrix[chosen], np.searchsorted(self._rows, owners[chosen])
        means = np.zeros((len(self._rows), matrix.shape[1]), dtype=np.float32)
        np.add.at(means, owners, vectors)
        sizes = counts[self._rows].astype(np.float32)
        means /= sizes[:, None]
        within = vectors - means[owners]
        for place, row in enumerate(self._rows.tolist()):
            if row in trained:
                further = trained[row]
                total = sizes[place] + further.count
                means[place] = (means[place] * sizes[place] + further.mean * further.count) / total
        covariance = within.T @ within / len(within)
        width = len(covariance)
        covariance += self.SHRINKAGE * np.trace(covariance) / width * np.eye(width, dtype=np.float32)
        self._weights = np.linalg.solve(covariance, means.T).T
        self._bias = -0.5 * (self._weights * means).sum(axis=1)

    def fits(self, embedded: Vectors) -> dict[int, float]:
        """Return how well the best of the wordings fits each passage row, in standard deviations over all passages."""
        if not len(self._rows):
            return {}
        scores = embedded @ self._weights.T + self._bias
        spread = np.maximum(scores.std(axis=1, keepdims=True), 1e-6)
        standard = ((scores - scores.mean(axis=1, keepdims=True)) / spread).max(axis=0)
        return {int(row): float(value) for row, value in zip(self._rows, standard, strict=True)}


class Library:
    """All passages of one open index, searchable and readable by id."""

    def __init__(self, index: OpenIndex, embedder: Embedder, trained: Mapping[str, Asking] | None = None) -> None:
        """Take an open index and, by passage id, what was learned from further questions (`make train`)."""
        self._index = index
        self._embedder = embedder
        self._by_id = {record.passage.id: record.passage for record in index.records}
        self._row_of = {record.passage.id: row for row, record in enumerate(index.records)}
        self._vectors_of: dict[int, list[int]] = defaultdict(list)
        for number, row in enumerate(index.vector_rows):
            self._vectors_of[row].append(number)
        by_row = {self._row_of[name]: asking for name, asking in (trained or {}).items() if name in self._row_of}
        self._discriminant = Discriminant(index.matrix, index.vector_rows, by_row)

    def passage(self, passage_id: str) -> Passage | None:
        """Return a passage by its id."""
        return self._by_id.get(passage_id)

    def search(self, queries: Sequence[str], k: int = 10, vectors: Vectors | None = None) -> list[Found]:
        """Return up to `k` passages for one question, best first.

        `queries` are wordings of the same question (whole text, last sentence, …); a passage counts with its best one.
        `vectors` are their embeddings when the caller has them already.
        """
        embedded = np.atleast_2d(self._embedder.embed(queries) if vectors is None else vectors)
        keyword = self._keyword(queries)
        dense = self._dense(embedded)
        fits = self._discriminant.fits(embedded)
        fitting = {row: fits[row] for row in sorted(fits, key=lambda row: -fits[row])[:_DEPTH]}
        rankings = [_ranks(scores) for scores in (dense, keyword, fitting) if scores]
        fused = {
            row: sum(1 / (FUSION_K + ranks.get(row, _UNRANKED)) for ranks in rankings)
            for row in {*dense, *keyword, *fitting}
        }
        best = sorted(fused, key=lambda row: (-fused[row], row))[:k]
        return [self._found(row, fused[row], embedded, keyword.get(row, 0.0), fits.get(row, 0.0)) for row in best]

    def inspect(self, passage_id: str, vectors: Vectors) -> Found | None:
        """Return the evidence that one passage has for a question, however low it ranks."""
        row = self._row_of.get(passage_id)
        if row is None:
            return None
        embedded = np.atleast_2d(vectors)
        return self._found(row, 0.0, embedded, 0.0, self._discriminant.fits(embedded).get(row, 0.0))

    def _found(self, row: int, score: float, embedded: Vectors, keyword: float, fit: float) -> Found:
        numbers = self._vectors_of[row]
        similarities = (self._index.matrix[numbers] @ embedded.T).max(axis=1)
        body, asked = float(similarities[0]), np.sort(similarities[1:])[::-1]
        closest = self._index.vector_texts[numbers[int(similarities.argmax())]]
        passage = self._index.records[row].passage
        best, mean = (float(asked[0]), float(asked[:3].mean())) if len(asked) else (body, body)
        return Found(passage, score, body, best, mean, keyword, fit, closest)

    def _dense(self, embedded: Vectors) -> dict[int, float]:
        best: dict[int, float] = {}
        for vector in embedded:
            for number, similarity in self._index.vectors.search(vector, _VECTOR_DEPTH):
                row = self._index.vector_rows[number]
                best[row] = max(similarity, best.get(row, -1.0))
        return best

    def _keyword(self, queries: Sequence[str]) -> dict[int, float]:
        best: dict[int, float] = {}
        for query in queries:
            for row, score in self._index.keywords.search(query, _DEPTH):
                best[row] = max(score, best.get(row, 0.0))
        return best


def save_askings(askings: Mapping[str, Asking], path: Path) -> None:
    """Write what was learned, in half precision."""
    names = sorted(askings)
    np.savez_compressed(
        path,
        passages=np.array(names),
        means=np.stack([askings[name].mean for name in names]).astype(np.float16),
        counts=np.array([askings[name].count for name in names], dtype=np.int32),
    )


def load_askings(path: Path) -> dict[str, Asking]:
    """Read what `save_askings` wrote; nothing when there is no such file.

    Raises:
        ContentError: the file is damaged.
    """
    if not path.exists():
        return {}
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as arrays:
            means, counts = arrays["means"].astype(np.float32), arrays["counts"]
            names = [str(name) for name in arrays["passages"]]
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile, zlib.error) as error:
        raise ContentError(f"{path.name} cannot be read: {error}.", "Train the readers again: `make train`.") from None
    return {name: Asking(means[row], int(counts[row])) for row, name in enumerate(names)}


def _ranks(scores: Mapping[int, float]) -> dict[int, int]:
    return {row: rank for rank, row in enumerate(sorted(scores, key=lambda row: (-scores[row], row)), 1)}
