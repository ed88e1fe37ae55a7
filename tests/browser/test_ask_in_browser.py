"""The Ask page as a visitor uses it, by roles and labels."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from coach.pages import texts
from tests.browser.driving import Served, Visit

pytestmark = pytest.mark.browser
QUESTION = "How do I handle “we don't need another executive”?"


def test_a_whole_visit_from_the_first_question_to_deleting_it(served: Served, visit: Visit) -> None:
    page = visit.page
    page.goto(served.address)
    expect(page.get_by_role("heading", name=texts.WELCOME_TITLE)).to_be_visible()
    page.get_by_role("button", name=texts.NOTE_DISMISS).click()
    expect(page.get_by_role("complementary", name=texts.NOTE_TITLE)).to_be_hidden()

    page.get_by_role("button", name="we don't need another executive").click()
    expect(page.get_by_text("Show that a learning executive")).to_be_visible()
    page.get_by_role("button", name="Source 2").first.click()
    expect(page.locator("mark")).to_have_text(
        "point to duplicated training, inconsistent messaging and similar inefficiencies"
    )
    expect(page.get_by_text(texts.EVIDENCE_VERIFIED_WHY)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("mark")).to_be_hidden()

    page.get_by_role("button", name="What if they are not ready yet?").click()
    expect(page.get_by_role("article")).to_have_count(2)
    expect(page.get_by_role("button", name=texts.COPY)).to_have_count(2)
    page.reload()
    expect(page.get_by_role("article")).to_have_count(2)
    expect(page.get_by_role("link", name=QUESTION)).to_have_attribute("aria-current", "page")
    expect(page.get_by_role("complementary", name=texts.NOTE_TITLE)).to_be_hidden()

    page.get_by_role("button", name=texts.NOT_HELPFUL).last.click()
    page.get_by_role("radio", name=texts.RATING_REASONS["evidence_wrong"]).check()
    page.get_by_label(texts.RATING_COMMENT).last.fill("The passage is about something else.")
    page.get_by_role("button", name=texts.RATING_SEND).click()
    expect(page.get_by_text(texts.RATED_DOWN)).to_be_visible()
    (said,) = served.conversations.feedback()
    assert (said.reason, said.comment) == (
        "evidence_wrong",
        "The passage is about something else.",
    )

    page.get_by_role("button", name="Rename or delete").click()
    page.get_by_label(texts.RENAME_FIELD).fill("Before the board")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Before the board")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name=texts.EXPORT).click()
    assert download.value.suggested_filename == "before-the-board.md"

    page.get_by_label(texts.SEARCH_LABEL).fill("zebra")
    expect(page.get_by_text(texts.SHELF_NO_MATCH)).to_be_visible()
    page.get_by_label(texts.SEARCH_LABEL).fill("")
    expect(page.get_by_role("link", name="Before the board")).to_be_visible()
    page.get_by_role("button", name="Rename or delete").click()
    page.get_by_role("button", name=texts.DELETE, exact=True).click()
    confirm = page.get_by_role("alertdialog")
    confirm.get_by_role("button", name=texts.DELETE).click()
    expect(page.get_by_text(texts.SHELF_EMPTY)).to_be_visible()
    expect(page.get_by_role("heading", name=texts.WELCOME_TITLE)).to_be_visible()
    assert "c=" not in page.url
    assert {urlsplit(url).hostname for url in visit.requests if not url.startswith(("data:", "blob:"))} == {"127.0.0.1"}
    assert visit.complaints == []


def test_two_visitors_never_see_each_others_conversations(served: Served, visit: Visit, other_visit: Visit) -> None:
    visit.page.goto(served.address)
    visit.ask("What do I tell Anna's board?")
    mine = visit.page.url
    other_visit.page.goto(mine)
    expect(other_visit.page.get_by_text(texts.CONVERSATION_GONE)).to_be_visible()
    expect(other_visit.page.get_by_text("Anna")).to_have_count(0)
    assert "c=" not in other_visit.page.url
    cookies = {cookie["value"] for one in (visit, other_visit) for cookie in one.context.cookies()}
    assert len(cookies) == 2


def test_stopping_keeps_the_words_that_had_appeared(served: Served, visit: Visit) -> None:
    page = visit.page
    page.goto(served.address)
    page.get_by_role("textbox", name=texts.QUESTION_LABEL).fill("a slow question")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Show that a learning")).to_be_visible()
    page.get_by_role("button", name=texts.STOP).click()
    expect(page.get_by_text(texts.STOPPED)).to_be_visible()
    expect(page.get_by_text("Show that a learning")).to_be_visible()
    expect(page.get_by_role("button", name=texts.SEND, exact=True)).to_be_visible()
    page.reload()
    expect(page.get_by_text(texts.STOPPED)).to_be_visible()


def test_editing_and_trying_again_replace_the_last_answer(served: Served, visit: Visit) -> None:
    page = visit.page
    page.goto(served.address)
    visit.ask("How do I handle it?")
    page.get_by_role("button", name=texts.EDIT).click()
    page.get_by_label(texts.EDIT_FIELD).fill("What does a CLO earn?")
    page.get_by_role("button", name=texts.EDIT_SEND).click()
    expect(page.get_by_text(texts.STATUS_WORDS["no_source"])).to_be_visible()
    page.get_by_role("button", name=texts.RETRY).click()
    expect(page.get_by_role("article")).to_have_count(1)
    expect(page.get_by_text(texts.STATUS_WORDS["no_source"])).to_be_visible()


def test_markup_in_questions_and_answers_is_shown_and_never_run(served: Served, visit: Visit) -> None:
    page = visit.page
    page.goto(served.address)
    visit.ask("hostile <img src=http://evil.example/q.png onerror='window.hacked=1'><script>window.hacked=1</script>")
    expect(page.get_by_text("window.hacked = true").first).to_be_visible()
    assert page.evaluate("() => window.hacked === undefined")
    assert not [url for url in visit.requests if "evil.example" in url]


def test_the_keyboard_is_enough(served: Served, visit: Visit) -> None:
    page = visit.page
    page.goto(served.address)
    field = page.get_by_role("textbox", name=texts.QUESTION_LABEL)
    expect(field).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("article")).to_have_count(0)
    page.keyboard.type("How do I handle it?")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("Second line.")
    expect(field).to_have_value("How do I handle it?\nSecond line.")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name=texts.COPY)).to_be_visible()
    expect(field).to_be_focused()
    expect(field).to_have_value("")
    page.get_by_role("button", name="Source 1").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Answering the three objections")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Source 1").first).to_be_focused()


def test_a_phone_shows_everything_without_sideways_scrolling(served: Served, other_visit: Visit) -> None:
    page = other_visit.page
    page.goto(served.address)
    expect(page.get_by_role("button", name=texts.NEW_CONVERSATION)).to_be_hidden()
    other_visit.ask("How do I handle it?")
    for step in ("answer", "evidence", "conversations"):
        if step == "evidence":
            page.get_by_role("button", name="Source 1").first.click()
            expect(page.locator("mark")).to_be_visible()
        if step == "conversations":
            page.keyboard.press("Escape")
            page.get_by_role("button", name=texts.SHOW_SHELF).click()
            expect(page.get_by_role("button", name=texts.NEW_CONVERSATION)).to_be_visible()
        assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth"), step
    page.get_by_role("button", name=texts.NEW_CONVERSATION).click()
    expect(page.get_by_role("heading", name=texts.WELCOME_TITLE)).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(served: Served, visit: Visit, scheme: str) -> None:
    page = visit.page
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.goto(served.address)
    visit.ask("How do I handle it?")
    page.get_by_role("button", name="Source 1").first.click()
    expect(page.locator("mark")).to_be_visible()
    weak = page.evaluate(CONTRAST)
    assert weak == []


CONTRAST = """() => {
  const parse = (colour) => (colour.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (node) => {
    for (; node; node = node.parentElement) {
      const colour = parse(getComputedStyle(node).backgroundColor);
      if (colour.length === 3 || colour[3] > 0.99) return colour;
    }
    return [255, 255, 255];
  };
  const weak = [];
  const walker = document.createTreeWalker(document.querySelector('#coach-page'), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !node.checkVisibility({ visibilityProperty: true })) continue;
    const [a, b] = [light(parse(getComputedStyle(node).color)), light(ground(node))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) weak.push([walker.currentNode.data.trim().slice(0, 40), Math.round(ratio * 100) / 100]);
  }
  return weak;
}"""
