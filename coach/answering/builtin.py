"""The built-in coach: answers from the knowledge base without a language model."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from time import perf_counter

from coach.answering.bodies import parse_body
from coach.answering.boundaries import CLOSE_OBJECTION, VOICED, Decision, decide
from coach.answering.composer import (
    Composed,
    compose_gap,
    compose_nearby,
    compose_objection,
    compose_sections,
)
from coach.answering.continuing import continue_answer
from coach.answering.evidence import CANDIDATES, Weighed, Weigher
from coach.answering.followups import Turn, resolve
from coach.answering.phrases import Phrases, variant
from coach.answering.suggesting import suggestions_for
from coach.knowledge.content import Knowledge
from coach.knowledge.search import Library
from coach.reading.premises import Contradiction, contradictions, quantities
from coach.reading.questions import QuestionReader, Reading
from coach.types import Answer, Delta, Exchange, Focus, Passage, Status, TraceStep

BUILTIN = "builtin"
_FOR_WRITER = 6
_PLAYBOOK_DEPTH = 12
# A section says something about an objection when it is this share as relevant as its playbook.
_SUPPORTS = 0.95


@dataclass(frozen=True, slots=True)
class Prepared:
    """A checked built-in answer with the passages that were retrieved for it, for a writer that words it anew."""

    answer: Answer
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class View:
    """What belongs to one build of the index: the knowledge, its passages, and what was derived from them.

    `people` are the names that “he” or “she” may stand for; `lists` the members of numbered lists by heading.
    """

    knowledge: Knowledge
    phrases: Phrases
    library: Library
    weigher: Weigher
    reader: QuestionReader
    people: tuple[str, ...] = ()
    lists: Mapping[str, Sequence[str]] = field(default_factory=dict)


class BuiltinCoach:
    """Reads, decides, searches and composes; stateless between questions."""

    def __init__(self, view: Callable[[], View]) -> None:
        """Take `view`, which returns the build of the index that is in use now."""
        self._view = view

    @property
    def label(self) -> str:
        """Always `builtin`."""
        return BUILTIN

    def passage(self, passage_id: str) -> Passage | None:
        """Return a passage by its id."""
        return self._view().library.passage(passage_id)

    def stream(self, question: str, history: Sequence[Exchange]) -> Iterator[Delta | Answer]:
        """Yield the answer in one piece, then the answer itself."""
        prepared = self.prepare(question, history)
        yield Delta(prepared.answer.text)
        yield prepared.answer

    def prepare(self, question: str, history: Sequence[Exchange]) -> Prepared:
        """Return the built-in answer to a question with everything that was retrieved for it."""
        started = perf_counter()
        view = self._view()
        library = view.library
        reading = view.reader.read(question)
        turn = resolve(reading, history, view.people, view.lists)
        if turn.act != "standalone":
            continued = continue_answer(turn, view.knowledge, library, view.phrases)
            if continued is not None:
                step = TraceStep("follow-up", {"act": turn.act, "of": turn.before.question if turn.before else ""})
                return _finished(question, turn, "answered", continued, (step,), started, view)
            reading = _in_context(view.reader.read(turn.standalone), reading, turn)
        weighed = _evidence(reading, view)
        decision, weighed = _with_playbook(*decide(reading, weighed), reading, view)
        wrong = contradictions(question, view.knowledge.facts) if decision.route in ("sections", "gap") else []
        if wrong and decision.route == "gap":
            decision = Decision("answered", "sections", "a false premise")
        weighed = _with_corrections(weighed, wrong, view, reading)
        composed = _compose(decision, reading, weighed, wrong, view)
        steps = _trace(reading, decision, weighed, wrong)
        prepared = _finished(question, turn, decision.status, composed, steps, started, view)
        return replace(prepared, passages=_for_writer(composed, weighed))


def _with_playbook(
    decision: Decision, weighed: list[Weighed], reading: Reading, view: View
) -> tuple[Decision, list[Weighed]]:
    """Answer a voiced objection from the playbook that relies on the best section: it has the lines to say."""
    if decision.route != "sections" or reading.kind["objection"] < VOICED:
        return decision, weighed
    for item in weighed[:_PLAYBOOK_DEPTH]:
        playbook = view.knowledge.playbooks.get(item.passage.id.partition("#")[2])
        if item.passage.type == "objection" and playbook is not None:
            relied_on = {evidence.passage for evidence in playbook.evidence}
            if weighed[0].passage.id in relied_on and item.found.dense >= CLOSE_OBJECTION:
                others = [other for other in weighed if other is not item]
                return Decision("answered", "objection", "a section that its playbook relies on"), [item, *others]
    return decision, weighed


def _evidence(reading: Reading, view: View) -> list[Weighed]:
    def found_with(wording: Reading) -> list[Weighed]:
        return view.weigher.weigh(wording, view.library.search(wording.queries, CANDIDATES, wording.vectors))

    weighed = found_with(reading)
    named = view.weigher.named_sources(reading.core)
    if len(named) < 2:
        return weighed
    bare = view.reader.without(reading, view.weigher.mentions(reading.core))
    return view.weigher.across(weighed, found_with(bare), named)


def _compose(
    decision: Decision, reading: Reading, weighed: list[Weighed], wrong: Sequence[Contradiction], view: View
) -> Composed:
    phrases = view.phrases
    if decision.route == "sections":
        named = view.weigher.named_sources(reading.core) if reading.best_kind == "comparison" else []
        sections = [item for item in weighed if item.passage.type not in ("gap", "objection")]
        closeness = partial(view.reader.closeness, reading)
        return compose_sections(reading.best_kind, sections, closeness, wrong, len(named))
    if decision.route == "objection":
        main = weighed[0].passage
        playbook = view.knowledge.playbooks[main.id.partition("#")[2]]
        passages = [view.library.passage(evidence.passage) for evidence in playbook.evidence]
        present = [passage for passage in passages if passage is not None]
        sections = [item for item in weighed[1:] if item.passage.type not in ("gap", "objection")]
        return compose_objection(playbook, main, present, phrases, sections[:1])
    if decision.route == "gap":
        return compose_gap(weighed[0])
    if decision.route == "nearby":
        return compose_nearby(variant(phrases.no_source, reading.text), weighed, phrases)
    return Composed(_said(decision.route, reading, phrases), (), Focus(kind=decision.route))


def _finished(
    question: str,
    turn: Turn,
    status: Status,
    composed: Composed,
    trace: tuple[TraceStep, ...],
    started: float,
    view: View,
) -> Prepared:
    seconds = perf_counter() - started
    answer = Answer(
        question=question,
        standalone_question=turn.standalone,
        status=status,
        text=composed.text,
        citations=composed.citations,
        model=BUILTIN,
        seconds=round(seconds, 4),
        focus=composed.focus,
        suggestions=suggestions_for(composed, view.knowledge, view.phrases),
        trace=trace,
    )
    return Prepared(answer, composed.used)


def _for_writer(composed: Composed, weighed: Sequence[Weighed]) -> tuple[Passage, ...]:
    """What a language model may draw on: the passages of the built-in answer, then the next best."""
    others = [item.passage for item in weighed[:_FOR_WRITER] if item.passage.type not in ("gap", "objection")]
    return tuple({passage.id: passage for passage in (*composed.used, *others)}.values())


def _with_corrections(
    weighed: list[Weighed], wrong: Sequence[Contradiction], view: View, reading: Reading
) -> list[Weighed]:
    """Make sure that the passage which puts a false premise right is among the evidence, and not far down."""
    for contradiction in wrong[:1]:
        name = contradiction.fact.passage
        known = next((item for item in weighed if item.passage.id == name), None)
        found = view.library.inspect(name, reading.vectors) if known is None else None
        if known is None and found is not None:
            known = view.weigher.weigh(reading, [found])[0]
        if known is not None:
            others = [item for item in weighed if item is not known]
            place = 0 if not others or others[0].relevance < known.relevance + 0.25 else 1
            weighed = [*others[:place], known, *others[place:]]
    return weighed


def numbered_lists(knowledge: Knowledge) -> dict[str, tuple[str, ...]]:
    """Return the lists whose heading says how many members they have: “The three common objections”."""
    lists: dict[str, tuple[str, ...]] = {}
    for article in knowledge.articles.values():
        for section in article.sections:
            items = parse_body(section.body).items
            if section.notes.type == "list" and any(
                quantity.value == len(items) for quantity in quantities(section.heading)
            ):
                lists[section.heading] = tuple(item.name or item.text for item in items)
    return lists


def _in_context(standing: Reading, said: Reading, turn: Turn) -> Reading:
    """The message made to stand alone, in the scope of a conversation that is already under way."""
    scope = dict(standing.scope)
    for label in ("manipulation", "harm"):
        scope[label] = min(scope[label], said.scope[label])
    scope["chat"] = 0.0
    if turn.act != "person":
        scope["off_topic"] = min(scope["off_topic"], said.scope["off_topic"])
    return replace(standing, text=said.text, scope=scope)


def _said(route: str, reading: Reading, phrases: Phrases) -> str:
    if route == "chat":
        return str(getattr(phrases.chat, _chat_kind(reading.text)))
    if route == "crisis":
        return phrases.crisis
    options = {"harm": phrases.harm, "declined": phrases.declined, "out_of_scope": phrases.out_of_scope}
    return variant(options[route], reading.text)


def _chat_kind(text: str) -> str:
    lowered = text.lower()
    for kind, words in (
        (
            "about",
            ("who are you", "what are you", "what can you", "are you", "your name", "human", "robot", "how do you"),
        ),
        ("thanks", ("thank", "thx", "cheers", "great", "cool", "perfect", "helpful", "danke", "merci")),
        ("bye", ("bye", "see you", "good night", "later")),
        ("greeting", ("hi", "hello", "hey", "good morning", "good evening", "good afternoon")),
    ):
        if any(word in lowered for word in words):
            return kind
    return "other"


def _trace(
    reading: Reading, decision: Decision, weighed: Sequence[Weighed], wrong: Sequence[Contradiction]
) -> tuple[TraceStep, ...]:
    top = [
        {"passage": item.passage.id, "relevance": round(item.relevance, 3), "closest": item.found.matched}
        for item in weighed[:5]
    ]
    scope = {label: round(value, 3) for label, value in reading.scope.items()}
    return (
        TraceStep("read", {"kind": reading.best_kind, "scope": scope, "core": reading.core}),
        TraceStep("found", {"passages": top}),
        TraceStep("decided", {"status": decision.status, "route": decision.route, "why": decision.why}),
        *(TraceStep("premise", {"fact": item.fact.id, "said": item.said}) for item in wrong),
    )
