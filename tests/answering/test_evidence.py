"""Weighing: what covers the question comes first, documents are recognised by their names."""

from __future__ import annotations

from coach.answering.evidence import Weigher
from coach.knowledge.schemas import Source
from coach.types import Found, Passage
from tests.answering.made import passage, reading

PRUNING = passage("pruning", "Prune the apple tree in winter.", asked=("when to prune",), documents=("review",))
MOTHS = passage("moths", "Nets keep moths away.", asked=("what about moths",), documents=("guide",))
SOURCES = {
    "review": Source(
        id="review", publisher="Olsen", title="Orchard Review", date="2024", mentioned_as=["orchard review"]
    ),
    "guide": Source(id="guide", publisher="Berg", title="Moth Guide", date="2023", mentioned_as=["moth guide", "berg"]),
}
WEIGHER = Weigher([PRUNING, MOTHS], SOURCES)


def found(one: Passage) -> Found:
    return Found(one, 0.09, 0.5, 0.5, 0.5, 1.0)


def test_the_passage_that_holds_the_words_of_the_question_comes_first() -> None:
    for question, first in (("When do I prune an apple tree?", PRUNING), ("Do nets help against moths?", MOTHS)):
        weighed = WEIGHER.weigh(reading(question), [found(MOTHS), found(PRUNING)])
        assert weighed[0].passage is first
        assert weighed[0].relevance > weighed[1].relevance and 0 <= weighed[1].coverage <= weighed[0].coverage <= 1


def test_a_question_without_known_words_is_covered_by_nothing() -> None:
    assert [item.coverage for item in WEIGHER.weigh(reading("xyzzy"), [found(MOTHS)])] == [0.0]
    assert [item.coverage for item in WEIGHER.weigh(reading("?!"), [found(MOTHS)])] == [0.0]


def test_documents_are_named_in_the_order_of_their_mention() -> None:
    assert WEIGHER.named_sources("Does Berg agree with the Orchard Review?") == ["guide", "review"]
    assert WEIGHER.named_sources("What about moths?") == []


def test_only_a_comparison_of_documents_is_searched_without_their_names() -> None:
    assert set(WEIGHER.mentions("Does Berg agree with the Orchard Review?")) == {"berg", "orchard review"}
    assert WEIGHER.mentions("What does Berg say?") == ()


def test_a_named_document_is_preferred() -> None:
    twins = [passage(name, "Prune early.", documents=(name,)) for name in ("guide", "review")]
    weigher = Weigher(twins, SOURCES)
    best = weigher.weigh(reading("When to prune, says the orchard review?"), [found(one) for one in twins])[0]
    assert best.passage.documents == ("review",)
