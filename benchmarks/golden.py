"""The golden questions: what search finds for them, and what is first once the evidence has been weighed."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.report import Table, Target
from coach.answering.builtin import _evidence
from coach.bootstrap import _view, open_records
from coach.models.embedding import MiniLM
from coach.records.passages import SqlPassageStore
from coach.settings import Settings, content_root
from coach.types import Found

KINDS = ("answerable", "false-premise")
_CUTS = (1, 5, 10)
EVERYTHING = 10_000


@dataclass(frozen=True, slots=True)
class Golden:
    """A question, the groups of wordings of which an answer must hold one each, and the same for passages."""

    question: str
    facts: tuple[tuple[str, ...], ...]
    passages: tuple[tuple[str, ...], ...]


def golden_questions() -> list[Golden]:
    """Return the development half; the half kept aside is for acceptance, never for a benchmark that is looked at."""
    found = []
    for kind in KINDS:
        path = content_root() / "evals" / "ask" / f"{kind}.jsonl"
        for line in path.read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            facts = tuple(tuple(group) for group in record["facts"])
            passages = tuple(tuple(group) for group in record["passages"])
            found.append(Golden(record["question"], facts, passages))
    return found


def all_facts(golden: Golden, answer: str) -> bool:
    """Say whether every fact of the question stands in the answer, in one of its wordings."""
    lowered = " ".join(answer.lower().split())
    return all(any(wording.lower() in lowered for wording in group) for group in golden.facts)


def golden_retrieval(settings: Settings, embedder: MiniLM) -> tuple[Table, list[Target]]:
    """Return recall of the passages that answer the golden questions, for each step of the search."""
    # The product's own wiring and steps: a copy of them here would soon measure something else.
    view = _view(settings, SqlPassageStore(open_records(settings)), embedder)
    sums: dict[str, list[list[float]]] = {}
    questions = [golden for golden in golden_questions() if golden.passages]
    for golden in questions:
        reading = view.reader.read(golden.question)
        found = view.library.search(reading.queries, EVERYTHING, reading.vectors)
        orders = {
            "BM25 alone": _order(found, lambda item: item.keyword),
            "closest text or way of asking": _order(found, lambda item: item.dense),
            "discriminant over ways of asking": _order(found, lambda item: item.fit),
            "search as shipped": _order(found, lambda item: item.score),
            "after weighing": [item.passage.id for item in _evidence(reading, view)],
        }
        for way, order in orders.items():
            sums.setdefault(way, []).append([_share(golden, order[:cut]) for cut in _CUTS])
    means = {way: [sum(column) / len(values) for column in zip(*values, strict=True)] for way, values in sums.items()}
    rows = tuple((way, *values) for way, values in means.items())
    title = f"Golden questions (development half, {len(questions)}): recall of the passages that answer"
    table = Table(title, ("", *(f"recall@{cut}" for cut in _CUTS)), rows)
    weighed_five = means["after weighing"][1]
    return table, [Target("golden questions recall@5, weighed", weighed_five, 0.95, floor=True)]


def _order(found: Sequence[Found], value: Callable[[Found], float]) -> list[str]:
    return [item.passage.id for item in sorted(found, key=value, reverse=True)]


def _share(golden: Golden, order: Sequence[str]) -> float:
    return sum(any(name in order for name in group) for group in golden.passages) / len(golden.passages)
