"""Passages, documents and vectors are kept whole."""

from __future__ import annotations

import numpy as np
import pytest

from coach.knowledge.passages import DocumentRecord, PassageRecord, PassageStore, text_digest
from coach.records.passages import SqlPassageStore
from coach.types import Passage


def record(name: str, collection: str = "knowledge", text: str = "Text.") -> PassageRecord:
    passage = Passage(f"a#{name}", "a", "Title", name, "Source", text, "advice", ("Why?", "How?"), collection)
    return PassageRecord(passage, "a.md")


DOCUMENT = DocumentRecord("a.md", "0" * 64, 5_000_000_000, 2)


def test_a_collection_is_replaced_as_a_whole_and_keeps_its_order(store: SqlPassageStore) -> None:
    kept: PassageStore = store
    kept.replace_collection("knowledge", [record("z"), record("a")], [DOCUMENT])
    kept.replace_collection("Own", [record("b", "Own")], [DOCUMENT, DocumentRecord("A.md", "1", 1, 1)])
    assert kept.passages("knowledge") == [record("z"), record("a")]
    assert kept.passages() == [record("b", "Own"), record("z"), record("a")]
    assert [document.path for document in kept.documents("Own")] == ["a.md", "A.md"]
    assert kept.documents("knowledge") == [DOCUMENT]
    kept.replace_collection("knowledge", [record("a", text="New.")], [])
    assert kept.passages("knowledge") == [record("a", text="New.")]
    assert kept.documents("knowledge") == []
    kept.replace_collection("Own", [], [])
    assert kept.passages("Own") == []
    assert kept.documents("Own") == []


def test_a_refused_collection_leaves_the_old_one(store: SqlPassageStore) -> None:
    store.replace_collection("knowledge", [record("a")], [DOCUMENT])
    with pytest.raises(ValueError, match="a#b"):
        store.replace_collection("knowledge", [record("b"), record("b")], [])
    with pytest.raises(ValueError, match="other"):
        store.replace_collection("knowledge", [record("c", "other")], [])
    assert store.passages() == [record("a")]


def test_thousands_of_vectors_go_in_and_out(store: SqlPassageStore) -> None:
    rng = np.random.default_rng(0)
    vectors = {f"{n:064}": rng.standard_normal(8).astype(np.float32) for n in range(2_500)}
    store.add_vectors("mini", vectors)
    found = store.vectors("mini", [*vectors, "missing"])
    assert found.keys() == vectors.keys()
    assert all(found[digest].dtype == np.float32 and np.array_equal(found[digest], vectors[digest]) for digest in found)
    assert store.vectors("mini", []) == {}
    assert store.vectors("other", list(vectors)[:3]) == {}


def test_known_vectors_are_left_as_they_are(store: SqlPassageStore) -> None:
    store.add_vectors("mini", {})
    store.add_vectors("mini", {"d": np.ones(3, np.float32)})
    store.add_vectors("mini", {"d": np.zeros(3, np.float32), "e": np.zeros(3, np.float32)})
    found = store.vectors("mini", {"d", "e"})
    assert found["d"].tolist() == [1, 1, 1]
    assert found["e"].tolist() == [0, 0, 0]
    with pytest.raises(ValueError, match="shape"):
        store.add_vectors("mini", {"f": np.ones((2, 3), np.float32)})


def test_vectors_without_a_passage_are_pruned(store: SqlPassageStore) -> None:
    one = np.ones(2, np.float32)
    texts = record("a").embedded_texts
    for embedder in ("mini", "bge"):
        store.add_vectors(embedder, {text_digest(embedder, text): one for text in (*texts, f"gone from {embedder}")})
    store.add_vectors("bge", {text_digest("mini", texts[0]): one})
    store.replace_collection("knowledge", [record("a")], [DOCUMENT])
    assert store.prune_vectors() == 3
    assert store.prune_vectors() == 0
    for embedder in ("mini", "bge"):
        digests = [text_digest(embedder, text) for text in texts]
        assert store.vectors(embedder, digests).keys() == set(digests)
