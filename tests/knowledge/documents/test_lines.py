"""Lines as set on a page become paragraphs as written."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from coach.knowledge.documents.lines import bodies, joined


def test_lines_broken_at_the_margin_are_joined_and_divided_words_made_whole() -> None:
    lines = [
        "Leadership programmes fail when managers do not take part in the de-",
        "sign of what their people are to learn, and when nobody asks after-",
        "wards what has changed.",
        "A new paragraph begins with a capital after a short line and goes on.",
        "• First item of a list",
        "• Second item of a list",
    ]
    assert joined(lines).split("\n") == [
        "Leadership programmes fail when managers do not take part in the design of what their people are to learn, "
        "and when nobody asks afterwards what has changed.",
        "A new paragraph begins with a capital after a short line and goes on.",
        "• First item of a list",
        "• Second item of a list",
    ]


def test_headers_footers_and_page_numbers_go_and_headings_stay() -> None:
    pages = [
        [f"{n + 7} Chapter One: The Academy", f"Week {n}", "What", "Who", "Why" * (n + 1), "Internal use only"]
        for n in range(5)
    ]
    assert bodies(pages)[1] == ["Week 1", "What", "Who", "WhyWhy"]


def test_headings_that_count_are_kept_on_sparse_slides() -> None:
    pages = [[f"Week {page}", f"Topic {page * 7 % 5}"] for page in range(6)]
    assert bodies(pages) == pages


def test_a_table_of_contents_goes() -> None:
    assert bodies([["1 Academy . . . . . . . . 12", "2 Fees ............ 14", "Text."]]) == [["Text."]]


@given(st.lists(st.text(alphabet="abc -.•\u00ad", max_size=60), max_size=30))
def test_joining_loses_no_letter(lines: list[str]) -> None:
    letters = [character for character in "".join(lines) if character in "abc•"]
    assert [character for character in joined(lines) if character in "abc•"] == letters
