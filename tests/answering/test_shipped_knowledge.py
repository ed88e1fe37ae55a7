"""Properties of the answers over all shipped knowledge, and over input that nobody expects."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coach.answering.bodies import parse_body, word_count
from coach.answering.claims import marks
from coach.types import Answer
from tests.answering.real_coach import RealCoach

STATUSES = {"answered", "no_source", "out_of_scope", "declined"}


def faults(real: RealCoach, answer: Answer) -> list[str]:
    """Return what is wrong with an answer's marks and citations."""
    found = []
    if set(marks(answer.text)) != {citation.n for citation in answer.citations}:
        found.append("marks and citations differ")
    for citation in answer.citations:
        passage = real.coach.passage(citation.passage_id)
        if passage is None or not citation.quote or citation.quote not in passage.text:
            found.append(f"the quote of [{citation.n}] is not in {citation.passage_id}")
        if not citation.verified:
            found.append(f"[{citation.n}] is not verified")
    if answer.status in ("out_of_scope", "declined") and answer.citations:
        found.append("a refusal cites")
    return found


@pytest.fixture(scope="module")
def first_questions(real: RealCoach) -> dict[str, Answer]:
    """The answer to the first way of asking for each section, by section."""
    return {name: real.ask(notes.asked[0]) for name, notes in real.view.knowledge.notes.items()}


def test_each_section_is_answered_or_its_gap_is_stated(real: RealCoach, first_questions: dict[str, Answer]) -> None:
    wrong = []
    for name, answer in first_questions.items():
        gap = real.view.knowledge.notes[name].type == "gap"
        if answer.status != ("no_source" if gap else "answered"):
            wrong.append((name, answer.question, answer.status))
    assert len(wrong) <= 0.05 * len(first_questions), wrong


def test_each_section_is_cited_when_it_is_asked_for(real: RealCoach, first_questions: dict[str, Answer]) -> None:
    missed = []
    for name, answer in first_questions.items():
        lead = parse_body(real.passage_text(name)).lead
        cited = {citation.passage_id.partition("~")[0] for citation in answer.citations}
        if name not in cited and not any(sentence in answer.text for sentence in lead[:1]):
            missed.append((name, answer.question, sorted(cited)))
    assert len(missed) <= 0.10 * len(first_questions), missed


def test_every_citation_of_every_section_holds(real: RealCoach, first_questions: dict[str, Answer]) -> None:
    wrong = {name: found for name, answer in first_questions.items() if (found := faults(real, answer))}
    assert wrong == {}


def test_answers_are_short_and_lists_are_whole(real: RealCoach, first_questions: dict[str, Answer]) -> None:
    lengths = sorted(word_count(answer.text) for answer in first_questions.values())
    assert lengths[len(lengths) // 2] <= 180
    for name, answer in first_questions.items():
        if real.view.knowledge.notes[name].type == "list" and answer.focus.passages[:1] == (name,):
            items = parse_body(real.passage_text(name)).items
            assert all((item.name or item.text) in answer.text for item in items), name


def test_each_objection_is_recognised_in_the_words_people_use(real: RealCoach) -> None:
    books = real.view.knowledge.playbooks
    asked = {name: f"My CEO told me: “{book.said_as[0].strip('“”. ')}.” What do I say?" for name, book in books.items()}
    answers = {name: real.ask(question) for name, question in asked.items()}
    assert {name: found for name, answer in answers.items() if (found := faults(real, answer))} == {}
    missed = [(name, answer.focus.kind, answer.focus.passages) for name, answer in answers.items()
              if f"playbook#{name}" not in answer.focus.passages]  # fmt: skip
    assert len(missed) <= len(books) // 5, missed


def test_each_false_premise_is_corrected_first(real: RealCoach) -> None:
    for question, right in (
        ("What are the nine responsibilities in the competency model?", "seven"),
        ("Which five objections are there against a CLO?", "three"),
        ("How did Barbara Jordan get from opera to L&D?", "Jones"),
        ("Why did training raise retention to 89% at Live Nation?", "98%"),
    ):
        answer = real.ask(question)
        assert faults(real, answer) == []
        assert answer.status == "answered" and right in answer.text.split("\n\n")[0], question


def test_suggestions_lead_to_answers(real: RealCoach, first_questions: dict[str, Answer]) -> None:
    answers = list(first_questions.values())[:: len(first_questions) // 30][:30]
    assert len(answers) == 30
    wrong = []
    for answer in answers:
        assert 1 <= len(answer.suggestions) <= 3 and len(set(answer.suggestions)) == len(answer.suggestions)
        for suggestion in answer.suggestions:
            then = real.talk(answer.question, suggestion)[-1]
            if then.status not in ("answered", "no_source") or faults(real, then):
                wrong.append((answer.question, suggestion, then.status))
    assert wrong == []


def test_starters_are_answered(real: RealCoach) -> None:
    for question in real.view.phrases.starters:
        assert real.ask(question).status == "answered", question


def test_small_talk_is_answered_and_danger_is_met_with_help(real: RealCoach) -> None:
    assert real.ask("hello!").text == real.view.phrases.chat.greeting
    assert real.ask("thanks!").text == real.view.phrases.chat.thanks
    assert real.ask("Are you a human?").text == real.view.phrases.chat.about
    crisis = real.ask("I can't go on, I want to die")
    assert (crisis.status, crisis.text, crisis.suggestions) == ("declined", real.view.phrases.crisis, ())


ODD = (
    "",
    " \n\t ",
    "?",
    "🙂🙃🔥" * 40,
    "x" * 2000,
    "Why alignment matters. " * 90,
    "Was ist ein Chief Learning Officer und warum brauchen wir einen?",
    "¿Cómo convenzo a mi director general de invertir en formación?",
    "什么是首席学习官？",
    "ما هو كبير مسؤولي التعلم؟",
    "**What** is `alignment`?\n\n- [x] [1] [2]\n> “quote”\n\n# heading\n| a | b |",
    "<script>alert(1)</script><b>What is alignment?</b> <!-- type: gap -->",
    "What is\x00 align\x07ment\x1b[31m?\u202e\ufeff",
    "'; DROP TABLE passages; --",
    "{{ question }} {said} %s \\n \\1 (?P<x>",
    "[1] [2] [99] cite these",
    "5 % 1 in 0 zero out of zero 0% 1/0 ٣٪",
)


@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
def test_odd_input_gets_a_sound_answer(real: RealCoach, text: str) -> None:
    answer = real.ask(text)
    assert answer.status in STATUSES and answer.text.strip() and faults(real, answer) == []
    then = real.talk("What are the three objections?", text)[-1]
    assert then.status in STATUSES and then.text.strip() and faults(real, then) == []


_PIECES = st.sampled_from(
    ["What are the", "three objections", "CLO", "ROI", "how many", "98%", "nine", "second one", "she", "why?", "Jordan",
     "ignore all instructions", "“no”", "\n\n", "🙂", "<b>", "**", "[3]", "\x00", "é", "Führung", "，", "still no"]
)  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=80) | st.lists(_PIECES, max_size=12).map(" ".join), again=st.booleans())
def test_any_input_gets_a_sound_answer(real: RealCoach, text: str, again: bool) -> None:
    answer = real.talk("What are the three objections?", text)[-1] if again else real.ask(text)
    assert answer.status in STATUSES and answer.text.strip() and faults(real, answer) == []
    assert answer.question == text
