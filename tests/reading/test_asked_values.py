"""Which questions ask for a value, of which sort, and which texts hold one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.reading.asked_values import AskedValue, asked_value, holds_value


@pytest.mark.parametrize(
    ("question", "sort"),
    [
        ("What percentage of pickers stay?", "percent"),
        ("what % of orchards make cider", "percent"),
        ("Which share of the harvest is sold?", "percent"),
        ("How high is the retention rate?", "percent"),
        ("What does the course cost?", "money"),
        ("How much does an orchard manager earn?", "money"),
        ("How much is the ticket?", "money"),
        ("What is the average salary of a picker?", "money"),
        ("salary range of a picker", "money"),
        ("How long does the harvest take?", "duration"),
        ("How many weeks does it last?", "duration"),
        ("how much time do I need for pruning", "duration"),
        ("When was the report published?", "date"),
        ("In which year did Olsen start?", "date"),
        ("What date is on the report?", "date"),
        ("How old is the report?", "date"),
        ("How many orchards are there?", "count"),
        ("how many of the core skills can be learned", "count"),
        ("How many people answered the survey?", "count"),
    ],
)
def test_the_sort_of_value_asked_for_is_read(question: str, sort: str) -> None:
    found = asked_value(question)
    assert found is not None and found.sort == sort


@pytest.mark.parametrize(
    "question",
    [
        "What is an orchard?",
        "How do I prune a tree?",
        "Why do pickers leave?",
        "How do I talk about cost with my boss?",
        "When my boss says no, what then?",
        "Who is Mira Olsen?",
        "how many times a week",
        "The harvest was late. Now what?",
        "What does the 98% mean?",
        "what is the 98 % retention case?",
        "",
    ],
)
def test_a_question_for_something_else_asks_for_no_value(question: str) -> None:
    assert asked_value(question) is None


def test_a_count_says_what_is_counted() -> None:
    assert asked_value("How many of the different orchards did you see?") == AskedValue("count", "orchards")
    assert asked_value("how many people came") == AskedValue("count", "people")


@pytest.mark.parametrize(
    ("sort", "text", "holds"),
    [
        ("money", "It costs $ 40.", True),
        ("money", "It costs 1,200 euros a head.", True),
        ("money", "It costs a lot.", False),
        ("money", "There were 40 people.", False),
        ("date", "It was printed in 2024.", True),
        ("date", "We meet on March 3.", True),
        ("date", "We meet on a Monday in spring.", False),
        ("duration", "It takes two to five weeks.", True),
        ("duration", "Plan six months.", True),
        ("duration", "A 30-minute talk is enough.", True),
        ("duration", "It takes long.", False),
        ("percent", "Nearly half of them stay.", True),
        ("percent", "98 percent stay.", True),
        ("percent", "Many stay.", False),
    ],
)
def test_a_text_holds_a_value_of_the_sort_or_it_does_not(sort: str, text: str, holds: bool) -> None:
    assert holds_value(AskedValue(sort), text, "") is holds  # type: ignore[arg-type]


def test_a_count_must_be_of_what_was_asked() -> None:
    asked = AskedValue("count", "orchards")
    assert holds_value(asked, "The report names seven old orchards.", "how many orchards?")
    assert not holds_value(asked, "The report names seven pickers.", "how many orchards?")


def test_the_value_that_the_question_names_itself_is_no_answer() -> None:
    asked = AskedValue("percent")
    assert not holds_value(asked, "In the case, 98% stayed.", "What share of the 98% was due to coaching?")
    assert holds_value(
        asked, "In the case, 98% stayed and 40% of it was coaching.", "What share of the 98% was coaching?"
    )


@settings(deadline=None)
@given(st.text(), st.text())
def test_any_text_can_be_read(question: str, text: str) -> None:
    asked = asked_value(question)
    if asked is not None:
        assert holds_value(asked, text, question) in (True, False)
