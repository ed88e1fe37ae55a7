"""Messages that lean on the conversation, made to stand alone: a table over readings made by hand."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.answering.followups import Turn, member_of, named_member, ordinal, resolve
from coach.types import Exchange
from tests.answering.made import ACTS, answered, reading

MEMBERS = ("thin out", "cut back", "renew")
LISTED = answered("What are the three ways to prune?", MEMBERS, "The three ways to prune")
OBJECTION = answered("He says: no ladders", (), "“We need no ladders.”", "no-ladders")
OFF_TOPIC = Exchange("Who won?", answered("Who won?", status="out_of_scope").answer)
PEOPLE = ("Mira Olsen", "Jon Berg")
LISTS = {"The three objections": ("“No ladders.”", "“No nets.”", "“No saws.”")}


def turn(text: str, act: str, *history: Exchange, off_topic: float = 0.0) -> Turn:
    likely = {"standalone": 0.1, act: 0.9}
    said = reading(text, scope={"on_topic": 1 - off_topic, "off_topic": off_topic}, act=likely)
    return resolve(said, history, PEOPLE, LISTS)


@pytest.mark.parametrize(
    ("text", "member"),
    [
        ("and the second one?", "cut back"),
        ("the 3rd?", "renew"),
        ("number two please", "cut back"),
        ("what about point 1", "thin out"),
        ("#3", "renew"),
        ("item 2", "cut back"),
        ("Tell me more about the first.", "thin out"),
        ("and the last one?", "renew"),
    ],
)
def test_a_member_of_the_list_is_meant(text: str, member: str) -> None:
    found = turn(text, "nth", LISTED)
    assert (found.act, found.item, found.before) == ("nth", member, LISTED.answer)
    assert member in found.standalone and "The three ways to prune" in found.standalone


@pytest.mark.parametrize(
    "text",
    [
        "and the ninth one?",
        "number 12",
        "and if no one agrees?",
        "there is no two without a three",
        "the first time I saw him",
        "for the second quarter",
    ],
)
def test_what_the_list_does_not_have_is_not_a_member(text: str) -> None:
    assert turn(text, "standalone", LISTED).item == ""


def test_the_list_may_stand_further_back() -> None:
    found = turn("and the third one?", "nth", LISTED, answered("why?", (), "Why prune"), OFF_TOPIC)
    assert found.item == "renew"


def test_a_member_is_of_the_list_that_holds_what_is_named() -> None:
    found = turn("the second objection?", "nth", LISTED)
    assert found.item == "“No nets.”" and "The three objections" in found.standalone


def test_a_member_named_with_its_list_needs_no_conversation() -> None:
    assert turn("How do I answer the third objection?", "standalone").item == "“No saws.”"


@pytest.mark.parametrize(
    ("act", "text"),
    [
        ("shorter", "shorter please"),
        ("longer", "tell me more"),
        ("why", "why?"),
        ("example", "give me an example"),
        ("who", "who says that?"),
        ("next", "and then?"),
        ("doubt", "really?"),
        ("how", "ok how?"),
    ],
)
def test_an_act_is_about_the_earlier_answer(act: str, text: str) -> None:
    found = turn(text, act, LISTED)
    assert (found.act, found.before) == (act, LISTED.answer)
    assert "The three ways to prune" in found.standalone


@pytest.mark.parametrize("text", ["what if she still says no?", "and if he refuses again?"])
def test_still_no_stays_with_the_objection(text: str) -> None:
    found = turn(text, "still_no", OBJECTION)
    assert found.act == "still_no" and found.focus.playbook == "no-ladders"


def test_a_pronoun_becomes_the_person_spoken_of() -> None:
    before = answered("Who is Mira Olsen?", (), "Who is Mira Olsen?")
    for text, name in (("Where does she work now?", "Mira Olsen"), ("What was her first orchard?", "Mira Olsen's")):
        found = turn(text, "standalone", before)
        assert found.act == "person" and name in found.standalone
        assert " she " not in found.standalone and " her " not in found.standalone


def test_who_a_named_person_is_does_not_ask_for_the_source() -> None:
    found = turn("Who is Jon Berg?", "who", LISTED)
    assert (found.act, found.standalone) == ("standalone", "Who is Jon Berg?")


def test_a_named_person_is_not_replaced() -> None:
    before = answered("Who is Mira Olsen?", (), "Who is Mira Olsen?")
    assert turn("Where did Berg say he works?", "standalone", before).standalone == "Where did Berg say he works?"


@pytest.mark.parametrize(
    "text", ["What do nets cost in a large orchard?", "Which moths come in May and what do they eat all summer long?"]
)
def test_a_new_subject_stands_alone(text: str) -> None:
    found = turn(text, "standalone", LISTED)
    assert (found.act, found.standalone) == ("standalone", text)


def test_a_second_message_about_something_else_stays_outside() -> None:
    found = turn("and who won the match last night?", "elliptical", LISTED, off_topic=0.9)
    assert (found.act, found.standalone) == ("standalone", "and who won the match last night?")


def test_an_ellipsis_takes_the_subject_along() -> None:
    found = turn("and for pears?", "elliptical", LISTED)
    assert (
        found.act == "elliptical" and "for pears" in found.standalone and "The three ways to prune" in found.standalone
    )


@pytest.mark.parametrize("history", [(), (Exchange("stopped", None),), (OFF_TOPIC,)])
@pytest.mark.parametrize("text", ["shorter", "why?", "and for pears?", "what if she still says no?"])
def test_with_nothing_to_come_back_to_a_message_stands_alone(text: str, history: Sequence[Exchange]) -> None:
    found = turn(text, "shorter", *history)
    assert (found.act, found.standalone, found.before) == ("standalone", text, None)


def test_an_answer_that_was_off_topic_is_skipped() -> None:
    assert turn("why?", "why", LISTED, OFF_TOPIC, Exchange("stopped", None)).before is LISTED.answer


@pytest.mark.parametrize(
    ("text", "members", "number"),
    [("the fourth", 5, 4), ("number ten", 3, 10), ("the last one", 7, 7), ("the first step", 3, 0), ("at last", 3, 0)],
)
def test_ordinals_are_read(text: str, members: int, number: int) -> None:
    assert ordinal(text, members) == number


@pytest.mark.parametrize(
    ("text", "noun"),
    [
        ("the third objection", "objection"),
        ("her second core responsibility", "responsibility"),
        ("the first time", ""),
        ("", ""),
    ],
)
def test_what_an_ordinal_counts_is_read(text: str, noun: str) -> None:
    assert named_member(text) == noun


def test_a_member_beyond_the_end_is_none() -> None:
    assert member_of("the ninth objection", LISTS) == ("", "")


@settings(deadline=None)
@given(
    st.text(max_size=200), st.sampled_from(ACTS), st.sampled_from([(), (LISTED,), (OBJECTION, LISTED), (OFF_TOPIC,)])
)
def test_any_message_resolves(text: str, act: str, history: tuple[Exchange, ...]) -> None:
    found = turn(text, act, *history)
    assert isinstance(found.standalone, str)
    assert found.act == "standalone" or found.before is not None or found.item
