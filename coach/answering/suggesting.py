"""Suggests two or three follow-up questions that the coach can really answer."""

from __future__ import annotations

from coach.answering.composer import Composed
from coach.answering.phrases import Phrases
from coach.knowledge.content import Knowledge

MOST = 3


def suggestions_for(composed: Composed, knowledge: Knowledge, phrases: Phrases) -> tuple[str, ...]:
    """Return follow-ups: what belongs to an objection, else the questions of the sections that follow on."""
    focus = composed.focus
    if focus.kind in ("chat", "out_of_scope", "declined", "harm"):
        return tuple(phrases.starters[:MOST])
    if focus.kind == "crisis":
        return ()
    if focus.playbook and focus.kind == "objection":
        return tuple(phrases.after_objection[:MOST])
    names = [name for passage in focus.passages for name in _next(passage, knowledge)]
    questions = [_question(name, knowledge) for name in dict.fromkeys(names) if name not in focus.passages]
    return tuple([question for question in questions if question][:MOST] or phrases.after_answer[:MOST])


def _next(passage: str, knowledge: Knowledge) -> list[str]:
    notes = knowledge.notes.get(passage)
    return list(notes.next) if notes else []


def _question(name: str, knowledge: Knowledge) -> str:
    """The first way of asking for a section, as a sentence."""
    notes = knowledge.notes[name]
    text = notes.asked[0].strip().rstrip("?!. ")
    return text[:1].upper() + text[1:] + "?"
