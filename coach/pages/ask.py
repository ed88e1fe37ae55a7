"""What the Ask page does: plain functions of a visitor and what was typed or pressed, without Gradio.

Every method answers for the visitor it is given; ids come from the browser and are checked by the store each time.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from coach.app import Coach, Saved
from coach.errors import CoachError, NotFound
from coach.pages import texts
from coach.pages.evidence import draw_evidence, draw_evidence_problem
from coach.pages.shelf import draw_shelf
from coach.pages.shell import draw_talk_frame, draw_welcome
from coach.pages.streaming import PacedStream, StopSwitches
from coach.pages.transcript import draw_failed, draw_running
from coach.pages.view import View, draw_earlier, draw_latest, draw_notice, frame_latest
from coach.records.conversations import StoredExchange
from coach.types import Answer, Delta, Passage

_log = logging.getLogger(__name__)
Events = Generator[Saved | Delta | Answer, None, None]

QUESTION_LIMIT = 8_000  # characters
TITLE_LIMIT = 120  # characters


def _local_now() -> datetime:
    return datetime.now().astimezone()


class AskPage:
    """The Ask page of one coach; `data` is the folder that the first-visit note names."""

    def __init__(self, coach: Coach, data: Path, now: Callable[[], datetime] = _local_now) -> None:
        self._coach = coach
        self._data = data
        self._now = now
        self._switches = StopSwitches()

    def open(self, visitor: str, conversation: str, search: str = "", words: str = "") -> View:
        """Show a conversation, or the welcome when it is empty or not this visitor's; `words` is a notice to add."""
        try:
            exchanges = self._coach.conversations.read(visitor, conversation) if conversation else ()
        except NotFound:
            exchanges, conversation, words = (), "", words or texts.CONVERSATION_GONE
        shelf = self._shelf(visitor, conversation, search)
        return View(
            conversation=conversation,
            earlier=self._frame(visitor, conversation, exchanges),
            latest=draw_latest(exchanges),
            shelf=shelf,
            notice=draw_notice(words),
        )

    def ask(self, visitor: str, conversation: str, question: str, search: str = "") -> Iterator[View]:
        """Answer a question as the next turn of a conversation (a new one when empty), showing words as they arrive."""
        asked = question.strip()
        if not asked:
            return
        words = ""
        if len(asked) > QUESTION_LIMIT:
            asked = asked[:QUESTION_LIMIT]
            words = texts.QUESTION_CUT.format(f"{QUESTION_LIMIT:,}", f"{QUESTION_LIMIT:,}")
        events = _generator(self._coach.converse(visitor, conversation or None, asked))
        yield from self._show(
            visitor,
            events,
            asked,
            search,
            words,
            failed=self.open(visitor, conversation, search),
        )

    def again(
        self,
        visitor: str,
        conversation: str,
        exchange: str,
        question: str | None = None,
        search: str = "",
    ) -> Iterator[View]:
        """Answer an earlier question once more, with new words when `question` is given."""
        edited = question.strip()[:QUESTION_LIMIT] if question else ""
        before = self.open(visitor, conversation, search)
        asked = edited or self._question(visitor, conversation, exchange)
        if not asked:
            yield self.open(visitor, conversation, search, texts.CONVERSATION_GONE)
            return
        events = _generator(self._coach.again(visitor, exchange, edited or None))
        yield from self._show(visitor, events, asked, search, "", failed=before)

    def stop(self, visitor: str, conversation: str) -> None:
        """Stop the answer that is being written in this visitor's conversation, if any."""
        self._switches.stop(visitor, conversation)

    def evidence(self, visitor: str, conversation: str, exchange: str, number: str) -> str:
        """Return the evidence panel for a citation of an answer of this visitor's."""
        try:
            found = self._exchange(visitor, conversation, exchange)
        except CoachError as error:
            return draw_evidence_problem(str(error))
        citations = found.answer.citations if found.answer else ()
        citation = next((one for one in citations if str(one.n) == number), None)
        if citation is None:
            return draw_evidence_problem(texts.CONVERSATION_GONE)
        return draw_evidence(citation, self._passage(citation.passage_id))

    def rate(
        self, visitor: str, conversation: str, exchange: str, verdict: str, reason: str = "", comment: str = "",
        search: str = "",
    ) -> View:  # fmt: skip
        """Keep a verdict (`up` or `down`) on an answer; pressing `up` again takes it back."""
        try:
            before = self._exchange(visitor, conversation, exchange)
            if verdict == "down":
                known = reason if reason in texts.RATING_REASONS else ""
                self._coach.conversations.rate(visitor, exchange, "down", known, comment.strip()[:2000])
            else:
                self._coach.conversations.rate(visitor, exchange, None if before.verdict == "up" else "up")
        except CoachError as error:
            return self.open(visitor, conversation, search, str(error))
        return self.open(visitor, conversation, search)

    def rename(
        self,
        visitor: str,
        conversation: str,
        renamed: str,
        title: str,
        search: str = "",
    ) -> View:
        """Give the conversation `renamed` another title and show the open one again."""
        name = " ".join(title.split())[:TITLE_LIMIT]
        try:
            if name:
                self._coach.conversations.rename(visitor, renamed, name)
        except CoachError as error:
            return self.open(visitor, conversation, search, str(error))
        return self.open(visitor, conversation, search)

    def delete(self, visitor: str, conversation: str, deleted: str, search: str = "") -> View:
        """Delete a conversation for good and show the open one, or the welcome when it was that."""
        self._switches.stop(visitor, deleted)
        try:
            self._coach.conversations.delete(visitor, deleted)
        except CoachError as error:
            return self.open(visitor, conversation, search, str(error))
        return self.open(visitor, "" if deleted == conversation else conversation, search)

    def search(self, visitor: str, conversation: str, search: str) -> str:
        """Return the list of conversations that contain `search`."""
        return self._shelf(visitor, conversation, search)

    def _show(
        self,
        visitor: str,
        events: Events,
        asked: str,
        search: str,
        words: str,
        failed: View,
    ) -> Iterator[View]:
        """Yield the page while an answer arrives, then as it is stored; `failed` is the page if nothing was saved."""
        switch = threading.Event()
        stream = PacedStream(events, switch)
        saved: Saved | None = None
        text = ""
        try:
            batches = stream.batches()
            saved, text, done = _absorb(next(batches, []), None, "")
            if saved is None:
                raise RuntimeError("a conversation went on without having been saved")
            running = self._running_view(visitor, saved, asked, search, words)
            with self._switches.listed(visitor, saved.conversation, switch):
                while not done:
                    yield running(text)
                    batch = next(batches, None)
                    if batch is None:
                        break
                    _, text, done = _absorb(batch, saved, text)
            stream.wait()
            if not done:
                # The writer may still wait for a model; what its reader saw is kept now.
                self._coach.conversations.stop(visitor, saved.exchange, text)
            yield self._settled(visitor, saved, search, words)
        except CoachError as error:
            yield self._broken(visitor, saved, asked, text, search, str(error), failed)
        except Exception:  # noqa: BLE001 (the reader is told, and the log has the trace)
            _log.exception("an answer failed")
            yield self._broken(visitor, saved, asked, text, search, texts.FAILED, failed)
        finally:
            switch.set()

    def _running_view(self, visitor: str, saved: Saved, asked: str, search: str, words: str) -> Callable[[str], View]:
        exchanges = self._coach.conversations.read(visitor, saved.conversation)
        earlier = self._frame(visitor, saved.conversation, exchanges)
        shelf = self._shelf(visitor, saved.conversation, search)
        notice = draw_notice(words, texts.ANSWERING)

        def view(text: str) -> View:
            latest = frame_latest(draw_running(saved.exchange, asked, text))
            return View(saved.conversation, earlier, latest, shelf, notice)

        return view

    def _settled(self, visitor: str, saved: Saved, search: str, words: str) -> View:
        view = self.open(visitor, saved.conversation, search)
        return replace(view, notice=draw_notice(words, texts.ANSWER_READY))

    def _broken(
        self,
        visitor: str,
        saved: Saved | None,
        asked: str,
        text: str,
        search: str,
        problem: str,
        failed: View,
    ) -> View:
        if saved is None:
            return replace(failed, notice=draw_notice(problem))
        latest = frame_latest(draw_failed(saved.exchange, asked, text, problem))
        return replace(self.open(visitor, saved.conversation, search), latest=latest)

    def _frame(self, visitor: str, conversation: str, exchanges: Sequence[StoredExchange]) -> str:
        if not exchanges:
            return draw_talk_frame("", "", draw_welcome(self._coach.label, self._data))
        summaries = self._coach.conversations.list(visitor)
        title = next((summary.title for summary in summaries if summary.id == conversation), "")
        return draw_talk_frame(conversation, title, draw_earlier(exchanges))

    def _shelf(self, visitor: str, conversation: str, search: str) -> str:
        return draw_shelf(
            self._coach.conversations.list(visitor, search),
            conversation,
            search,
            self._now(),
        )

    def _exchange(self, visitor: str, conversation: str, exchange: str) -> StoredExchange:
        for stored in self._coach.conversations.read(visitor, conversation):
            if stored.id == exchange:
                return stored
        raise NotFound(texts.CONVERSATION_GONE)

    def _question(self, visitor: str, conversation: str, exchange: str) -> str:
        try:
            return self._exchange(visitor, conversation, exchange).question
        except NotFound:
            return ""

    def _passage(self, passage_id: str) -> Passage | None:
        try:
            return self._coach.passage(passage_id)
        except NotFound:
            return None


def _generator(events: Iterator[Saved | Delta | Answer]) -> Events:
    yield from events


def _absorb(batch: Sequence[Saved | Delta | Answer], saved: Saved | None, text: str) -> tuple[Saved | None, str, bool]:
    """Return what is known after a batch: the ids, the text so far, and whether the answer is complete."""
    done = False
    for event in batch:
        if isinstance(event, Saved):
            saved = event
        elif isinstance(event, Delta):
            text += event.text
        else:
            done = True
    return saved, text, done
