"""An index is built aside and swapped in whole; whatever goes wrong, the former one stays usable."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from coach.errors import IndexUnavailable
from coach.knowledge.content import Knowledge
from coach.knowledge.exact import ExactVectors
from coach.knowledge.index import (
    CURRENT,
    LOCK,
    MANIFEST,
    Manifest,
    WarmingVectors,
    build_index,
    content_digest,
    lock_holder,
    open_index,
    open_vectors,
    read_manifest,
    store_vectors,
)
from coach.knowledge.passages import Vectors
from coach.knowledge.vectors import VERSION, ChromaVectors
from coach.records.database import Database, open_database
from coach.records.passages import SqlPassageStore
from tests.conftest import ROOT
from tests.knowledge.invented import WIDTH, HashEmbedder, document_of, numbered_records, unit_vectors
from tests.knowledge.open_index import best_five


def builds(home: Path) -> set[str]:
    return {path.name for path in home.iterdir() if path.is_dir()}


def pointer(home: Path) -> str:
    return (home / CURRENT).read_text().strip()


def put(store: SqlPassageStore, count: int, collection: str = "knowledge") -> None:
    records = numbered_records(count, collection)
    store.replace_collection(collection, records, document_of(records))


def child(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "tests.knowledge.open_index", *map(str, arguments)]


def test_a_build_says_what_it_was_made_from(home: Path, filled: SqlPassageStore, embedder: HashEmbedder) -> None:
    manifest = build_index(home, filled, embedder)
    records = filled.passages()
    assert manifest == read_manifest(home)
    assert (manifest.build, manifest.embedder, manifest.chroma) == (pointer(home), "hash/1", VERSION)
    assert (manifest.passages, manifest.vectors) == (6, sum(len(record.embedded_texts) for record in records))
    assert manifest.content == content_digest(records)
    assert builds(home) == {manifest.build}


def test_what_is_opened_is_what_was_built(home: Path, filled: SqlPassageStore, embedder: HashEmbedder) -> None:
    manifest = build_index(home, filled, embedder)
    opened = open_index(home, filled, embedder)
    assert list(opened.records) == filled.passages()
    assert len(opened.matrix) == len(opened.vector_rows) == len(opened.vector_texts) == manifest.vectors
    for row, text, vector in zip(opened.vector_rows, opened.vector_texts, opened.matrix, strict=True):
        assert text in opened.records[row].embedded_texts
        np.testing.assert_allclose(vector, embedder.embed([text])[0], atol=1e-6)
    assert opened.vectors.count() == manifest.vectors
    assert opened.keywords.search("litres", 1)[0][0] == 0


def test_a_playbook_is_found_by_the_words_of_those_who_say_it(
    home: Path, filled: SqlPassageStore, embedder: HashEmbedder
) -> None:
    build_index(home, filled, embedder)
    index = open_index(home, filled, embedder)
    assert index.records[index.keywords.search("council fleet", 1)[0][0]].passage.id == "playbook#no-boats"
    # The words of its advice would bring it up for every other subject.
    assert index.keywords.search("buoy autumn stone", 5) == []


def test_only_new_texts_are_embedded(filled: SqlPassageStore, embedder: HashEmbedder, home: Path) -> None:
    build_index(home, filled, embedder)
    once = len(embedder.texts)
    build_index(home, filled, embedder)
    assert len(embedder.texts) == once
    put(filled, 3, "handbook")
    build_index(home, filled, embedder)
    assert len(embedder.texts) == once + 3


def test_an_interrupted_embedding_goes_on_where_it_stopped(store: SqlPassageStore) -> None:
    class Tired(HashEmbedder):
        def embed(self, texts):
            if len(self.texts) >= 512:
                raise KeyboardInterrupt
            return super().embed(texts)

    records = numbered_records(600)
    with pytest.raises(KeyboardInterrupt):
        store_vectors(records, store, Tired())
    rested = HashEmbedder()
    store_vectors(records, store, rested)
    assert len(rested.texts) == 600 - 512


class Failing(SqlPassageStore):
    """A store that fails when it is asked for vectors the second time: after a build has made its folder."""

    def __init__(self, database: Database, failure: BaseException) -> None:
        super().__init__(database)
        self.failure, self.asked = failure, 0

    def vectors(self, embedder: str, digests: Collection[str]) -> Mapping[str, Vectors]:
        self.asked += 1
        if self.asked > 1:
            raise self.failure
        return super().vectors(embedder, digests)


@pytest.mark.parametrize(
    ("failure", "expected"),
    [
        (RuntimeError("gone"), RuntimeError),
        (KeyboardInterrupt(), KeyboardInterrupt),
        (OSError(28, "No space left on device"), IndexUnavailable),
    ],
)
def test_a_build_that_breaks_off_leaves_the_former_one(
    home: Path,
    filled: SqlPassageStore,
    embedder: HashEmbedder,
    tmp_path: Path,
    failure: BaseException,
    expected: type[BaseException],
) -> None:
    former = build_index(home, filled, embedder)
    failing = Failing(open_database(f"sqlite:///{tmp_path / 'store.sqlite3'}"), failure)
    with pytest.raises(expected):
        build_index(home, failing, embedder)
    assert failing.asked == 2
    assert builds(home) == {former.build} == {pointer(home)}
    assert open_index(home, filled, embedder).manifest == former


def test_a_failing_embedder_leaves_the_former_index_file_by_file(
    home: Path, filled: SqlPassageStore, embedder: HashEmbedder
) -> None:
    former = build_index(home, filled, embedder)
    before = filled.passages()
    put(filled, 3, "handbook")
    embedder.fails = True
    with pytest.raises(RuntimeError, match="gave up"):
        build_index(home, filled, embedder)
    assert builds(home) == {former.build} == {pointer(home)}
    filled.replace_collection("handbook", [], [])
    opened = open_index(home, filled, embedder)
    assert list(opened.records) == before


def test_an_embedder_that_returns_rubbish_is_refused(
    home: Path, filled: SqlPassageStore, embedder: HashEmbedder
) -> None:
    former = build_index(home, filled, embedder)

    class Rubbish(HashEmbedder):
        def embed(self, texts):
            return np.zeros((len(texts), WIDTH), dtype=np.float32)

    with pytest.raises(IndexUnavailable, match="unit length"):
        build_index(home, filled, Rubbish("rubbish/1"))
    assert builds(home) == {former.build} == {pointer(home)}


def test_a_full_disk_is_said_and_leaves_the_former_index(
    home: Path, filled: SqlPassageStore, embedder: HashEmbedder, tmp_path: Path
) -> None:
    former = build_index(home, filled, embedder)
    code = (
        "import resource, sys; from pathlib import Path; from coach.errors import IndexUnavailable\n"
        "from coach.knowledge.index import build_index; from coach.records.database import open_database\n"
        "from coach.records.passages import SqlPassageStore; from tests.knowledge.invented import HashEmbedder\n"
        "store = SqlPassageStore(open_database(f'sqlite:///{sys.argv[1]}')); store.passages()\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))\n"
        "try: build_index(Path(sys.argv[2]), store, HashEmbedder())\n"
        "except IndexUnavailable as error: print(error)\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "store.sqlite3"), str(home)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert "cannot be written" in done.stdout and "Free space" in done.stdout, done.stderr
    assert builds(home) == {former.build} == {pointer(home)}
    assert open_index(home, filled, embedder).manifest == former


def test_a_folder_that_cannot_be_written_is_named(filled: SqlPassageStore, embedder: HashEmbedder, home: Path) -> None:
    home.write_text("a file where the folder should be")
    with pytest.raises(IndexUnavailable, match="cannot be written") as caught:
        build_index(home, filled, embedder)
    assert caught.value.remedy


def test_old_builds_are_removed_and_what_killed_builds_left(
    home: Path, filled: SqlPassageStore, embedder: HashEmbedder
) -> None:
    build_index(home, filled, embedder)
    running, abandoned = home / "20200101T000000-aaaaaa", home / "20200101T000000-bbbbbb"
    for path in (running, abandoned):
        (path / "chroma").mkdir(parents=True)
    two_days_ago = time.time() - 2 * 86_400
    os.utime(abandoned, (two_days_ago, two_days_ago))
    newest = build_index(home, filled, embedder)
    # A folder without manifest may belong to a build that is under way in another process.
    assert builds(home) == {newest.build, running.name}
    assert pointer(home) == newest.build


def test_a_build_in_use_is_not_removed(home: Path, filled: SqlPassageStore, embedder: HashEmbedder) -> None:
    former = build_index(home, filled, embedder)
    opened = open_index(home, filled, embedder)
    assert isinstance(open_vectors(home / former.build, former, opened.matrix), ChromaVectors)
    newest = build_index(home, filled, embedder)
    assert builds(home) == {former.build, newest.build}
    assert opened.vectors.search(opened.matrix[0], 1)[0][0] == 0


def test_reasons_not_to_open_an_index(home: Path, filled: SqlPassageStore, embedder: HashEmbedder) -> None:
    def problem(with_: HashEmbedder = embedder) -> str:
        with pytest.raises(IndexUnavailable) as caught:
            open_index(home, filled, with_)
        assert "coach index" in caught.value.remedy
        return caught.value.problem

    assert "no index yet" in problem()
    build_index(home, filled, embedder)
    assert "another embedding model" in problem(HashEmbedder("hash/2"))
    put(filled, 2, "handbook")
    assert "older than the stored passages" in problem()
    filled.replace_collection("handbook", [], [])
    open_index(home, filled, embedder)
    (home / pointer(home) / MANIFEST).write_text("{")
    assert "no index yet" in problem()
    (home / CURRENT).write_text("nowhere")
    assert "no index yet" in problem()


def test_any_change_of_what_is_found_or_shown_changes_the_digest(knowledge: Knowledge) -> None:
    records = list(knowledge.records())
    changed = {content_digest(records), content_digest(records[::-1]), content_digest(records[:-1])}
    for field, value in {
        "id": "other#id",
        "title": "Other",
        "section": "Other",
        "source": "Other",
        "text": "Other",
        "type": "gap",
        "asked": ("Other",),
        "documents": ("other",),
    }.items():
        passage = replace(records[0].passage, **{field: value})
        changed.add(content_digest([replace(records[0], passage=passage), *records[1:]]))
    assert len(changed) == 3 + 8


def test_an_index_of_nothing(home: Path, store: SqlPassageStore, embedder: HashEmbedder) -> None:
    manifest = build_index(home, store, embedder)
    opened = open_index(home, store, embedder)
    assert (manifest.passages, manifest.vectors, opened.records) == (0, 0, ())
    assert opened.vectors.search(unit_vectors(1)[0], 5) == [] == opened.keywords.search("pier", 5)


def test_a_second_process_reads_by_exact_search(
    home: Path, filled: SqlPassageStore, embedder: HashEmbedder, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    manifest = build_index(home, filled, embedder)
    matrix = open_index(home, filled, embedder).matrix
    command = child(tmp_path / "store.sqlite3", home, "--hold")
    owner = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert owner.stdin is not None and owner.stdout is not None
    with owner:
        said = json.loads(owner.stdout.readline())
        assert said["search"] == "ChromaVectors" and not said["rebuilt"]
        assert lock_holder(home / manifest.build) == owner.pid
        refused = open_vectors(home / manifest.build, manifest, matrix)
        assert isinstance(refused, ExactVectors)
        assert best_five(refused, matrix) == said["best"]
        # Building goes on beside it, and leaves the build that the other process owns alone.
        newest = build_index(home, filled, embedder)
        assert builds(home) == {manifest.build, newest.build}
        owner.stdin.close()
    freed = open_vectors(home / manifest.build, manifest, matrix)
    assert isinstance(freed, ChromaVectors) and not caplog.text
    assert lock_holder(home / manifest.build) == os.getpid()
    assert best_five(freed, matrix) == said["best"]


def test_nobody_holds_a_lock_that_names_nobody(tmp_path: Path) -> None:
    assert lock_holder(tmp_path) is None
    for text in ("", "0", "junk"):
        (tmp_path / LOCK).write_text(text)
        assert lock_holder(tmp_path) is None


class Scripted:
    """A search that says who it is."""

    def __init__(self, row: int) -> None:
        self.row = row

    def count(self) -> int:
        return self.row

    def search(self, vector: Vectors, k: int) -> list[tuple[int, float]]:
        return [(self.row, 1.0)]


def settled(warming: WarmingVectors, row: int) -> bool:
    for _ in range(500):
        if warming.search(unit_vectors(1)[0], 1)[0][0] == row:
            return True
        time.sleep(0.01)
    return False


def test_searching_goes_on_while_the_vector_index_opens_and_when_it_cannot(caplog: pytest.LogCaptureFixture) -> None:
    opened: list[int] = []

    def open_it() -> Scripted:
        opened.append(1)
        return Scripted(2)

    warming = WarmingVectors(Scripted(1), open_it)
    assert warming.count() == 1 and not opened
    assert settled(warming, 2) and warming.count() == 2
    assert opened == [1]

    def fail() -> Scripted:
        opened.append(1)
        raise RuntimeError("gone")

    broken = WarmingVectors(Scripted(1), fail)
    assert settled(broken, 1)
    for _ in range(500):
        if "could not be opened" in caplog.text:
            break
        time.sleep(0.01)
    assert "could not be opened" in caplog.text
    assert settled(broken, 1) and opened == [1, 1]


def test_a_manifest_of_another_program_is_no_manifest(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / CURRENT).write_text("b\n")
    for text in ("", "[]", '{"build": "b"}', '{"build": "b", "more": 1}'):
        (tmp_path / "b" / MANIFEST).write_text(text)
        assert read_manifest(tmp_path) is None
    whole = {"build": "b", "created": 1.0, "embedder": "e", "chroma": "1", "passages": 1, "vectors": 1, "content": "c"}
    (tmp_path / "b" / MANIFEST).write_text(json.dumps(whole))
    assert read_manifest(tmp_path) == Manifest(**whole)
