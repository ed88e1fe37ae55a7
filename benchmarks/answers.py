"""Speed and memory of the built-in answers, beside the tutorial's pipeline in the same run."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any

from benchmarks import isolated, learners, tutorial
from benchmarks.golden import Golden, all_facts, golden_questions
from benchmarks.report import Cell, Table, Target, percentile
from benchmarks.timing import timed_answers
from coach.bootstrap import Indexing, build_coach
from coach.settings import Settings, load_settings

# Not among the golden questions, so that nothing of these is warm.
WARMING = (
    "What does a learning leader do all day?",
    "My boss thinks we train too much. What now?",
    "How many responsibilities are there?",
    "Who is quoted about retention?",
    "What is the weather like?",
)


def index_knowledge() -> dict[str, Any]:
    """Index the shipped knowledge from nothing; the seconds are without the imports."""
    settings = load_settings()
    started, busy = perf_counter(), process_time()
    manifest = Indexing(settings).refresh()
    return {
        "seconds": perf_counter() - started,
        "busy": process_time() - busy,
        "passages": manifest.passages,
        "texts": manifest.vectors,
    }


def first_answer(question: str) -> str:
    """Answer one question."""
    return build_coach(load_settings(), recover=False).ask(question).text


def warm_answers(warming: str, questions: str) -> dict[str, Any]:
    """Answer questions one after the other, the warming ones first; both are JSON lists."""
    coach = build_coach(load_settings(), recover=False)
    return timed_answers(lambda question: coach.ask(question).text, json.loads(warming), json.loads(questions))


def environment(settings: Settings, data: Path) -> dict[str, str]:
    """Return this process's environment with a data folder of its own, the built-in coach and the installed model."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("COACH_")}
    return {
        **others,
        "COACH_DATA": str(data),
        "COACH_MODELS_DIR": str(settings.models_path),
        "COACH_KNOWLEDGE": str(settings.knowledge_path),
        "COACH_MODEL": "builtin",
        "COACH_THREADS": str(settings.threads),
    }


def measure_answers(settings: Settings) -> tuple[list[Table], list[Target]]:
    """Measure both pipelines, each step in a process of its own, then a started server."""
    golden = golden_questions()
    texts = [item.question for item in golden]
    with tempfile.TemporaryDirectory(prefix="coach-bench-") as folder:
        data, other = Path(folder) / "data", Path(folder) / "tutorial"
        surroundings = environment(settings, data)
        ours = _ours(texts, surroundings)
        theirs = _theirs(settings, texts, other)
        server = learners.measure_server(surroundings, texts)
    titles = ("", "built-in coach", "tutorial", "ratio")
    table = Table(f"Answers to {len(golden)} golden questions", titles, tuple(_rows(golden, ours, theirs)), NOTES)
    return [table, server.table], [*_targets(ours, server), *server.targets]


NOTES = (
    "The tutorial: LangChain + Chroma over the visible text of the articles, same embedding model, 1,000/200,",
    "the four closest passages as they are; a model that would word them comes on top. Ratio: ours divided by theirs.",
)


def _ours(texts: list[str], surroundings: Mapping[str, str]) -> dict[str, Any]:
    indexed = isolated.run(index_knowledge, environment=surroundings)
    first = isolated.run(first_answer, texts[0], environment=surroundings)
    warm = isolated.run(warm_answers, json.dumps(WARMING), json.dumps(texts), environment=surroundings)
    return {"indexed": indexed, "first": first, "warm": warm.result}


def _theirs(settings: Settings, texts: list[str], folder: Path) -> dict[str, Any]:
    places = (str(folder), str(settings.models_path))
    indexed = isolated.run(tutorial.index_articles, *places, str(settings.knowledge_path / "articles"))
    first = isolated.run(tutorial.first_answer, *places, texts[0])
    warm = isolated.run(tutorial.warm_answers, *places, json.dumps(WARMING), json.dumps(texts))
    return {"indexed": indexed, "first": first, "warm": warm.result}


def _rows(golden: list[Golden], ours: dict[str, Any], theirs: dict[str, Any]) -> list[tuple[Cell, ...]]:
    def row(what: str, mine: float, other: float) -> tuple[Cell, ...]:
        return what, mine, other, mine / other if other else None

    def both(what: str, value: Any) -> tuple[Cell, ...]:
        return row(what, float(value(ours)), float(value(theirs)))

    def facts(side: dict[str, Any]) -> float:
        answers = side["warm"]["answers"]
        return sum(all_facts(item, text) for item, text in zip(golden, answers, strict=True)) / len(golden)

    return [
        both("warm answer, p50 (ms)", lambda side: 1000 * percentile(side["warm"]["seconds"], 0.5)),
        both("warm answer, p95 (ms)", lambda side: 1000 * percentile(side["warm"]["seconds"], 0.95)),
        both("the same, processor time, mean (ms)", lambda side: 1000 * side["warm"]["busy"] / len(golden)),
        both("from process start to first answer (s)", lambda side: side["first"].seconds),
        both("indexing from nothing (s)", lambda side: side["indexed"].result["seconds"]),
        both("the same, processor seconds", lambda side: side["indexed"].result["busy"]),
        both("texts embedded for it", lambda side: side["indexed"].result["texts"]),
        both("memory after the questions (MB)", lambda side: side["warm"]["memory_mb"] or 0.0),
        both("peak memory while indexing (MB)", lambda side: side["indexed"].peak_mb or 0.0),
        both("all facts of the question in the answer", facts),
        both("words in an answer, median", lambda side: median(len(text.split()) for text in side["warm"]["answers"])),
    ]


def _targets(ours: dict[str, Any], server: learners.ServerFigures) -> list[Target]:
    seconds, memory = ours["warm"]["seconds"], ours["warm"]["memory_mb"]
    targets = [
        Target("warm built-in answer, p95", 1000 * percentile(seconds, 0.95), 150.0, "ms"),
        Target("shipped knowledge indexed", ours["indexed"].result["seconds"], 20.0, "s"),
    ]
    if memory is not None:
        targets.append(Target("memory of the answering process", memory, 700.0, "MB"))
    if server.memory_mb is not None:
        targets.append(Target("memory of the server after the learners", server.memory_mb, 700.0, "MB"))
    return targets
