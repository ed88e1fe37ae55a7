"""HTML that is drawn from what people and models wrote: escaped, cited, marked."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.pages import texts
from coach.pages.evidence import draw_evidence, highlight
from coach.pages.export import export_markdown, file_name
from coach.pages.markdown import citation_numbers, plain_text, render_markdown
from coach.pages.shelf import draw_shelf
from coach.pages.shell import draw_header
from coach.pages.transcript import draw_exchange, draw_running
from coach.records.conversations import ConversationSummary, StoredExchange
from coach.types import Answer
from tests.pages.fakes import ANSWER_NO_MORE, HOSTILE, TEXT, citations

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ALLOWED = {"p", "strong", "em", "ol", "ul", "li", "blockquote", "code", "pre", "h4", "hr", "br", "mark", "sup"} | {
    "table", "thead", "tbody", "tr", "th", "td"
}  # fmt: skip


def stored(answer: Answer | None, question: str = "Q?", partial: str = "") -> StoredExchange:
    """Return an exchange as it comes from the store."""
    state = "complete" if answer else "stopped"
    return StoredExchange("e1", "c1", question, answer, state, partial, NOW, None, "", "")


def answer(text: str = TEXT) -> Answer:
    """Return an answer with two citations."""
    return Answer("Q?", "Q?", "answered", text, citations(), "builtin", 0.06)


class Tags(HTMLParser):
    """Collects the tags and attributes of a piece of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.found.add(tag)
        self.attributes |= {name for name, _ in attrs}


@given(st.text(alphabet="<>&\"'[]()!*_`#-=| \nabhrefscriptonerror:/.1", max_size=120))
def test_no_markdown_makes_a_tag_or_attribute_that_could_run_or_fetch(
    text: str,
) -> None:
    tags = Tags(render_markdown(text))
    assert tags.found <= ALLOWED
    assert tags.attributes <= {"class", "start", "style"}


def test_html_links_and_images_are_shown_as_text() -> None:
    html = render_markdown(HOSTILE)
    assert "&lt;script&gt;" in html and "![pixel]" in html and "<strong>bold</strong>" in html
    assert not Tags(html).found & {"script", "img", "a"}


def test_question_and_answer_of_an_attacker_stay_text() -> None:
    attack = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
    hostile = replace(
        answer(attack),
        notice=attack,
        suggestions=(attack,),
        model=attack,
        standalone_question=attack,
    )
    html = draw_exchange(stored(hostile, question=attack), last=True) + draw_running("e", attack, attack)
    assert not Tags(html).found & {"script", "img"}


def test_citations_become_buttons_and_unknown_numbers_stay_text() -> None:
    html = draw_exchange(stored(answer("Yes. [1] No. [7]")), last=True)
    assert 'data-n="1" aria-label="Source 1: Answering the three objections to a CLO role"' in html
    assert "[7]" in html and "[1]" not in html.split("data-copy")[0]


def test_a_citation_that_could_not_be_verified_says_so() -> None:
    doubtful = replace(citations()[0], verified=False)
    html = draw_exchange(stored(replace(answer(), citations=(doubtful,))), last=True)
    assert texts.NOT_VERIFIED in html
    panel = draw_evidence(doubtful, ANSWER_NO_MORE)
    assert texts.EVIDENCE_NOT_VERIFIED_WHY in panel and "<mark>" not in panel
    assert texts.EVIDENCE_GONE in draw_evidence(citations()[0], None)


@pytest.mark.parametrize("status", ["no_source", "out_of_scope", "declined"])
def test_a_status_other_than_answered_is_said_in_words(status: str) -> None:
    html = draw_exchange(stored(replace(answer(), status=status)), last=True)  # type: ignore[arg-type]
    assert texts.STATUS_WORDS[status] in html


def test_only_the_last_exchange_can_be_redone_and_offers_follow_ups() -> None:
    one = stored(replace(answer(), suggestions=("Next?",)))
    assert texts.RETRY in draw_exchange(one, last=True) and "Next?" in draw_exchange(one, last=True)
    assert texts.RETRY not in draw_exchange(one, last=False) and "Next?" not in draw_exchange(one, last=False)


def test_a_quote_over_several_list_items_is_marked_in_each() -> None:
    text = "Two moves.\n\n- **One**: do it.\n- **Two**: do that.\n\nEnd."
    html = highlight(text, "- **One**: do it.\n- **Two**: do that.")
    assert html.count("<li>") == 2
    assert html.count("<mark>") == html.count("</mark>") == 2


@given(st.data())
def test_marking_never_changes_the_words_of_a_passage(data: st.DataObject) -> None:
    text = ANSWER_NO_MORE.text
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    html = highlight(text, text[start:end])
    assert html.count("<mark>") == html.count("</mark>")
    assert not {"\ue000", "\ue001"} & set(html)


def test_copied_text_has_no_marks() -> None:
    assert plain_text("**Do** it. [1][2]\n\n> “Say” [3]") == "Do it.\n\n“Say”"
    assert citation_numbers("b [2] a [1] b [2]") == [2, 1]


def test_conversations_are_grouped_by_age_and_the_open_one_is_marked() -> None:
    ages = [0, 1, 3, 40]
    rows = [ConversationSummary(f"c{age}", f"Title {age}", NOW - timedelta(days=age), 2) for age in ages]
    html = draw_shelf(rows, "c3", "", NOW)
    heads = [texts.TODAY, texts.YESTERDAY, texts.THIS_WEEK, texts.EARLIER]
    assert [html.index(head) for head in heads] == sorted(html.index(head) for head in heads)
    assert html.count('aria-current="page"') == 1


def test_the_badge_says_which_coach_answers() -> None:
    assert texts.BADGE_BUILTIN in draw_header("builtin")
    assert "gpt-&lt;x&gt;" in draw_header("gpt-<x>")


def test_an_export_holds_questions_answers_and_quotes() -> None:
    text = export_markdown("My talk", [stored(answer()), stored(None, "Unanswered?", "Half a")], NOW)
    assert text.startswith("# My talk\n") and "## Q?" in text and "- [1] " in text and "top table" in text
    assert "## Unanswered?\n\nHalf a" in text
    assert file_name('../"Wé?" don\'t') == "w-don-t.md" and file_name("???") == "conversation.md"
