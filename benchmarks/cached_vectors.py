"""Keeps the vectors of the public collections between runs: embedding them takes minutes and changes nothing."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from coach.knowledge.passages import Embedder, Vectors

_STEP = 256


class CachedVectors:
    """Embeds lists of texts, each list once for each embedding model."""

    def __init__(self, embedder: Embedder, folder: Path) -> None:
        self._embedder = embedder
        self._folder = folder

    def of(self, name: str, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a text; `name` says on standard error what is being embedded."""
        digest = hashlib.sha256("\0".join((self._embedder.name, *texts)).encode()).hexdigest()[:16]
        path = self._folder / f"{name}-{digest}.npy"
        if path.exists():
            return np.asarray(np.load(path, allow_pickle=False), dtype=np.float32)
        pieces = []
        for start in range(0, len(texts), _STEP):
            print(f"\rembedding {name}: {start:,} of {len(texts):,}", end="", file=sys.stderr, flush=True)
            pieces.append(self._embedder.embed(texts[start : start + _STEP]))
        print(f"\rembedded {name}: {len(texts):,} texts      ", file=sys.stderr, flush=True)
        vectors = np.concatenate(pieces)
        self._folder.mkdir(parents=True, exist_ok=True)
        aside = path.with_suffix(".tmp.npy")
        np.save(aside, vectors)
        aside.replace(path)
        return vectors
