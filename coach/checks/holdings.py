"""Checks of what the coach holds: embedding model, database, index, articles, collections of documents."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from coach.checks.finding import Finding
from coach.errors import RecordsError
from coach.knowledge.index import Manifest, content_digest, lock_holder
from coach.knowledge.passages import DocumentRecord, PassageRecord
from coach.models.weights import EmbeddingWeights, installed_fingerprint, sha256_of
from coach.records.database import Database

DAY = 86_400.0
SHOWN = 3


def check_embedding_model(model: EmbeddingWeights, folder: Path) -> Finding:
    """Verify the embedding model by its SHA-256."""
    name, home = "Embedding model", folder / model.name
    fingerprint = installed_fingerprint(model, folder)
    if fingerprint is not None:
        return Finding(name, "OK", f"{model.name}, SHA-256 {fingerprint[:12]}… as it should be")
    state = "is damaged or another one" if home.is_dir() else "is not installed"
    return Finding(name, "FAIL", f"{model.name} {state} in {folder}.", "Run `coach models install`.")


def check_database(database: Database) -> Finding:
    """Read the database as a whole."""
    try:
        database.check()
    except RecordsError as error:
        return Finding("Database", "FAIL", error.problem, error.remedy)
    return Finding("Database", "OK", f"{database.name} is sound")


def check_index(
    folder: Path, manifest: Manifest | None, embedder: str | None, passages: Sequence[PassageRecord], now: float
) -> Finding:
    """Check that there is an index, whole, of the stored passages, by the installed embedding model.

    Args:
        folder: where the builds are.
        manifest: of the build in use, None when there is none.
        embedder: name of the installed embedding model, None when it is not installed.
        passages: what the database holds.
        now: seconds since 1970.
    """
    name, remedy = "Index", "Run `coach index --rebuild`."
    if manifest is None:
        return Finding(name, "FAIL", f"There is no index in {folder}.", "Run `coach index`.")
    if embedder is not None and manifest.embedder != embedder:
        return Finding(name, "FAIL", f"It was made with another embedding model ({manifest.embedder}).", remedy)
    if manifest.content != content_digest(passages):
        return Finding(name, "FAIL", "It is older than the stored passages.", remedy)
    home = folder / manifest.build
    if not (home / "chroma" / "chroma.sqlite3").is_file() or not (home / "keywords").is_dir():
        return Finding(name, "WARN", f"Files are missing from {home}; they are made again at the next start.", remedy)
    holder = lock_holder(home)
    used = f", last opened by process {holder}" if holder else ""
    return Finding(name, "OK", f"{manifest.passages:,} passages, built {_age(now - manifest.created)}{used}")


def check_articles(folder: Path, stored: Sequence[DocumentRecord]) -> Finding:
    """Compare articles and playbooks under `folder` with the files that the index was made from, by SHA-256."""
    name, remedy = "Articles", "Run `coach index`."
    known = {record.path: record.sha256 for record in stored}
    present = [*(folder / "articles").glob("*.md"), *(folder / "objections").glob("*.yaml")]
    hashes = {path.relative_to(folder).as_posix(): sha256_of(path) for path in present}
    if not hashes:
        return Finding(
            name, "FAIL", f"There are no articles in {folder}.", "Set COACH_KNOWLEDGE to a knowledge folder."
        )
    changed = [path for path, digest in hashes.items() if path in known and known[path] != digest]
    added = [path for path in hashes if path not in known]
    gone = [path for path in known if path not in hashes]
    differences = {"changed": changed, "new": added, "gone": gone}
    told = [f"{len(paths)} {what} ({_some(paths)})" for what, paths in differences.items() if paths]
    if told:
        return Finding(name, "WARN", f"Since they were indexed: {', '.join(told)}.", remedy)
    return Finding(name, "OK", f"{len(hashes)} files are as they were indexed")


def check_collection(collection: str, documents: Sequence[DocumentRecord]) -> Finding:
    """Check that a collection's documents are where they were, with the size they had."""
    name = f"Collection {collection}"
    passages = sum(record.passages for record in documents)
    found = f"{len(documents):,} documents, {passages:,} passages"
    changed = [record.path for record in documents if _size(Path(record.path)) != record.size]
    if changed:
        remedy = f"Run `coach index PATH --name {collection}` with the folder they came from."
        return Finding(name, "WARN", f"{found}; {len(changed):,} gone or changed ({_some(changed)})", remedy)
    return Finding(name, "OK", found)


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None


def _age(seconds: float) -> str:
    for unit, length in (("day", DAY), ("hour", 3600.0), ("minute", 60.0)):
        number = int(seconds // length)
        if number >= 1:
            return f"{number} {unit}{'s' if number > 1 else ''} ago"
    return "just now"


def _some(names: Sequence[str]) -> str:
    shown = sorted(names)[:SHOWN]
    return ", ".join(shown) + (", …" if len(names) > SHOWN else "")
