"""Answers put together from invented passages: verbatim quotes, whole lists, few words, corrections first."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.answering.bodies import word_count
from coach.answering.claims import marks
from coach.answering.composer import (
    Composed,
    best_evidence,
    compose_gap,
    compose_nearby,
    compose_objection,
    compose_sections,
    quoted,
)
from coach.answering.phrases import Phrases, read_phrases, variant
from coach.reading.premises import contradictions
from coach.types import Passage
from tests.answering.made import fact, passage, playbook, weighed
from tests.answering.real_coach import KNOWLEDGE

LONGEST_ANSWER = 200

WAYS = passage(
    "ways",
    "There are three ways to prune an apple tree:\n\n- **Thin out**: take away crossing twigs. They rub.\n"
    "- **Cut back**: shorten long shoots; stop at a bud.\n- **Renew**: saw off an old branch.\n\n"
    "Winter is the time for all of them.\n\nCoaching tip: Sharpen the saw first.",
    "list",
)
PESTS = passage("pests", "Moths lay their eggs in May. Nets keep the moths away from young fruit.", "definition")
LADDERS = passage("ladders", "Fruit at the top rots when nobody climbs. A ladder brings it down safely.", "figure")


@pytest.fixture(scope="module")
def phrases() -> Phrases:
    return read_phrases(KNOWLEDGE / "phrases.yaml")


def even(sentences: Sequence[str]) -> list[float]:
    return [0.5] * len(sentences)


def check(composed: Composed, *passages: Passage) -> None:
    """Every mark has a citation and every citation a mark; every quote stands in its passage."""
    texts = {one.id: one.text for one in passages}
    assert set(marks(composed.text)) == {citation.n for citation in composed.citations}
    for citation in composed.citations:
        assert citation.verified and citation.quote in texts[citation.passage_id]
    assert set(citation.passage_id for citation in composed.citations) <= {one.id for one in composed.used}


def test_the_first_section_leads_and_its_list_is_whole() -> None:
    composed = compose_sections("list", [weighed(WAYS), weighed(PESTS, 1.0)], even)
    check(composed, WAYS, PESTS)
    assert composed.text.startswith("There are three ways to prune an apple tree:")
    positions = [composed.text.index(f"**{name}**") for name in ("Thin out", "Cut back", "Renew")]
    assert positions == sorted(positions)
    assert composed.focus.items == ("Thin out", "Cut back", "Renew")
    assert composed.focus.passages[0] == WAYS.id and composed.focus.subject == WAYS.section


def test_a_numbered_list_stays_numbered() -> None:
    steps = passage("steps", "Three steps:\n\n1. Look.\n2. Think.\n3. Cut.")
    assert "1. Look.\n2. Think.\n3. Cut." in compose_sections("how_to", [weighed(steps)], even).text


def test_of_a_long_list_every_member_is_named_even_when_there_is_no_room_to_explain() -> None:
    items = "\n".join(f"- **Way {n}**: {'many words that explain it at length ' * 6}." for n in range(1, 11))
    long = passage("long", f"There are ten ways.\n\n{items}", "list")
    composed = compose_sections("list", [weighed(long)], even)
    check(composed, long)
    assert all(f"**Way {n}**" in composed.text for n in range(1, 11))
    assert word_count(composed.text) <= LONGEST_ANSWER


def test_of_a_long_section_the_closest_sentences_are_kept_in_their_order() -> None:
    sentences = [f"Sentence {n} speaks of {'apples and pears and plums ' * 4}today." for n in range(12)]
    long = passage("long", " ".join(sentences))

    def late_ones(offered: Sequence[str]) -> list[float]:
        return [float(sentence.split()[1]) for sentence in offered]

    composed = compose_sections("advice", [weighed(long)], late_ones)
    check(composed, long)
    assert word_count(composed.text) <= LONGEST_ANSWER
    places = [composed.text.find(sentence) for sentence in sentences]
    kept = [place for place in places if place >= 0]
    assert places[0] == 0 and places[11] > 0 and places[1] == -1 and kept == sorted(kept)


def test_a_passage_that_is_far_less_relevant_is_left_out() -> None:
    composed = compose_sections("definition", [weighed(PESTS, 3.0), weighed(LADDERS, 0.1)], even)
    check(composed, PESTS)
    assert composed.focus.passages == (PESTS.id,)


def test_in_a_comparison_each_named_section_is_heard() -> None:
    composed = compose_sections("comparison", [weighed(PESTS, 3.0), weighed(LADDERS, 0.5)], even, named=2)
    check(composed, PESTS, LADDERS)
    assert {citation.passage_id for citation in composed.citations} == {PESTS.id, LADDERS.id}


def test_a_correction_is_said_first_with_its_source() -> None:
    wrong = contradictions("Why are there nine ways?", [fact("three-ways", "ways", "3", WAYS.id)])
    composed = compose_sections("list", [weighed(PESTS, 3.0), weighed(WAYS, 2.9)], even, wrong)
    check(composed, PESTS, WAYS)
    assert composed.text.startswith("It is 3, not nine: the review counts 3 ways. [1]")
    assert composed.citations[0].passage_id == WAYS.id


def test_an_objection_gets_the_answer_two_lines_and_one_step(phrases: Phrases) -> None:
    book = playbook()
    own = passage(book.id, f"{book.answer}\n\nMoves: …", "objection")
    composed = compose_objection(book, own, (LADDERS, PESTS), phrases)
    check(composed, own, LADDERS)
    assert composed.text.startswith(book.answer)
    assert composed.text.count("> “") == 2 and book.moves[0].say in composed.text and book.next_step in composed.text
    assert [citation.passage_id for citation in composed.citations] == [LADDERS.id, own.id]
    assert (composed.focus.kind, composed.focus.playbook) == ("objection", book.id)
    assert word_count(composed.text) <= LONGEST_ANSWER


def test_an_objection_without_evidence_cites_its_playbook(phrases: Phrases) -> None:
    book = playbook()
    own = passage(book.id, book.answer, "objection")
    composed = compose_objection(book, own, (), phrases)
    check(composed, own)
    assert [citation.passage_id for citation in composed.citations] == [own.id]


def test_what_is_only_nearby_is_named_with_its_source(phrases: Phrases) -> None:
    gap = passage("gap", "The review does not say what a ladder costs.", "gap")
    composed = compose_nearby("I do not know.", [weighed(gap), weighed(PESTS), weighed(LADDERS)], phrases)
    check(composed, PESTS, LADDERS)
    assert composed.text.startswith("I do not know.") and gap.id not in composed.focus.passages
    assert "About pests" in composed.text and "About ladders" in composed.text


def test_nothing_nearby_leaves_the_opening(phrases: Phrases) -> None:
    assert compose_nearby("I do not know.", [], phrases).text == "I do not know."


def test_a_gap_is_stated_with_its_source() -> None:
    gap = passage("gap", "The review does not say what a ladder costs. It says how tall it is.", "gap")
    composed = compose_gap(weighed(gap))
    check(composed, gap)
    assert composed.focus.kind == "gap" and "does not say what a ladder costs" in composed.text


def test_the_best_evidence_shares_most_with_the_answer() -> None:
    assert best_evidence("A ladder brings the fruit down.", (PESTS, LADDERS)) is LADDERS
    assert best_evidence("anything", ()) is None


@pytest.mark.parametrize("line", ["May I?", "“May I?”", "  “May I?” "])
def test_a_line_to_say_is_quoted_once(line: str) -> None:
    assert quoted(line) == "> “May I?”"


def test_the_same_message_always_gets_the_same_wording() -> None:
    options = ["one", "two", "three"]
    chosen = [variant(options, f"message {n}") for n in range(60)]
    assert chosen == [variant(options, f"message {n}") for n in range(60)] and set(chosen) == set(options)


_SENTENCE = st.sampled_from(
    [
        "Prune in winter.",
        "Rest in summer, says Dr. Olsen.",
        "Is it late?",
        "There are two ways:",
        "Nets cost 5 euros.",
        "Stop.",
    ]
)
_ITEM = st.sampled_from(["- **Net**: keeps moths out. Cheap.", "- saw", "- **Cut**"])
_BODY = st.lists(
    st.one_of(
        st.lists(_SENTENCE, min_size=1, max_size=5).map(" ".join),
        st.lists(_ITEM, min_size=1, max_size=4).map("\n".join),
        st.just("Coaching tip: Try saying, “May I?” Then wait."),
    ),
    min_size=1,
    max_size=4,
).map("\n\n".join)


@settings(deadline=None)
@given(st.lists(_BODY, min_size=1, max_size=4), st.sampled_from(["list", "how_to", "comparison"]), st.integers(0, 3))
def test_whatever_the_passages_look_like_marks_and_quotes_hold(bodies: list[str], kind: str, named: int) -> None:
    passages = [passage(f"p{n}", body) for n, body in enumerate(bodies)]
    composed = compose_sections(kind, [weighed(one, 3.0 - n / 10) for n, one in enumerate(passages)], even, (), named)
    texts = {one.id: one.text for one in passages}
    assert set(marks(composed.text)) == {citation.n for citation in composed.citations}
    for citation in composed.citations:
        assert citation.quote in texts[citation.passage_id] and citation.verified == bool(citation.quote)
    for line in parse_items(passages[0]):
        assert line in composed.text


def parse_items(one: Passage) -> list[str]:
    lines = [line for line in one.text.splitlines() if line.startswith("- ")]
    return [line.removeprefix("- ").split(":")[0] for line in lines]
