"""Keywords are found by stem, ranked by BM25, and survive being written to disk."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.knowledge.keywords import KeywordIndex, stems

TEXTS = [
    "The keeper trims the lantern every evening.",
    "Ropes hold the vessel at the pier, and ropes wear out.",
    "A pier without a rope is no pier.",
    "What should you do with it?",
]


def rows(index: KeywordIndex, query: str, k: int = 10) -> list[int]:
    return [row for row, _ in index.search(query, k)]


def test_rows_that_share_a_stem_are_found_best_first() -> None:
    index = KeywordIndex.build(TEXTS)
    found = index.search("roping? ROPE piers!", 10)
    assert {row for row, _ in found} == {1, 2}
    scores = [score for _, score in found]
    assert scores == sorted(scores, reverse=True) and scores[-1] > 0
    assert rows(index, "lanterns trimmed") == [0]
    assert len(index.search("pier", 1)) == 1


def test_a_rare_word_counts_more_than_a_frequent_one() -> None:
    index = KeywordIndex.build(["pier rope", "pier lantern", "pier oil", "pier wick"])
    assert rows(index, "pier oil")[0] == 2


@pytest.mark.parametrize("query", ["", "   ", "?!", "zeppelin", "what should you do with it", "\u0000", "日本"])
def test_words_that_say_nothing_find_nothing(query: str) -> None:
    assert KeywordIndex.build(TEXTS).search(query, 10) == []


def test_unknown_words_beside_known_ones_do_no_harm() -> None:
    index = KeywordIndex.build(TEXTS)
    assert index.search("zeppelin lantern", 10) == index.search("lantern", 10)


def test_a_saved_index_finds_the_same(tmp_path: Path) -> None:
    index = KeywordIndex.build(TEXTS)
    index.save(tmp_path / "keywords")
    again = KeywordIndex.load(tmp_path / "keywords", len(TEXTS))
    assert again.search("rope pier lantern", 10) == index.search("rope pier lantern", 10) != []


@pytest.mark.parametrize("texts", [[], ["the and of"], ["?"]])
def test_an_index_of_nothing_finds_nothing_before_and_after_saving(tmp_path: Path, texts: list[str]) -> None:
    index = KeywordIndex.build(texts)
    index.save(tmp_path / "keywords")
    for each in (index, KeywordIndex.load(tmp_path / "keywords", len(texts))):
        assert each.search("lantern the \u0000", 10) == []


def test_a_damaged_index_is_refused(tmp_path: Path) -> None:
    KeywordIndex.build(TEXTS).save(tmp_path)
    for path in sorted(tmp_path.iterdir()):
        whole = path.read_bytes()
        for damaged in (b"", whole[: len(whole) // 2], None):
            if damaged is None:
                path.unlink()
            else:
                path.write_bytes(damaged)
            with pytest.raises((OSError, ValueError)):
                KeywordIndex.load(tmp_path, len(TEXTS))
        path.write_bytes(whole)
    assert rows(KeywordIndex.load(tmp_path, len(TEXTS)), "lantern") == [0]


def test_stems_are_content_words_in_order() -> None:
    assert stems("What are the Responsibilities of a leader's team?")[:2] == ["respons", "leader"]
    assert stems("") == []


@given(st.lists(st.text(max_size=30), max_size=6), st.text(max_size=30), st.integers(1, 20))
def test_any_text_can_be_indexed_and_asked_for(texts: list[str], query: str, k: int) -> None:
    found = KeywordIndex.build(texts).search(query, k)
    assert len(found) <= k
    assert all(0 <= row < len(texts) and score > 0 for row, score in found)
    assert all(set(stems(texts[row])) & set(stems(query)) for row, _ in found)
