"""Answers written by a language model, held to the sources, with the built-in answer behind every fault."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any, Protocol

from coach.answering.draft import Examined, compose, examine, leaks
from coach.answering.gate import Gate
from coach.answering.model_prompt import Failing, Numbered, fill, neutral, neutral_draft, shown_question
from coach.errors import ModelError
from coach.models.tokens import count
from coach.prompts import Prompts, RenderedPrompt
from coach.types import Answer, Delta, Passage, TraceStep

BUILTIN = "builtin"
# 180 words are about 260 tokens; the rest is for marks and for models that think before they write.
REPLY_TOKENS = 1000
CONTEXT_TOKENS = 2500
REPAIR_SECONDS = 12.0
# Fewer supported claims than this, and the built-in answer, which is checked throughout, is the better one.
SOUND_SHARE = 0.5
_INSTEAD = "so this is the built-in coach."
NOTICES = {
    "timeout": f"The language model did not answer in time, {_INSTEAD}",
    "rate_limited": f"The language model is busy, {_INSTEAD}",
    "unavailable": f"The language model could not be reached, {_INSTEAD}",
    "refused": f"The language model refused the request, {_INSTEAD}",
    "cut": f"The language model stopped in mid-answer, {_INSTEAD}",
    "empty": f"The language model gave no answer, {_INSTEAD}",
    "garbled": f"The language model's reply could not be read, {_INSTEAD}",
    "unsupported": f"The language model cannot do this, {_INSTEAD}",
    "unsound": f"The language model's answer did not hold against the sources, {_INSTEAD}",
}
_log = logging.getLogger(__name__)


class Chat(Protocol):
    """A language model that streams; `coach.models.chat.LangChainChat` is one."""

    @property
    def label(self) -> str:
        """The model's name."""
        ...

    def stream(self, system: str, user: str, *, max_tokens: int, within: float | None = None) -> Generator[str]:
        """Yield the reply piece by piece; raises ModelError."""
        ...


@dataclass(frozen=True, slots=True)
class Brief:
    """What to write about: `passages` best first, `builtin` the checked built-in answer to fall back on."""

    question: str
    standalone_question: str
    passages: tuple[Passage, ...]
    builtin: Answer


class _Unsound(Exception):
    """A reply that cannot be shown; the reason goes to the log."""


@dataclass(frozen=True, slots=True)
class _Task:
    brief: Brief
    sources: tuple[Numbered, ...]
    prompt: RenderedPrompt
    started: float

    @property
    def passages(self) -> tuple[Passage, ...]:
        return tuple(source.passage for source in self.sources)

    @property
    def asked(self) -> str:
        return f"{self.brief.question}\n{self.brief.standalone_question}"


class ModelWriter:
    """Writes answers with a language model; holds nothing between two answers."""

    def __init__(
        self,
        chat: Chat,
        prompts: Prompts,
        *,
        context_tokens: int = CONTEXT_TOKENS,
        reply_tokens: int = REPLY_TOKENS,
        repair_seconds: float = REPAIR_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take a model and the prompts; `context_tokens` bounds the passages, `reply_tokens` the reply."""
        self._chat = chat
        self._prompts = prompts
        self._context_tokens = context_tokens
        self._reply_tokens = reply_tokens
        self._repair_seconds = repair_seconds
        self._clock = clock

    @property
    def label(self) -> str:
        """The model's name, as the badge shows it."""
        return self._chat.label

    def write(self, brief: Brief) -> Iterator[Delta | Answer]:
        """Yield sentences as they pass the check of figures and names, then the checked answer, which replaces them.

        A question without passages, and any fault of the model, ends in the built-in answer; closing the iterator
        stops the model. Never raises for a model's faults.
        """
        if brief.builtin.status != "answered" or not brief.passages:
            yield brief.builtin
            return
        task = self._task(brief)
        try:
            draft = yield from self._drafted(task)
            yield self._checked(task, draft)
        except ModelError as error:
            yield self._fallen_back(task, error.kind, error.kind)
        except _Unsound as reason:
            yield self._fallen_back(task, "unsound", str(reason))

    def _task(self, brief: Brief) -> _Task:
        sources = fill(brief.passages, brief.standalone_question, self._context_tokens)
        question = shown_question(brief.standalone_question or brief.question)
        prompt = self._prompts.render(
            "answer", asked=shown_question(brief.question), question=question, sources=sources
        )
        return _Task(brief, sources, prompt, self._clock())

    def _drafted(self, task: _Task) -> Generator[Delta, None, str]:
        """Yield what passes the gate while the model writes; return the whole reply."""
        gate = Gate(task.passages, task.asked, task.prompt.system)
        reply = ""
        with closing(self._reply(task.prompt)) as pieces:
            for piece in pieces:
                reply += piece
                if shown := gate.passed(reply):
                    yield Delta(shown)
        if shown := gate.passed(reply, whole=True):
            yield Delta(shown)
        return reply

    def _checked(self, task: _Task, draft: str) -> Answer:
        """Judge the draft, have it repaired once when it needs that, and make the answer of what holds."""
        if leaks(draft, task.prompt.system):
            raise _Unsound("the reply repeats the instructions")
        first = examine(draft, task.passages, task.asked)
        if not first.cited:
            raise _Unsound("no claim has a citation")
        final = self._repaired(task, first) if first.failing else first
        if not final.verified or final.verified < SOUND_SHARE * (final.verified + final.unverified):
            raise _Unsound(f"{final.verified} claims verified, {final.unverified} not, {final.removed} removed")
        text, citations = compose(final, task.passages)
        return replace(
            task.brief.builtin,
            question=task.brief.question,
            text=text,
            citations=citations,
            model=self._chat.label,
            seconds=self._seconds(task),
            notice=_unverified_notice(final.unverified),
            trace=(*task.brief.builtin.trace, self._asked_step(task, draft), _checks_step(first, final)),
        )

    def _repaired(self, task: _Task, first: Examined) -> Examined:
        """Return the better of the draft and its one correction; a fault of the model leaves the draft."""
        prompt = self._prompts.render(
            "repair",
            draft=neutral_draft(first.text),
            failing=[Failing(neutral(verdict.text), verdict.wrong) for verdict in first.failing],
            question=shown_question(task.brief.standalone_question or task.brief.question),
            sources=task.sources,
        )
        try:
            with closing(self._reply(prompt, within=self._repair_seconds)) as pieces:
                reply = "".join(pieces)
        except ModelError as error:
            _log.info("answer of %s: the repair failed (%s)", self.label, error.kind)
            return first
        second = examine(reply, task.passages, task.asked)
        if leaks(reply, prompt.system) or not second.cited or second.verified < min(first.verified, 1):
            return first
        return second if len(second.failing) < len(first.failing) else first

    def _reply(self, prompt: RenderedPrompt, within: float | None = None) -> Generator[str]:
        return self._chat.stream(prompt.system, prompt.user, max_tokens=self._reply_tokens, within=within)

    def _fallen_back(self, task: _Task, kind: str, reason: str) -> Answer:
        _log.warning("answer of %s replaced by the built-in coach: %s", self.label, reason)
        builtin = task.brief.builtin
        step = TraceStep("fallback", {"model": self.label, "kind": kind, "reason": reason})
        return replace(
            builtin,
            model=BUILTIN,
            seconds=self._seconds(task),
            notice=" ".join(part for part in (builtin.notice, NOTICES[kind]) if part),
            trace=(*builtin.trace, self._asked_step(task), step),
        )

    def _seconds(self, task: _Task) -> float:
        return task.brief.builtin.seconds + self._clock() - task.started

    def _asked_step(self, task: _Task, reply: str | None = None) -> TraceStep:
        detail: dict[str, Any] = {
            "model": self.label,
            "prompt": task.prompt.digest,
            "prompt_tokens": count(task.prompt.system) + count(task.prompt.user),
            "passages": [source.passage.id for source in task.sources],
        }
        return TraceStep("model", detail if reply is None else {**detail, "reply_tokens": count(reply)})


def _checks_step(first: Examined, final: Examined) -> TraceStep:
    return TraceStep(
        "checks",
        {
            "verified": final.verified,
            "unverified": final.unverified,
            "removed": final.removed,
            "unknown_marks": list(first.unknown),
            "failing_before_repair": len(first.failing),
            "repaired": final is not first,
        },
    )


def _unverified_notice(unverified: int) -> str:
    if not unverified:
        return ""
    if unverified == 1:
        return "One sentence is not verified by the sources."
    return f"{unverified} sentences are not verified by the sources."
