"""Composes the built-in coach's answers from passages and playbooks: a direct answer first, then what supports it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from coach.answering.bodies import Body, Item, parse_body, word_count
from coach.answering.evidence import Weighed
from coach.answering.grounding import best_quote, overlap
from coach.answering.phrases import Phrases
from coach.answering.sheet import Sheet
from coach.knowledge.schemas import Playbook
from coach.reading.premises import Contradiction
from coach.types import Citation, Focus, Passage

# An answer is read in half a minute: one section, and room for a sentence or two from elsewhere.
MAX_WORDS = 150
_ROOM_FOR_MORE = 125
# A second passage is worth a sentence when it is nearly as relevant as the first.
_NEARLY = 0.72
# Below this a section is only about the same field; above this share of words in common a sentence says nothing new.
_RELEVANT, _NEW = 1.9, 0.8
_PLAIN_KINDS = ("advice", "how_to", "example")


@dataclass(frozen=True, slots=True)
class Composed:
    """An answer's text with its citations, what it was about, and its length in mind."""

    text: str
    citations: tuple[Citation, ...]
    focus: Focus
    used: tuple[Passage, ...] = field(default_factory=tuple)


def quoted(line: str) -> str:
    """Return a line to say aloud as a Markdown quotation."""
    return f"> “{line.strip().strip('“”')}”"


def compose_sections(
    kind: str, weighed: Sequence[Weighed], phrases: Phrases, corrections: Sequence[Contradiction] = (), named: int = 0
) -> Composed:
    """Answer from the best sections: the first in full, a sentence of those that are nearly as relevant.

    `corrections` are said first; `named` is how many leading sections must each be heard (a comparison).
    """
    sheet = Sheet()
    main = weighed[0].passage
    _put_corrections(sheet, corrections, weighed)
    body = parse_body(main.text)
    _put_section(sheet, main, body, with_tips=kind in _PLAIN_KINDS or main.type in {"advice", "how-to"})
    used = [main]
    for other in _supporting(weighed, sheet.text, named):
        lead = parse_body(other.passage.text).lead
        sentence = lead[0] if lead else other.passage.section
        if lead and word_count(sheet.text) + word_count(sentence) <= MAX_WORDS + 25:
            sheet.add(sentence, other.passage, sentence)
            used.append(other.passage)
    focus = Focus(
        kind=kind,
        passages=tuple(passage.id for passage in used),
        items=tuple(item.name or item.text for item in body.items),
        subject=main.section,
    )
    return Composed(sheet.text, sheet.citations, focus, tuple(used))


def compose_objection(
    playbook: Playbook,
    passage: Passage,
    evidence: Sequence[Passage],
    phrases: Phrases,
    sections: Sequence[Weighed] = (),
) -> Composed:
    """Answer an objection from its playbook: what to do, two lines to say, one next step.

    `sections` are what else the search found; a sentence of one is added when it says something of its own.
    """
    sheet = Sheet()
    support = best_evidence(playbook.answer, evidence)
    if support is None:
        sheet.add(playbook.answer, passage, playbook.answer)
    else:
        quote = best_quote(playbook.answer, support)
        sheet.add(f"{playbook.answer} {sheet.mark(support, quote)}{sheet.mark(passage, playbook.answer)}")
    for other in sections:
        lead = parse_body(other.passage.text).lead
        if lead and other.relevance > _RELEVANT and overlap(lead[0], sheet.text) < _NEW:
            sheet.add(lead[0], other.passage, lead[0])
    lines = [playbook.moves[0].say, playbook.moves[2 if len(playbook.moves) > 2 else 1].say]
    sheet.add(f"**{phrases.say_it}**\n\n" + "\n>\n".join(quoted(line) for line in lines))
    sheet.add(f"**{phrases.next_step}:** {playbook.next_step}")
    focus = Focus(
        kind="objection", passages=sheet.passages, playbook=playbook.id, items=(), subject=playbook.objection
    )
    used = (passage, *([support] if support else []), *(item.passage for item in sections))
    return Composed(sheet.text, sheet.citations, focus, used)


def compose_gap(weighed: Weighed) -> Composed:
    """Say that the sources do not answer, and what they hold nearby, from a section that states the gap."""
    sheet = Sheet()
    body = parse_body(weighed.passage.text)
    _put_section(sheet, weighed.passage, body, with_tips=True)
    focus = Focus(kind="gap", passages=(weighed.passage.id,), subject=weighed.passage.section)
    return Composed(sheet.text, sheet.citations, focus, (weighed.passage,))


def compose_nearby(opening: str, weighed: Sequence[Weighed], phrases: Phrases) -> Composed:
    """Say that nothing answers, then name the sections that come closest."""
    sheet = Sheet()
    sheet.add(opening)
    near = [item.passage for item in weighed if item.passage.type != "gap"][:3]
    if near:
        lines = []
        for passage in near:
            lead = parse_body(passage.text).lead
            lines.append(f"- {passage.section} {sheet.mark(passage, lead[0] if lead else '')}")
        sheet.add(phrases.nearby + "\n\n" + "\n".join(lines))
    focus = Focus(kind="gap", passages=tuple(passage.id for passage in near), subject="")
    return Composed(sheet.text, sheet.citations, focus, tuple(near))


def best_evidence(text: str, evidence: Sequence[Passage]) -> Passage | None:
    """Return the passage that shares most with a text, None without passages."""
    return max(evidence, key=lambda passage: overlap(text, passage.text), default=None)


def _put_corrections(sheet: Sheet, corrections: Sequence[Contradiction], weighed: Sequence[Weighed]) -> None:
    passages = {item.passage.id: item.passage for item in weighed}
    for wrong in corrections[:2]:
        passage = passages.get(wrong.fact.passage)
        sheet.add(wrong.correction, passage, best_quote(wrong.correction, passage) if passage else "")


def _put_section(sheet: Sheet, passage: Passage, body: Body, with_tips: bool) -> None:
    lead = " ".join(body.lead) or passage.section
    sheet.add(lead, passage, body.lead[0] if body.lead else "")
    if body.items:
        sheet.add(_listed(body, word_count(lead)))
    if body.rest:
        sheet.add(" ".join(body.rest))
    if with_tips and body.tips and word_count(sheet.text) < MAX_WORDS - 15:
        sheet.add(" ".join(body.tips))


def _listed(body: Body, words_before: int) -> str:
    """All members; what is said about each is shortened, then left out, when the list would be too long to read."""
    budget = MAX_WORDS + 20 - words_before
    for shorten in (_whole, _first_clause, _name_only):
        lines = [shorten(item) for item in body.items]
        if sum(word_count(line) for line in lines) <= budget or shorten is _name_only:
            break
    marks = [f"{number}." if body.ordered else "-" for number in range(1, len(lines) + 1)]
    return "\n".join(f"{mark} {line}" for mark, line in zip(marks, lines, strict=True))


def _whole(item: Item) -> str:
    return f"**{item.name}**: {item.text}" if item.name and item.text else (f"**{item.name}**" if item.name else item.text)


def _first_clause(item: Item) -> str:
    short = item.text.split(". ")[0].split("; ")[0]
    return _whole(Item(item.name, short if short.endswith(".") or not short else short + "."))


def _name_only(item: Item) -> str:
    return f"**{item.name}**" if item.name else item.text


def _supporting(weighed: Sequence[Weighed], text: str, named: int) -> list[Weighed]:
    """The next passages worth a sentence: those a comparison must hear, else those nearly as relevant and not the same."""
    if named > 1:
        return list(weighed[1 : named + 1])
    if word_count(text) > _ROOM_FOR_MORE:
        return []
    top = weighed[0].relevance
    chosen: list[Weighed] = []
    for item in weighed[1:6]:
        lead = parse_body(item.passage.text).lead
        repeats = not lead or overlap(lead[0], text) > _NEW
        if item.relevance >= _NEARLY * top and item.passage.type != "gap" and not repeats:
            chosen.append(item)
    return chosen[:2]
