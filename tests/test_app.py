"""The whole coach over a real database: the question is on disk first, no word is lost, nobody else sees it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from coach.app import TITLE_LENGTH, Coach, Saved, title_for
from coach.errors import NotFound
from coach.records.conversations import Conversations
from coach.records.database import open_database
from coach.types import Answer, Delta, Exchange, Passage

ADA, BOB = "visitor-ada", "visitor-bob"
PASSAGE = Passage("orchard#pruning", "orchard", "Orchards", "Pruning", "Orchard Review", "Prune in winter.")


class Script:
    """Answers with the number of the turn; looks into the database the moment it is called, fails when told to."""

    label = "script"

    def __init__(self, conversations: Conversations) -> None:
        self._conversations = conversations
        self.histories: list[list[Exchange]] = []
        self.on_disk: list[list[tuple[str, str]]] = []

    def stream(self, question: str, history: Sequence[Exchange]) -> Iterator[Delta | Answer]:
        self.histories.append(list(history))
        shown = [turn for talk in self._conversations.list(ADA) for turn in self._conversations.read(ADA, talk.id)]
        self.on_disk.append([(turn.question, turn.state) for turn in shown])
        yield Delta("Words ")
        if "break" in question:
            raise RuntimeError("the script says so")
        yield Delta("follow.")
        if "silent" not in question:
            yield Answer(question, question, "answered", f"{len(history) + 1}: {question}", (), "script", 0.1)

    def passage(self, passage_id: str) -> Passage | None:
        return PASSAGE if passage_id == PASSAGE.id else None


@pytest.fixture
def conversations(tmp_path: Path) -> Conversations:
    return Conversations(open_database(f"sqlite:///{tmp_path / 'coach.sqlite3'}"))


@pytest.fixture
def script(conversations: Conversations) -> Script:
    return Script(conversations)


@pytest.fixture
def coach(script: Script, conversations: Conversations) -> Coach:
    return Coach(script, conversations)


def said(coach: Coach, visitor: str, conversation: str | None, question: str) -> tuple[Saved, Answer]:
    events = list(coach.converse(visitor, conversation, question))
    saved, answer = events[0], events[-1]
    assert isinstance(saved, Saved) and isinstance(answer, Answer)
    return saved, answer


def kept(coach: Coach, visitor: str, conversation: str) -> list[tuple[str, str, str]]:
    turns = coach.conversations.read(visitor, conversation)
    return [(turn.question, turn.state, turn.answer.text if turn.answer else turn.partial) for turn in turns]


def test_the_question_is_on_disk_before_the_answer_starts(coach: Coach, script: Script) -> None:
    stream = coach.converse(ADA, None, "When do I prune?")
    saved = next(stream)
    assert isinstance(saved, Saved) and script.histories == []
    assert kept(coach, ADA, saved.conversation) == [("When do I prune?", "pending", "")]
    list(stream)
    assert script.on_disk == [[("When do I prune?", "pending")]]
    assert kept(coach, ADA, saved.conversation) == [("When do I prune?", "complete", "1: When do I prune?")]


def test_the_answer_is_kept_when_the_reader_sees_it(coach: Coach) -> None:
    for event in coach.converse(ADA, None, "When?"):
        if isinstance(event, Saved):
            conversation = event.conversation
        if isinstance(event, Answer):
            assert kept(coach, ADA, conversation)[0][1] == "complete"


def test_a_conversation_hands_its_turns_to_the_answerer(coach: Coach, script: Script) -> None:
    saved, first = said(coach, ADA, None, "One?")
    again, second = said(coach, ADA, saved.conversation, "Two?")
    assert again.conversation == saved.conversation and second.text == "2: Two?"
    assert [turn.question for turn in script.histories[1]] == ["One?"] and script.histories[1][0].answer == first


def test_an_abandoned_stream_is_kept_as_stopped(coach: Coach, script: Script) -> None:
    stream = coach.converse(ADA, None, "When?")
    saved = next(stream)
    assert next(stream) == Delta("Words ")
    stream.close()  # type: ignore[attr-defined]
    assert isinstance(saved, Saved)
    assert kept(coach, ADA, saved.conversation) == [("When?", "stopped", "Words ")]
    _, answer = said(coach, ADA, saved.conversation, "And now?")
    assert answer.text == "2: And now?" and script.histories[-1][0].answer is None


def test_a_stream_abandoned_at_its_end_is_complete(coach: Coach) -> None:
    stream = coach.converse(ADA, None, "When?")
    saved = next(stream)
    while not isinstance(next(stream), Answer):
        pass
    stream.close()  # type: ignore[attr-defined]
    assert isinstance(saved, Saved) and kept(coach, ADA, saved.conversation)[0][1] == "complete"


@pytest.mark.parametrize(("question", "words"), [("please break", "Words "), ("silent one", "Words follow.")])
def test_what_appeared_before_a_fault_is_kept(coach: Coach, question: str, words: str) -> None:
    events: list[object] = []
    try:
        events.extend(coach.converse(ADA, None, question))
    except RuntimeError as error:
        assert str(error) == "the script says so"
    (summary,) = coach.conversations.list(ADA)
    assert kept(coach, ADA, summary.id) == [(question, "stopped", words)]


def test_again_sets_aside_the_turn_and_what_followed(coach: Coach, script: Script) -> None:
    saved, _ = said(coach, ADA, None, "One?")
    second, _ = said(coach, ADA, saved.conversation, "Two?")
    said(coach, ADA, saved.conversation, "Three?")
    events = list(coach.again(ADA, second.exchange))
    assert isinstance(events[0], Saved) and events[0].conversation == saved.conversation
    assert [turn[0] for turn in kept(coach, ADA, saved.conversation)] == ["One?", "Two?"]
    assert [turn.question for turn in script.histories[-1]] == ["One?"]


def test_a_question_can_be_edited_and_asked_again(coach: Coach) -> None:
    saved, _ = said(coach, ADA, None, "One?")
    list(coach.again(ADA, saved.exchange, "Another?"))
    assert kept(coach, ADA, saved.conversation) == [("Another?", "complete", "1: Another?")]


def test_two_visitors_never_meet(coach: Coach, script: Script) -> None:
    ada, _ = said(coach, ADA, None, "Ada's first?")
    bob, _ = said(coach, BOB, None, "Bob's first?")
    said(coach, ADA, ada.conversation, "Ada's second?")
    said(coach, BOB, bob.conversation, "Bob's second?")
    assert [turn.question for turn in script.histories[2]] == ["Ada's first?"]
    assert [turn.question for turn in script.histories[3]] == ["Bob's first?"]
    assert [talk.id for talk in coach.conversations.list(BOB)] == [bob.conversation]
    for attempt in (
        lambda: list(coach.converse(BOB, ada.conversation, "Mine?")),
        lambda: list(coach.again(BOB, ada.exchange)),
        lambda: coach.conversations.read(BOB, ada.conversation),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert [turn[0] for turn in kept(coach, ADA, ada.conversation)] == ["Ada's first?", "Ada's second?"]


def test_a_conversation_that_does_not_exist_is_refused_and_nothing_is_kept(coach: Coach) -> None:
    with pytest.raises(NotFound):
        list(coach.converse(ADA, "nowhere", "When?"))
    assert coach.conversations.list(ADA) == ()


def test_a_conversation_is_named_after_its_first_question(coach: Coach) -> None:
    saved, _ = said(coach, ADA, None, "When do I prune? I have ten trees.")
    said(coach, ADA, saved.conversation, "And then?")
    assert [talk.title for talk in coach.conversations.list(ADA)] == ["When do I prune?"]


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("When do I prune?", "When do I prune?"),
        ("  When do\n I   prune?  ", "When do I prune?"),
        ("My boss said no. What now?", "My boss said no"),
        ("Help! He said no.", "Help"),
        ("Prune it.", "Prune it"),
        ("", "New conversation"),
        ("...", "New conversation"),
        ("\n\t ", "New conversation"),
    ],
)
def test_a_title_is_the_first_sentence(question: str, title: str) -> None:
    assert title_for(question) == title


@pytest.mark.parametrize("question", ["word " * 400, "x" * 2000, "ends, with, commas, " * 20, "🙂 " * 300])
def test_a_long_title_is_cut_at_a_word(question: str) -> None:
    title = title_for(question)
    assert len(title) <= TITLE_LENGTH + 1 and title.endswith("…") and not title.endswith(",…")


def test_asking_without_a_conversation_keeps_nothing(coach: Coach, script: Script) -> None:
    first = coach.ask("One?")
    assert first.text == "1: One?" and coach.ask("Two?", [Exchange("One?", first)]).text == "2: Two?"
    assert coach.conversations.list(ADA) == ()
    with pytest.raises(RuntimeError):
        coach.ask("silent")


def test_a_passage_is_shown_or_reported_missing(coach: Coach) -> None:
    assert coach.label == "script" and coach.passage(PASSAGE.id) is PASSAGE
    with pytest.raises(NotFound):
        coach.passage("nowhere#none")
