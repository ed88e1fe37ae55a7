"""What the Ask page does for a visitor, without Gradio or a browser."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from coach.app import Coach
from coach.pages import texts
from coach.pages.ask import QUESTION_LIMIT, AskPage
from coach.pages.view import View
from tests.pages.fakes import ScriptedAnswerer

ANNA, BEN = "anna", "ben"


def ask(page: AskPage, question: str, visitor: str = ANNA, conversation: str = "") -> View:
    """Return the page once the answer is there."""
    return list(page.ask(visitor, conversation, question))[-1]


def exchange_in(view: View) -> str:
    """Return the id of the last exchange on a page."""
    return re.findall(r'data-exchange="([^"]+)"', view.latest)[-1]


def test_the_first_page_offers_six_questions_and_says_where_things_are_stored(page: AskPage, tmp_path: Path) -> None:
    view = page.open(ANNA, "")
    assert view.earlier.count('class="card"') == 6
    assert str(tmp_path) in view.earlier
    assert texts.NOTE_NOTHING_LEAVES in view.earlier
    assert texts.SHELF_EMPTY in view.shelf


def test_an_answer_streams_and_ends_with_sources_and_follow_ups(
    page: AskPage,
) -> None:
    views = list(page.ask(ANNA, "", "How do I handle it?"))
    assert 'data-state="running"' in views[0].latest
    last = views[-1]
    assert last.conversation
    assert 'data-state="answered"' in last.latest
    assert last.latest.count('class="mark"') == 3
    assert "What if they are not ready yet?" in last.latest
    assert texts.ANSWER_READY in last.notice


def test_a_follow_up_joins_the_conversation_with_its_history_from_the_store(
    page: AskPage, answerer: ScriptedAnswerer
) -> None:
    first = ask(page, "How do I handle it?")
    second = ask(page, "And then?", conversation=first.conversation)
    assert second.conversation == first.conversation
    assert [turn.question for turn in answerer.histories[-1]] == ["How do I handle it?"]
    assert "How do I handle it?" in second.earlier and "And then?" in second.latest


@pytest.mark.parametrize("question", ["", "   ", "\n\t "])
def test_an_empty_question_does_nothing(page: AskPage, question: str) -> None:
    assert list(page.ask(ANNA, "", question)) == []


def test_a_very_long_question_is_cut_and_that_is_said(page: AskPage, coach: Coach) -> None:
    view = ask(page, "why " * 5000)
    assert "8,000" in view.notice
    (stored,) = coach.conversations.read(ANNA, view.conversation)
    assert len(stored.question) <= QUESTION_LIMIT


def test_a_visitor_gets_nothing_of_anothers(page: AskPage, coach: Coach) -> None:
    mine = ask(page, "How do I handle it?")
    exchange = exchange_in(mine)
    seen = page.open(BEN, mine.conversation)
    assert texts.CONVERSATION_GONE in seen.notice and "How do I handle it?" not in seen.shelf
    assert "crowded" not in page.evidence(BEN, mine.conversation, exchange, "1")
    page.rename(BEN, "", mine.conversation, "Taken")
    page.delete(BEN, "", mine.conversation)
    page.rate(BEN, mine.conversation, exchange, "down", "offensive", "x")
    refused = ask(page, "And then?", visitor=BEN, conversation=mine.conversation)
    assert refused.latest == page.open(BEN, "").latest and "no such conversation" in refused.notice
    list(page.again(BEN, mine.conversation, exchange))
    (kept,) = coach.conversations.read(ANNA, mine.conversation)
    assert kept.id == exchange and kept.verdict is None
    assert [one.title for one in coach.conversations.list(ANNA)] == ["How do I handle it?"]


def test_evidence_marks_the_quoted_words(page: AskPage) -> None:
    view = ask(page, "How do I handle it?")
    panel = page.evidence(ANNA, view.conversation, exchange_in(view), "2")
    assert "<mark>point to duplicated training, inconsistent messaging and similar inefficiencies</mark>" in panel
    assert texts.EVIDENCE_VERIFIED_WHY in panel
    assert texts.CONVERSATION_GONE in page.evidence(ANNA, view.conversation, exchange_in(view), "99")


def test_stop_keeps_what_had_appeared(page: AskPage, coach: Coach) -> None:
    views = page.ask(ANNA, "", "a slow question")
    running = next(views)
    while "Show that" not in running.latest:
        running = next(views)
    page.stop(BEN, running.conversation)
    page.stop(ANNA, running.conversation)
    last = list(views)[-1]
    assert texts.STOPPED in last.latest and "Show that" in last.latest
    (stored,) = coach.conversations.read(ANNA, running.conversation)
    assert stored.state == "stopped" and "Show that" in stored.partial


def test_an_abandoned_stream_ends_its_answer(page: AskPage, coach: Coach, answerer: ScriptedAnswerer) -> None:
    views = page.ask(ANNA, "", "a slow question")
    conversation = next(views).conversation
    views.close()  # type: ignore[attr-defined]
    answerer.go.set()
    for _ in range(200):
        (stored,) = coach.conversations.read(ANNA, conversation)
        if stored.state != "pending":
            break
        answerer.go.wait(0.01)
    assert stored.state == "stopped"


def test_an_answer_that_breaks_off_leaves_the_question_and_a_way_to_try_again(
    page: AskPage,
) -> None:
    view = ask(page, "please break")
    assert texts.FAILED in view.latest and "The first words" in view.latest and texts.RETRY in view.latest


def test_editing_the_last_question_replaces_it(page: AskPage, coach: Coach) -> None:
    view = ask(page, "How do I handle it?")
    changed = list(page.again(ANNA, view.conversation, exchange_in(view), "What does a CLO earn?"))[-1]
    assert texts.STATUS_WORDS["no_source"] in changed.latest
    assert [one.question for one in coach.conversations.read(ANNA, view.conversation)] == ["What does a CLO earn?"]


def test_a_rating_is_stored_with_its_reason_and_up_is_taken_back_by_a_second_press(page: AskPage, coach: Coach) -> None:
    view = ask(page, "How do I handle it?")
    exchange = exchange_in(view)
    rated = page.rate(ANNA, view.conversation, exchange, "down", "evidence_wrong", " not that source ")
    assert texts.RATED_DOWN in rated.latest
    (stored,) = coach.conversations.read(ANNA, view.conversation)
    assert (stored.verdict, stored.reason, stored.comment) == (
        "down",
        "evidence_wrong",
        "not that source",
    )
    page.rate(ANNA, view.conversation, exchange, "up")
    assert coach.conversations.read(ANNA, view.conversation)[0].verdict == "up"
    page.rate(ANNA, view.conversation, exchange, "up")
    assert coach.conversations.read(ANNA, view.conversation)[0].verdict is None


def test_rename_search_and_delete(page: AskPage) -> None:
    first = ask(page, "How do I handle it?")
    second = ask(page, "What does a CLO earn?")
    renamed = page.rename(ANNA, second.conversation, first.conversation, "  Talk with <b>Dana</b>  ")
    assert "Talk with &lt;b&gt;Dana&lt;/b&gt;" in renamed.shelf and renamed.conversation == second.conversation
    assert "Dana" in page.search(ANNA, "", "dana") and "earn" not in page.search(ANNA, "", "dana")
    assert texts.SHELF_NO_MATCH in page.search(ANNA, "", "zebra")
    deleted = page.delete(ANNA, second.conversation, second.conversation)
    assert deleted.conversation == "" and "earn" not in deleted.shelf and 'class="card"' in deleted.earlier
    kept = page.delete(ANNA, first.conversation, "no-such-conversation")
    assert kept.conversation == first.conversation


def test_two_visitors_interleaved_keep_apart(page: AskPage) -> None:
    anna, ben = page.ask(ANNA, "", "Anna asks this"), page.ask(BEN, "", "Ben asks that")
    one, two = next(anna), next(ben)
    assert "Ben" not in one.latest + one.shelf and "Anna" not in two.latest + two.shelf
    assert "Ben" not in "".join(view.latest + view.shelf for view in anna)
    assert "Anna" not in "".join(view.latest + view.shelf for view in ben)
