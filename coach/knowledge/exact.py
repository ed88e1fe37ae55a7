"""Exact vector search by plain multiplication: for a process that may not open the vector index, or not yet."""

from __future__ import annotations

import numpy as np

from coach.knowledge.passages import Vectors


class ExactVectors:
    """The same search by plain multiplication, for a process that may not open the Chroma folder."""

    def __init__(self, vectors: Vectors) -> None:
        self._vectors = vectors

    def count(self) -> int:
        """Return the number of vectors."""
        return len(self._vectors)

    def search(self, vector: Vectors, k: int) -> list[tuple[int, float]]:
        """Return up to `k` (row, cosine similarity) pairs, best first."""
        similarities = self._vectors @ vector
        best = np.argsort(-similarities)[:k]
        return [(int(row), float(similarities[row])) for row in best]
