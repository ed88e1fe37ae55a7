"""Pieces are verbatim, within the limit, overlapping, and never near-empty."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from coach.knowledge.chunks import SHORTEST, split_text

PARAGRAPH = "Managers learn from work they cannot yet do. A coach makes that safe! Who decides what is next? "


def test_short_text_stays_whole() -> None:
    assert split_text("The academy opens in spring.") == ["The academy opens in spring."]


def test_near_empty_pieces_are_dropped() -> None:
    assert split_text("") == []
    assert split_text("   \n ") == []
    assert split_text("Page 12") == []


def test_cuts_fall_after_sentences_and_keep_their_marks() -> None:
    pieces = split_text(PARAGRAPH * 30, limit=300, overlap=0)
    assert len(pieces) > 5
    assert all(piece.endswith((".", "!", "?")) for piece in pieces)


def test_neighbours_overlap() -> None:
    text = " ".join(f"Sentence number {number} says something of its own." for number in range(100))
    pieces = split_text(text, limit=400, overlap=150)
    assert all(later[:40] in earlier for earlier, later in pairwise(pieces))


def test_a_text_without_any_break_is_cut_all_the_same() -> None:
    assert [len(piece) for piece in split_text("x" * 2500, overlap=0)] == [1000, 1000, 500]


@given(st.text(alphabet=st.sampled_from("ab .?!\n\u00e9\u4e2d\U0001f600"), max_size=3000))
def test_every_piece_is_verbatim_and_within_the_limit(text: str) -> None:
    pieces = split_text(text, limit=120, overlap=30)
    assert all(piece in text and SHORTEST <= len(piece) <= 120 for piece in pieces)
