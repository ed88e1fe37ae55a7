"""The store of record of the index: passages, their documents and every vector that was computed."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from sqlalchemy import Connection, Row, Table, and_, delete, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from coach.knowledge.passages import DocumentRecord, PassageRecord, Vectors, text_digest
from coach.records import schema
from coach.records.database import Database
from coach.records.engines import hold
from coach.types import Passage

CHUNK = 500  # values in one statement; old builds of SQLite take 999
STORED = np.dtype("<f4")


class SqlPassageStore:
    """A `PassageStore` in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def vectors(self, embedder: str, digests: Collection[str]) -> Mapping[str, Vectors]:
        """Return the stored vectors among `digests`, each of shape (width,), float32."""
        found: dict[str, Vectors] = {}
        with self._database.reading() as connection:
            for chunk in _chunks(list(digests)):
                wanted = and_(schema.vectors.c.embedder == embedder, schema.vectors.c.digest.in_(chunk))
                for row in connection.execute(select(schema.vectors.c.digest, schema.vectors.c.vector).where(wanted)):
                    found[row.digest] = np.frombuffer(row.vector, STORED).astype(np.float32)
        return found

    def add_vectors(self, embedder: str, vectors: Mapping[str, Vectors]) -> None:
        """Store vectors of shape (width,) by digest; known digests are left as they are.

        Raises:
            ValueError: a vector has another shape.
        """
        rows = [
            {"embedder": embedder, "digest": digest, "vector": _bytes(vector)} for digest, vector in vectors.items()
        ]
        if rows:
            with self._database.writing() as connection:
                _insert_unknown(connection, rows)

    def replace_collection(
        self, collection: str, passages: Sequence[PassageRecord], documents: Sequence[DocumentRecord]
    ) -> None:
        """Replace all passages and documents of a collection in one transaction; empty sequences remove it.

        Raises:
            ValueError: a passage belongs to another collection, or two passages have one id.
        """
        _check(collection, passages)
        passage_rows = [_passage_row(position, record) for position, record in enumerate(passages)]
        document_rows = [_document_row(collection, position, record) for position, record in enumerate(documents)]
        with self._database.writing() as connection:
            hold(connection, "passages")
            _replace(connection, schema.passages, collection, passage_rows)
            _replace(connection, schema.documents, collection, document_rows)

    def passages(self, collection: str | None = None) -> list[PassageRecord]:
        """Return all passages of a collection, or of every collection by name, in their order."""
        with self._database.reading() as connection:
            return _read_passages(connection, collection)

    def documents(self, collection: str) -> list[DocumentRecord]:
        """Return the documents of a collection in their order."""
        query = (
            select(schema.documents)
            .where(schema.documents.c.collection == collection)
            .order_by(schema.documents.c.position)
        )
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return [DocumentRecord(row.path, row.sha256, row.size, row.passages) for row in rows]

    def prune_vectors(self) -> int:
        """Delete the vectors that no passage refers to and return how many; for after `replace_collection`."""
        table, pruned = schema.vectors, 0
        with self._database.writing() as connection:
            hold(connection, "passages")
            texts = {text for record in _read_passages(connection) for text in record.embedded_texts}
            for embedder in connection.execute(select(table.c.embedder).distinct()).scalars().all():
                mine = table.c.embedder == embedder
                used = {text_digest(embedder, text) for text in texts}
                stored = connection.execute(select(table.c.digest).where(mine)).scalars()
                unused = [digest for digest in stored if digest not in used]
                for chunk in _chunks(unused):
                    connection.execute(delete(table).where(mine, table.c.digest.in_(chunk)))
                pruned += len(unused)
        return pruned


def _read_passages(connection: Connection, collection: str | None = None) -> list[PassageRecord]:
    table = schema.passages
    query = select(table) if collection is None else select(table).where(table.c.collection == collection)
    rows = connection.execute(query.order_by(table.c.position)).all()
    # Sorted here because servers order names by their locale.
    return [_passage(row) for row in sorted(rows, key=lambda row: str(row.collection))]


def _chunks(values: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]


def _bytes(vector: Vectors) -> bytes:
    if vector.ndim != 1:
        raise ValueError(f"one vector a digest is stored, not an array of shape {vector.shape}")
    return vector.astype(STORED).tobytes()


def _check(collection: str, records: Sequence[PassageRecord]) -> None:
    seen: set[str] = set()
    for record in records:
        if record.passage.collection != collection:
            raise ValueError(f"{record.passage.id} belongs to {record.passage.collection}, not to {collection}")
        if record.passage.id in seen:
            raise ValueError(f"two passages have the id {record.passage.id}")
        seen.add(record.passage.id)


def _insert_unknown(connection: Connection, rows: list[dict[str, Any]]) -> None:
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    connection.execute(dialect.insert(schema.vectors).on_conflict_do_nothing(), rows)


def _replace(connection: Connection, table: Table, collection: str, rows: list[dict[str, Any]]) -> None:
    connection.execute(delete(table).where(table.c.collection == collection))
    if rows:
        connection.execute(insert(table), rows)


def _document_row(collection: str, position: int, record: DocumentRecord) -> dict[str, Any]:
    return {
        "collection": collection,
        "path": record.path,
        "position": position,
        "sha256": record.sha256,
        "size": record.size,
        "passages": record.passages,
    }


def _passage_row(position: int, record: PassageRecord) -> dict[str, Any]:
    passage = record.passage
    return {
        "collection": passage.collection,
        "id": passage.id,
        "position": position,
        "document": record.document,
        "article": passage.article,
        "title": passage.title,
        "section": passage.section,
        "source": passage.source,
        "text": passage.text,
        "type": passage.type,
        "asked": json.dumps(passage.asked),
        "documents": json.dumps(passage.documents),
    }


def _passage(row: Row[*tuple[Any, ...]]) -> PassageRecord:
    passage = Passage(
        id=row.id,
        article=row.article,
        title=row.title,
        section=row.section,
        source=row.source,
        text=row.text,
        type=row.type,
        asked=tuple(json.loads(row.asked)),
        collection=row.collection,
        documents=tuple(json.loads(row.documents)),
    )
    return PassageRecord(passage, row.document)
