"""The values that pass between the parts of the coach: frozen, plain, without behaviour of their own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Status = Literal["answered", "no_source", "out_of_scope", "declined"]


@dataclass(frozen=True, slots=True)
class Passage:
    """One retrievable piece of text.

    `text` is what is shown and quoted; `context` (title, heading) and `asked` (ways people ask for it) only help to
    find it. `documents` are the ids of the sources it is written from. `id` is stable as long as the heading is:
    `article#section`, with `~2`, `~3` for the parts of a long one.
    """

    id: str
    article: str
    title: str
    section: str
    source: str
    text: str
    type: str = "advice"
    asked: tuple[str, ...] = ()
    collection: str = "knowledge"
    documents: tuple[str, ...] = ()

    @property
    def context(self) -> str:
        """Title and heading, as they are put before the text for retrieval."""
        return f"{self.title}. {self.section}."


@dataclass(frozen=True, slots=True)
class Found:
    """A passage that a search returned, with the evidence for it.

    `score` is the fused rank score; `body` the cosine similarity of its own text with the question (-1..1), `asked`
    that of the closest way people ask for it and `asked_mean` the mean of the three closest (both `body` when there
    is none); `keyword` its BM25 score (0 when it was not among the keyword hits); `fit` how well the question fits
    among all the ways people ask for it, in standard deviations over all passages; `matched` the closest of its
    embedded texts.
    """

    passage: Passage
    score: float
    body: float
    asked: float
    asked_mean: float
    keyword: float
    fit: float = 0.0
    matched: str = ""

    @property
    def dense(self) -> float:
        """The best cosine similarity of any of its vectors with the question."""
        return max(self.body, self.asked)


@dataclass(frozen=True, slots=True)
class Citation:
    """A numbered reference in an answer: `quote` stands verbatim in the passage when `verified`."""

    n: int
    article: str
    title: str
    section: str
    source: str
    quote: str
    passage_id: str
    verified: bool


@dataclass(frozen=True, slots=True)
class TraceStep:
    """One step on the way to an answer, for the reader who wants to check it."""

    name: str
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Focus:
    """What an answer was about, kept so that a follow-up can refer to it.

    `passages` are ids, best first; `playbook` is an objection's id; `items` the members of a list in their order.
    """

    kind: str = ""
    passages: tuple[str, ...] = ()
    playbook: str = ""
    items: tuple[str, ...] = ()
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer with everything needed to check it; `text` is Markdown whose `[n]` are the citations' numbers."""

    question: str
    standalone_question: str
    status: Status
    text: str
    citations: tuple[Citation, ...]
    model: str
    seconds: float
    focus: Focus = field(default_factory=Focus)
    suggestions: tuple[str, ...] = ()
    notice: str = ""
    trace: tuple[TraceStep, ...] = ()


@dataclass(frozen=True, slots=True)
class Exchange:
    """One earlier question of a conversation with its answer (None while it is being written or was stopped)."""

    question: str
    answer: Answer | None


@dataclass(frozen=True, slots=True)
class Delta:
    """A piece of an answer while it streams; the `Answer` that ends the stream replaces all of them."""

    text: str
