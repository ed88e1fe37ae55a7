"""Search joins meaning, keywords and ways of asking, over the knowledge and an organisation's documents alike."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from coach.errors import ContentError
from coach.knowledge.exact import ExactVectors
from coach.knowledge.index import build_index, open_index
from coach.knowledge.search import FUSION_K, Asking, Discriminant, Library, load_askings, save_askings
from coach.records.passages import SqlPassageStore
from tests.knowledge.invented import WIDTH, HashEmbedder, document_of, numbered_records, unit_vectors

ASKED = {
    "which ropes does a pier need?": "tidy-harbour#three-ropes",
    "why do ropes matter?": "tidy-harbour#why-ropes",
    "who is Ingrid Sund?": "tidy-harbour#ingrid-sund",
    "how much oil does a lantern burn?": "quiet-lantern#oil",
    "what does oil cost?": "quiet-lantern#left-out",
    "nobody sails here": "playbook#no-boats",
}


def ids(library: Library, *queries: str, k: int = 10) -> list[str]:
    return [found.passage.id for found in library.search(queries, k)]


@pytest.mark.parametrize(("question", "passage"), ASKED.items())
def test_a_known_way_of_asking_finds_its_passage_first(library: Library, question: str, passage: str) -> None:
    first = library.search([question])[0]
    assert first.passage.id == passage
    assert first.matched == question
    assert first.asked == first.dense == pytest.approx(1.0, abs=1e-5)
    assert first.body < 1 and first.asked_mean < first.asked and first.keyword > 0


def test_ranks_of_all_three_searches_are_fused(home: Path, filled: SqlPassageStore, embedder: HashEmbedder) -> None:
    build_index(home, filled, embedder)
    index = open_index(home, filled, embedder)
    question = "oil for the lantern, and why do ropes matter to Ingrid"
    query = embedder.embed([question])
    dense: dict[int, float] = {}
    for number, similarity in ExactVectors(index.matrix).search(query[0], 1000):
        dense.setdefault(index.vector_rows[number], similarity)
    keyword = dict(index.keywords.search(question, 60))
    fits = Discriminant(index.matrix, index.vector_rows, {}).fits(query)
    expected: dict[int, float] = dict.fromkeys(dense, 0.0)
    for scores in (dense, keyword, fits):
        ranked = sorted(scores, key=lambda row: -scores[row])
        for row in expected:
            rank = ranked.index(row) + 1 if row in scores else 10_000
            expected[row] += 1 / (FUSION_K + rank)
    found = Library(index, embedder).search([question])
    best = sorted(expected, key=lambda row: -expected[row])
    assert [item.passage.id for item in found] == [index.records[row].passage.id for row in best]
    assert [item.score for item in found] == pytest.approx([expected[row] for row in best])
    assert len(set(map(len, (keyword, fits)))) == 2, "the three rankings should not cover the same passages"


def test_a_passage_counts_with_its_best_wording(library: Library) -> None:
    assert ids(library, "xyzzy", "how much oil does a lantern burn?")[0] == "quiet-lantern#oil"
    both = ids(library, "why do ropes matter?", "how much oil does a lantern burn?", k=2)
    assert set(both) == {"tidy-harbour#why-ropes", "quiet-lantern#oil"}


def test_vectors_that_are_there_already_are_not_made_again(library: Library, embedder: HashEmbedder) -> None:
    question = "why do ropes matter?"
    vectors = embedder.embed([question])
    made = len(embedder.texts)
    with_vectors = library.search([question], 10, vectors)
    assert len(embedder.texts) == made
    assert with_vectors == library.search([question], 10) == library.search([question], 10, vectors[0])


def test_k_bounds_the_result_and_scores_fall(library: Library) -> None:
    assert len(library.search(["ropes"], 2)) == 2
    scores = [found.score for found in library.search(["ropes"], 50)]
    assert len(scores) == 6 and scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("question", ["", "?", "zeppelin 99", "日本語", "x" * 5000])
def test_any_question_gets_candidates(library: Library, question: str) -> None:
    found = library.search([question])
    assert len(found) == 6
    assert all(np.isfinite([item.score, item.body, item.asked, item.fit]).all() for item in found)


def test_passages_are_read_and_inspected_by_id(library: Library, embedder: HashEmbedder) -> None:
    passage = library.passage("quiet-lantern#oil")
    assert passage is not None and passage.section == "How much oil a lantern burns"
    assert library.passage("quiet-lantern#gone") is None
    vectors = embedder.embed(["why do ropes matter?"])
    seen = library.inspect("quiet-lantern#oil", vectors)
    assert seen is not None and (seen.score, seen.keyword) == (0.0, 0.0)
    among = next(item for item in library.search(["why do ropes matter?"]) if item.passage.id == "quiet-lantern#oil")
    assert (seen.body, seen.asked, seen.fit) == pytest.approx((among.body, among.asked, among.fit), abs=1e-5)
    assert library.inspect("quiet-lantern#gone", vectors) is None


def test_an_organisations_documents_are_found_beside_the_knowledge(
    home: Path, filled: SqlPassageStore, embedder: HashEmbedder
) -> None:
    records = numbered_records(8, "handbook")
    filled.replace_collection("handbook", records, document_of(records))
    build_index(home, filled, embedder)
    library = Library(open_index(home, filled, embedder), embedder)
    first = library.search(["Where does number5 float, metres from mark65?"])[0]
    assert (first.passage.id, first.passage.collection) == ("handbook-5#part", "handbook")
    # No way of asking is known for it: its text speaks for it, and the discriminant leaves it out.
    assert first.asked == first.asked_mean == first.body and first.fit == 0.0
    for question, passage in ASKED.items():
        assert ids(library, question)[0] == passage
    filled.replace_collection("handbook", [], [])
    build_index(home, filled, embedder)
    library = Library(open_index(home, filled, embedder), embedder)
    assert {item.passage.collection for item in library.search(["number5 float metres"])} == {"knowledge"}


def test_an_index_of_nothing_finds_nothing(home: Path, store: SqlPassageStore, embedder: HashEmbedder) -> None:
    build_index(home, store, embedder)
    assert Library(open_index(home, store, embedder), embedder).search(["ropes"]) == []


def around(center: np.ndarray, count: int, seed: int) -> np.ndarray:
    vectors = center + 0.4 * unit_vectors(count, seed)
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def test_the_discriminant_tells_passages_apart() -> None:
    first, second, new = unit_vectors(3, seed=1)
    matrix = np.concatenate([around(first, 6, 2), around(second, 6, 3)])
    discriminant = Discriminant(matrix, [4] * 6 + [9] * 6, {})
    fits = discriminant.fits(around(first, 1, 5))
    assert set(fits) == {4, 9} and fits[4] > 0 > fits[9]
    # Of several wordings the best one counts.
    both = discriminant.fits(np.concatenate([around(first, 1, 5), around(second, 1, 6)]))
    assert both[4] > 0 and both[9] > 0
    assert np.isfinite(list(discriminant.fits(new[None]).values())).all()


def test_further_questions_move_a_passage_towards_them() -> None:
    centers, elsewhere = unit_vectors(4, seed=1)[:3], unit_vectors(4, seed=1)[3]
    matrix = np.concatenate([around(center, 6, seed) for seed, center in enumerate(centers, 2)])
    rows = [0] * 6 + [1] * 6 + [2] * 6
    query = around(elsewhere, 1, 7)
    plain = Discriminant(matrix, rows, {}).fits(query)
    furthest = min(plain, key=lambda row: plain[row])
    trained = Discriminant(matrix, rows, {furthest: Asking(elsewhere, 60)}).fits(query)
    assert plain[furthest] < 0 and trained[furthest] > 1
    assert max(trained, key=lambda row: trained[row]) == furthest
    assert Discriminant(matrix, rows, {7: Asking(elsewhere, 60)}).fits(query) == pytest.approx(plain)


@pytest.mark.parametrize("counts", [[], [1], [1, 3, 2]])
def test_with_few_ways_of_asking_the_discriminant_stays_silent(counts: list[int]) -> None:
    rows = [row for row, count in enumerate(counts) for _ in range(count)]
    assert Discriminant(unit_vectors(len(rows)), rows, {}).fits(unit_vectors(2)) == {}


def test_passages_with_few_ways_of_asking_are_left_out_of_it() -> None:
    rows = [0] * Discriminant.FEWEST + [1] * (Discriminant.FEWEST - 1) + [2] * 8
    assert set(Discriminant(unit_vectors(len(rows)), rows, {}).fits(unit_vectors(1))) == {0, 2}
    alone = Discriminant(unit_vectors(5), [3] * 5, {}).fits(unit_vectors(1))
    assert alone == {3: 0.0}


def test_further_questions_are_learned_by_passage_id(
    home: Path, filled: SqlPassageStore, embedder: HashEmbedder
) -> None:
    build_index(home, filled, embedder)
    index = open_index(home, filled, embedder)
    slang = "gimme the juice figures mate"
    learned = {"quiet-lantern#oil": Asking(embedder.embed([slang])[0], 40), "gone#gone": Asking(np.zeros(WIDTH), 1)}
    before, after = (
        {item.passage.id: item for item in Library(index, embedder, known).search([slang])} for known in (None, learned)
    )
    assert max(after.values(), key=lambda item: item.fit).passage.id == "quiet-lantern#oil"
    assert after["quiet-lantern#oil"].fit > before["quiet-lantern#oil"].fit
    assert after["quiet-lantern#oil"].score >= before["quiet-lantern#oil"].score


def test_what_was_learned_is_kept_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "askings.npz"
    assert load_askings(path) == {}
    vectors = unit_vectors(2)
    save_askings({"b#b": Asking(vectors[0], 3), "a#a": Asking(vectors[1], 70_000)}, path)
    loaded = load_askings(path)
    assert {name: asking.count for name, asking in loaded.items()} == {"a#a": 70_000, "b#b": 3}
    np.testing.assert_allclose(loaded["b#b"].mean, vectors[0], atol=1e-3)
    assert loaded["b#b"].mean.dtype == np.float32


def test_a_damaged_file_of_what_was_learned_is_named(tmp_path: Path) -> None:
    path = tmp_path / "askings.npz"
    save_askings({"a#a": Asking(unit_vectors(1)[0], 3)}, path)
    whole = path.read_bytes()
    np.savez(tmp_path / "other.npz", other=np.zeros(1))
    other = (tmp_path / "other.npz").read_bytes()
    for damaged in (b"", b"junk", whole[: len(whole) // 2], whole[:200] + bytes(60) + whole[260:], other):
        path.write_bytes(damaged)
        with pytest.raises(ContentError, match=r"askings\.npz cannot be read") as caught:
            load_askings(path)
        assert "make train" in caught.value.remedy
