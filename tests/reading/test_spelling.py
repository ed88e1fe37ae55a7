"""Misspelt words become words of the knowledge base; words that are right stay as they are."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.reading.spelling import Spelling

TEXTS = (
    "The competency model names responsibilities of senior leaders. Strategic alignment comes first.",
    "Executives ask for retention, revenue and productivity; alignment with the business is what counts.",
)
KNOWN = frozenset("what are the a an is of for my does how means shadow lead house plan manage executive whose".split())
SPELLING = Spelling(TEXTS, KNOWN.__contains__)


@pytest.mark.parametrize(
    ("slip", "word"),
    [
        ("alignmnt", "alignment"),
        ("alingment", "alignment"),
        ("competancy", "competency"),
        ("retension", "retention"),
        ("strategc", "strategic"),
        ("responsibilites", "responsibilities"),
        ("Prodctivity", "productivity"),
        ("leadrs", "leaders"),
    ],
)
def test_a_slip_is_mended(slip: str, word: str) -> None:
    assert SPELLING.mended(f"what is {slip}?") == f"what is {word}?"


@pytest.mark.parametrize(
    "word",
    [
        "alignment",
        "Alignment",
        "shadow",
        "shadowing",
        "managed",
        "planned",
        "CLOs",
        "ROI",
        "LMS",
        "RETNTION",
        "mdl",
        "ab",
    ],
)
def test_known_words_acronyms_and_short_words_stay(word: str) -> None:
    assert SPELLING.mended(f"what is {word}?") == f"what is {word}?"


@pytest.mark.parametrize("word", ["Reykjavik", "zzzzzz", "lignment", "xretention"])
def test_a_word_that_is_close_to_nothing_or_begins_otherwise_stays(word: str) -> None:
    assert SPELLING.mended(word) == word


def test_numbers_and_marks_stay_where_they_are() -> None:
    assert SPELLING.mended("98% «retension», 3 xl_ & (alignmnt)!") == "98% «retention», 3 xl_ & (alignment)!"


def test_without_any_words_nothing_is_mended() -> None:
    assert Spelling((), lambda _: False).mended("alignmnt of evrything") == "alignmnt of evrything"


_WORDISH = st.lists(st.sampled_from("alignmnt strategc ROI the 98% retension, how? Leadrs naïve don't".split()))


@settings(deadline=None)
@given(st.text() | _WORDISH.map(" ".join))
def test_only_words_change_and_never_their_number(text: str) -> None:
    mended = SPELLING.mended(text)
    assert len(mended.split()) == len(text.split())
    assert re.sub(r"[A-Za-z]+", "x", mended) == re.sub(r"[A-Za-z]+", "x", text)
    assert SPELLING.mended(mended) == mended
