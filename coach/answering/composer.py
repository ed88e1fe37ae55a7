"""Composes the built-in coach's answers from passages and playbooks: a direct answer first, then what supports it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from coach.answering.bodies import Body, Item, parse_body, word_count
from coach.answering.evidence import Weighed
from coach.answering.grounding import best_quote, overlap
from coach.answering.phrases import Phrases
from coach.answering.sheet import Sheet
from coach.knowledge.schemas import Playbook
from coach.reading.premises import Contradiction
from coach.types import Citation, Focus, Passage

Closeness = Callable[[Sequence[str]], Sequence[float]]

# An answer is read in half a minute: one section, and room for a sentence or two from elsewhere.
MAX_WORDS = 150
# With what is added from other sections an answer stays under this: a clear case needs little more than its section,
# an unclear one a second opinion.
SURE, UNSURE = 125, 176
_SHORTEST_SENTENCE, _MOST_EACH, _MOST_OTHERS, _OTHERS = 8, 2, 2, 5
# This far ahead of the next one a section is clearly the answer.
_CLEAR, _SHARED_ROOM, _LIST_ROOM = 0.3, 130, 75
# A sentence is chosen by its closeness to the question and by how relevant its section is.
_RELEVANCE_SHARE = 0.35
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
    kind: str,
    weighed: Sequence[Weighed],
    closeness: Closeness,
    corrections: Sequence[Contradiction] = (),
    named: int = 0,
) -> Composed:
    """Answer from the best sections: the first in full, then the closest sentences of those nearly as relevant.

    `closeness` says how close each of some sentences is to the question; `corrections` are said first; `named` is how
    many leading sections must each be heard (a comparison).
    """
    sheet = Sheet()
    main = weighed[0].passage
    _put_corrections(sheet, corrections, weighed)
    body = parse_body(main.text)
    certain = len(weighed) < 2 or weighed[0].relevance - weighed[1].relevance > _CLEAR
    _put_section(sheet, main, body, closeness, MAX_WORDS if named < 2 else _SHARED_ROOM, kind in _PLAIN_KINDS)
    used = [main]
    for passage, sentences in _supporting(weighed, sheet.text, closeness, named, SURE if certain else UNSURE):
        _put_support(sheet, passage, sentences)
        used.append(passage)
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
        if other.passage.id in sheet.passages:
            continue
        lead = parse_body(other.passage.text).lead
        if lead and other.relevance > _RELEVANT and overlap(lead[0], sheet.text) < _NEW:
            sheet.add(lead[0], other.passage, lead[0])
    lines = [playbook.moves[0].say, playbook.moves[2 if len(playbook.moves) > 2 else 1].say]
    sheet.add(f"**{phrases.say_it}**\n\n" + "\n>\n".join(quoted(line) for line in lines))
    sheet.add(f"**{phrases.next_step}:** {playbook.next_step}")
    focus = Focus(kind="objection", passages=sheet.passages, playbook=playbook.id, items=(), subject=playbook.objection)
    used = (passage, *([support] if support else []), *(item.passage for item in sections))
    return Composed(sheet.text, sheet.citations, focus, used)


def compose_gap(weighed: Weighed) -> Composed:
    """Say that the sources do not answer, and what they hold nearby, from a section that states the gap."""
    sheet = Sheet()
    body = parse_body(weighed.passage.text)
    _put_section(sheet, weighed.passage, body, lambda sentences: [0.0] * len(sentences), MAX_WORDS, with_tips=True)
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
    # Nothing was found, so there is nothing here that a follow-up could mean.
    return Composed(sheet.text, sheet.citations, Focus(kind="nearby"), tuple(near))


def best_evidence(text: str, evidence: Sequence[Passage]) -> Passage | None:
    """Return the passage that shares most with a text, None without passages."""
    return max(evidence, key=lambda passage: overlap(text, passage.text), default=None)


def _put_corrections(sheet: Sheet, corrections: Sequence[Contradiction], weighed: Sequence[Weighed]) -> None:
    passages = {item.passage.id: item.passage for item in weighed}
    for wrong in corrections[:2]:
        passage = passages.get(wrong.fact.passage)
        sheet.add(wrong.correction, passage, best_quote(wrong.correction, passage) if passage else "")


def _put_section(sheet: Sheet, passage: Passage, body: Body, closeness: Closeness, room: int, with_tips: bool) -> None:
    """Put a section: its first sentence, its list, and of its other sentences the closest, as there is room."""
    kept = _kept(body, closeness, room)
    lead = [sentence for sentence in body.lead if sentence in kept]
    sheet.add(" ".join(lead) or passage.section, passage, lead[0] if lead else "")
    if body.items:
        sheet.add(_listed(body, max(room, _LIST_ROOM) - word_count(" ".join(lead))))
    rest = [sentence for sentence in body.rest if sentence in kept]
    if rest:
        sheet.add(" ".join(rest))
    if with_tips and body.tips and word_count(sheet.text) + word_count(" ".join(body.tips)) <= room:
        sheet.add(" ".join(body.tips))


def _kept(body: Body, closeness: Closeness, room: int) -> frozenset[str]:
    """The sentences to keep: the first, then the closest to the question while they fit; all of them when they fit."""
    sentences = body.sentences
    taken = sum(word_count(f"{item.name} {item.text}") for item in body.items)
    if taken + sum(word_count(sentence) for sentence in sentences) <= room:
        return frozenset(sentences)
    close = dict(zip(sentences, closeness(sentences), strict=True))
    kept = list(sentences[:1])
    for sentence in sorted(sentences[1:], key=lambda sentence: -close[sentence]):
        if min(taken, _LIST_ROOM) + sum(map(word_count, (*kept, sentence))) <= room:
            kept.append(sentence)
    return frozenset(kept)


def _listed(body: Body, budget: int) -> str:
    """All members; what is said about each is shortened, then left out, when the list would be too long to read."""
    for shorten in (_whole, _first_clause, _name_only):
        lines = [shorten(item) for item in body.items]
        if sum(word_count(line) for line in lines) <= budget or shorten is _name_only:
            break
    marks = [f"{number}." if body.ordered else "-" for number in range(1, len(lines) + 1)]
    return "\n".join(f"{mark} {line}" for mark, line in zip(marks, lines, strict=True))


def _whole(item: Item) -> str:
    return (
        f"**{item.name}**: {item.text}" if item.name and item.text else (f"**{item.name}**" if item.name else item.text)
    )


def _first_clause(item: Item) -> str:
    short = item.text.split(". ")[0].split("; ")[0]
    return _whole(Item(item.name, short if short.endswith(".") or not short else short + "."))


def _name_only(item: Item) -> str:
    return f"**{item.name}**" if item.name else item.text


def _supporting(
    weighed: Sequence[Weighed], text: str, closeness: Closeness, named: int, longest: int
) -> list[tuple[Passage, list[str]]]:
    """Sentences of other passages worth adding: some of each that a comparison must hear, else the closest few."""
    room = longest - word_count(text)
    top = weighed[0].relevance
    others = [
        item
        for place, item in enumerate(weighed[1 : 1 + (named or _OTHERS)], 1)
        if place <= named or item.relevance >= _NEARLY * top
    ]
    if room < _SHORTEST_SENTENCE or not others:
        return []
    offers = [(item, sentence) for item in others for sentence in _quotable(item.passage)]
    close = closeness([sentence for _, sentence in offers])
    value = [close[number] + _RELEVANCE_SHARE * item.relevance / top for number, (item, _) in enumerate(offers)]
    chosen: dict[str, list[str]] = {}
    for number in sorted(range(len(offers)), key=lambda number: -value[number]):
        item, sentence = offers[number]
        heard = chosen.get(item.passage.id, [])
        said = " ".join([text, *(line for lines in chosen.values() for line in lines)])
        if word_count(sentence) > room or len(heard) == _MOST_EACH or overlap(sentence, said) > _NEW:
            continue
        if not heard and len(chosen) == max(_MOST_OTHERS, named):
            continue
        chosen.setdefault(item.passage.id, []).append(sentence)
        room -= word_count(sentence)
    return [
        (item.passage, _in_order(item.passage, chosen[item.passage.id])) for item in others if item.passage.id in chosen
    ]


def _in_order(passage: Passage, sentences: Sequence[str]) -> list[str]:
    return sorted(sentences, key=passage.text.find)


def _quotable(passage: Passage) -> list[str]:
    """Sentences and list items of a passage that can stand alone, verbatim."""
    body = parse_body(passage.text)
    items = [f"**{item.name}**: {item.text}" for item in body.items if item.name and item.text]
    # The first sentence of a section with a list announces the list, which is not quoted whole here.
    lead = body.lead[1:] if body.items else body.lead
    plain = [sentence for sentence in (*lead, *body.rest) if not sentence.endswith(":")]
    return [sentence for sentence in (*plain, *items) if sentence in passage.text]


def _put_support(sheet: Sheet, passage: Passage, sentences: Sequence[str]) -> None:
    """Put sentences of a further passage as a paragraph, and its list items, when there are any, as a list."""
    plain = [sentence for sentence in sentences if not sentence.startswith("**")]
    items = [sentence for sentence in sentences if sentence.startswith("**")]
    sheet.add(" ".join(plain) or f"{passage.section}:", passage, sentences[0])
    if items:
        sheet.add("\n".join(f"- {item}" for item in items))
