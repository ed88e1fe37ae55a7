"""Decides what a question gets: an answer, an honest “no source”, a friendly “not what I'm for”, or a refusal."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from coach.answering.evidence import Weighed
from coach.reading.asked_values import asked_value, holds_value
from coach.reading.questions import Reading
from coach.types import Status

# Set on the development half of the golden set and the labelled scopes (docs/decisions.md, "Thresholds").
MANIPULATION, HARM, OUTSIDE = 0.6, 0.5, 0.55
# Cosine of the closest passage below which nothing in the knowledge base is about the question.
NOTHING_CLOSE = 0.33
OUTSIDE_WHEN_NOTHING_CLOSE = 0.2
# A section that holds the value asked for may stand this far behind one that does not.
VALUE_MARGIN = 0.6
# It must also hold this share of what the question is about: any figure is not the figure.
VALUE_COVERAGE = 0.5
# A long account of a learner's troubles mentions orders, doubts and demands, and a question that a section was written
# for is seldom meant badly: there only a near-certain reading refuses.
LONG, RELEVANT, SURE = 35, 2.6, 0.88
# A voiced objection gets its playbook when that stands at most this far behind the best section.
VOICED, PLAYBOOK_MARGIN, CLOSE_OBJECTION = 0.4, 0.35, 0.5
_HANDLE = re.compile(
    r"\b(handle|answer|respond|reply|counter|overcome|react|say|tell)\b.{0,40}([\"“”'‘’]|\bobjection|\bpushback|when (they|he|she|my))",
    re.IGNORECASE,
)
_COURTESY = re.compile(
    r"^\W*(thanks|thank you|thx|cheers|hi|hello|hey|good (morning|afternoon|evening)|bye|goodbye)\b[\w\s,!.']{0,40}$",
    re.IGNORECASE,
)
_CRISIS = re.compile(
    r"\b(kill(ing)? myself|suicid\w*|end (my|it all|my own) life|want to die|don'?t want to live|self[- ]harm|hurt(ing)? myself)\b",
    re.IGNORECASE,
)
_ORDER = re.compile(
    r"\b(ignore|disregard|forget|override|bypass)\b.{0,40}\b(instruction|rule|prompt|guideline|restriction|polic|previous|above"
    r"|source|training)s?\b|\b(system|hidden|initial) (prompt|instruction|configuration|message)s?\b|\byou are now\b"
    r"|\b(developer|debug|maintenance|god|dan) mode\b|\bprint your (prompt|rules|instructions)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do with a question and why; `route` chooses the way of answering."""

    status: Status
    route: str
    why: str


def decide(reading: Reading, weighed: Sequence[Weighed]) -> tuple[Decision, list[Weighed]]:
    """Decide from what was read and found; returns the evidence in the order in which it shall be used."""
    ordered = list(weighed)
    best = ordered[0] if ordered else None
    if refused := _refusal(reading, best.relevance if best else 0.0):
        return refused, ordered
    scope, strength = reading.scope, best.found.dense if best else 0.0
    voiced = reading.kind["objection"]
    outside = scope["off_topic"] + scope["chat"]
    if (scope["chat"] > 0.5 or _COURTESY.match(reading.text)) and strength < 0.6 and voiced < 0.3:
        return Decision("answered", "chat", "small talk"), ordered
    if outside > OUTSIDE and strength < 0.35 + 0.3 * outside and (voiced < 0.4 or outside > 0.8):
        why = f"outside {outside:.2f}, closest passage {strength:.2f}"
        return Decision("out_of_scope", "out_of_scope", why), ordered
    if best is None or strength < NOTHING_CLOSE:
        why = f"outside {outside:.2f}, closest passage {strength:.2f}"
        if outside > OUTSIDE_WHEN_NOTHING_CLOSE:
            return Decision("out_of_scope", "out_of_scope", why), ordered
        return Decision("no_source", "nearby", why), ordered
    return _by_evidence(reading, ordered)


def _by_evidence(reading: Reading, ordered: list[Weighed]) -> tuple[Decision, list[Weighed]]:
    value = asked_value(" ".join(reading.wordings))
    if value is not None:
        near = [item for item in ordered[:8] if item.relevance > ordered[0].relevance - VALUE_MARGIN]
        sections = [item for item in near if item.passage.type != "gap" and item.coverage >= VALUE_COVERAGE]
        holding = [item for item in sections if holds_value(value, item.passage.text, reading.core)]
        gaps = [item for item in near if item.passage.type == "gap"]
        if holding and (ordered[0].passage.type != "gap" or value.sort in ("percent", "count")):
            ordered = [holding[0], *[item for item in ordered if item is not holding[0]]]
        elif gaps:
            ordered = [gaps[0], *[item for item in ordered if item is not gaps[0]]]
        else:
            return Decision("no_source", "nearby", f"no {value.sort} in the closest passages"), ordered
    ordered = _playbook_first(reading, ordered)
    best = ordered[0]
    if best.passage.type == "gap":
        return Decision("no_source", "gap", "the sources leave it out"), ordered
    route = "objection" if best.passage.type == "objection" else "sections"
    return Decision("answered", route, f"relevance {best.relevance:.2f}"), ordered


def _playbook_first(reading: Reading, ordered: list[Weighed]) -> list[Weighed]:
    """Put the best playbook first when an objection is voiced: it has the lines to say, the sections are its support."""
    if reading.kind["objection"] < VOICED and not _HANDLE.search(reading.core):
        return ordered
    best = next((item for item in ordered[:6] if item.passage.type == "objection"), None)
    if best is None or best.relevance < ordered[0].relevance - PLAYBOOK_MARGIN or best.found.dense < CLOSE_OBJECTION:
        return ordered
    return [best, *[item for item in ordered if item is not best]]


def _refusal(reading: Reading, relevance: float) -> Decision | None:
    if _CRISIS.search(reading.text):
        return Decision("declined", "crisis", "a person may be in danger")
    manipulation, harm = reading.scope["manipulation"], reading.scope["harm"]
    if _ORDER.search(reading.text) and manipulation > 0.2:
        return Decision("declined", "declined", "an order to the system")
    long = len(reading.text.split()) > LONG
    doubtful = long or relevance > RELEVANT
    if harm > (SURE if doubtful else HARM) and harm > reading.scope["on_topic"]:
        return Decision("declined", "harm", f"harm {harm:.2f}")
    if manipulation > (SURE if long else MANIPULATION):
        return Decision("declined", "declined", f"manipulation {manipulation:.2f}")
    return None
