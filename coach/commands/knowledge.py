"""`coach knowledge`: check what staff wrote, and write the JSON Schemas that editors use."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from coach.answering.phrases import Phrases, read_phrases
from coach.commands.starting import say, start
from coach.errors import CoachError, ContentError
from coach.knowledge.articles import parsed_yaml, read_article, read_text, validated
from coach.knowledge.content import Knowledge, read_items, read_knowledge, read_playbook
from coach.knowledge.schemas import ArticleHeader, CompetencyModel, Fact, Playbook, SectionNotes, Source

DIALECT = "https://json-schema.org/draft/2020-12/schema"
FORMATS: dict[str, TypeAdapter[Any]] = {
    "article-header": TypeAdapter(ArticleHeader),
    "competencies": TypeAdapter(CompetencyModel),
    "facts": TypeAdapter(list[Fact]),
    "objection": TypeAdapter(Playbook),
    "phrases": TypeAdapter(Phrases),
    "section-notes": TypeAdapter(SectionNotes),
    "sources": TypeAdapter(list[Source]),
}


def run(arguments: argparse.Namespace) -> int:
    """Check the knowledge (exit code 2 when a file is at fault), or write the schemas."""
    if arguments.action == "schema":
        _write(arguments.out)
        return 0
    folder = start().knowledge_path
    faults = find_faults(folder)
    for fault in faults:
        say(str(fault))
    if faults:
        files = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        raise ContentError(f"The knowledge in {folder} has {files}.", "See docs/editing-knowledge.md for the format.")
    print(_summary(read_knowledge(folder), folder))
    return 0


def find_faults(folder: Path) -> list[ContentError]:
    """Return the first fault of every file at fault; references between files are checked when each is sound."""
    if not folder.is_dir():
        return [ContentError(f"There is no folder {folder}.", "Set COACH_KNOWLEDGE to a knowledge folder.")]
    faults = [fault for check in _checks(folder) if (fault := _fault(check))]
    if not faults and (broken := _fault(lambda: read_knowledge(folder))):
        faults.append(broken)
    return faults


def schemas() -> dict[str, dict[str, Any]]:
    """Return the JSON Schema of every format that staff write, by its name."""
    return {name: {"$schema": DIALECT, **adapter.json_schema()} for name, adapter in FORMATS.items()}


def _checks(folder: Path) -> Iterator[Callable[[], object]]:
    competencies = folder / "competencies.yaml"
    yield lambda: read_items(folder / "sources.yaml", Source)
    yield lambda: read_items(folder / "facts.yaml", Fact)
    yield lambda: validated(CompetencyModel, parsed_yaml(read_text(competencies), competencies), competencies.name)
    yield lambda: read_phrases(folder / "phrases.yaml")
    for path in sorted((folder / "articles").glob("*.md")):
        yield lambda path=path: read_article(path)  # type: ignore[misc]
    for path in sorted((folder / "objections").glob("*.yaml")):
        yield lambda path=path: read_playbook(path)  # type: ignore[misc]


def _fault(check: Callable[[], object]) -> ContentError | None:
    try:
        check()
    except ContentError as error:
        return error
    except (OSError, UnicodeDecodeError) as error:
        return ContentError(f"A file cannot be read: {error}.", "Save it as UTF-8 text.")
    return None


def _summary(knowledge: Knowledge, folder: Path) -> str:
    sections = sum(len(article.sections) for article in knowledge.articles.values())
    return (
        f"The knowledge in {folder} is sound: {len(knowledge.articles)} articles with {sections} sections, "
        f"{len(knowledge.playbooks)} objections, {len(knowledge.facts)} facts, {len(knowledge.sources)} sources."
    )


def _write(folder: Path | None) -> None:
    if folder is None:
        print(json.dumps(schemas(), indent=2))
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, schema in schemas().items():
            (folder / f"{name}.json").write_text(json.dumps(schema, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise CoachError(f"{folder} cannot be written: {reason}.", "Give --out another folder.") from None
    print(f"Wrote {len(FORMATS)} schemas to {folder}.")
