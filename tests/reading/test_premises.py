"""What a question takes for granted and gets wrong: numbers in any spelling, swapped names, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.knowledge.schemas import Fact
from coach.reading.premises import contradictions, quantities

ORCHARDS = Fact(
    id="seven-orchards", about=[["orchard"]], sort="number", noun=["orchards", "orchard"], right=["7"],
    correction="It is seven, not {said}: the report names seven orchards.", passage="report#orchards",
)  # fmt: skip
SHARE = Fact(
    id="share", about=[["pickers", "picking staff"], ["stay", "stayed", "leave"]], sort="number", noun=["percent"],
    right=["50%", "1%"], correction="The figure is 50%, not {said}.", passage="report#share",
)  # fmt: skip
PLANTED = Fact(
    id="planted", about=[["report", "study"]], sort="number", noun=["date"], right=["2024"],
    correction="The report is of 2024, not {said}.", passage="report#about",
)  # fmt: skip
FOUNDER = Fact(
    id="founder", about=[["cider"]], sort="name", right=["olsen"], wrong=["berg", "green valley"],
    correction="It was Mira Olsen, not {said}, who made the cider.", passage="report#cider",
)  # fmt: skip
FACTS = (ORCHARDS, SHARE, PLANTED, FOUNDER)


def said(question: str) -> list[tuple[str, str]]:
    return [(found.fact.id, found.said) for found in contradictions(question, FACTS)]


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("98%", 98, "percent"),
        ("98 %", 98, "percent"),
        ("98 per cent", 98, "percent"),
        ("98 percent", 98, "percent"),
        ("98 pct", 98, "percent"),
        ("12.5 %", 12.5, "percent"),
        ("12,5%", 12.5, "percent"),
        ("ninety-eight percent", 98, "percent"),
        ("twenty per cent", 20, "percent"),
        ("one in ten", 10, "percent"),
        ("1 in 4", 25, "percent"),
        ("three out of every four", 75, "percent"),
        ("half of", 50, "percent"),
        ("a quarter of", 25, "percent"),
        ("two-thirds", 200 / 3, "percent"),
        ("three quarters", 75, "percent"),
        ("in 2024", 2024, "year"),
        ("9", 9, "count"),
        ("nine", 9, "count"),
        ("Twenty-One", 21, "count"),
        ("seventeen", 17, "count"),
    ],
)
def test_a_number_is_read_however_it_is_written(text: str, value: float, unit: str) -> None:
    found = quantities(f"they say {text} orchards")
    assert [(pytest.approx(quantity.value), quantity.unit) for quantity in found] == [(value, unit)]


@pytest.mark.parametrize("text", ["the first orchard", "my 3rd orchard", "a second try", "someone", "often", "tenfold"])
def test_what_only_looks_like_a_number_is_none(text: str) -> None:
    assert quantities(text) == []


def test_every_number_of_a_text_is_read_once() -> None:
    found = quantities("In 2024 one in ten of the nine pickers, or 10 %, left.")
    assert sorted((quantity.unit, quantity.value) for quantity in found) == [
        ("count", 9), ("percent", 10), ("percent", 10), ("year", 2024),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Why are there nine orchards?", "nine"),
        ("Which of the 9 orchards is best?", "9"),
        ("Tell me about the twenty-one orchards", "twenty-one"),
        ("the five old hill-side orchards", "five"),
        ("Are there five kinds of orchards?", "five"),
    ],
)
def test_a_wrong_number_of_the_things_counted_is_found(question: str, words: str) -> None:
    assert said(question) == [("seven-orchards", words)]


@pytest.mark.parametrize(
    "question",
    [
        "Which are the seven orchards?",
        "Are there 7 orchards or nine orchards?",
        "What grows in the first orchard?",
        "What about the 2nd orchard",
        "Are these two orchards alike?",
        "Tell me about the other three orchards",
        "I have 200 trees. What is an orchard?",
        "We waited nine years for an orchard; is that long?",
        "Is one orchard enough?",
        "Half of the orchards have apples, true?",
        "Our nine people look after orchards",
        "We have 12 farmers with an orchard",
        "Which three of the orchards are oldest?",
        "Give me two ways to explain orchards to nine farmers",
        "What are the nine barns for?",
    ],
)
def test_a_number_that_counts_something_else_or_is_right_contradicts_nothing(question: str) -> None:
    assert said(question) == []


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Why do 30% of pickers stay?", "30%"),
        ("why do one in ten pickers leave", "one in ten"),
        ("A third of the picking staff stayed, why?", "A third of"),
        ("Ninety-five per cent of pickers stay, don't they?", "Ninety-five per cent"),
    ],
)
def test_a_wrong_share_is_found_in_any_form(question: str, words: str) -> None:
    assert said(question) == [("share", words)]


@pytest.mark.parametrize(
    "question",
    [
        "Half of the pickers stay?",
        "Do one in a hundred pickers leave? I mean 1 in 100.",
        "30% of pickers, or was it 50%, stay?",
        "30% of apples are red, why?",
        "Why do 30 pickers stay?",
    ],
)
def test_a_right_share_or_another_sort_of_number_contradicts_nothing(question: str) -> None:
    assert said(question) == []


def test_a_year_is_compared_with_years_only() -> None:
    assert said("The report of 2019, what does it say?") == [("planted", "2019")]
    assert said("The report of 2024, what does it say?") == []
    assert said("The report has 12 pages, right?") == []


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("How did Berg make the cider?", "Berg"),
        ("What was Berg’s cider like?", "Berg"),
        ("the cider of GREEN VALLEY", "GREEN VALLEY"),
    ],
)
def test_a_swapped_name_is_found(question: str, words: str) -> None:
    assert said(question) == [("founder", words)]


@pytest.mark.parametrize(
    "question",
    ["Did Olsen or Berg make the cider?", "Who made the cider?", "What did Berg plant?", "Is Iceberg water in cider?"],
)
def test_a_question_that_names_the_right_person_too_or_nobody_contradicts_nothing(question: str) -> None:
    assert said(question) == []


def test_the_correction_says_the_words_of_the_question() -> None:
    (found,) = contradictions("Name all NINE orchards", FACTS)
    assert found.correction == "It is seven, not NINE: the report names seven orchards."


def test_several_wrong_premises_are_all_found() -> None:
    assert said("Berg's cider from the nine orchards") == [("seven-orchards", "nine"), ("founder", "Berg")]


_PIECES = st.sampled_from(
    "one in zero out of every half of third 98 % 9 12.5 1,000 2024 ninety-nine per cent percent orchards orchard Berg "
    "cider pickers stay report the , . ? – 0 000 ١٢ ² ½".split()
)


@settings(deadline=None)
@given(st.text() | st.lists(_PIECES).map(" ".join))
def test_any_text_can_be_read(text: str) -> None:
    for quantity in quantities(text):
        assert quantity.said in text
        assert text[quantity.start : quantity.end].strip() == quantity.said
        assert quantity.unit in ("percent", "year", "count")
    for found in contradictions(text, FACTS):
        assert found.said and found.said in text and found.said in found.correction
