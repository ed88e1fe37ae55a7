"""Keeps a named collection of an organisation's documents: only what changed is converted and embedded again."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from coach.errors import DocumentError, NotFound, WeightsError
from coach.knowledge.documents.collect import SourceFile, collect
from coach.knowledge.documents.cut import cut
from coach.knowledge.documents.document import Limits, Skipped, too_large
from coach.knowledge.documents.progress import Progress, Silent
from coach.knowledge.documents.sandbox import Converter
from coach.knowledge.passages import DocumentRecord, Embedder, PassageRecord, PassageStore, Vectors, text_digest

DEFAULT_COLLECTION = "documents"
RESERVED = frozenset({"knowledge"})
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
BATCH = 64
LOOKUP = 2000


@dataclass(frozen=True, slots=True)
class IntakeReport:
    """What an intake did: numbers of documents, what was left out and why, and the passages now in the collection."""

    collection: str
    added: int
    updated: int
    unchanged: int
    removed: int
    kept: int
    skipped: tuple[Skipped, ...]
    notes: tuple[str, ...]
    passages: int
    embedded: int

    @property
    def changed(self) -> bool:
        """Whether the collection differs from before, so that the index must be built again."""
        return bool(self.added or self.updated or self.removed)


@dataclass(frozen=True, slots=True)
class _Entry:
    """A document as it will be stored."""

    record: DocumentRecord
    passages: tuple[PassageRecord, ...]


def index_documents(
    paths: Sequence[Path],
    collection: str,
    store: PassageStore,
    embedder: Embedder,
    limits: Limits | None = None,
    progress: Progress | None = None,
) -> IntakeReport:
    """Take the documents under `paths` into a collection.

    Below each path the collection comes to hold what is there now; documents taken in earlier from other paths stay.
    Vectors are stored as they are computed, the collection itself only at the end: an interruption changes nothing
    that is searched, and the next run goes on where this one stopped.

    Raises:
        DocumentError: a path does not exist, or the collection's name cannot be used.
        WeightsError: the embedder gave a vector that cannot be searched.
    """
    check_collection_name(collection)
    intake = _Intake(collection, store, limits or Limits(), progress or Silent())
    try:
        return intake.run(paths, embedder)
    finally:
        intake.progress.end()


def forget_collection(collection: str, store: PassageStore) -> int:
    """Remove a collection and return how many documents it had.

    Raises:
        NotFound: there is no such collection.
    """
    check_collection_name(collection)
    documents = store.documents(collection)
    if not documents and not store.passages(collection):
        raise NotFound(f"There is no collection named {collection}.", "See the names with `coach doctor`.")
    store.replace_collection(collection, (), ())
    return len(documents)


def check_collection_name(collection: str) -> None:
    """Refuse names that cannot be used in ids, and the name of the shipped knowledge.

    Raises:
        DocumentError: with what a name may be.
    """
    if collection in RESERVED or not NAME.fullmatch(collection):
        raise DocumentError(
            f"{collection!r} cannot be the name of a collection.",
            "Use small letters, digits, - and _, up to 40; `knowledge` is taken.",
        )


class _Intake:
    def __init__(self, collection: str, store: PassageStore, limits: Limits, progress: Progress) -> None:
        self.progress = progress
        self._collection = collection
        self._store = store
        self._limits = limits
        self._counts: Counter[str] = Counter()
        self._skipped: list[Skipped] = []
        self._notes: list[str] = []
        self._former = self._entries()
        self._owners = {_article(entry): path for path, entry in self._former.items() if entry.passages}

    def run(self, paths: Sequence[Path], embedder: Embedder) -> IntakeReport:
        found = collect(paths)
        self._skipped.extend(found.skipped)
        if found.passed_by:
            kinds = ", ".join(f"{count} {suffix}" for suffix, count in sorted(found.passed_by.items()))
            self._notes.append(f"Files of kinds that are not taken in: {kinds}. Save them as PDF or DOCX.")
        entries = {
            path: entry
            for path, entry in self._former.items()
            if not any(Path(path).is_relative_to(root) for root in found.roots)
        }
        kept = len(entries)
        entries.update(self._read(found.files))
        self._counts["removed"] = len(self._former.keys() - entries.keys())
        passages = [passage for entry in entries.values() for passage in entry.passages]
        embedded = self._embed(passages, embedder)
        report = IntakeReport(
            collection=self._collection,
            added=self._counts["added"],
            updated=self._counts["updated"],
            unchanged=self._counts["unchanged"],
            removed=self._counts["removed"],
            kept=kept,
            skipped=tuple(self._skipped),
            notes=tuple(self._notes),
            passages=len(passages),
            embedded=embedded,
        )
        if report.changed:
            documents = [entry.record for entry in entries.values()]
            self._store.replace_collection(self._collection, passages, documents)
        return report

    def _entries(self) -> dict[str, _Entry]:
        passages: dict[str, list[PassageRecord]] = defaultdict(list)
        for passage in self._store.passages(self._collection):
            passages[passage.document].append(passage)
        return {
            record.path: _Entry(record, tuple(passages[record.path]))
            for record in self._store.documents(self._collection)
        }

    def _read(self, files: Sequence[SourceFile]) -> Iterator[tuple[str, _Entry]]:
        self.progress.begin("Reading documents", len(files))
        with Converter(self._limits) as converter:
            for file in files:
                try:
                    yield str(file.path), self._entry(file, converter)
                except DocumentError as error:
                    self._skipped.append(Skipped(str(file.path), error.problem, error.remedy))
                self.progress.advance()

    def _entry(self, file: SourceFile, converter: Converter) -> _Entry:
        path = str(file.path)
        size, digest = _fingerprint(file.path, self._limits)
        former = self._former.get(path)
        if former is not None and former.record.sha256 == digest:
            self._counts["unchanged"] += 1
            return former
        document = converter.convert(file.path)
        if _fingerprint(file.path, self._limits) != (size, digest):
            raise DocumentError("The file was changed while it was read.", "Run the command again.")
        article = _article(former) if former is not None and former.passages else self._free_article(file)
        passages = tuple(cut(document, self._collection, article))
        if not passages:
            raise DocumentError("The file holds too little text to be found.", "Add text, or leave it out.")
        self._notes.extend(f"{path}: {note}" for note in document.notes)
        self._counts["added" if former is None else "updated"] += 1
        return _Entry(DocumentRecord(path, digest, size, len(passages)), passages)

    def _free_article(self, file: SourceFile) -> str:
        """Return an article id that no other document of the collection has: its short path, numbered if need be."""
        path, number = str(file.path), 2
        article = first = f"{self._collection}/{file.label}"
        while self._owners.setdefault(article, path) != path:
            article, number = f"{first}~{number}", number + 1
        return article

    def _embed(self, passages: Iterable[PassageRecord], embedder: Embedder) -> int:
        name = embedder.name
        texts = {text_digest(name, text): text for passage in passages for text in passage.embedded_texts}
        digests = list(texts)
        for start in range(0, len(digests), LOOKUP):
            for known in self._store.vectors(name, digests[start : start + LOOKUP]):
                texts.pop(known, None)
        # Texts of like length in one batch: none is padded to the length of a much longer one.
        missing = sorted(texts.items(), key=lambda item: len(item[1]))
        self.progress.begin("Embedding passages", len(missing))
        for start in range(0, len(missing), BATCH):
            batch = missing[start : start + BATCH]
            vectors = _checked(embedder.embed([text for _, text in batch]), len(batch), name)
            self._store.add_vectors(name, {digest: vector for (digest, _), vector in zip(batch, vectors, strict=True)})
            self.progress.advance(len(batch))
        return len(missing)


def _article(entry: _Entry) -> str:
    return entry.passages[0].passage.article


def _fingerprint(path: Path, limits: Limits) -> tuple[int, str]:
    """Return size and SHA-256; a file over the limit is refused by its size, unread."""
    try:
        size = path.stat().st_size
        if size > limits.file_bytes:
            raise too_large(size, limits.file_bytes)
        with path.open("rb") as file:
            return size, hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise DocumentError(f"The file cannot be opened: {reason}.", "Check its access rights.") from None


def _checked(vectors: Vectors, count: int, name: str) -> Vectors:
    """Refuse vectors that would spoil the index for every search: not finite, or zero."""
    usable = vectors.ndim == 2 and len(vectors) == count and bool(np.isfinite(vectors).all())
    if not usable or not bool((np.linalg.norm(vectors, axis=1) > 0.1).all()):
        raise WeightsError(f"The embedding model {name} gave an unusable vector.", "Run `coach doctor`.")
    return vectors
