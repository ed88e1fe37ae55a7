"""The sheet: marks are numbered in the order of first use, and a quote is verified only when it is verbatim."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from coach.answering.claims import marks
from coach.answering.sheet import Sheet
from coach.types import Passage


def passage(name: str, text: str = "Prune in winter. Rest in summer.") -> Passage:
    return Passage(f"orchard#{name}", "orchard", "Orchards", name, "Orchard Review, 2024", text)


ONE, TWO, THREE = passage("one"), passage("two"), passage("three")


def test_passages_are_numbered_in_the_order_of_first_use() -> None:
    sheet = Sheet()
    sheet.add("First.", TWO, "Prune in winter.")
    sheet.add("Then.", ONE, "Rest in summer.")
    sheet.add("Again.", TWO, "Rest in summer.")
    assert sheet.text == "First. [1]\n\nThen. [2]\n\nAgain. [1]"
    assert [(citation.n, citation.passage_id) for citation in sheet.citations] == [(1, TWO.id), (2, ONE.id)]
    assert sheet.passages == (TWO.id, ONE.id)


def test_a_citation_says_where_it_is_from() -> None:
    sheet = Sheet()
    sheet.add("First.", ONE, "Prune in winter.")
    (citation,) = sheet.citations
    assert (citation.article, citation.title, citation.section, citation.source, citation.quote) == (
        "orchard", "Orchards", "one", "Orchard Review, 2024", "Prune in winter.",
    )  # fmt: skip


def test_only_a_verbatim_quote_is_verified() -> None:
    for quote, verified in (
        ("Prune in winter.", True),
        ("Prune in Winter.", False),
        ("prune  in winter", False),
        ("", False),
    ):
        sheet = Sheet()
        sheet.add("x", ONE, quote)
        assert sheet.citations[0].verified is verified


def test_the_mark_stands_on_the_first_line_of_a_paragraph() -> None:
    sheet = Sheet()
    sheet.add("Lead:\n- a\n- b", ONE, "Prune in winter.")
    assert sheet.text == "Lead: [1]\n- a\n- b"


def test_words_of_the_coach_carry_no_mark() -> None:
    sheet = Sheet()
    sheet.add("Hello.")
    assert sheet.text == "Hello." and sheet.citations == () and sheet.passages == ()


@settings(deadline=None)
@given(st.lists(st.sampled_from([ONE, TWO, THREE, None]), max_size=12))
def test_marks_and_citations_always_belong_together(uses: list[Passage | None]) -> None:
    sheet = Sheet()
    for used in uses:
        sheet.add("Words.", used, "Prune in winter." if used else "")
    numbers = [citation.n for citation in sheet.citations]
    assert numbers == list(range(1, len(numbers) + 1)) == list(marks(sheet.text))
    assert [citation.passage_id for citation in sheet.citations] == list(
        dict.fromkeys(used.id for used in uses if used is not None)
    )
