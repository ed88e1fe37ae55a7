"""Passages taken apart: every sentence, item and tip is a verbatim part, and none is lost."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.answering.bodies import TIP, Item, parse_body, sentences_of, word_count
from tests.answering.real_coach import KNOWLEDGE

SECTION = """Prune in winter, says Dr. Olsen of Orchard Foods. There are two ways:

1. **Thin out**: remove crossing twigs,
   also the small ones.
2. **Cut back**: shorten what is left. Stop early.
3. Rest.

Both take an hour.

Coaching tip: Try saying, "May I prune?" Then wait.
"""


def test_a_section_is_taken_apart() -> None:
    body = parse_body(SECTION)
    assert body.lead == ("Prune in winter, says Dr. Olsen of Orchard Foods.", "There are two ways:")
    assert body.items == (
        Item("Thin out", "remove crossing twigs, also the small ones."),
        Item("Cut back", "shorten what is left. Stop early."),
        Item("", "Rest."),
    )
    assert body.ordered and body.rest == ("Both take an hour.",)
    assert body.tips == ('Coaching tip: Try saying, "May I prune?"', "Then wait.")
    assert body.sentences == body.lead + body.rest


@pytest.mark.parametrize(
    ("line", "item"),
    [
        ("- plain", Item("", "plain")),
        ("* **Name**", Item("Name", "")),
        ("- **Name:** said", Item("Name", "said")),
        ("- **Name**. said", Item("Name", "said")),
        ("12) **Two words**: said - more", Item("Two words", "said - more")),
    ],
)
def test_list_items_are_read_in_any_usual_form(line: str, item: Item) -> None:
    assert parse_body(line).items == (item,)


def test_a_list_that_follows_its_lead_at_once_does_not_swallow_it() -> None:
    body = parse_body("There are two ways.\n- one\n  and a half\n- two\nBoth work.")
    assert body.lead == ("There are two ways.",) and body.rest == ("Both work.",)
    assert [item.text for item in body.items] == ["one and a half", "two"]


@pytest.mark.parametrize("text", ["", "\n\n \n", "-", "**", "- ", "1."])
def test_odd_bodies_have_no_items(text: str) -> None:
    assert parse_body(text).items == ()


def test_an_unordered_list_is_not_numbered() -> None:
    assert not parse_body("- one\n- two").ordered


@pytest.mark.parametrize(("text", "words"), [("", 0), ("L&D is 50% of it", 5), ("**You're** well-read [1]", 3)])
def test_words_are_counted_as_people_do(text: str, words: int) -> None:
    assert word_count(text) in (words, words + 1) if "[" in text else word_count(text) == words


_LINES = st.lists(
    st.sampled_from(
        ["Plain words here.", "Is it so? Yes!", "- item one", "* **Name**: what it is.", "2. second; more",
         "  goes on.", "", TIP + " do this. And that.", "Ends e.g. here", "“Quoted.” She said."]
    ),
    max_size=12,
).map("\n".join)  # fmt: skip


@settings(deadline=None)
@given(_LINES)
def test_nothing_is_lost_and_nothing_is_made_up(text: str) -> None:
    body = parse_body(text)
    flat = " ".join(text.split())
    for sentence in (*body.sentences, *body.tips):
        assert sentence in re.sub(r"(?m)^\s+", "", text).replace("\n", " ") or sentence in flat
    kept = " ".join((*body.sentences, *body.tips, *(f"{item.name} {item.text}" for item in body.items)))
    marks = re.compile(r"(?m)^\s*(?:[-*]|\d+[.)])\s+")
    assert sorted(re.findall(r"[A-Za-z]+", kept)) == sorted(re.findall(r"[A-Za-z]+", marks.sub("", text)))


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_text_can_be_taken_apart(text: str) -> None:
    for sentence in sentences_of(text):
        assert sentence in " ".join(text.split())
    assert all(part.strip() for part in parse_body(text).sentences)


def test_the_lists_of_the_shipped_articles_are_complete() -> None:
    lists = 0
    for path in sorted((KNOWLEDGE / "articles").glob("*.md")):
        for section in re.split(r"(?m)^## ", path.read_text(encoding="utf-8"))[1:]:
            text = section.partition("\n")[2].partition("<!--")[0]
            marked = re.findall(r"(?m)^(?:[-*]|\d+\.)\s", text)
            assert len(parse_body(text).items) == len(marked), (path.name, section[:60])
            lists += bool(marked)
    assert lists > 50
