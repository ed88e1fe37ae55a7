"""The vector index: Chroma through LangChain, embedded, owned by one process. Owner of chromadb.

Measured facts it is built around (shared/research/evaluation-anchors.md, section 4.1): two processes that write one
folder lose vectors silently, zero vectors under the default space ruin every search, and a truncated segment can
crash the process that loads it.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import chromadb
import numpy as np
from chromadb.config import Settings as ChromaSettings
from chromadb.errors import ChromaError
from langchain_chroma import Chroma
from langchain_core.embeddings import Embeddings

from coach.errors import IndexUnavailable
from coach.knowledge.passages import Vectors

VERSION = chromadb.__version__
_COLLECTION = "passages"
_HNSW: Any = {"space": "cosine", "ef_construction": 200, "ef_search": 200, "max_neighbors": 32}
_BATCH = 200
_NORM_TOLERANCE = 1e-2


class ChromaVectors:
    """Vectors by entry number in one Chroma folder. Only the process that holds the index's lock may open it."""

    def __init__(self, folder: Path) -> None:
        """Open the folder of an index; it must exist and be intact (see `probe`)."""
        self._client: Any = chromadb.PersistentClient(str(folder), ChromaSettings(anonymized_telemetry=False))
        self._store = Chroma(
            _COLLECTION, client=self._client, collection_configuration={"hnsw": _HNSW}, embedding_function=None
        )

    @classmethod
    def build(cls, folder: Path, vectors: Vectors) -> ChromaVectors:
        """Write a new index of the rows of `vectors`.

        Raises:
            IndexUnavailable: a vector is zero, not finite or not of unit length, or the disk is full.
        """
        check_vectors(vectors)
        folder.mkdir(parents=True)
        try:
            index = cls(folder)
            index._store._embedding_function = _Precomputed({str(row): vectors[row] for row in range(len(vectors))})
            for start in range(0, len(vectors), _BATCH):
                names = [str(row) for row in range(start, min(start + _BATCH, len(vectors)))]
                index._store.add_texts(names, ids=names)
        except ChromaError as error:
            raise IndexUnavailable(f"The index cannot be written: {error}.", "Free space or mend the folder.") from None
        return index

    def close(self) -> None:
        """Let go of the folder: Chroma keeps its files open, and a new index in their place could not be written."""
        self._client.close()

    def count(self) -> int:
        """Return the number of vectors."""
        return len(self._store.get(include=[])["ids"])

    def search(self, vector: Vectors, k: int) -> list[tuple[int, float]]:
        """Return up to `k` (row, cosine similarity) pairs, best first."""
        found = self._store.similarity_search_by_vector_with_relevance_scores(vector.tolist(), k=k)
        return [(int(document.page_content), 1.0 - float(distance)) for document, distance in found]


class _Precomputed(Embeddings):
    """Hands LangChain the vectors that the store of record already holds."""

    def __init__(self, vectors: Mapping[str, Vectors]) -> None:
        self._vectors = vectors

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [self._vectors[text].tolist() for text in texts]

    def embed_query(self, text: str) -> list[float]:
        return list(self._vectors[text].tolist())


def check_vectors(vectors: Vectors) -> None:
    """Refuse vectors that would spoil an index.

    Raises:
        IndexUnavailable: naming the first bad row.
    """
    norms = np.linalg.norm(vectors, axis=1) if len(vectors) else np.zeros(0)
    bad = np.flatnonzero(~np.isfinite(norms) | (np.abs(norms - 1.0) > _NORM_TOLERANCE))
    if len(bad):
        raise IndexUnavailable(
            f"Vector {int(bad[0])} is zero, not finite or not of unit length.",
            "Run `coach models verify`, then `coach index --rebuild`.",
        )


def probe(folder: Path, expected: int) -> bool:
    """Open a folder in a child process and search it once: a damaged one may crash the process that loads it."""
    code = (
        "import sys; from pathlib import Path; import numpy as np; from coach.knowledge.vectors import ChromaVectors\n"
        "index = ChromaVectors(Path(sys.argv[1])); vector = np.zeros(int(sys.argv[3]), dtype=np.float32)\n"
        "vector[0] = 1; found = index.search(vector, 3)\n"
        "sys.exit(0 if index.count() == int(sys.argv[2]) and len(found) == min(3, index.count()) else 1)"
    )
    arguments: Sequence[str] = [sys.executable, "-c", code, str(folder), str(expected), "384"]
    done = subprocess.run(arguments, capture_output=True, timeout=120, check=False)
    return done.returncode == 0
