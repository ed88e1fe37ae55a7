"""Wires the parts: settings in, a coach out. The only module that chooses implementations."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path

from coach.answering.answerer import WrittenAnswers
from coach.answering.builtin import BuiltinCoach, View, numbered_lists
from coach.answering.evidence import Weigher
from coach.answering.phrases import read_phrases
from coach.app import Answerer, Coach
from coach.errors import IndexUnavailable
from coach.knowledge.content import Knowledge, read_knowledge
from coach.knowledge.documents.document import MB, Limits
from coach.knowledge.documents.intake import IntakeReport, forget_collection, index_documents
from coach.knowledge.documents.progress import Progress
from coach.knowledge.index import Manifest, build_index, content_digest, open_index, read_manifest, store_vectors
from coach.knowledge.live import Live
from coach.knowledge.passages import DocumentRecord, Embedder, PassageRecord
from coach.knowledge.search import Library, load_askings
from coach.models.embedding import MiniLM
from coach.models.weights import sha256_of
from coach.reading.classifier import load_readers
from coach.reading.questions import QuestionReader
from coach.reading.spelling import Spelling
from coach.reading.training import ASKINGS, READERS
from coach.records.conversations import Conversations
from coach.records.database import Database, open_database
from coach.records.passages import SqlPassageStore
from coach.settings import BUILTIN, Settings

log = logging.getLogger(__name__)
Say = Callable[[str], None]
SHIPPED = "knowledge"


def build_coach(settings: Settings, say: Say = log.info, recover: bool = True) -> Coach:
    """Return a coach that is ready to answer; indexes the shipped knowledge first when it has changed.

    `recover` marks answers that a crash cut off as stopped and opens the vector index; a command that answers and ends,
    perhaps beside the server, leaves both alone.

    Raises:
        CoachError: whatever stands in the way, with its remedy.
    """
    database = open_records(settings)
    conversations = Conversations(database)
    if recover:
        conversations.recover()
    embedder = MiniLM(settings.models_path, settings.threads)
    store = SqlPassageStore(database)
    refresh_index(settings, read_knowledge(settings.knowledge_path), store, embedder, say)
    builtin = BuiltinCoach(Live(settings.index_path, lambda: _view(settings, store, embedder, own=recover)))
    return Coach(_answerer(settings, builtin), conversations)


def open_records(settings: Settings) -> Database:
    """Open the database of the settings."""
    return open_database(settings.database)


def refresh_index(
    settings: Settings,
    knowledge: Knowledge,
    store: SqlPassageStore,
    embedder: Embedder,
    say: Say = log.info,
    rebuild: bool = False,
) -> Manifest:
    """Bring store and index in line with the shipped knowledge; does nothing when they are.

    Raises:
        IndexUnavailable: the index cannot be written.
    """
    records = list(knowledge.records())
    documents = _documents(settings.knowledge_path, records)
    if records != store.passages(SHIPPED) or documents != store.documents(SHIPPED):
        say(f"Indexing {len(records)} passages of the knowledge base …")
        store_vectors(records, store, embedder)
        store.replace_collection(SHIPPED, records, documents)
        store.prune_vectors()
    manifest = read_manifest(settings.index_path)
    current = content_digest(store.passages())
    if rebuild or manifest is None or manifest.content != current or manifest.embedder != embedder.name:
        say("Building the index …")
        manifest = build_index(settings.index_path, store, embedder)
    return manifest


class Indexing:
    """Changes what is searched: the shipped knowledge, an organisation's own documents, the index itself."""

    def __init__(self, settings: Settings, say: Say = log.info) -> None:
        self._settings = settings
        self._say = say
        self._store = SqlPassageStore(open_records(settings))
        self._embedder = MiniLM(settings.models_path, settings.threads)

    def take_in(self, paths: Sequence[Path], collection: str, progress: Progress) -> IntakeReport:
        """Take documents into a collection; `refresh` makes them findable.

        Raises:
            DocumentError: a path does not exist, or the collection's name cannot be used.
        """
        limits = Limits(file_bytes=self._settings.document_limit_mb * MB)
        report = index_documents(paths, collection, self._store, self._embedder, limits, progress)
        if report.changed:
            self._store.prune_vectors()
        return report

    def forget(self, collection: str) -> int:
        """Remove a collection and return how many documents it had; `refresh` takes them out of the index.

        Raises:
            NotFound: there is no such collection.
        """
        documents = forget_collection(collection, self._store)
        self._store.prune_vectors()
        return documents

    def refresh(self, rebuild: bool = False) -> Manifest:
        """Bring the index in line with everything that is stored.

        Raises:
            ContentError: the shipped knowledge does not follow its format.
            IndexUnavailable: the index cannot be written.
        """
        knowledge = read_knowledge(self._settings.knowledge_path)
        return refresh_index(self._settings, knowledge, self._store, self._embedder, self._say, rebuild)


def _documents(folder: Path, records: list[PassageRecord]) -> list[DocumentRecord]:
    counts: dict[str, int] = {}
    for record in records:
        counts[record.document] = counts.get(record.document, 0) + 1
    return [
        DocumentRecord(name, sha256_of(folder / name), (folder / name).stat().st_size, passages)
        for name, passages in counts.items()
    ]


def _view(settings: Settings, store: SqlPassageStore, embedder: MiniLM, own: bool = True) -> View:
    knowledge = read_knowledge(settings.knowledge_path)
    index = open_index(settings.index_path, store, embedder, own)
    passages = [record.passage for record in index.records]
    if not passages:
        raise IndexUnavailable("The index is empty.", "Run `coach index --rebuild`.")
    reading = settings.knowledge_path / "reading"
    spelling = Spelling((f"{passage.context} {passage.text}" for passage in passages), embedder.knows)
    return View(
        knowledge=knowledge,
        phrases=read_phrases(settings.knowledge_path / "phrases.yaml"),
        library=Library(index, embedder, load_askings(reading / ASKINGS)),
        weigher=Weigher(passages, knowledge.sources),
        reader=QuestionReader(embedder, load_readers(reading / READERS), spelling.mended),
        people=knowledge.people(),
        lists=numbered_lists(knowledge),
    )


def _answerer(settings: Settings, builtin: BuiltinCoach) -> Answerer:
    if settings.model in (None, BUILTIN):
        return builtin
    # LangChain takes seconds to import and is not needed by the built-in coach.
    from coach.answering.model_writer import ModelWriter
    from coach.models.chat import LangChainChat
    from coach.prompts import Prompts

    key = settings.model_api_key.get_secret_value() if settings.model_api_key else None
    chat = LangChainChat(
        str(settings.model),
        base_url=settings.model_base_url,
        api_key=key,
        timeout=settings.model_timeout,
        outbound=settings.outbound == "on",
    )
    return WrittenAnswers(builtin, ModelWriter(chat, Prompts(settings.prompts_path)))
