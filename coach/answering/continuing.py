"""Continues an earlier answer: shorter, longer, why, an example, who says so, what if it is still no."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from coach.answering.bodies import parse_body
from coach.answering.composer import Composed, compose_objection, quoted
from coach.answering.followups import Turn
from coach.answering.phrases import Phrases
from coach.answering.sheet import Sheet
from coach.knowledge.content import Knowledge
from coach.knowledge.schemas import Playbook
from coach.knowledge.search import Library
from coach.types import Answer, Focus, Passage


def continue_answer(turn: Turn, knowledge: Knowledge, library: Library, phrases: Phrases) -> Composed | None:
    """Return the continuation, or None when the message must be searched for like a new question."""
    if turn.act == "nth":
        return _member(turn, knowledge, library, phrases)
    before = turn.before
    if before is None:
        return None
    playbook = knowledge.playbooks.get(turn.focus.playbook)
    if turn.act in ("still_no", "example") and playbook is None:
        playbook = knowledge.playbooks.get(_named_playbook(turn.focus, knowledge))
    if playbook is not None and turn.act in _PLAYBOOK_ACTS:
        passage = library.passage(f"playbook#{playbook.id}")
        if passage is not None:
            return _PLAYBOOK_ACTS[turn.act](playbook, passage, before, phrases)
    first = library.passage(turn.focus.passages[0]) if turn.focus.passages else None
    if first is None:
        return None
    if turn.act == "shorter":
        return _shorter(first, before)
    if turn.act == "longer":
        return _longer(turn.focus, library, knowledge)
    if turn.act in ("who", "doubt"):
        return _source(turn.act, turn.focus, before, library, phrases)
    notes = knowledge.notes.get(first.id)
    target = (
        {"why": notes.why, "example": notes.example, "next": next(iter(notes.next), None)}.get(turn.act)
        if notes
        else None
    )
    passage = library.passage(target) if target else None
    return _section(passage, turn.act, passage.section) if passage else None


def _member(turn: Turn, knowledge: Knowledge, library: Library, phrases: Phrases) -> Composed | None:
    """An objection named by its number is answered like that objection; any other member is searched for."""
    bare = turn.item.strip("“”\"'. ").lower()
    for playbook in knowledge.playbooks.values():
        if playbook.objection.strip("“”\"'. ").lower() == bare:
            passage = library.passage(f"playbook#{playbook.id}")
            evidence = [library.passage(item.passage) for item in playbook.evidence]
            if passage is not None:
                return compose_objection(playbook, passage, [item for item in evidence if item], phrases)
    return None


def _named_playbook(focus: Focus, knowledge: Knowledge) -> str:
    """The playbook that relies most on the passages of the earlier answer, if any does."""

    def reliance(playbook: Playbook) -> tuple[int, bool]:
        return sum(item.passage in focus.passages for item in playbook.evidence), playbook.origin == "source"

    best = max(knowledge.playbooks.values(), key=reliance, default=None)
    return best.id if best is not None and reliance(best)[0] else ""


def _section(passage: Passage, kind: str, subject: str) -> Composed:
    sheet = Sheet()
    body = parse_body(passage.text)
    sheet.add(" ".join(body.lead) or passage.section, passage, body.lead[0] if body.lead else "")
    if body.items:
        sheet.add(
            "\n".join(f"- **{item.name}**: {item.text}" if item.name else f"- {item.text}" for item in body.items)
        )
    if body.rest:
        sheet.add(" ".join(body.rest))
    if body.tips:
        sheet.add(" ".join(body.tips))
    items = tuple(item.name or item.text for item in body.items)
    return Composed(sheet.text, sheet.citations, Focus(kind, (passage.id,), "", items, subject), (passage,))


def _shorter(first: Passage, before: Answer) -> Composed:
    sheet = Sheet()
    body = parse_body(first.text)
    lead = body.lead[0] if body.lead else first.section
    sheet.add(lead, first, lead if body.lead else "")
    if body.items:
        sheet.add("; ".join(item.name or item.text for item in body.items) + ".")
    return Composed(sheet.text, sheet.citations, before.focus, (first,))


def _longer(focus: Focus, library: Library, knowledge: Knowledge) -> Composed | None:
    """What the earlier answer left out: the other passages it touched, else the sections that follow on."""
    notes = knowledge.notes.get(focus.passages[0])
    names = [*focus.passages[1:], *(notes.next if notes else [])]
    passages = [passage for name in dict.fromkeys(names) if (passage := library.passage(name)) is not None]
    if not passages:
        return None
    composed = _section(passages[0], "longer", focus.subject)
    return composed


def _source(act: str, focus: Focus, before: Answer, library: Library, phrases: Phrases) -> Composed | None:
    """Who says so: the earlier answer's sources, each with the sentence it rests on."""
    passages = [passage for name in focus.passages if (passage := library.passage(name)) is not None]
    if not passages:
        return None
    sheet = Sheet()
    for passage in passages[:2]:
        quote = next((c.quote for c in before.citations if c.passage_id == passage.id and c.quote), "")
        body = parse_body(passage.text)
        quote = quote or (body.lead[0] if body.lead else "")
        sheet.add(phrases.source_of_answer.format(source=passage.source), passage, quote)
        sheet.add(f"> {quote}")
    return Composed(sheet.text, sheet.citations, before.focus, tuple(passages[:2]))


def _playbook_shorter(playbook: Playbook, passage: Passage, before: Answer, phrases: Phrases) -> Composed:
    sheet = Sheet()
    first = parse_body(playbook.answer).lead[0]
    sheet.add(first, passage, first)
    sheet.add(quoted(playbook.moves[0].say))
    return Composed(sheet.text, sheet.citations, before.focus, (passage,))


def _playbook_longer(playbook: Playbook, passage: Passage, before: Answer, phrases: Phrases) -> Composed:
    sheet = Sheet()
    sheet.add(f"**{phrases.beneath}**", passage, playbook.beneath[0].concern)
    sheet.add("\n".join(f"- {item.concern} {item.sign}" for item in playbook.beneath))
    sheet.add(f"**{phrases.ask_first}**\n\n" + "\n".join(f"- {question}" for question in playbook.ask[:3]))
    sheet.add(f"**{phrases.avoid}**\n\n" + "\n".join(f"- {pitfall}" for pitfall in playbook.pitfalls[:2]))
    return Composed(sheet.text, sheet.citations, before.focus, (passage,))


def _playbook_why(playbook: Playbook, passage: Passage, before: Answer, phrases: Phrases) -> Composed:
    sheet = Sheet()
    sheet.add(f"{phrases.beneath}:", passage, playbook.beneath[0].concern)
    sheet.add("\n".join(f"- {item.concern} {item.sign}" for item in playbook.beneath))
    return Composed(sheet.text, sheet.citations, before.focus, (passage,))


def _playbook_example(playbook: Playbook, passage: Passage, before: Answer, phrases: Phrases) -> Composed:
    sheet = Sheet()
    sheet.add(playbook.example, passage, parse_body(playbook.example).lead[0])
    return Composed(sheet.text, sheet.citations, before.focus, (passage,))


def _playbook_how(playbook: Playbook, passage: Passage, before: Answer, phrases: Phrases) -> Composed:
    sheet = Sheet()
    steps = [f"{number}. {move.do}" for number, move in enumerate(playbook.moves, 1)]
    sheet.add(f"**{phrases.say_it}**", passage, playbook.moves[0].do)
    sheet.add("\n".join(steps))
    sheet.add("\n>\n".join(quoted(move.say) for move in playbook.moves[1:3]))
    return Composed(sheet.text, sheet.citations, before.focus, (passage,))


def _playbook_still_no(playbook: Playbook, passage: Passage, before: Answer, phrases: Phrases) -> Composed:
    sheet = Sheet()
    sheet.add(playbook.if_still_no.do, passage, parse_body(playbook.if_still_no.do).lead[0])
    sheet.add(f"**{phrases.say_it}**\n\n" + quoted(playbook.if_still_no.say))
    focus = Focus("still_no", (passage.id,), playbook.id, (), playbook.objection)
    return Composed(sheet.text, sheet.citations, focus, (passage,))


def _playbook_next(playbook: Playbook, passage: Passage, before: Answer, phrases: Phrases) -> Composed:
    sheet = Sheet()
    sheet.add(f"**{phrases.next_step}:** {playbook.next_step}", passage, playbook.next_step)
    return Composed(sheet.text, sheet.citations, before.focus, (passage,))


_PLAYBOOK_ACTS: Mapping[str, Callable[[Playbook, Passage, Answer, Phrases], Composed]] = {
    "shorter": _playbook_shorter,
    "longer": _playbook_longer,
    "why": _playbook_why,
    "example": _playbook_example,
    "how": _playbook_how,
    "still_no": _playbook_still_no,
    "next": _playbook_next,
}
