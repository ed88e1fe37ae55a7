"""Passages, readings and answers made by hand, about an invented orchard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from coach.answering.evidence import Weighed
from coach.knowledge.schemas import Evidence, Fact, Move, Playbook
from coach.reading.questions import Reading
from coach.types import Answer, Exchange, Focus, Found, Passage

ACTS = "standalone nth shorter longer why example still_no who how audience next doubt elliptical".split()


def passage(name: str, text: str, kind: str = "advice", **more: object) -> Passage:
    fields = {"article": "orchard", "title": "Orchards", "section": f"About {name}", "source": "Orchard Review, 2024"}
    return Passage(**{"id": f"orchard#{name}", **fields, "text": text, "type": kind, **more})  # type: ignore[arg-type]


def weighed(one: Passage, relevance: float = 3.0, dense: float = 0.7, coverage: float = 1.0) -> Weighed:
    return Weighed(Found(one, 0.09, dense, dense, dense, 5.0), relevance, coverage)


def reading(
    text: str, scope: Mapping[str, float] = {}, kind: Mapping[str, float] = {}, act: Mapping[str, float] = {}
) -> Reading:
    """Return a reading with the probabilities that are given and zero for all others."""
    labels = ("on_topic", "off_topic", "chat", "manipulation", "harm")
    kinds = ("objection", "list", "definition", "figure", "how_to", "advice", "why", "comparison", "person", "example")
    return Reading(
        text=text,
        core=text,
        kind=dict.fromkeys((*kinds, "yes_no"), 0.0) | dict(kind or {"advice": 1.0}),
        scope=dict.fromkeys(labels, 0.0) | dict(scope or {"on_topic": 1.0}),
        follow_up=dict.fromkeys(ACTS, 0.0) | dict(act or {"standalone": 1.0}),
        wordings=(text,),
        queries=(text,),
        vectors=np.eye(1, 8, dtype=np.float32),
    )


def answered(
    question: str, items: Sequence[str] = (), subject: str = "Pruning", playbook: str = "", **more: object
) -> Exchange:
    """Return an exchange with an answer about a subject."""
    focus = Focus("list", ("orchard#pruning",), playbook, tuple(items), subject)
    fields = {"status": "answered", "text": "Prune in winter. [1]", "citations": (), "model": "builtin", "seconds": 0.1}
    return Exchange(question, Answer(question, question, **{**fields, "focus": focus, **more}))  # type: ignore[arg-type]


def fact(name: str, noun: str, right: str, passage_id: str) -> Fact:
    return Fact(
        id=name, about=[[noun]], sort="number", noun=[noun], right=[right], passage=passage_id,
        correction=f"It is {right}, not {{said}}: the review counts {right} {noun}.",
    )  # fmt: skip


def playbook(evidence: Sequence[str] = ()) -> Playbook:
    concern = {"concern": "He fears the bill.", "sign": "He asks about cost first."}
    return Playbook(
        id="no-ladders", objection="“We need no ladders.”", origin="coaching", sources=[], said_by=["owner"],
        said_as=[f"no ladders {n}" for n in range(10)], beneath=[concern, concern],  # type: ignore[list-item]
        answer="Show him the fruit that rots at the top. A ladder brings it down.",
        moves=[Move(do=f"Do {n}.", say=f"Line {n}, may I show you?") for n in range(1, 4)],
        evidence=[Evidence(passage=name, use="the figure") for name in evidence],
        ask=["What rots?", "Who climbs?"], pitfalls=["Do not shout.", "Do not climb."],
        next_step="Borrow one ladder for a week.", if_still_no=Move(do="Count the rotten fruit.", say="May I count?"),
        example="Olsen borrowed a ladder. The owner bought ten.",
    )  # fmt: skip
