"""The index on disk: built aside from the store of record, swapped in whole, opened by one process.

index/current            name of the build in use
index/<build>/           chroma/, keywords/, manifest.json, segments.sha256, owner.lock
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import logging
import os
import shutil
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from coach.errors import IndexUnavailable
from coach.knowledge.keywords import KeywordIndex
from coach.knowledge.passages import Embedder, PassageRecord, PassageStore, Vectors, text_digest
from coach.knowledge.exact import ExactVectors

log = logging.getLogger(__name__)

MANIFEST, CURRENT, LOCK, OPENED, SEGMENTS = "manifest.json", "current", "owner.lock", "opened", "segments.sha256"
# No build takes that long: a folder without manifest of this age was left behind by one that was killed.
_ABANDONED_SECONDS = 86_400
_BATCH = 256


class VectorSearch(Protocol):
    """Finds rows of a vector list by cosine similarity."""

    def count(self) -> int:
        """Return the number of vectors."""
        ...

    def search(self, vector: Vectors, k: int) -> list[tuple[int, float]]:
        """Return up to `k` (row, cosine similarity) pairs, best first."""
        ...


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a build was made from; `content` is a digest over all passages."""

    build: str
    created: float
    embedder: str
    chroma: str
    passages: int
    vectors: int
    content: str


@dataclass(frozen=True, slots=True)
class OpenIndex:
    """A build in use: passages by row, all vectors with the row and text each belongs to, and the two searches."""

    manifest: Manifest
    records: tuple[PassageRecord, ...]
    vector_rows: tuple[int, ...]
    vector_texts: tuple[str, ...]
    matrix: Vectors
    vectors: VectorSearch
    keywords: KeywordIndex


def content_digest(records: Sequence[PassageRecord]) -> str:
    """Return one digest over everything that would be indexed."""
    digest = hashlib.sha256()
    for record in records:
        shown = [record.passage.id, record.passage.source, record.passage.type, *record.passage.documents]
        digest.update(json.dumps([shown, record.embedded_texts], ensure_ascii=False).encode())
    return digest.hexdigest()


def store_vectors(records: Sequence[PassageRecord], store: PassageStore, embedder: Embedder) -> None:
    """Embed every text that the store has no vector for yet, in batches that are kept as they finish."""
    texts = {text_digest(embedder.name, text): text for record in records for text in record.embedded_texts}
    known = store.vectors(embedder.name, list(texts)) if texts else {}
    missing = [digest for digest in texts if digest not in known]
    for start in range(0, len(missing), _BATCH):
        digests = missing[start : start + _BATCH]
        vectors = embedder.embed([texts[digest] for digest in digests])
        store.add_vectors(embedder.name, dict(zip(digests, vectors, strict=True)))


def read_manifest(folder: Path) -> Manifest | None:
    """Return the manifest of the build in use, or None when there is none that can be read."""
    try:
        build = (folder / CURRENT).read_text().strip()
        return Manifest(**json.loads((folder / build / MANIFEST).read_text()))
    except (OSError, ValueError, TypeError):
        return None


def build_index(folder: Path, store: PassageStore, embedder: Embedder) -> Manifest:
    """Build the index of all collections beside the one in use, then make it the one in use.

    An interrupted build leaves the former index untouched.

    Raises:
        IndexUnavailable: the disk is full or the folder cannot be written, or a vector is unusable.
    """
    records = store.passages()
    store_vectors(records, store, embedder)
    build = f"{time.strftime('%Y%m%dT%H%M%S')}-{uuid.uuid4().hex[:6]}"
    home = folder / build
    # Chroma takes a second to import; a process that only reads may never need it.
    from coach.knowledge.vectors import VERSION

    try:
        home.mkdir(parents=True)
        vectors = _gather(records, store, embedder)
        _build_vectors(home, vectors)
        KeywordIndex.build(_keyword_texts(records)).save(home / "keywords")
        manifest = Manifest(
            build, time.time(), embedder.name, VERSION, len(records), len(vectors), content_digest(records)
        )
        (home / MANIFEST).write_text(json.dumps(asdict(manifest), indent=2) + "\n")
        _point_to(folder, build)
    except OSError as error:
        shutil.rmtree(home, ignore_errors=True)
        raise IndexUnavailable(f"The index cannot be written: {error}.", "Free space or mend the folder.") from None
    except BaseException:
        shutil.rmtree(home, ignore_errors=True)
        raise
    _remove_old(folder, build)
    return manifest


def open_index(folder: Path, store: PassageStore, embedder: Embedder, own: bool = True) -> OpenIndex:
    """Open the build in use; when another process owns it, or `own` is False, search the store's own vectors instead.

    Raises:
        IndexUnavailable: no index, made by another embedding model, or not what the store holds.
    """
    manifest = read_manifest(folder)
    if manifest is None:
        raise IndexUnavailable("There is no index yet.", "Run `coach index`.")
    if manifest.embedder != embedder.name:
        raise IndexUnavailable("The index was made with another embedding model.", "Run `coach index --rebuild`.")
    records = store.passages()
    if manifest.content != content_digest(records):
        raise IndexUnavailable("The index is older than the stored passages.", "Run `coach index --rebuild`.")
    home = folder / manifest.build
    rows = [row for row, record in enumerate(records) for _ in record.embedded_texts]
    texts = [text for record in records for text in record.embedded_texts]
    try:
        keywords = KeywordIndex.load(home / "keywords", len(records))
    except (OSError, ValueError, KeyError):
        log.warning("the keyword index of %s is damaged and is made anew in memory", manifest.build)
        keywords = KeywordIndex.build(_keyword_texts(records))
    matrix = _gather(records, store, embedder)
    exact = ExactVectors(matrix)
    # A command that ends at once would break off the opening of the vector index.
    vectors = WarmingVectors(exact, lambda: open_vectors(home, manifest, matrix)) if own else exact
    return OpenIndex(manifest, tuple(records), tuple(rows), tuple(texts), matrix, vectors, keywords)


def lock_holder(home: Path) -> int | None:
    """Return the process id that the lock file names, if any."""
    try:
        return int((home / LOCK).read_text() or 0) or None
    except (OSError, ValueError):
        return None


class WarmingVectors:
    """Searches by plain multiplication until the vector index has been opened in the background.

    Chroma takes one to two seconds to import and open; nobody should wait for them.
    """

    def __init__(self, first: VectorSearch, open_index: Callable[[], VectorSearch]) -> None:
        """Search with `first` until what `open_index` returns is there; it is called once, on the first search."""
        self._search = first
        self._open = open_index
        self._started = threading.Lock()

    def count(self) -> int:
        """Return the number of vectors."""
        return self._search.count()

    def search(self, vector: Vectors, k: int) -> list[tuple[int, float]]:
        """Return up to `k` (row, cosine similarity) pairs, best first."""
        if self._started.acquire(blocking=False):
            threading.Thread(target=self._warm, name="open-index", daemon=True).start()
        return self._search.search(vector, k)

    def _warm(self) -> None:
        try:
            self._search = self._open()
        except Exception:  # noqa: BLE001 - an edge: the search goes on without the index, and the log says why
            log.exception("the vector index could not be opened; searching without it")


def open_vectors(home: Path, manifest: Manifest, matrix: Vectors) -> VectorSearch:
    """Open the vector index of a build; a damaged one is rebuilt, one of another process is left to it."""
    from coach.knowledge.vectors import VERSION, ChromaVectors, probe

    if not _acquire(home):
        log.info("index %s belongs to process %s; reading without it", manifest.build, lock_holder(home))
        return ExactVectors(matrix)
    folder, opened = home / "chroma", home / OPENED
    intact = manifest.chroma == VERSION and _segments_intact(home)
    if intact and (_looks_damaged(folder) or not opened.exists()):
        intact = probe(folder, manifest.vectors)
    if intact:
        # Taken away while the folder is being opened: should that crash this process, the next one looks from a child.
        opened.unlink(missing_ok=True)
        index = ChromaVectors(folder)
        if index.count() == manifest.vectors:
            opened.touch()
            return index
        index.close()
    log.warning("the vector index %s is damaged or of another version and is rebuilt from the store", manifest.build)
    shutil.rmtree(folder, ignore_errors=True)
    return _build_vectors(home, matrix)


def _build_vectors(home: Path, matrix: Vectors) -> VectorSearch:
    from coach.knowledge.vectors import ChromaVectors

    index = ChromaVectors.build(home / "chroma", matrix)
    (home / SEGMENTS).write_text(_segments_digest(home / "chroma"))
    (home / OPENED).touch()
    return index


def _segments_intact(home: Path) -> bool:
    try:
        return (home / SEGMENTS).read_text() == _segments_digest(home / "chroma")
    except OSError:
        return False


def _segments_digest(folder: Path) -> str:
    """Digest over the files of the vectors: Chroma searches a cut or missing one without an error, and finds little."""
    digest = hashlib.sha256()
    # Up to a thousand vectors stay in the database: the files beside it mean nothing then and change at every start.
    for segment in sorted(path.parent for path in folder.glob("*/index_metadata.pickle")):
        for path in sorted(segment.iterdir()):
            digest.update(f"{path.relative_to(folder)} {path.stat().st_size}\n".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _gather(records: Sequence[PassageRecord], store: PassageStore, embedder: Embedder) -> Vectors:
    digests = [text_digest(embedder.name, text) for record in records for text in record.embedded_texts]
    known = store.vectors(embedder.name, list(dict.fromkeys(digests)))
    if any(digest not in known for digest in digests):
        store_vectors(records, store, embedder)
        known = store.vectors(embedder.name, list(dict.fromkeys(digests)))
    return np.stack([known[digest] for digest in digests]) if digests else np.zeros((0, 384), dtype=np.float32)


def _keyword_texts(records: Sequence[PassageRecord]) -> list[str]:
    return [" ".join((record.passage.section, *_keyword_parts(record))) for record in records]


def _keyword_parts(record: PassageRecord) -> tuple[str, ...]:
    # A playbook is found by how people voice the objection; its advice mentions every other subject too.
    return record.passage.asked if record.passage.type == "objection" else record.embedded_texts


def _looks_damaged(folder: Path) -> bool:
    """Say whether a folder needs a look from a child process first: Chroma's database is absent or cut."""
    database = folder / "chroma.sqlite3"
    try:
        with database.open("rb") as stream:
            header = stream.read(100)
        pages = int.from_bytes(header[28:32], "big")
        size = int.from_bytes(header[16:18], "big")
        size = 65536 if size == 1 else size
        return header[:16] != b"SQLite format 3\x00" or database.stat().st_size < pages * size
    except OSError:
        return True


_held: dict[Path, int] = {}


def _acquire(home: Path) -> bool:
    if home in _held:
        return True
    descriptor = os.open(home / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return False
    os.ftruncate(descriptor, 0)
    os.write(descriptor, str(os.getpid()).encode())
    _held[home] = descriptor
    return True


def _point_to(folder: Path, build: str) -> None:
    pointer = folder / f".{CURRENT}-{build}"
    pointer.write_text(build + "\n")
    os.replace(pointer, folder / CURRENT)


def _remove_old(folder: Path, keep: str) -> None:
    """Remove builds that no process owns any more, and what killed builds left behind."""
    for path in folder.iterdir():
        if path.is_dir() and path.name != keep and path not in _held and _finished_or_abandoned(path):
            descriptor = os.open(path / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(path, ignore_errors=True)
            except OSError:
                continue
            finally:
                os.close(descriptor)


def _finished_or_abandoned(build: Path) -> bool:
    return (build / MANIFEST).exists() or time.time() - build.stat().st_mtime > _ABANDONED_SECONDS
