"""Conversations are kept, found, changed and removed, for their own visitor only."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from coach.errors import CoachError, NotFound
from coach.records.conversations import Conversations, ConversationSummary
from coach.records.database import Database, open_database
from coach.types import Answer, Citation

CITATION = Citation(1, "a", "T", "S", "src", "q", "a#s", True)
ANSWER = Answer("Why?", "Why that?", "answered", "Because of **trust** [1].", (CITATION,), "builtin", 0.1)


def titles(found: tuple[ConversationSummary, ...]) -> list[str]:
    return [summary.title for summary in found]


def test_a_question_and_its_answer_are_read_back(conversations: Conversations) -> None:
    conversation = conversations.start("vera", "Trust")
    exchange = conversations.ask("vera", conversation, "Why?")
    [pending] = conversations.read("vera", conversation)
    assert (pending.id, pending.question, pending.state, pending.answer) == (exchange, "Why?", "pending", None)
    conversations.complete("vera", exchange, ANSWER)
    [complete] = conversations.read("vera", conversation)
    assert (complete.state, complete.answer, complete.conversation) == ("complete", ANSWER, conversation)
    assert complete.asked.tzinfo is UTC
    assert (complete.verdict, complete.reason, complete.comment) == (None, "", "")


def test_the_list_is_newest_first_and_counts_shown_exchanges(database: Database) -> None:
    ticks = count()
    start = datetime(2026, 1, 1, 12, tzinfo=UTC)
    conversations = Conversations(database, now=lambda: start + timedelta(seconds=next(ticks)))
    first = conversations.start("vera", "first")
    conversations.start("vera", "second")
    assert titles(conversations.list("vera")) == ["second", "first"]
    exchange = conversations.ask("vera", first, "Again?")
    [top, other] = conversations.list("vera")
    assert (top.id, top.exchanges, top.updated) == (first, 1, start + timedelta(seconds=2))
    assert other.exchanges == 0
    conversations.set_aside("vera", exchange)
    conversations.rename("vera", first, "renamed")
    top = conversations.list("vera")[0]
    assert (top.title, top.exchanges) == ("renamed", 0)


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("", ["Ärger", "100%"]),
        ("  ", ["Ärger", "100%"]),
        ("äRGER", ["Ärger"]),
        ("A\u0308rger", ["Ärger"]),
        ("TRUST", ["Ärger"]),
        ("straße", ["Ärger"]),
        ("STRASSE", ["Ärger"]),
        ("half way", ["100%"]),
        ("%", ["100%"]),
        ("_", ["100%"]),
        ("/", []),
        ("a_b", ["100%"]),
        ("0%0", []),
        ("nowhere", []),
        ("x" * 60_000, []),
        ("\x00", []),
    ],
)
def test_a_search_is_literal_and_ignores_case(conversations: Conversations, search: str, found: list[str]) -> None:
    percent = conversations.start("vera", "100%")
    stopped = conversations.ask("vera", percent, "What is a_b?")
    conversations.stop("vera", stopped, "Half way")
    trouble = conversations.start("vera", "Ärger")
    exchange = conversations.ask("vera", trouble, "Which Straße?")
    conversations.complete("vera", exchange, ANSWER)
    conversations.start("walt", "Ärger 100% trust a_b half way")
    assert titles(conversations.list("vera", search)) == found


def test_a_search_passes_over_what_was_set_aside(conversations: Conversations) -> None:
    conversation = conversations.start("vera", "Talk")
    conversations.set_aside("vera", conversations.ask("vera", conversation, "Hidden?"))
    assert conversations.list("vera", "hidden") == ()


def test_setting_aside_hides_the_rest_of_the_conversation(conversations: Conversations) -> None:
    conversation = conversations.start("vera", "Talk")
    ids = [conversations.ask("vera", conversation, f"Question {n}") for n in range(3)]
    conversations.complete("vera", ids[1], ANSWER)
    conversations.rate("vera", ids[1], "down", "wrong", "no")
    aside = conversations.set_aside("vera", ids[1])
    assert (aside.id, aside.conversation, aside.answer, aside.verdict) == (ids[1], conversation, ANSWER, "down")
    after = conversations.ask("vera", conversation, "Question 1, better")
    assert [exchange.id for exchange in conversations.read("vera", conversation)] == [ids[0], after]
    assert [given.exchange for given in conversations.feedback()] == [ids[1]]


def test_a_stopped_answer_keeps_its_words_and_a_complete_one_wins(conversations: Conversations) -> None:
    conversation = conversations.start("vera", "Talk")
    exchange = conversations.ask("vera", conversation, "Why?")
    conversations.stop("vera", exchange, "Because of")
    [stopped] = conversations.read("vera", conversation)
    assert (stopped.state, stopped.partial, stopped.answer) == ("stopped", "Because of", None)
    conversations.complete("vera", exchange, ANSWER)
    conversations.stop("vera", exchange, "late")
    [complete] = conversations.read("vera", conversation)
    assert (complete.state, complete.partial, complete.answer) == ("complete", "", ANSWER)


def test_pending_questions_are_stopped_at_the_next_start(conversations: Conversations) -> None:
    conversation = conversations.start("vera", "Talk")
    done = conversations.ask("vera", conversation, "Done?")
    conversations.complete("vera", done, ANSWER)
    conversations.ask("vera", conversation, "Pending?")
    assert conversations.recover() == 1
    assert conversations.recover() == 0
    assert [exchange.state for exchange in conversations.read("vera", conversation)] == ["complete", "stopped"]


def test_a_verdict_replaces_the_earlier_one_and_can_be_taken_back(database: Database) -> None:
    ticks = count()
    start = datetime(2026, 1, 1, tzinfo=UTC)
    conversations = Conversations(database, now=lambda: start + timedelta(minutes=next(ticks)))
    conversation = conversations.start("vera", "Talk")
    one, two = (conversations.ask("vera", conversation, question) for question in ("One?", "Two?"))
    conversations.complete("vera", one, ANSWER)
    conversations.stop("vera", two, "Half")
    conversations.rate("vera", one, "up")
    conversations.rate("vera", two, "down", "unclear", "which one?")
    conversations.rate("vera", one, "down", "wrong", "not so")
    [first, second] = conversations.feedback()
    assert (first.question, first.answer, first.verdict, first.reason) == ("One?", ANSWER.text, "down", "wrong")
    assert (second.exchange, second.answer, second.comment) == (two, "Half", "which one?")
    assert first.when == start + timedelta(minutes=5)
    conversations.rate("vera", one, None)
    assert [given.exchange for given in conversations.feedback()] == [two]
    assert conversations.read("vera", conversation)[0].verdict is None
    with pytest.raises(ValueError, match="sideways"):
        conversations.rate("vera", one, "sideways")  # type: ignore[arg-type]


METHODS: dict[str, Callable[[Conversations, str, str, str], object]] = {
    "read": lambda records, visitor, conversation, exchange: records.read(visitor, conversation),
    "ask": lambda records, visitor, conversation, exchange: records.ask(visitor, conversation, "Mine?"),
    "complete": lambda records, visitor, conversation, exchange: records.complete(
        visitor, exchange, replace(ANSWER, text="other")
    ),
    "stop": lambda records, visitor, conversation, exchange: records.stop(visitor, exchange, "other"),
    "set_aside": lambda records, visitor, conversation, exchange: records.set_aside(visitor, exchange),
    "rename": lambda records, visitor, conversation, exchange: records.rename(visitor, conversation, "other"),
    "delete": lambda records, visitor, conversation, exchange: records.delete(visitor, conversation),
    "rate": lambda records, visitor, conversation, exchange: records.rate(visitor, exchange, "down", "other"),
}
GLOBAL = {"start", "list", "feedback", "recover"}


def test_every_method_is_checked_for_isolation() -> None:
    public = {name for name in vars(Conversations) if not name.startswith("_")}
    assert public == GLOBAL | set(METHODS)


@pytest.mark.parametrize("method", METHODS)
def test_another_visitor_finds_nothing_and_changes_nothing(conversations: Conversations, method: str) -> None:
    conversation = conversations.start("vera", "Private")
    exchange = conversations.ask("vera", conversation, "Why?")
    conversations.rate("vera", exchange, "up", "good")
    before = conversations.list("vera"), conversations.read("vera", conversation)
    with pytest.raises(NotFound) as foreign:
        METHODS[method](conversations, "walt", conversation, exchange)
    with pytest.raises(NotFound) as missing:
        METHODS[method](conversations, "walt", "0" * 32, "0" * 32)
    assert str(foreign.value) == str(missing.value)
    assert (conversations.list("vera"), conversations.read("vera", conversation)) == before
    assert conversations.list("walt") == conversations.list("walt", "private") == ()


def test_nothing_of_a_deleted_conversation_is_left(conversations: Conversations, database: Database, url: str) -> None:
    conversation = conversations.start("vera", "kingfisher title")
    for n in range(2):
        exchange = conversations.ask("vera", conversation, f"kingfisher question {n}")
        conversations.complete("vera", exchange, replace(ANSWER, text="kingfisher answer"))
        conversations.rate("vera", exchange, "down", "other", "kingfisher comment")
    conversations.set_aside("vera", exchange)
    kept = conversations.start("vera", "heron")
    conversations.delete("vera", conversation)
    assert [summary.id for summary in conversations.list("vera")] == [kept]
    assert conversations.feedback() == ()
    with pytest.raises(NotFound):
        conversations.rate("vera", exchange, "up")
    if url.startswith("sqlite"):
        for path in Path(database.name).parent.iterdir():
            assert b"kingfisher" not in path.read_bytes(), path


def test_text_that_a_database_does_not_take_is_made_visible(conversations: Conversations) -> None:
    conversation = conversations.start("vera\x00", "nul \x00")
    conversations.ask(
        "vera\x00", conversation, "half \ud800, face \N{GRINNING FACE}, 'quote\"; DROP TABLE exchanges; --"
    )
    [exchange] = conversations.read("vera\x00", conversation)
    assert exchange.question == "half \\ud800, face \N{GRINNING FACE}, 'quote\"; DROP TABLE exchanges; --"
    assert conversations.list("vera") == ()
    conversations.complete("vera\x00", exchange.id, replace(ANSWER, text="nul \x00 half \ud800"))
    [complete] = conversations.read("vera\x00", conversation)
    assert complete.answer is not None
    assert complete.answer.text == "nul \x00 half \ud800"


def test_eight_writers_at_once_lose_nothing(conversations: Conversations, url: str) -> None:
    shared = conversations.start("vera", "Shared")
    second = open_database(url)  # as a second process would, so that the database itself has to make them wait

    def write(writer: int) -> list[str]:
        records = Conversations(second) if writer % 2 else conversations
        own = records.start(f"visitor {writer}", "Own")
        ids = []
        for n in range(10):
            ids.append(records.ask("vera", shared, f"{writer}.{n}"))
            records.complete(f"visitor {writer}", records.ask(f"visitor {writer}", own, "Own?"), ANSWER)
            records.list("vera", "own")
        records.delete(f"visitor {writer}", own)
        return ids

    try:
        with ThreadPoolExecutor(8) as pool:
            written = [exchange for ids in pool.map(write, range(8)) for exchange in ids]
    finally:
        second.close()
    assert sorted(exchange.id for exchange in conversations.read("vera", shared)) == sorted(written)


def test_not_found_is_an_error_the_page_can_show(conversations: Conversations) -> None:
    with pytest.raises(CoachError) as caught:
        conversations.read("vera", "missing")
    assert caught.value.problem
    assert caught.value.remedy
