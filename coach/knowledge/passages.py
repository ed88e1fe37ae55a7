"""What the index is made of, and the two seams it needs: an embedder and a store of record."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from coach.types import Passage

Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """Turns texts into unit vectors."""

    @property
    def name(self) -> str:
        """Name and fingerprint of the model, stored with every vector."""
        ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a text: shape (len(texts), width), float32."""
        ...


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """One file that a collection was made from: its path as named by the user, SHA-256, size and number of passages."""

    path: str
    sha256: str
    size: int
    passages: int


@dataclass(frozen=True, slots=True)
class PassageRecord:
    """A passage with the texts that are embedded for it (its own text first, then each way people ask for it)."""

    passage: Passage
    document: str

    @property
    def embedded_texts(self) -> tuple[str, ...]:
        """The texts whose vectors find this passage."""
        return (f"{self.passage.context} {self.passage.text}", *self.passage.asked)


class PassageStore(Protocol):
    """The store of record: passages, their documents and every vector that was ever computed for a text."""

    def vectors(self, embedder: str, digests: Collection[str]) -> Mapping[str, Vectors]:
        """Return the stored vectors among `digests` (see `text_digest`)."""
        ...

    def add_vectors(self, embedder: str, vectors: Mapping[str, Vectors]) -> None:
        """Store vectors by digest; known digests are left as they are."""
        ...

    def replace_collection(
        self, collection: str, passages: Sequence[PassageRecord], documents: Sequence[DocumentRecord]
    ) -> None:
        """Replace all passages and documents of a collection in one transaction; empty sequences remove it."""
        ...

    def passages(self, collection: str | None = None) -> list[PassageRecord]:
        """Return all passages of a collection, or of every collection, in their order."""
        ...

    def documents(self, collection: str) -> list[DocumentRecord]:
        """Return the documents of a collection."""
        ...


def text_digest(embedder: str, text: str) -> str:
    """Return the key of a text's vector: SHA-256 over the embedder's name and the text."""
    return hashlib.sha256(f"{embedder}\n{text}".encode()).hexdigest()
